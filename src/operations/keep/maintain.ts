/** Garbage collection of a store, and the removal of stale locks. */
import type { ListedLock, UnlockOptions } from '../../store/locks/locks.ts';
import type { GcReport } from '../../store/maintenance/gc.ts';
import type { StoreMaintenance } from '../../store/open-store.ts';
import { removeAbandonedWork } from '../backup/checkpoints.ts';
import type { JobContext } from '../job-context.ts';
import { lockOptionsOf } from '../job-context.ts';

export interface GarbageCollection {
  /** False for a dry run. */
  readonly apply: boolean;
  /** Time before unreferenced packfiles are deleted; the default when absent. */
  readonly graceMs?: number | undefined;
}

/**
 * Deletes unreferenced packfiles, repacks, merges index deltas, and reports where the bytes are. On this machine it also
 * removes what interrupted work left.
 */
export function collectGarbage(
  job: JobContext,
  store: StoreMaintenance,
  { apply, graceMs }: GarbageCollection,
): Promise<GcReport> {
  if (apply) removeAbandonedWork(job, store.id);
  const rules = graceMs === undefined ? {} : { rules: { graceMs } };
  return store.collectGarbage({ apply, lock: lockOptionsOf(job), ...rules });
}

/** Removes the locks of processes that ended, those of the ids that begin so, or every lock. Returns those removed. */
export function removeLocks(store: StoreMaintenance, options: UnlockOptions): Promise<ListedLock[]> {
  return store.unlock(options);
}
