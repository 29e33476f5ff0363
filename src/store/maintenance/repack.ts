/** Copies needed blobs out of packfiles that are not worth keeping. */
import { isKlosetError, messageOf } from '../../errors.ts';
import type { StoreParts } from '../access/store-parts.ts';
import type { PackId } from '../format/ids.ts';
import { PackReader } from '../packs/pack-reader.ts';
import type { SealedPackWriter } from '../packs/sealed-pack-writer.ts';
import type { UsageScan } from './usage-scan.ts';

/**
 * Writes the needed blobs of the packfiles `ids` into new ones. Returns the packfiles of which every needed blob now
 * lies elsewhere; one with a damaged blob is reported and left as it is.
 */
export async function repackInto(
  writer: SealedPackWriter,
  parts: StoreParts,
  scan: UsageScan,
  ids: readonly PackId[],
): Promise<PackId[]> {
  const reader = new PackReader(parts.backend);
  const emptied: PackId[] = [];
  for (const [done, id] of ids.entries()) {
    parts.monitor.report({ type: 'progress', phase: 'repacking', done, total: ids.length });
    const packBytes = scan.present.get(id) ?? 0;
    try {
      for (const blob of scan.liveBlobs(id)) {
        await writer.add(blob, await reader.readSealed({ ...blob, packId: id, packBytes }));
      }
      emptied.push(id);
    } catch (error) {
      if (!isKlosetError(error, 'integrity') && !isKlosetError(error, 'not-found')) throw error;
      const message = `Packfile ${id.slice(0, 12)}… is not repacked: ${messageOf(error)}`;
      parts.monitor.report({ type: 'warning', message });
    }
  }
  await writer.flush();
  return emptied;
}
