/** A difference in the form that scripts and the web view read. */
import { Verbatim } from '../../document/snake-case.ts';
import type { ObjectDifference } from './diff-snapshots.ts';

/** One member of `objects` in `diff --json`. */
export function objectJson(difference: ObjectDifference): object {
  // Details hold values as Notion has them.
  return { ...difference, changes: new Verbatim(difference.changes) };
}
