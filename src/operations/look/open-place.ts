/** From `SNAPSHOT[:PATH]` to an open snapshot and an entry in it. */
import type { WalkedEntry } from '../../document/content.ts';
import type { SnapshotId, Store, TreeReader } from '../../store/open-store.ts';
import { locate, parseSnapshotPath } from './locate.ts';

/** An entry of an open snapshot. */
export interface Place {
  readonly snapshot: TreeReader;
  readonly entry: WalkedEntry;
}

/** The snapshot and the entry that `word` means. @throws KlosetError `not-found`, `usage`, `integrity` */
export async function openPlace(store: Store, word: string): Promise<Place> {
  const { snapshot: prefix, path } = parseSnapshotPath(word);
  const { id } = await store.resolveSnapshot(prefix);
  const snapshot = await store.openSnapshot(id);
  return { snapshot, entry: await locate(snapshot, path) };
}

/** Ids of the snapshots `words` mean, each the beginning of an id or `latest`. @throws KlosetError `not-found`, `usage` */
export async function resolveSnapshots(store: Store, words: readonly string[]): Promise<SnapshotId[]> {
  const ids: SnapshotId[] = [];
  for (const word of words) ids.push((await store.resolveSnapshot(word)).id);
  return ids;
}
