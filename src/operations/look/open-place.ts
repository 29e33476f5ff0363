/** From `SNAPSHOT[:PATH]` to an open snapshot and an entry in it. */
import type { Clock } from '../../clock.ts';
import { systemClock } from '../../clock.ts';
import type { WalkedEntry } from '../../document/content.ts';
import type { SnapshotId, Store, TreeReader } from '../../store/open-store.ts';
import { knownSnapshots } from './known-snapshots.ts';
import { locate } from './locate.ts';
import type { SnapshotPlace } from './snapshot-words.ts';
import { readSnapshotPlace, readSnapshotWord } from './snapshot-words.ts';

/** An entry of an open snapshot. */
export interface Place {
  readonly snapshot: TreeReader;
  readonly entry: WalkedEntry;
}

export interface WordOptions {
  readonly clock?: Clock;
  /** Key of the source whose `latest` is meant; needed only where a store has several workspaces. */
  readonly source?: string | undefined;
}

/** The snapshot and the entry that `word` means. @throws KlosetError `not-found`, `usage`, `integrity` */
export async function openPlace(store: Store, word: string, options: WordOptions = {}): Promise<Place> {
  const { snapshot: found, path } = await findPlace(store, word, options);
  const snapshot = await store.openSnapshot(found.id);
  return { snapshot, entry: await locate(snapshot, path) };
}

/** The snapshot that `word` means, and the path that follows it, as typed. @throws KlosetError `not-found`, `usage` */
export async function findPlace(
  store: Store,
  word: string,
  { clock = systemClock, source }: WordOptions = {},
): Promise<SnapshotPlace> {
  return readSnapshotPlace(await knownSnapshots(store), word, { nowMs: clock.now(), source });
}

/** Ids of the snapshots `words` mean. @throws KlosetError `not-found`, `usage` */
export async function resolveSnapshots(
  store: Store,
  words: readonly string[],
  { clock = systemClock, source }: WordOptions = {},
): Promise<SnapshotId[]> {
  if (words.length === 0) return [];
  const snapshots = await knownSnapshots(store);
  const context = { nowMs: clock.now(), source };
  return [...new Set(words.map((word) => readSnapshotWord(snapshots, word, context).id))];
}
