/** Parts of what is restored in place that the snapshot does not hold, since they could not be read when it was taken. */
import type { SnapshotReader } from '../../document/content.ts';
import type { NotInSnapshot } from '../../document/gaps.ts';
import { missingFrom, unreadObjects } from '../documents/not-in-snapshot.ts';
import { documentPath, readJson } from '../documents/read-document.ts';

/** Every gap, and every object that could not be read, at and below `path`, or of the object at `path` alone. Comments count only where they are restored. */
export async function notInSnapshot(
  snapshot: SnapshotReader,
  path: string,
  { comments, isAlone }: { readonly comments: boolean; readonly isAlone: boolean },
): Promise<NotInSnapshot[]> {
  const found: NotInSnapshot[] = [];
  const unread = await unreadObjects(snapshot);
  for await (const entry of snapshot.walk(path)) {
    if (entry.type !== 'directory' || entry.object === undefined) continue;
    if (isAlone && entry.path !== path) continue;
    const missing = missingFrom(await readJson(snapshot, documentPath(entry)), entry.path, unread);
    found.push(...missing.filter(({ what }) => comments || what !== 'comments'));
  }
  return found;
}
