/** Reads words for snapshots among those that a filter leaves, and says so where the filter is the reason that nothing is found. */
import { isKlosetError, KlosetError } from '../../errors.ts';
import type { SnapshotFilter } from './filter.ts';
import { filterSnapshots, isFiltered, nothingMatches } from './filter.ts';
import type { KnownSnapshot } from './known-snapshots.ts';
import type { SnapshotPlace, WordContext } from './snapshot-words.ts';
import { isMovingWord, readSnapshotPlace, readSnapshotWord } from './snapshot-words.ts';

/** `SNAPSHOT[:PATH]` among the snapshots that `filter` leaves. @throws KlosetError `not-found`, `usage` */
export function filteredPlace(
  snapshots: readonly KnownSnapshot[],
  filter: SnapshotFilter,
  text: string,
  context: WordContext,
): SnapshotPlace {
  const some = left(snapshots, filter);
  const place = explained(filter, text, () => readSnapshotPlace(some, text, context));
  // A snapshot that the filter excludes must not pass for a title in another one.
  if (place.path === text && namesSnapshot(snapshots, text, context)) throw excluded(text, filter);
  return place;
}

/** A snapshot by a word without a path, among those that `filter` leaves. @throws KlosetError `not-found`, `usage` */
export function filteredWord(
  snapshots: readonly KnownSnapshot[],
  filter: SnapshotFilter,
  word: string,
  context: WordContext,
): KnownSnapshot {
  const some = left(snapshots, filter);
  if (!namesSnapshot(some, word, context) && namesSnapshot(snapshots, word, context))
    throw excluded(word, filter);
  return explained(filter, word, () => readSnapshotWord(some, word, context));
}

/** @throws KlosetError `not-found` when a filter leaves nothing */
function left(snapshots: readonly KnownSnapshot[], filter: SnapshotFilter): KnownSnapshot[] {
  const some = filterSnapshots(snapshots, filter);
  if (isFiltered(filter) && some.length === 0) throw nothingMatches(filter);
  return some;
}

/** Adds to what was not found that a filter narrowed the search. */
function explained<T>(filter: SnapshotFilter, word: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isFiltered(filter) || !isKlosetError(error, 'not-found') || isMovingWord(word)) throw error;
    const message = `${error.message} Only snapshots that match ${filter.words} were looked at.`;
    throw new KlosetError('not-found', message, {
      hint: error.hint ?? 'List the snapshots with `notion-kloset ls`.',
      cause: error,
    });
  }
}

/** True when the word means a snapshot, whatever follows it. */
function namesSnapshot(snapshots: readonly KnownSnapshot[], text: string, context: WordContext): boolean {
  if (text === '' || text.startsWith('/')) return false;
  try {
    return readSnapshotPlace(snapshots, text, context).path !== text;
  } catch {
    return false;
  }
}

function excluded(word: string, { words }: SnapshotFilter): KlosetError {
  return new KlosetError('not-found', `Snapshot ${word} does not match ${words}.`, {
    hint: 'List the snapshots with `notion-kloset ls`.',
  });
}
