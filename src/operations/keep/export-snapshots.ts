/** Exports snapshots into one encrypted file, which every command reads as a store. */
import type { StoreMaintenance } from '../../store/open-store.ts';
import type { SyncReport } from '../../store/replicas/sync-options.ts';
import type { JobContext } from '../job-context.ts';
import { resolveSnapshots } from '../look/open-place.ts';
import { requireOutsideStores } from '../stores/outside-stores.ts';

export interface SnapshotExport {
  /** Path of the file to write; it must not exist. */
  readonly path: string;
  /** Beginnings of ids; the newest good snapshot when empty. */
  readonly snapshots: readonly string[];
}

/** Writes the file whole or not at all. @throws KlosetError `usage` for a file in a store */
export async function exportSnapshots(
  job: JobContext,
  store: StoreMaintenance,
  { path, snapshots }: SnapshotExport,
): Promise<SyncReport> {
  await requireOutsideStores(path);
  const words = snapshots.length === 0 ? ['latest'] : snapshots;
  return store.replica.export({ snapshots: await resolveSnapshots(store, words, job), path, host: job.host });
}
