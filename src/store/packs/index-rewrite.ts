/** Replaces index deltas by others that list the same packfiles, or fewer. The new ones are written before the old go. */
import { removeUnlessKept } from '../../backend/object-lock.ts';
import type { DeltaId } from '../format/ids.ts';
import type { IndexedPack } from '../format/index-delta.ts';
import { deltaName } from '../format/index-delta.ts';
import type { PackTarget } from './write-pack.ts';
import { writeDelta } from './write-pack.ts';

/** Bounds what one delta makes a reader hold: about ten megabytes. */
const maxBlobsInDelta = 250_000;
const maxPacksInNewDelta = 1000;

/** Writes deltas that list `packs`; returns their ids. */
export async function writeDeltas(
  target: PackTarget,
  packs: Iterable<IndexedPack> | AsyncIterable<IndexedPack>,
): Promise<DeltaId[]> {
  const ids: DeltaId[] = [];
  for await (const batch of batches(packs)) {
    ids.push((await writeDelta(target, batch)).id);
  }
  return ids;
}

/** Those that the server keeps stay: they say again what others say. */
export async function removeDeltas({ backend }: PackTarget, ids: Iterable<DeltaId>): Promise<void> {
  await removeUnlessKept(backend, [...ids].map(deltaName));
}

async function* batches(
  packs: Iterable<IndexedPack> | AsyncIterable<IndexedPack>,
): AsyncGenerator<IndexedPack[]> {
  let batch: IndexedPack[] = [];
  let blobs = 0;
  for await (const pack of packs) {
    if (
      batch.length === maxPacksInNewDelta ||
      (batch.length > 0 && blobs + pack.blobs.length > maxBlobsInDelta)
    ) {
      yield batch;
      batch = [];
      blobs = 0;
    }
    batch.push(pack);
    blobs += pack.blobs.length;
  }
  if (batch.length > 0) yield batch;
}
