/** Objects that one of two snapshots lacks, though nobody knows that they were gone: it could not read them, or left them out. */
import type { SnapshotReader } from '../../document/content.ts';
import { absentObjects, leftOutReason } from '../documents/not-in-snapshot.ts';

interface Placed {
  readonly info: { readonly id: string };
  readonly path: string;
}

/**
 * The reasons why objects of one side are not in `other`, by id; those that are simply not there have none. What lies below
 * something that is left out is left out with it, whether or not anything listed it.
 */
export async function reasonsOfAbsence(
  other: SnapshotReader,
  objects: readonly Placed[],
): Promise<ReadonlyMap<string, string>> {
  if (objects.length === 0) return new Map();
  const absent = await absentObjects(other);
  const reasons = new Map<string, string>();
  const leftOut = new Set<string>();
  for (const { info, path } of [...objects].sort((left, right) => (left.path < right.path ? -1 : 1))) {
    const own = absent.get(info.id)?.reason;
    const reason = own ?? (isBelow(leftOut, path) ? leftOutReason : undefined);
    if (reason === undefined) continue;
    reasons.set(info.id, reason);
    if (reason === leftOutReason) leftOut.add(path);
  }
  return reasons;
}

function isBelow(paths: ReadonlySet<string>, path: string): boolean {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
    if (paths.has(path.slice(0, end))) return true;
  return false;
}
