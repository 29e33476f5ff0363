/** Brings the local tables up to the index deltas that lie in a store, and compares them with its packfiles. */
import type { ReadBackend } from '../../backend/backend.ts';
import { readAhead } from '../../backend/backend.ts';
import { isKlosetError, isUnreachable, KlosetError } from '../../errors.ts';
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
  await takeInDeltas(options, (error, name) => {
    if (!isKlosetError(error, 'integrity') && !isKlosetError(error, 'not-found')) throw error;
    const message = `${error.message} Run \`notion-kloset check\`.`;
    options.monitor.report({ type: 'warning', message, path: name });
  });
}

/**
 * The same; `onUnreadable` is told of each delta that cannot be read, and may throw what ends the work. No lock is needed:
 * maintenance writes merged deltas before it removes what they replace. So where a delta goes away, before it was read or from
 * the list while that was read, those that took its place are in the next list. @throws KlosetError unavailable, temporary, credentials
 */
export async function takeInDeltas(
  options: Omit<IndexSyncOptions, 'monitor'>,
  onUnreadable: (error: KlosetError, name: string) => void,
): Promise<void> {
  const told = new Set<string>();
  const tellOnce = (error: KlosetError, name: string) => {
    if (!told.has(name)) onUnreadable(error, name);
    told.add(name);
  };
  for (let looks = 1; ; looks += 1) {
    const { hasChanged, vanished } = await takeInOnce(options, tellOnce);
    if (looks < maxLooks && hasChanged) continue;
    for (const { error, name } of vanished) tellOnce(error, name);
    return;
  }
}

/** A delta that is in so many lists, one after the other, and cannot be found, is lost. */
const maxLooks = 4;

interface UnreadableDelta {
  readonly name: string;
  readonly error: KlosetError;
}

interface Look {
  /** Deltas were removed since they were listed, now or by an earlier look. */
  readonly hasChanged: boolean;
  /** Those that were gone when they were to be read. */
  readonly vanished: readonly UnreadableDelta[];
}

/** Takes in what one list shows. */
async function takeInOnce(
  options: Omit<IndexSyncOptions, 'monitor'>,
  onUnreadable: (error: KlosetError, name: string) => void,
): Promise<Look> {
  const { context, index } = options;
  const gone = index.deltaIds();
  const vanished: UnreadableDelta[] = [];
  const reading = readAhead(newDeltas(options, gone), deltasAhead, (delta) => fileOrError(options, delta));
  for await (const { id, file } of reading) {
    try {
      index.add(id, decodeDelta(context, id, file));
    } catch (error) {
      // Of a delta that could not be asked for nothing is known, and what it lists would be taken for missing.
      if (!isKlosetError(error) || isUnreachable(error)) throw error;
      const name = deltaName(id);
      if (error.code === 'not-found') vanished.push({ name, error });
      else onUnreadable(error, name);
    }
  }
  if (gone.size > 0) index.forget(gone);
  return { hasChanged: gone.size > 0 || vanished.length > 0, vanished };
}

/** Merged deltas may have 20 MB each; they are taken apart one after the other. */
const deltasAhead = 4;

interface ListedDelta {
  readonly id: DeltaId;
  readonly sizeBytes: number;
}

/** The deltas that are listed and not in `known`, from which those that are listed are taken. */
async function* newDeltas(
  { backend }: Pick<IndexSyncOptions, 'backend'>,
  known: Set<DeltaId>,
): AsyncGenerator<ListedDelta> {
  for await (const { name, sizeBytes } of backend.list(deltasPrefix)) {
    const id = deltaIdIn(name);
    if (id !== undefined && !known.delete(id)) yield { id, sizeBytes };
  }
}

/** An error is kept for its turn. */
async function fileOrError(
  options: Pick<IndexSyncOptions, 'backend'>,
  delta: ListedDelta,
): Promise<{ readonly id: DeltaId; readonly file: Uint8Array | KlosetError }> {
  try {
    return { id: delta.id, file: await readDeltaFile(options, delta) };
  } catch (error) {
    if (isKlosetError(error)) return { id: delta.id, file: error };
    throw error;
  }
}

/** The packfiles that the delta `id` lists. @throws KlosetError integrity, not-found, unavailable */
export async function readIndexDelta(
  { context, backend }: Pick<IndexSyncOptions, 'context' | 'backend'>,
  id: DeltaId,
  sizeBytes: number,
): Promise<IndexedPack[]> {
  return decodeDelta(context, id, await readDeltaFile({ backend }, { id, sizeBytes }));
}

async function readDeltaFile(
  { backend }: Pick<IndexSyncOptions, 'backend'>,
  { id, sizeBytes }: ListedDelta,
): Promise<Uint8Array> {
  if (sizeBytes > maxDeltaBytes) throw new KlosetError('integrity', `${whatIs(id)} has ${sizeBytes} bytes.`);
  return await backend.read(deltaName(id));
}

function decodeDelta(context: SealContext, id: DeltaId, file: Uint8Array | KlosetError): IndexedPack[] {
  if (!(file instanceof Uint8Array)) throw file;
  if (deltaIdOf(file) !== id)
    throw new KlosetError('integrity', `${whatIs(id)} is damaged: its SHA-256 does not match its name.`);
  return decodeIndexDelta(context, file, whatIs(id));
}

function whatIs(id: DeltaId): string {
  return `Index delta ${id.slice(0, 12)}…`;
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
