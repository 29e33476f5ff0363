import { describe, expect, it } from 'vitest';
import { KlosetError } from '../../../src/errors.ts';
import { Pacing } from '../../../src/notion/api/pacing.ts';
import { parseQuietHours, quietUntil } from '../../../src/notion/api/quiet-hours.ts';
import { VirtualClock } from '../../../src/simulator/conditions/clock.ts';

const hour = 3_600_000;
const at = (text: string) => Date.parse(text);

describe('requests per hour', () => {
  it('are never more within any 60 minutes, and wait no longer than that takes', async () => {
    const clock = new VirtualClock();
    const pacing = new Pacing({ clock, budget: { kind: 'unknown' }, requestsPerHour: 50 });
    const sent: number[] = [];
    const start = clock.now();
    for (let n = 0; n < 170; n += 1) {
      const slot = await pacing.acquire(pacing.nextQueueNumber());
      sent.push(clock.now());
      slot.done();
      await clock.sleep(1_000);
    }
    for (const [index, time] of sent.entries()) {
      const within = sent.slice(index).filter((other) => other < time + hour).length;
      expect(within).toBeLessThanOrEqual(50);
    }
    expect((sent.at(-1) ?? 0) - start).toBeLessThan(3 * hour + 60_000);
  });

  it('are told as the reason of the wait', async () => {
    const clock = new VirtualClock();
    const told: string[] = [];
    const onWait = (_ms: number, reason: string) => told.push(reason);
    const pacing = new Pacing({ clock, budget: { kind: 'unknown' }, requestsPerHour: 1, onWait });
    for (let n = 0; n < 2; n += 1) (await pacing.acquire(pacing.nextQueueNumber())).done();
    expect(told).toEqual(['the requests of this hour are spent']);
  });
});

describe('quiet hours', () => {
  it.each([
    ['08:00-18:00 UTC', '2026-03-10T07:59:59Z', undefined],
    ['08:00-18:00 UTC', '2026-03-10T08:00:00Z', '2026-03-10T18:00:00Z'],
    ['08:00-18:00 UTC', '2026-03-10T18:00:00Z', undefined],
    ['22:30-06:00 UTC', '2026-03-10T23:00:00Z', '2026-03-11T06:00:00Z'],
    ['22:30-06:00 UTC', '2026-03-11T05:59:00Z', '2026-03-11T06:00:00Z'],
    ['22:30-06:00 UTC', '2026-03-11T12:00:00Z', undefined],
    ['08:00-24:00 UTC', '2026-03-10T23:59:00Z', '2026-03-11T00:00:00Z'],
    // The hour from two to three is not there that night, and comes twice in October.
    ['01:00-03:30 Europe/Berlin', '2026-03-29T00:30:00Z', '2026-03-29T01:30:00Z'],
    ['01:00-03:30 Europe/Berlin', '2026-10-24T23:30:00Z', '2026-10-25T02:30:00Z'],
    ['8:00-18:00 America/New_York', '2026-07-01T12:00:00Z', '2026-07-01T22:00:00Z'],
  ])('of %s at %s end at %s', (text, now, end) => {
    const until = quietUntil(parseQuietHours(text, '--quiet-hours'), at(now));
    expect(until === undefined ? undefined : new Date(until).toISOString()).toBe(
      end === undefined ? undefined : new Date(at(end)).toISOString(),
    );
  });

  it('fail every request that waits when they begin, and say when they end', async () => {
    const clock = new VirtualClock({ start: at('2026-03-10T07:58:00Z') });
    const quietHours = parseQuietHours('08:00-18:00 UTC', '--quiet-hours');
    const pacing = new Pacing({ clock, budget: { kind: 'fixed', perMinute: 1 }, quietHours });
    const outcomes: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      try {
        (await pacing.acquire(pacing.nextQueueNumber())).done();
        outcomes.push('sent');
      } catch (error) {
        outcomes.push(error instanceof KlosetError ? `${error.code}: ${error.message}` : String(error));
      }
    }
    const refusal = 'temporary: Quiet hours (08:00-18:00 UTC): no request is sent to Notion until 18:00.';
    expect(outcomes).toEqual(['sent', 'sent', refusal, refusal, refusal]);
  });
});
