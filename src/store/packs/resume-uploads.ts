/** What runs that died left in their spools goes into the store with the next one. */
import type { Monitor } from '../../monitor.ts';
import { claimOrphans } from '../cache/spool-folder.ts';
import type { PackId } from '../format/ids.ts';
import type { PackWriter } from './pack-writer.ts';

/**
 * Takes every spool under `root` whose owner is gone over into `packs`. `present` are the packfiles of the store by id,
 * with their sizes. When it fails, spools not yet taken over wait for the next run.
 */
export async function takeOverSpools(
  packs: PackWriter,
  root: string,
  present: ReadonlyMap<PackId, number>,
  monitor: Monitor,
): Promise<void> {
  for (const orphan of claimOrphans(root)) {
    monitor.report({ type: 'phase', phase: 'taking over what an interrupted run stored' });
    try {
      for (const path of orphan.spools()) await packs.salvage(path, present);
    } catch (error) {
      orphan.release();
      throw error;
    }
    orphan.remove();
  }
}
