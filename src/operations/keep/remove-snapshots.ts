/** Removes snapshots. The bytes they held are freed by garbage collection, see maintain.ts. */
import { KlosetError } from '../../errors.ts';
import type { SnapshotId, StoreMaintenance } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import { lockOptionsOf } from '../job-context.ts';
import { resolveSnapshots } from '../look/open-place.ts';

/**
 * Removes the snapshots whose ids begin with these words, and returns their ids; without `apply` nothing is changed.
 * @throws KlosetError `usage` for `latest`: what it means changes with every backup
 */
export async function removeSnapshots(
  job: JobContext,
  store: StoreMaintenance,
  { snapshots, apply }: { readonly snapshots: readonly string[]; readonly apply: boolean },
): Promise<SnapshotId[]> {
  if (snapshots.includes('latest')) throw new KlosetError('usage', 'Name the snapshot to remove by its id.');
  const ids = [...new Set(await resolveSnapshots(store, snapshots))];
  if (apply) await removeFromStore(job, store, ids);
  return ids;
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
