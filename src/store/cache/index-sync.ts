/** Brings the local tables up to the index deltas that lie in a store, and compares them with its packfiles. */
import type { ReadBackend } from '../../backend/backend.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import type { Monitor } from '../../monitor.ts';
import type { SealContext } from '../format/blob.ts';
import type { DeltaId, PackId } from '../format/ids.ts';
import type { IndexedPack } from '../format/index-delta.ts';
import {
  decodeIndexDelta,
  deltaIdIn,
  deltaIdOf,
  deltaName,
  deltasPrefix,
  maxDeltaBytes,
} from '../format/index-delta.ts';
import { packIdIn } from '../format/packfile.ts';
import type { BlobIndex } from './blob-index.ts';

export interface IndexSyncOptions {
  readonly context: SealContext;
  readonly backend: ReadBackend;
  readonly index: BlobIndex;
  readonly monitor: Monitor;
}

/**
 * Reads the deltas that are new and forgets those that are gone. A damaged delta is reported and left out: its
 * blobs count as absent, so reading one fails and a backup writes it again. @throws KlosetError unavailable
 */
export async function syncIndex(options: IndexSyncOptions): Promise<void> {
  const { backend, index, monitor } = options;
  const gone = index.deltaIds();
  for await (const { name, sizeBytes } of backend.list(deltasPrefix)) {
    const id = deltaIdIn(name);
    if (id === undefined || gone.delete(id)) continue;
    try {
      index.add(id, await readIndexDelta(options, id, sizeBytes));
    } catch (error) {
      if (!isKlosetError(error, 'integrity') && !isKlosetError(error, 'not-found')) throw error;
      monitor.report({
        type: 'warning',
        message: `${error.message} Run \`notion-kloset check\`.`,
        path: name,
      });
    }
  }
  if (gone.size > 0) index.forget(gone);
}

/** The packfiles that the delta `id` lists. @throws KlosetError integrity, not-found, unavailable */
export async function readIndexDelta(
  { context, backend }: Pick<IndexSyncOptions, 'context' | 'backend'>,
  id: DeltaId,
  sizeBytes: number,
): Promise<IndexedPack[]> {
  const what = `Index delta ${id.slice(0, 12)}…`;
  if (sizeBytes > maxDeltaBytes) throw new KlosetError('integrity', `${what} has ${sizeBytes} bytes.`);
  const file = await backend.read(deltaName(id));
  if (deltaIdOf(file) !== id) {
    throw new KlosetError('integrity', `${what} is damaged: its SHA-256 does not match its name.`);
  }
  return decodeIndexDelta(context, file, what);
}

/**
 * The packfiles of the store by id, with their sizes. Tells the index which ones are gone or cut, so that a backup
 * does not count on what lay in them.
 */
export async function syncPacks({ backend, index }: IndexSyncOptions): Promise<ReadonlyMap<PackId, number>> {
  const present = new Map<PackId, number>();
  for await (const { name, sizeBytes } of backend.list('packs/')) {
    const id = packIdIn(name);
    if (id !== undefined) present.set(id, sizeBytes);
  }
  const lost: PackId[] = [];
  for (const { id, sizeBytes } of index.packs()) if (present.get(id) !== sizeBytes) lost.push(id);
  index.setLost(lost);
  return present;
}
