/** One file that holds some snapshots and can be read as a store: a replica of the store in a bundle. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { BundleWriter } from '../../backend/bundle/bundle-writer.ts';
import { MemoryBackend } from '../../backend/memory.ts';
import { KlosetError } from '../../errors.ts';
import type { StoreParts } from '../access/store-parts.ts';
import { openTrust } from '../access/trust.ts';
import { hexOf } from '../crypto/hex.ts';
import { randomBytes } from '../crypto/primitives.ts';
import type { SnapshotId } from '../format/ids.ts';
import type { ReplicaOptions } from './create-replica.ts';
import { createReplica } from './create-replica.ts';
import { syncSnapshots } from './sync.ts';
import type { SyncReport } from './sync-options.ts';

export interface ExportOptions {
  /** Full ids. */
  readonly snapshots: readonly SnapshotId[];
  /** Path of the file, which must not exist. */
  readonly path: string;
  /** Name of this machine. */
  readonly host: string;
  /** The secret of the file; by default the secrets of the store. */
  readonly own?: ReplicaOptions['own'];
}

/** Writes the file at once: it is whole or not there. Whoever opens it has the key of the store it came from. */
export async function exportSnapshots(source: StoreParts, options: ExportOptions): Promise<SyncReport> {
  const { path, own, snapshots, host } = options;
  const backend = await BundleWriter.create(path);
  const cacheFolder = join(source.cacheFolder, `export-${hexOf(randomBytes(8))}`);
  try {
    const trust = await openTrust(new MemoryBackend(), path);
    await createReplica(source, { backend, trust, ...(own === undefined ? {} : { own }) });
    const target = { ...source, backend, trust, cacheFolder };
    const report = await syncSnapshots(source, target, { snapshots, host, alone: true });
    const [failed] = report.failed;
    if (failed !== undefined)
      throw new KlosetError(
        'integrity',
        `Snapshot ${failed.id.slice(0, 12)}… cannot be exported: ${failed.problem}`,
      );
    await backend.finish();
    return report;
  } catch (error) {
    await backend.abandon();
    throw error;
  } finally {
    rmSync(cacheFolder, { recursive: true, force: true });
  }
}
