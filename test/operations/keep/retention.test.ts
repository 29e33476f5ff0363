import { describe, expect, test } from 'vitest';
import type { RetainedSnapshot, RetentionPolicy } from '../../../src/operations/keep/retention.ts';
import { decideRetention } from '../../../src/operations/keep/retention.ts';
import { randomNumbers } from '../../store/random.ts';

const snapshot = (time: string | undefined, more: Partial<RetainedSnapshot> = {}): RetainedSnapshot => ({
  id: `id of ${time}`,
  ...(time === undefined ? {} : { time }),
  source: 'notion:one',
  tags: [],
  isGood: true,
  isPinned: false,
  ...more,
});

/** The times of what is kept, oldest first. */
function kept(snapshots: readonly RetainedSnapshot[], policy: RetentionPolicy): string[] {
  return decideRetention(snapshots, policy)
    .filter(({ reasons }) => reasons.length > 0)
    .map(({ snapshot: { time } }) => time ?? 'unreadable')
    .sort();
}

/** One snapshot at noon of each of `count` days up to 2026-03-10. */
const days = (count: number): RetainedSnapshot[] =>
  Array.from({ length: count }, (_, ago) =>
    snapshot(new Date(Date.UTC(2026, 2, 10 - ago, 12)).toISOString()),
  );

const at = (...times: string[]): string[] => times.map((time) => `${time}T12:00:00.000Z`).sort();

describe('retention', () => {
  test('keeps the newest so many', () => {
    expect(kept(days(5), { last: 2 })).toEqual(at('2026-03-10', '2026-03-09'));
    expect(kept(days(5), { last: 99 })).toHaveLength(5);
  });

  test('keeps the newest of each day, not counting days without one', () => {
    const snapshots = [
      snapshot('2026-03-10T23:59:59.999Z'),
      snapshot('2026-03-10T00:00:00.000Z'),
      snapshot('2026-03-08T05:00:00.000Z'),
      snapshot('2026-03-08T04:00:00.000Z'),
      snapshot('2026-02-01T00:00:00.000Z'),
    ];
    expect(kept(snapshots, { daily: 2 })).toEqual(['2026-03-08T05:00:00.000Z', '2026-03-10T23:59:59.999Z']);
    expect(kept(snapshots, { daily: 3 })).toContain('2026-02-01T00:00:00.000Z');
  });

  test('keeps the newest of each hour, week, month and year', () => {
    const hours = ['11:05', '11:55', '12:00'].map((time) => snapshot(`2026-03-10T${time}:00.000Z`));
    expect(kept(hours, { hourly: 2 })).toEqual(['2026-03-10T11:55:00.000Z', '2026-03-10T12:00:00.000Z']);
    expect(kept(days(20), { weekly: 3 })).toEqual(at('2026-03-10', '2026-03-08', '2026-03-01'));
    expect(kept(days(70), { monthly: 3 })).toEqual(at('2026-03-10', '2026-02-28', '2026-01-31'));
    expect(kept(days(500), { yearly: 5 })).toEqual(at('2026-03-10', '2025-12-31', '2024-12-31'));
  });

  test('counts ISO weeks over the turn of a year', () => {
    const snapshots = [
      '2024-12-29',
      '2024-12-30',
      '2024-12-31',
      '2025-01-01',
      '2025-01-05',
      '2025-01-06',
    ].map((day) => snapshot(`${day}T12:00:00.000Z`));
    expect(kept(snapshots, { weekly: 9 })).toEqual(at('2024-12-29', '2025-01-05', '2025-01-06'));
    const reasons = decideRetention(snapshots, { weekly: 9 }).flatMap((decision) => decision.reasons);
    expect(reasons).toEqual(
      expect.arrayContaining(['weekly 2024-W52', 'weekly 2025-W01', 'weekly 2025-W02']),
    );
  });

  test('keeps what is young enough, counted from the newest', () => {
    const day = 24 * 3600 * 1000;
    expect(kept(days(10), { withinMs: 2 * day })).toEqual(at('2026-03-10', '2026-03-09', '2026-03-08'));
    expect(kept(days(10), { withinMs: 2 * day - 1 })).toEqual(at('2026-03-10', '2026-03-09'));
  });

  test('keeps what has one of the tags', () => {
    const snapshots = [...days(3), snapshot('2020-01-01T12:00:00.000Z', { tags: ['before-move', 'x'] })];
    expect(kept(snapshots, { tags: ['before-move'] })).toEqual(at('2026-03-10', '2020-01-01'));
  });

  test('rules add up, and each reason is told', () => {
    const decisions = decideRetention(days(3), { last: 1, daily: 2, monthly: 1 });
    expect(decisions.map(({ reasons }) => reasons)).toEqual([
      ['newest', 'last', 'daily 2026-03-10', 'monthly 2026-03'],
      ['daily 2026-03-09'],
      [],
    ]);
  });

  test('never removes the newest good snapshot, however old it is', () => {
    const snapshots = [
      ...days(5).map((one) => ({ ...one, isGood: false })),
      snapshot('2019-01-01T12:00:00.000Z'),
    ];
    expect(kept(snapshots, { last: 1 })).toEqual(at('2026-03-10', '2019-01-01'));
  });

  test('lets a good snapshot stand for a period rather than a newer one that is not', () => {
    const [morning, evening] = ['2026-03-09T06:00:00.000Z', '2026-03-09T18:00:00.000Z'];
    const snapshots = [...days(1), snapshot(morning), snapshot(evening, { isGood: false })];
    expect(kept(snapshots, { daily: 2 })).toEqual([morning, '2026-03-10T12:00:00.000Z']);
  });

  test('never removes pinned snapshots nor those that cannot be read', () => {
    const snapshots = [
      ...days(3),
      snapshot('2019-01-01T12:00:00.000Z', { isPinned: true, isGood: false }),
      snapshot(undefined, { isGood: false }),
    ];
    expect(kept(snapshots, { last: 1 })).toEqual([...at('2026-03-10', '2019-01-01'), 'unreadable']);
  });

  test('keeps each source for itself', () => {
    const other = days(3).map((one) => ({ ...one, id: `${one.id} other`, source: 'notion:two' }));
    expect(kept([...days(3), ...other], { last: 1 })).toEqual(at('2026-03-10', '2026-03-10'));
  });

  test('does not depend on the order in which snapshots are listed', () => {
    const sameTime = Array.from({ length: 4 }, (_, count) => ({ ...days(1)[0], id: `same ${count}` }));
    const snapshots = [
      ...days(40),
      ...sameTime.map((one) => snapshot('2026-03-10T12:00:00.000Z', { id: one.id })),
    ];
    const policy = { last: 2, daily: 3, weekly: 2, monthly: 1 };
    const ids = (list: readonly RetainedSnapshot[]) =>
      decideRetention(list, policy)
        .flatMap(({ snapshot: { id }, reasons }) => (reasons.length > 0 ? [id] : []))
        .sort();
    expect(ids([...snapshots].reverse())).toEqual(ids(snapshots));
  });

  test('takes for the newest what the order of the store does, whatever the times say', () => {
    const [long, short] = ['2026-03-10T01:00:00.000Z', '2026-03-10T02:00:00.000Z'];
    const sameTime = [0, 1, 2].map((place) => snapshot(long, { id: `${'cab'[place]}`, place }));
    const keptIds = (list: readonly RetainedSnapshot[]) =>
      decideRetention(list, { last: 1 }).flatMap(({ snapshot: { id }, reasons }) =>
        reasons.length > 0 ? [id] : [],
      );
    expect(keptIds(sameTime)).toEqual(['c']);
    expect(keptIds([...sameTime].reverse())).toEqual(['c']);
    // A run that began earlier and ended later is the latest.
    expect(kept([snapshot(long, { place: 0 }), snapshot(short, { place: 1 })], { last: 1 })).toEqual([long]);
  });

  test('of nothing is nothing', () => {
    expect(decideRetention([], { last: 1 })).toEqual([]);
  });

  test('refuses a policy without a rule, or with a number that is none', () => {
    for (const policy of [
      {},
      { tags: [] },
      { last: 0 },
      { daily: -1 },
      { weekly: 1.5 },
      { withinMs: Number.NaN },
    ]) {
      expect(() => decideRetention(days(2), policy)).toThrow(expect.objectContaining({ code: 'usage' }));
    }
  });

  test('keeps more when a rule is raised, and always something, for any history', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const below = randomNumbers(seed);
      const snapshots = Array.from({ length: 1 + below(60) }, (_, count) =>
        snapshot(new Date(Date.UTC(2026, 0, 1) + below(400 * 24 * 3600) * 1000).toISOString(), {
          id: `${count}`,
          isGood: below(3) > 0,
        }),
      );
      const policy = { last: 1 + below(3), daily: 1 + below(5), monthly: 1 + below(5) };
      const some = kept(snapshots, policy);
      const more = kept(snapshots, { ...policy, daily: policy.daily + 1 });
      expect(some.length).toBeGreaterThan(0);
      expect(more).toEqual(expect.arrayContaining(some));
      const good = snapshots
        .filter(({ isGood }) => isGood)
        .map(({ time }) => time ?? '')
        .sort()
        .at(-1);
      if (good !== undefined) expect(some).toContain(good);
    }
  });
});
