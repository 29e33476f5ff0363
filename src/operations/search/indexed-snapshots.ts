/** Brings the index of words up to date with the snapshots of a store: what is new is read, added and saved. */
import type { ObjectInfo, SnapshotReader, StoredContent } from '../../document/content.ts';
import { parentPath } from '../../document/names.ts';
import { searchedText } from '../../document/search/searched-text.ts';
import { isKlosetError } from '../../errors.ts';
import type { Store } from '../../store/open-store.ts';
import { readObject } from '../documents/read-document.ts';
import { diffTrees } from '../history/diff-trees.ts';
import type { KnownSnapshot } from '../look/known-snapshots.ts';
import type { AddedSnapshot, FoundObject } from './word-index.ts';
import { WordIndex } from './word-index.ts';

/** The index with each of `snapshots`, newest first. When snapshots were removed it is built from the start. */
export async function indexOf(store: Store, snapshots: readonly KnownSnapshot[]): Promise<WordIndex> {
  const file = store.derivedFile('search');
  const index = withoutOthers(new WordIndex(file.read()), snapshots);
  const known = index.snapshots();
  const missing = snapshots.filter(({ id }) => !known.has(id)).reverse();
  for (const snapshot of missing) await addSnapshot(store, index, snapshots, snapshot);
  if (missing.length > 0) file.write(index.save());
  return index;
}

/** The index, or an empty one when it has snapshots that the store no longer has. */
function withoutOthers(index: WordIndex, snapshots: readonly KnownSnapshot[]): WordIndex {
  const present = new Set<string>(snapshots.map(({ id }) => id));
  if ([...index.snapshots()].every((id) => present.has(id))) return index;
  index.close();
  return new WordIndex();
}

async function addSnapshot(
  store: Store,
  index: WordIndex,
  snapshots: readonly KnownSnapshot[],
  { id, header }: KnownSnapshot,
): Promise<void> {
  if (header === undefined) return;
  const { source, time } = header;
  const reader = await store.openSnapshot(id);
  const newest = index.newest(source);
  const before = snapshots.find((each) => each.id === newest);
  if (before !== undefined) {
    const old = await store.openSnapshot(before.id);
    try {
      return await index.addSnapshot(source, { id, time }, true, (added) =>
        addDifferences(old, reader, added),
      );
    } catch (error) {
      // One of the two is damaged: perhaps the older, whose words the index has already.
      if (!isKlosetError(error, 'integrity')) throw error;
    }
  }
  await index.addSnapshot(source, { id, time }, false, (added) => addAll(reader, added));
}

/** Names every object of a snapshot. A directory may be listed before or after those inside it. */
export async function addAll(reader: SnapshotReader, added: Pick<AddedSnapshot, 'present'>): Promise<void> {
  const directories = new Map<string, ObjectInfo>();
  for await (const entry of reader.walk('/')) {
    if (entry.type === 'directory') {
      if (entry.object !== undefined) directories.set(entry.path, entry.object);
      continue;
    }
    const path = parentPath(entry.path);
    const info = directories.get(path);
    if (info === undefined || entry.path !== `${path}/${info.kind}.json`) continue;
    directories.delete(path);
    await added.present(found(reader, info, path, entry.content));
  }
}

/** Names the objects of a snapshot that are not as they are in `before`: what both have is not listed. */
export async function addDifferences(
  before: SnapshotReader,
  reader: SnapshotReader,
  added: AddedSnapshot,
): Promise<void> {
  const trees = await diffTrees({ snapshot: before, path: '/' }, { snapshot: reader, path: '/' });
  for (const { info } of trees.removed) added.removed(info.id);
  for (const { from, to } of trees.moved) added.moved(from, to);
  const changed = trees.paired.filter(({ isEqual }) => !isEqual).map(({ after }) => after);
  for (const { info, path, content } of [...trees.added, ...changed]) {
    if (content === undefined) added.removed(info.id);
    else await added.present(found(reader, info, path, content));
  }
}

function found(reader: SnapshotReader, info: ObjectInfo, path: string, content: StoredContent): FoundObject {
  const read = async () => searchedText(await readObject(reader, { info, path, content }));
  return { object: info.id, kind: info.kind, content, path, read };
}
