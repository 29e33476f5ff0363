/** From `SNAPSHOT[:PATH]` to an open snapshot and an entry in it. */
import type { Clock } from '../../clock.ts';
import { systemClock } from '../../clock.ts';
import type { WalkedEntry } from '../../document/content.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import type { HeaderLoss, SnapshotId, Store, TreeReader } from '../../store/open-store.ts';
import { newerFormat } from '../../store/snapshots/all-headers.ts';
import type { SnapshotFilter } from './filter.ts';
import { filterSnapshots, isFiltered, noFilter } from './filter.ts';
import { filteredPlace, filteredWord } from './filtered-words.ts';
import type { KnownSnapshot } from './known-snapshots.ts';
import { surveyKnownSnapshots } from './known-snapshots.ts';
import { locate } from './locate.ts';
import type { SnapshotPlace } from './snapshot-words.ts';

/** An entry of an open snapshot. */
export interface Place {
  readonly snapshot: TreeReader;
  readonly entry: WalkedEntry;
  /**
   * Newer snapshots that may have been lost. Undefined unless the reader goes on after a loss, where a word may mean an older
   * snapshot than it should, or names the snapshot by its id.
   */
  readonly loss: HeaderLoss | undefined;
  /** Ids of snapshots that somebody accepted as lost on this machine, and that have not come back. */
  readonly accepted: readonly SnapshotId[];
}

export interface WordOptions {
  readonly clock?: Clock;
  /** Key of the source whose `latest` is meant; needed only where a store has several workspaces. */
  readonly source?: string | undefined;
  /** The snapshots among which words are looked up; all by default. */
  readonly filter?: SnapshotFilter | undefined;
  /** Goes on where newer snapshots may have been lost; the caller tells of it. Only for those who show and change nothing. */
  readonly goesOn?: boolean;
}

/** The snapshot and the entry that `word` means. @throws KlosetError `not-found`, `usage`, `integrity` */
export async function openPlace(store: Store, word: string, options: WordOptions = {}): Promise<Place> {
  const { snapshot: found, path, loss, accepted } = await findPlace(store, word, options);
  const snapshot = await store.openSnapshot(found.id);
  return { snapshot, entry: await locate(snapshot, path), loss, accepted };
}

/**
 * The snapshot that `word` means, for those who take whole ones alone.
 * @throws KlosetError as `findPlace` does; `usage` for a place in one
 */
export async function findSnapshot(
  store: Store,
  word: string,
  options: WordOptions = {},
): Promise<{ readonly id: SnapshotId; readonly loss: HeaderLoss | undefined }> {
  const { snapshot, path, loss } = await findPlace(store, word, options);
  if (/^\/*$/.test(path)) return { id: snapshot.id, loss };
  throw new KlosetError('usage', `"${word}" names a place in a snapshot; a snapshot is meant here.`, {
    hint: `Leave out the place: ${snapshot.id.slice(0, 8)}.`,
  });
}

/** The entry `path` means in a snapshot that is open already, and was named by its id. @throws KlosetError `not-found`, `usage` */
export async function placeIn(snapshot: TreeReader, path: string): Promise<Place> {
  return { snapshot, entry: await locate(snapshot, path), loss: undefined, accepted: [] };
}

/**
 * The snapshot that `word` means, and the path that follows it, as typed.
 * @throws KlosetError `not-found`, `usage`; `integrity` when newer snapshots may have been lost and `word` is not an id
 */
export async function findPlace(
  store: Store,
  word: string,
  { clock = systemClock, source, filter = noFilter, goesOn = false }: WordOptions = {},
): Promise<SnapshotPlace & Pick<Place, 'loss' | 'accepted'>> {
  const { snapshots, loss, accepted, mayBeNewer } = await surveyKnownSnapshots(store);
  const context = { nowMs: clock.now(), source };
  const place = found(loss, () => filteredPlace(snapshots, filter, word, context));
  const isChosen = isIdOf(place.snapshot, word);
  if (loss !== undefined && !goesOn && !isChosen) throw loss.error;
  if (!goesOn && !isChosen) requireNewest(place.snapshot, mayBeNewer(place.snapshot.id), snapshots);
  return { ...place, loss, accepted };
}

/**
 * Nobody knows of which source a damaged header is, nor whether it is of a good backup: a newer backup of another source, or an
 * incomplete one, says nothing of that. @throws KlosetError `integrity`, `incompatible` where another version wrote it
 */
function requireNewest(
  { id }: KnownSnapshot,
  mayBeNewer: readonly SnapshotId[],
  snapshots: readonly KnownSnapshot[],
): void {
  if (mayBeNewer.length === 0) return;
  const later = snapshots.filter((each) => each.isIncompatible === true && mayBeNewer.includes(each.id));
  if (later.length === mayBeNewer.length) throw newerFormat(later[0]?.problem ?? '');
  const ids = mayBeNewer.map((each) => each.slice(0, 8)).join(', ');
  throw new KlosetError(
    'integrity',
    `Snapshot ${id.slice(0, 8)} may not be the newest that is meant: ${ids} cannot be read.`,
    {
      hint: `Bring it back with \`notion-kloset repair --from\` a copy of the store, remove it with \`notion-kloset rm ${mayBeNewer[0]?.slice(0, 8)}\`, or name a snapshot by its id.`,
    },
  );
}

/** Finds among what is left; where that has nothing, it may be among what is lost. @throws KlosetError `integrity` then */
function found<T>(loss: HeaderLoss | undefined, find: () => T): T {
  try {
    return find();
  } catch (error) {
    if (loss !== undefined && isKlosetError(error, 'not-found')) throw loss.error;
    throw error;
  }
}

/** True when the word means this snapshot whatever else is in the store. */
function isIdOf({ id }: KnownSnapshot, word: string): boolean {
  const [, prefix = ''] = /^([0-9a-f]{4,64})(?::|$)/.exec(word) ?? [];
  return prefix !== '' && id.startsWith(prefix);
}

/**
 * Ids of the snapshots that `words` mean among those that the filter leaves; without words all that it leaves, newest first, and
 * none without a filter.
 * @throws KlosetError as `findPlace` does
 */
export async function resolveSnapshots(
  store: Store,
  words: readonly string[],
  { clock = systemClock, source, filter = noFilter }: WordOptions = {},
): Promise<SnapshotId[]> {
  if (words.length === 0 && !isFiltered(filter)) return [];
  const { snapshots, loss, mayBeNewer } = await surveyKnownSnapshots(store);
  if (words.length === 0) {
    if (loss !== undefined) throw loss.error;
    return filterSnapshots(snapshots, filter).map(({ id }) => id);
  }
  const context = { nowMs: clock.now(), source };
  const meant = words.map((word) => {
    const snapshot = found(loss, () => filteredWord(snapshots, filter, word, context));
    if (isIdOf(snapshot, word)) return snapshot.id;
    if (loss !== undefined) throw loss.error;
    requireNewest(snapshot, mayBeNewer(snapshot.id), snapshots);
    return snapshot.id;
  });
  return [...new Set(meant)];
}
