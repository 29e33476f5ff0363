import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/clock.ts';
import { RealClock, VirtualClock } from '../../../src/simulator/conditions/clock.ts';
import { withSimulator } from '../workspace.ts';

describe('the virtual clock', () => {
  it('serves as the clock of the whole project', () => {
    const clock: Clock = new VirtualClock({ start: 5 });
    expect(clock.now()).toBe(5);
    const real: Clock = new RealClock();
    expect(real.now()).toBeGreaterThan(Date.UTC(2020, 0));
  });

  it('jumps from sleeper to sleeper in order', async () => {
    const clock = new VirtualClock({ start: 0 });
    const woken: [string, number][] = [];
    const sleeper = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push([name, clock.now()]);
    };
    await Promise.all([sleeper('day', 86_400_000), sleeper('blink', 1), sleeper('hour', 3_600_000)]);
    expect(woken).toEqual([
      ['blink', 1],
      ['hour', 3_600_000],
      ['day', 86_400_000],
    ]);
  });

  it('rejects an aborted sleep with the reason of its signal', async () => {
    const clock = new VirtualClock({ start: 0, jumps: false });
    const control = new AbortController();
    const asleep = clock.sleep(1_000, control.signal);
    control.abort(new Error('no longer'));
    await expect(asleep).rejects.toThrow('no longer');
    await expect(clock.sleep(1, AbortSignal.abort(new Error('never began')))).rejects.toThrow('never began');
    expect(clock.now()).toBe(0);
  });

  it('moves by advance only, when told so', async () => {
    const clock = new VirtualClock({ start: 0, jumps: false });
    let isAwake = false;
    const asleep = clock.sleep(1_000).then(() => {
      isAwake = true;
    });
    for (let turn = 0; turn < 3_000; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(999);
    await Promise.resolve();
    expect(isAwake).toBe(false);
    clock.advance(1);
    await asleep;
    expect(clock.now()).toBe(1_000);
  });

  it('stands still while somebody holds it', async () => {
    const clock = new VirtualClock({ start: 0 });
    const release = clock.hold();
    const asleep = clock.sleep(10);
    for (let turn = 0; turn < 3_000; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(clock.now()).toBe(0);
    release();
    await asleep;
    expect(clock.now()).toBe(10);
  });

  it('waits for files being written before it skips a minute', async () => {
    const clock = new VirtualClock({ start: 0 });
    const folder = await mkdtemp(join(tmpdir(), 'clock-'));
    try {
      const deadline = new AbortController();
      const tooLate = clock.sleep(60_000, deadline.signal).then(
        () => 'late',
        () => 'in time',
      );
      for (let file = 0; file < 50; file += 1)
        await writeFile(join(folder, `${file}`), Buffer.alloc(200_000));
      deadline.abort();
      expect(await tooLate).toBe('in time');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('a client beside the simulator', () => {
  it('sees latency and its own pauses pass as virtual time only', () =>
    withSimulator({ latencyMs: 200 }, async ({ clock }, send) => {
      const began = clock.now();
      for (let turn = 0; turn < 20; turn += 1) {
        await send('GET', 'users/me');
        await clock.sleep(800);
      }
      expect(clock.now() - began).toBe(20_000);
    }));

  it('overlaps requests sent at once', () =>
    withSimulator({ latencyMs: 300 }, async ({ clock }, send) => {
      const began = clock.now();
      await Promise.all(Array.from({ length: 12 }, () => send('GET', 'users/me')));
      // All are on their way before anybody is idle, so the latency is waited out once.
      expect(clock.now() - began).toBe(300);
    }));

  it('never sees its time-out fire while requests are answered', () =>
    withSimulator({ latencyMs: 500, requestsPerMinute: 0 }, async ({ clock }, send) => {
      let timeouts = 0;
      const guarded = async () => {
        const control = new AbortController();
        const deadline = clock.sleep(60_000, control.signal).then(
          () => {
            timeouts += 1;
          },
          () => {},
        );
        await send('POST', 'search', {});
        control.abort();
        await deadline;
      };
      for (let turn = 0; turn < 25; turn += 1)
        await Promise.all([guarded(), guarded(), guarded(), guarded()]);
      expect(timeouts).toBe(0);
      expect(clock.now()).toBeLessThan(Date.UTC(2026, 5, 1, 9, 1));
    }));

  it('gets its time-out when no answer ever comes', () =>
    withSimulator({ faults: { hang: 1 } }, async ({ clock }, send) => {
      const began = clock.now();
      const first = await Promise.race([
        send('GET', 'users/me').then(
          () => 'answer',
          () => 'broken',
        ),
        clock.sleep(60_000),
      ]);
      expect(first).toBeUndefined();
      expect(clock.now() - began).toBe(60_000);
    }));
});
