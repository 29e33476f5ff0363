/** Differences and versions in the form that scripts and the web view read. */
import { Verbatim } from '../../document/snake-case.ts';
import type { ObjectDifference } from './diff-snapshots.ts';
import type { Version } from './versions.ts';

/** One member of `objects` in `diff --json`, or of `versions` in `log --json`. */
export function objectJson(object: ObjectDifference | Version): object {
  // Details hold values as Notion has them.
  return { ...object, changes: new Verbatim(object.changes) };
}
