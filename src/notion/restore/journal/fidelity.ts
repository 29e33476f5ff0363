/** Counts of what comes back of each kind of thing, from what was surveyed and what was noted. */
import type { Journal } from './journal.ts';
import type { ReasonCount } from './tables/notes.ts';

/** One kind of thing in a plan or a result. */
export interface KindFidelity {
  readonly kind: string;
  readonly count: number;
  readonly exact: number;
  readonly approximated: number;
  readonly lost: number;
  /** Approximations and reasons, most frequent first. */
  readonly reasons: readonly ReasonCount[];
}

/** The fidelity of each kind of thing the snapshot holds, from the numbers counted and the notes written. */
export function fidelityOf({ notes }: Journal): KindFidelity[] {
  return notes.kinds().map(({ kind, count }) => {
    const lost = notes.countOf(kind, 'lost');
    const approximated = notes.countOf(kind, 'approximated');
    const all = Math.max(count, lost + approximated);
    return {
      kind,
      count: all,
      exact: all - lost - approximated,
      approximated,
      lost,
      reasons: notes.reasonsOf(kind),
    };
  });
}
