/** A difference in the form that scripts and the web view read. */
import type { ObjectDifference } from './diff-snapshots.ts';

/** One member of `objects` in `diff --json`. */
export function objectJson({ movedFrom, ...difference }: ObjectDifference): object {
  return { ...difference, ...(movedFrom === undefined ? {} : { moved_from: movedFrom }) };
}
