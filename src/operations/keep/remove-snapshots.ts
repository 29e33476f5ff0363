/** Removes snapshots. The bytes they held are freed by garbage collection, see maintain.ts. */
import { KlosetError } from '../../errors.ts';
import type { SnapshotId, StoreMaintenance } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import { lockOptionsOf } from '../job-context.ts';
import type { SnapshotFilter } from '../look/filter.ts';
import { isFiltered, noFilter } from '../look/filter.ts';
import type { KnownSnapshot } from '../look/known-snapshots.ts';
import { isBackup, knownSnapshots } from '../look/known-snapshots.ts';
import { resolveSnapshots } from '../look/open-place.ts';
import { isMovingWord } from '../look/snapshot-words.ts';

export interface SnapshotRemoval {
  readonly snapshots: readonly string[];
  /** Narrows the words; without words all that it leaves are meant. */
  readonly filter?: SnapshotFilter | undefined;
  /** Without it nothing is changed. */
  readonly apply: boolean;
  /** Remove also pinned snapshots and the last good one of a source. */
  readonly force?: boolean | undefined;
}

/**
 * Removes the snapshots that these words or the filter mean, and returns their ids; none where a filter alone leaves none.
 * @throws KlosetError `usage` for neither of them, for `latest`, whose meaning changes with every backup, and for protected snapshots
 */
export async function removeSnapshots(
  job: JobContext,
  store: StoreMaintenance,
  { snapshots, filter = noFilter, apply, force = false }: SnapshotRemoval,
): Promise<SnapshotId[]> {
  if (snapshots.length === 0 && !isFiltered(filter)) {
    throw new KlosetError('usage', 'No snapshot was named.', {
      hint: 'Give the beginnings of ids, or a filter, for example --tag old --before 30d.',
    });
  }
  const moving = snapshots.find(isMovingWord) ?? (filter.latest === true ? '--latest' : undefined);
  if (apply && moving !== undefined) {
    throw new KlosetError('usage', `"${moving}" changes its meaning with every backup.`, {
      hint: 'Name the snapshot to remove by its id.',
    });
  }
  const all = await knownSnapshots(store);
  const ids = await resolveSnapshots(store, snapshots, { clock: job.clock, filter });
  // A dry run, too: it tells what would be done.
  if (!force) refuseProtected(all, ids);
  if (!apply) return ids;
  await removeFromStore(job, store, ids);
  return ids;
}

/** @throws KlosetError `usage` */
function refuseProtected(all: readonly KnownSnapshot[], ids: readonly SnapshotId[]): void {
  const lastGood = lastGoodOfEachSource(all);
  const reasons = all.flatMap(({ id, isPinned }) => {
    if (!ids.includes(id)) return [];
    if (isPinned) return [`${id.slice(0, 8)} is pinned`];
    return lastGood.has(id) ? [`${id.slice(0, 8)} is the last good snapshot of its source`] : [];
  });
  if (reasons.length === 0) return;
  throw new KlosetError('usage', `Nothing was removed: ${reasons.join('; ')}.`, {
    hint: 'Give --force to remove it all the same.',
  });
}

function lastGoodOfEachSource(newestFirst: readonly KnownSnapshot[]): Set<SnapshotId> {
  const found = new Map<string, SnapshotId>();
  for (const snapshot of newestFirst) {
    const { id, header, isGood } = snapshot;
    if (header !== undefined && isGood && isBackup(snapshot) && !found.has(header.source))
      found.set(header.source, id);
  }
  return new Set(found.values());
}

/** Removes snapshots by their whole ids, in the name of this job. */
export function removeFromStore(
  job: JobContext,
  store: StoreMaintenance,
  ids: readonly SnapshotId[],
): Promise<void> {
  const { tool, host } = job;
  return store.removeSnapshots(ids, { tool, host }, lockOptionsOf(job));
}
