/** Lists the snapshots of a store, and the entries of one snapshot. */
import type { WalkedEntry } from '../../document/content.ts';
import type { Store } from '../../store/open-store.ts';
import type { SnapshotFilter } from './filter.ts';
import { filterSnapshots, noFilter, unknownTo } from './filter.ts';
import type { KnownSnapshot, KnownSurvey } from './known-snapshots.ts';
import { surveyKnownSnapshots } from './known-snapshots.ts';
import type { Place } from './open-place.ts';

export interface SnapshotListing extends KnownSurvey {
  /** Every snapshot of the store, newest first. */
  readonly all: readonly KnownSnapshot[];
  /** Those of which nobody can say whether they match, because their headers cannot be read. */
  readonly unknown: readonly KnownSnapshot[];
}

/** The snapshots that match, oldest first, unreadable or badly signed ones with a `problem`; and what is lost. */
export async function listSnapshots(
  store: Store,
  filter: SnapshotFilter = noFilter,
): Promise<SnapshotListing> {
  const { snapshots: all, loss, accepted } = await surveyKnownSnapshots(store);
  const snapshots = filterSnapshots(all, filter).reverse();
  return { snapshots, loss, accepted, all, unknown: unknownTo(all, filter) };
}

/** The entries directly in a directory, or everything below it; a file stands for itself. */
export async function* listEntries(
  { snapshot, entry }: Place,
  { recursive }: { readonly recursive: boolean },
): AsyncIterable<WalkedEntry> {
  if (entry.type === 'file') yield entry;
  else if (!recursive) yield* snapshot.list(entry.path);
  else for await (const below of snapshot.walk(entry.path)) if (below.path !== entry.path) yield below;
}
