/** Counts of what comes back of each kind of thing, from what was surveyed and what was noted. */
import type { Journal } from './journal.ts';

/** One kind of thing in a plan or a result. */
export interface KindFidelity {
  readonly kind: string;
  readonly count: number;
  readonly exact: number;
  readonly approximated: number;
  readonly lost: number;
  /** How and why, most frequent first. */
  readonly reasons: readonly { readonly outcome: string; readonly reason: string; readonly count: number }[];
}

/** What comes back of each kind of thing the snapshot holds, from what was counted and what was noted. */
export function fidelityOf(journal: Journal): KindFidelity[] {
  const kinds = journal
    .prepare<[], { kind: string; count: number }>(
      'SELECT kind, sum(count) AS count FROM (SELECT kind, count FROM tally UNION ALL SELECT DISTINCT kind, 0 FROM note) GROUP BY kind ORDER BY kind',
    )
    .all();
  const ids = journal
    .prepare<[string, string], number>(
      `SELECT count(*) FROM (SELECT id, min(CASE outcome WHEN 'lost' THEN 0 ELSE 1 END) AS best FROM note WHERE kind = ? GROUP BY id)
        WHERE best = (CASE ? WHEN 'lost' THEN 0 ELSE 1 END)`,
    )
    .pluck();
  const reasons = journal.prepare<[string], { outcome: string; reason: string; count: number }>(
    'SELECT outcome, reason, count(*) AS count FROM note WHERE kind = ? GROUP BY outcome, reason ORDER BY count DESC, reason LIMIT 20',
  );
  return kinds.map(({ kind, count }) => {
    const lost = ids.get(kind, 'lost') ?? 0;
    const approximated = ids.get(kind, 'approximated') ?? 0;
    const all = Math.max(count, lost + approximated);
    return {
      kind,
      count: all,
      exact: all - lost - approximated,
      approximated,
      lost,
      reasons: reasons.all(kind),
    };
  });
}
