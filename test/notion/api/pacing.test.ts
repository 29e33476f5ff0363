import { describe, expect, it } from 'vitest';
import { isKlosetError, KlosetError } from '../../../src/errors.ts';
import type { PacingOptions } from '../../../src/notion/api/pacing.ts';
import { Pacing } from '../../../src/notion/api/pacing.ts';
import { documentedBudget } from '../../../src/notion/api/request-budget.ts';
import { VirtualClock } from '../virtual-clock.ts';

const minute = 60_000;

/** A server that takes `perMinute` requests in each 60 s after the first one, and refuses the others. */
class WindowServer {
  readonly #clock: VirtualClock;
  readonly #perMinute: number;
  readonly #latencyMs: () => number;
  #windowStart = Number.NEGATIVE_INFINITY;
  #used = 0;
  #toldToWaitUntil = Number.NEGATIVE_INFINITY;
  accepted = 0;
  refused = 0;
  tooEarly = 0;
  allowedInFlight = 0;
  #inFlight = 0;

  constructor(clock: VirtualClock, perMinute: number, latencyMs: () => number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
    this.#latencyMs = latencyMs;
  }

  /** Resolves with the pause in ms when refused, else undefined. */
  async serve(): Promise<number | undefined> {
    this.#inFlight += 1;
    this.allowedInFlight = Math.max(this.allowedInFlight, this.#inFlight);
    const latencyMs = this.#latencyMs();
    await this.#clock.sleep(latencyMs / 2);
    const pauseMs = this.#decide(this.#clock.now());
    await this.#clock.sleep(latencyMs / 2);
    this.#inFlight -= 1;
    return pauseMs;
  }

  #decide(now: number): number | undefined {
    if (now < this.#toldToWaitUntil) this.tooEarly += 1;
    if (now >= this.#windowStart + minute) {
      this.#windowStart = now;
      this.#used = 0;
    }
    if (this.#used < this.#perMinute) {
      this.#used += 1;
      this.accepted += 1;
      return undefined;
    }
    this.refused += 1;
    const seconds = Math.ceil((this.#windowStart + minute - now) / 1_000);
    this.#toldToWaitUntil = now + seconds * 1_000;
    return seconds * 1_000;
  }
}

/** Keeps `callers` callers asking until `count` requests were accepted. */
async function load(clock: VirtualClock, pacing: Pacing, server: WindowServer, count: number): Promise<void> {
  let left = count;
  const caller = async () => {
    while (left > 0) {
      left -= 1;
      const queueNumber = pacing.nextQueueNumber();
      for (;;) {
        const slot = await pacing.acquire(queueNumber);
        const pauseMs = await server.serve();
        if (pauseMs === undefined) {
          slot.done();
          break;
        }
        slot.refused(pauseMs, { updatesLimit: true, reason: 'test' });
      }
    }
  };
  await clock.run(Promise.all(Array.from({ length: 16 }, caller)));
}

interface Measured {
  readonly share: number;
  readonly server: WindowServer;
  readonly pacing: Pacing;
}

async function measure(
  perMinute: number,
  minutes: number,
  options: Omit<PacingOptions, 'clock'>,
  latencyMs = () => 300,
): Promise<Measured> {
  const clock = new VirtualClock();
  const server = new WindowServer(clock, perMinute, latencyMs);
  const pacing = new Pacing({ ...options, clock });
  const start = clock.now();
  await load(clock, pacing, server, perMinute * minutes);
  // The last burst is served at the beginning of its minute: all minutes but that one are full.
  const spentMinutes = (clock.now() - start) / minute;
  return { share: server.accepted / perMinute / (Math.floor(spentMinutes) + 1), server, pacing };
}

describe('pacing', () => {
  it('uses 97 % of the documented budget, refused once, and sends nothing before Retry-After has passed', async () => {
    const { share, server } = await measure(180, 40, { budget: documentedBudget });
    expect(share).toBeGreaterThanOrEqual(0.97);
    expect(server.tooEarly).toBe(0);
    expect(server.refused).toBeLessThanOrEqual(3);
  });

  it.each([180, 350, 600])(
    'sends nothing into a pause at %i a minute either when latency jumps about',
    async (perMinute) => {
      let seed = perMinute;
      const latency = () => {
        seed = (seed * 16_807) % 2_147_483_647;
        return 50 + (seed % 1_500);
      };
      const { share, server } = await measure(perMinute, 100, { budget: documentedBudget }, latency);
      expect(server.tooEarly).toBe(0);
      expect(server.refused).toBeLessThanOrEqual(5);
      expect(share).toBeGreaterThanOrEqual(0.96);
    },
  );

  it('uses 97 % of a budget the user named, without one refusal', async () => {
    const { share, server } = await measure(600, 35, { budget: { kind: 'fixed', perMinute: 600 } });
    expect(share).toBeGreaterThanOrEqual(0.97);
    expect(server.refused).toBe(0);
  });

  it('keeps a named budget without a refusal when latency jumps about', async () => {
    let turn = 0;
    const latency = () => [20, 900, 150, 1_800, 40][turn++ % 5] ?? 20;
    const { server } = await measure(180, 20, { budget: { kind: 'fixed', perMinute: 180 } }, latency);
    expect(server.refused).toBe(0);
  });

  it('finds the Business budget and uses it, without sending into a pause', async () => {
    const { share, server, pacing } = await measure(600, 60, { budget: documentedBudget });
    expect(pacing.perMinute).toBe(600);
    expect(share).toBeGreaterThanOrEqual(0.95);
    expect(server.tooEarly).toBe(0);
  });

  it('learns the budget of a server that documents none and then meets few refusals', async () => {
    const { share, server, pacing } = await measure(240, 40, { budget: { kind: 'unknown' } });
    expect(pacing.perMinute).toBeLessThanOrEqual(240);
    expect(share).toBeGreaterThanOrEqual(0.95);
    expect(server.refused).toBeLessThanOrEqual(30);
  });

  it('keeps ten requests in flight when latency is the limit, and not more', async () => {
    const { server } = await measure(180, 1, { budget: documentedBudget }, () => 2_000);
    expect(server.allowedInFlight).toBe(10);
  });

  it('sends nothing while told to wait, then one request alone, then the others in their order', async () => {
    const clock = new VirtualClock();
    const pacing = new Pacing({ clock, budget: { kind: 'unknown' } });
    const first = await pacing.acquire(pacing.nextQueueNumber());
    first.refused(30_000, { updatesLimit: true, reason: 'test' });
    const granted: number[] = [];
    const slots = [1, 2, 3].map((name) =>
      pacing.acquire(pacing.nextQueueNumber()).then((slot) => {
        granted.push(name);
        return slot;
      }),
    );
    await clock.pass(29_999);
    expect(granted).toEqual([]);
    await clock.pass(2);
    expect(granted).toEqual([1]);
    (await slots[0])?.done();
    await clock.pass(1);
    expect(granted).toEqual([1, 2, 3]);
  });

  it('gives a repeated request its old place in the queue', async () => {
    const clock = new VirtualClock();
    const pacing = new Pacing({ clock, budget: { kind: 'unknown' }, maxInFlight: 1 });
    const queueNumber = pacing.nextQueueNumber();
    const first = await pacing.acquire(queueNumber);
    const order: string[] = [];
    const later = pacing.acquire(pacing.nextQueueNumber()).then(() => order.push('later'));
    first.refused(1_000, { updatesLimit: false, reason: 'test' });
    const again = pacing.acquire(queueNumber).then((slot) => {
      order.push('repeated');
      slot.done();
    });
    await clock.run(Promise.all([later, again]));
    expect(order).toEqual(['repeated', 'later']);
  });

  it('does not shorten a pause when a shorter one is asked for', async () => {
    const clock = new VirtualClock();
    const start = clock.now();
    const pacing = new Pacing({ clock, budget: { kind: 'unknown' } });
    const [one, two] = [
      await pacing.acquire(pacing.nextQueueNumber()),
      await pacing.acquire(pacing.nextQueueNumber()),
    ];
    one.refused(50_000, { updatesLimit: false, reason: 'test' });
    two.refused(1_000, { updatesLimit: false, reason: 'test' });
    await clock.run(pacing.acquire(pacing.nextQueueNumber()));
    expect(clock.now() - start).toBe(50_000);
  });

  it('fails what waits when Notion asks for more patience than allowed', async () => {
    const clock = new VirtualClock();
    const pacing = new Pacing({ clock, budget: { kind: 'unknown' }, maxPauseMs: 10_000 });
    const first = await pacing.acquire(pacing.nextQueueNumber());
    const waiting = pacing.acquire(pacing.nextQueueNumber()).then((slot) => slot);
    (await waiting).done();
    first.refused(3_600_000, { updatesLimit: false, reason: 'test' });
    await expect(pacing.acquire(pacing.nextQueueNumber())).rejects.toSatisfy((error) =>
      isKlosetError(error, 'temporary'),
    );
  });

  it('fails everything, waiting or new, once it is stopped', async () => {
    const clock = new VirtualClock();
    const pacing = new Pacing({ clock, budget: { kind: 'fixed', perMinute: 1 } });
    await pacing.acquire(pacing.nextQueueNumber());
    const stop = new KlosetError('unavailable', 'blocked');
    const waiting = pacing.acquire(pacing.nextQueueNumber());
    pacing.stop(stop);
    await expect(waiting).rejects.toBe(stop);
    await expect(pacing.acquire(pacing.nextQueueNumber())).rejects.toBe(stop);
  });

  it('tells that it waits, how long and why', async () => {
    const clock = new VirtualClock();
    const told: [number, string][] = [];
    const pacing = new Pacing({
      clock,
      budget: { kind: 'fixed', perMinute: 2 },
      onWait: (waitMs, reason) => told.push([waitMs, reason]),
    });
    for (let count = 0; count < 2; count += 1) (await pacing.acquire(pacing.nextQueueNumber())).done();
    (await clock.run(pacing.acquire(pacing.nextQueueNumber()))).refused(90_000, {
      updatesLimit: true,
      reason: 'asked to wait',
    });
    await clock.run(pacing.acquire(pacing.nextQueueNumber()));
    expect(told).toEqual([
      [60_000, 'the request budget of this minute is spent'],
      [90_000, 'asked to wait'],
    ]);
  });
});
