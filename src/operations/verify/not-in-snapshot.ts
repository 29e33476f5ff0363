/** Parts of what is restored that the snapshot does not hold, since they could not be read when it was taken. */
import type { SnapshotReader } from '../../document/content.ts';
import type { Gap } from '../../document/documents.ts';
import { arrayAt, stringAt } from '../../document/json.ts';
import { documentPath, readJson } from '../documents/read-document.ts';

/** A gap with the path of its object. */
export interface PlacedGap extends Gap {
  readonly path: string;
}

/** Every gap at and below `path`, or of the object at `path` alone. Comments count only where they are restored. */
export async function notInSnapshot(
  snapshot: SnapshotReader,
  path: string,
  { comments = true, isAlone = false }: { readonly comments?: boolean; readonly isAlone?: boolean } = {},
): Promise<PlacedGap[]> {
  const found: PlacedGap[] = [];
  for await (const entry of snapshot.walk(path)) {
    if (entry.type !== 'directory' || entry.object === undefined) continue;
    if (isAlone && entry.path !== path) continue;
    for (const gap of arrayAt(await readJson(snapshot, documentPath(entry)), 'gaps')) {
      const what = stringAt(gap, 'what') ?? 'part';
      if (what === 'comments' && !comments) continue;
      const [id, reason] = [stringAt(gap, 'id') ?? '', stringAt(gap, 'reason') ?? 'it could not be read'];
      found.push({ path: entry.path, what, id, reason });
    }
  }
  return found;
}
