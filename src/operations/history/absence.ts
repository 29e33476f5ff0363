/** Objects that one of two snapshots lacks, though nobody knows that they were gone: it could not read them, or left them out. */
import type { SnapshotReader } from '../../document/content.ts';
import { absentObjects } from '../documents/not-in-snapshot.ts';

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
  const byPath = new Map<string, string>();
  for (const { info, path } of [...objects].sort((left, right) => (left.path < right.path ? -1 : 1))) {
    const reason = absent.get(info.id)?.reason ?? reasonAbove(byPath, path);
    if (reason === undefined) continue;
    reasons.set(info.id, reason);
    byPath.set(path, reason);
  }
  return reasons;
}

function reasonAbove(byPath: ReadonlyMap<string, string>, path: string): string | undefined {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const reason = byPath.get(path.slice(0, end));
    if (reason !== undefined) return reason;
  }
  return undefined;
}
