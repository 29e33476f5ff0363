/**
 * Puts packfiles and index deltas into a store. The order is the safety: a packfile is there, and known to be whole,
 * before the delta that names it; a crash in between leaves waste, never a name without its object.
 */
import type { Backend } from '../../backend/backend.ts';
import { createVerified } from '../../backend/verified-write.ts';
import type { BlobType, SealContext } from '../format/blob.ts';
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

/** Writes `bytes`, the packfile that `pack` describes, then the delta that names it. */
export async function writePack(
  target: PackTarget,
  pack: IndexedPack,
  bytes: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<WrittenDelta> {
  await writePackfile(target, pack, bytes);
  return await writeDelta(target, [pack]);
}

/** Writes `bytes`, the packfile that `pack` describes. Nobody finds it until a delta names it. */
export async function writePackfile(
  { backend }: PackTarget,
  pack: IndexedPack,
  bytes: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<void> {
  await createVerified(backend, packName(pack.id), bytes, pack.sizeBytes);
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
