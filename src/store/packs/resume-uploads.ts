/** Uploads the spooled blobs that a crashed run left. */
import type { Monitor } from '../../monitor.ts';
import { claimOrphans } from '../cache/spool-folder.ts';
import type { PackId } from '../format/ids.ts';
import type { PackWriter } from './pack-writer.ts';

/**
 * Takes every spool under `root` whose owner is gone over into `packs`. `present` are the packfiles of the store by id,
 * with their sizes. When it fails, spools not yet taken over wait for the next run.
 */
export async function resumeSpools(
  packs: PackWriter,
  root: string,
  present: ReadonlyMap<PackId, number>,
  monitor: Monitor,
): Promise<void> {
  for (const orphan of claimOrphans(root)) {
    monitor.report({ type: 'phase', phase: 'resuming an interrupted upload' });
    try {
      for (const path of orphan.spools()) await packs.resumeSpool(path, present);
    } catch (error) {
      orphan.release();
      throw error;
    }
    orphan.remove();
  }
}
