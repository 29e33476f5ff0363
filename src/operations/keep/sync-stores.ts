/** Copies snapshots between a store and its replica, in either direction. */
import type { StoreMaintenance } from '../../store/open-store.ts';
import type { SyncReport } from '../../store/replicas/sync-options.ts';
import type { JobContext } from '../job-context.ts';
import { lockOptionsOf } from '../job-context.ts';
import { resolveSnapshots } from '../look/open-place.ts';
import { requireFirstUse, storeExists } from '../stores/create-store.ts';
import type { StoreAccess } from '../stores/open-store.ts';
import { trustOf, withMaintainedStore } from '../stores/open-store.ts';

export interface StoreSync {
  readonly direction: 'to' | 'from';
  readonly replica: StoreAccess;
  /** Beginnings of ids; every snapshot when empty. */
  readonly snapshots: readonly string[];
  /** Copy also what snapshots on both sides have lost. */
  readonly heal: boolean;
}

/** Copies the missing data. A replica to write to is created when it is missing. */
export async function syncStores(
  job: JobContext,
  store: StoreMaintenance,
  sync: StoreSync,
): Promise<SyncReport> {
  const { direction, replica } = sync;
  if (direction === 'to' && !storeExists(replica.location)) {
    await requireFirstUse(job, replica);
    const trust = await trustOf(job, replica);
    await store.replica.create({ backend: replica.backend, trust });
  }
  return withMaintainedStore(job, replica, (other) =>
    direction === 'to' ? copy(job, store, other, sync) : copy(job, other, store, sync),
  );
}

async function copy(
  job: JobContext,
  source: StoreMaintenance,
  target: StoreMaintenance,
  sync: StoreSync,
): Promise<SyncReport> {
  const snapshots = await resolveSnapshots(source, sync.snapshots, job);
  return source.replica.copyTo(target.replica, {
    host: job.host,
    lock: lockOptionsOf(job),
    ...(snapshots.length === 0 ? {} : { snapshots }),
    ...(sync.heal ? { heal: true } : {}),
  });
}
