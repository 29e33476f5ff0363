/** Lists the snapshots of a store. */
import type { Store } from '../../store/open-store.ts';
import type { SnapshotFilter } from './filter.ts';
import { filterSnapshots, noFilter, unknownTo } from './filter.ts';
import type { KnownSnapshot, KnownSurvey } from './known-snapshots.ts';
import { surveyKnownSnapshots } from './known-snapshots.ts';

export interface SnapshotListing extends Omit<KnownSurvey, 'mayBeNewer'> {
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
