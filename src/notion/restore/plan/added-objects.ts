/** Objects made since the snapshot was taken, below those that are restored. */
import type { SnapshotReader } from '../../../document/content.ts';
import { arrayAt, objectAt, stringAt } from '../../../document/json.ts';
import { parentPath } from '../../../document/names.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId } from '../../../document/notion-id.ts';
import type { Journal } from '../journal/journal.ts';
import type { AddedObject } from '../journal/tables/in-place-facts.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import { readDatabase, readObject, readPage } from '../snapshot/snapshot-documents.ts';
import { LeftOutInPlace } from './left-out-in-place.ts';

/**
 * Pages, rows and databases made since below restored objects. What the snapshot failed to read is not among them, nor what
 * it leaves out by choice, nor anything in which such an object lies.
 */
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
  const leftOut = new LeftOutInPlace(manifest);
  const seen = new Map<string, CompactId>();
  const found: AddedObject[] = [];
  const kept = new Set<string>();
  for await (const entry of present.walk('/')) {
    if (entry.type !== 'directory' || entry.object === undefined) continue;
    const id = compactId(entry.object.id);
    if (journal.objects.has(id)) {
      seen.set(entry.path, id);
      continue;
    }
    // Depth first: only the last one found can hold it.
    const around = found.at(-1);
    const isWithin = around !== undefined && entry.path.startsWith(`${around.path}/`);
    if (isWithin && (await leftOut.holds(present, entry, ownerPathOf(around), around.path)))
      kept.add(around.path);
    const parent = seen.get(parentPath(entry.path));
    if (parent === undefined || failed.has(id)) continue;
    const owner = journal.objects.get(parent);
    if (owner === undefined || (await leftOut.holds(present, entry, owner.path, entry.path))) continue;
    if (await wasListed(snapshot, owner, id)) continue;
    if (await isInTrashNow(present, entry.object.kind, entry.path)) continue;
    found.push({ id, kind: entry.object.kind, path: entry.path, parent });
  }
  for (const object of found) if (!kept.has(object.path)) journal.inPlace.addAdded(object);

  function ownerPathOf({ parent }: AddedObject): string {
    return journal.objects.get(parent)?.path ?? '';
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
