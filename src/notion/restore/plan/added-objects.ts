/** Objects made since the snapshot was taken, below those that are restored. */
import type { SnapshotReader } from '../../../document/content.ts';
import { arrayAt, objectAt, stringAt } from '../../../document/json.ts';
import { parentPath } from '../../../document/names.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId } from '../../../document/notion-id.ts';
import type { Journal } from '../journal/journal.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import { readDatabase, readObject, readPage } from '../snapshot/snapshot-documents.ts';

/** Pages, rows and databases made since below restored objects. What the snapshot failed to read is not among them. */
export async function recordAdded(
  { present, snapshot }: { readonly present: SnapshotReader; readonly snapshot: SnapshotReader },
  journal: Journal,
): Promise<void> {
  const manifest = await readObject(snapshot, '/manifest.json');
  const failed = new Set(
    arrayAt(objectAt(manifest, 'errors'), 'list').flatMap((error) =>
      ['id', 'owner'].map((key) => compactId(stringAt(error, key) ?? '')),
    ),
  );
  const seen = new Map<string, CompactId>();
  for await (const entry of present.walk('/')) {
    if (entry.type !== 'directory' || entry.object === undefined) continue;
    const id = compactId(entry.object.id);
    if (journal.objects.has(id)) {
      seen.set(entry.path, id);
      continue;
    }
    const parent = seen.get(parentPath(entry.path));
    if (parent === undefined || failed.has(id)) continue;
    const owner = journal.objects.get(parent);
    if (owner === undefined || (await wasListed(snapshot, owner, id))) continue;
    if (await isInTrashNow(present, entry.object.kind, entry.path)) continue;
    journal.inPlace.addAdded({ id, kind: entry.object.kind, path: entry.path, parent });
  }
}

async function isInTrashNow(present: SnapshotReader, kind: string, path: string): Promise<boolean> {
  if (kind === 'database') return (await readDatabase(present, path)).database?.in_trash === true;
  const { page, template_of } = await readPage(present, path);
  return page.in_trash === true || template_of !== undefined;
}

/** True when the snapshot cannot tell that `id` is new: its list there is not whole, or names it without contents. */
async function wasListed(snapshot: SnapshotReader, owner: RestoredObject, id: CompactId): Promise<boolean> {
  const document = owner.kind === 'database' ? 'database' : 'page';
  const text = JSON.stringify((await readObject(snapshot, `${owner.path}/${document}.json`)) ?? {});
  const found: unknown = JSON.parse(text);
  const gaps = arrayAt(found, 'gaps').filter(
    (gap) => !['media', 'comments', 'views'].includes(stringAt(gap, 'what') ?? ''),
  );
  return gaps.length > 0 || text.replaceAll('-', '').includes(id);
}
