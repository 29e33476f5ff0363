/** From `SNAP[:PATH]` on the command line to an open snapshot and a place in it. */
import type { WalkedEntry } from '../../document/content.ts';
import type { SnapshotSummary, Store, TreeReader } from '../../store/open-store.ts';
import { locate, parseSnapshotPath } from './locate.ts';

/** Opens the snapshot a word names, the newest good one by default. @throws KlosetError `not-found`, `usage`, `integrity` */
export async function openSnapshot(store: Store, prefix: string): Promise<TreeReader> {
  const found: SnapshotSummary = await store.resolveSnapshot(prefix === '' ? 'latest' : prefix);
  return store.openSnapshot(found.id);
}

export interface Place {
  readonly snapshot: TreeReader;
  readonly entry: WalkedEntry;
}

/** The snapshot and the entry that `word` means. @throws KlosetError `not-found`, `usage`, `integrity` */
export async function openPlace(store: Store, word: string): Promise<Place> {
  const { snapshot: prefix, path } = parseSnapshotPath(word);
  const snapshot = await openSnapshot(store, prefix);
  return { snapshot, entry: await locate(snapshot, path) };
}
