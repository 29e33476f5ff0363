/**
 * Puts packfiles and index deltas into a store. The order is the safety: a packfile is there, and known to be whole,
 * before the delta that names it; a crash in between leaves waste, never a name without its object.
 */
import type { Backend } from '../../backend/backend.ts';
import { createVerified } from '../../backend/verified-write.ts';
import type { BlobType, SealContext } from '../format/blob.ts';
import { packTargetBlobs } from '../format/blob-location.ts';
import type { DeltaId } from '../format/ids.ts';
import type { IndexedPack } from '../format/index-delta.ts';
import { deltaIdOf, deltaName, encodeIndexDelta } from '../format/index-delta.ts';
import { packName } from '../format/packfile.ts';

/** A store to write packfiles to. */
export interface PackTarget {
  readonly backend: Backend;
  readonly context: SealContext;
}

export interface WrittenDelta {
  readonly id: DeltaId;
  readonly sizeBytes: number;
}

/** Trees have packfiles of their own, so that listing does not read through media. */
export type PackKind = 'content' | 'tree';

export function packKindOf(type: BlobType): PackKind {
  return type === 'tree' ? 'tree' : 'content';
}

/** Writes `bytes`, the packfile that `pack` describes. Nobody finds it until a delta names it. */
export async function writePackfile(
  { backend }: PackTarget,
  pack: IndexedPack,
  bytes: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<void> {
  await createVerified(backend, packName(pack.id), bytes, pack.sizeBytes);
}

/** Packfiles and blobs that one index delta names: what the local disk and this process keep of them until then. */
const maxUnnamedPacks = 8;
const maxUnnamedBlobs = packTargetBlobs;

/** True when so much is not named yet that it should be. */
export function isWorthDelta(unnamed: readonly IndexedPack[]): boolean {
  const blobs = unnamed.reduce((sum, pack) => sum + pack.blobs.length, 0);
  return unnamed.length >= maxUnnamedPacks || blobs >= maxUnnamedBlobs;
}

/** Writes a delta that names `packs`, which are in the store. */
export async function writeDelta(
  { backend, context }: PackTarget,
  packs: readonly IndexedPack[],
): Promise<WrittenDelta> {
  const delta = encodeIndexDelta(context, packs);
  const id = deltaIdOf(delta);
  await createVerified(backend, deltaName(id), delta);
  return { id, sizeBytes: delta.length };
}
