/** Index deltas: sealed, immutable lists of which blobs lie in which packfiles. Derived from the packfiles themselves. */

import { sha256 } from '../crypto/primitives.ts';
import type { SealContext } from './blob.ts';
import type { PackedBlob } from './blob-location.ts';
import { blobAreaBytes, decodeRows, encodeRows } from './blob-location.ts';
import { ByteReader, u32Bytes } from './byte-reader.ts';
import type { DeltaId, PackId } from './ids.ts';
import { idBytes, idFrom, isDeltaId } from './ids.ts';
import { maxPackBytes } from './packfile.ts';
import type { SealedFileKind } from './sealed-file.ts';
import { decodeSealedFile, encodeSealedFile } from './sealed-file.ts';

/** One packfile as an index delta lists it. */
export interface IndexedPack {
  readonly id: PackId;
  readonly sizeBytes: number;
  readonly blobs: readonly PackedBlob[];
}

/** No delta lists more packfiles. */
export const maxPacksInDelta = 4096;

/** No delta file is larger; a larger one is not read. */
export const maxDeltaBytes = 64 * 1024 * 1024;

const kind: SealedFileKind = { magic: 'NKINDX1\n', domain: 'index', key: 'index' };

export function encodeIndexDelta(context: SealContext, packs: readonly IndexedPack[]): Uint8Array {
  const parts: Uint8Array[] = [u32Bytes(packs.length)];
  for (const pack of packs) parts.push(idBytes(pack.id), u32Bytes(pack.sizeBytes), encodeRows(pack.blobs));
  return encodeSealedFile(context, kind, Buffer.concat(parts));
}

/** @throws KlosetError integrity */
export function decodeIndexDelta(context: SealContext, file: Uint8Array, what: string): IndexedPack[] {
  const reader = new ByteReader(decodeSealedFile(context, kind, file, what), what);
  const count = reader.u32();
  if (count > maxPacksInDelta) throw reader.fail(`it declares ${count} packfiles`);
  const packs: IndexedPack[] = [];
  for (let at = 0; at < count; at++) {
    const pack = { id: reader.packId(), sizeBytes: reader.u32(), blobs: decodeRows(reader) };
    if (pack.sizeBytes > maxPackBytes || blobAreaBytes(pack.blobs) > pack.sizeBytes) {
      throw reader.fail(`its packfile ${pack.id.slice(0, 12)}… of ${pack.sizeBytes} bytes cannot be`);
    }
    packs.push(pack);
  }
  reader.zerosToEnd();
  return packs;
}

/** Prefix of the names of deltas. */
export const deltasPrefix = 'index/';

/** The id of the delta `file`. */
export function deltaIdOf(file: Uint8Array): DeltaId {
  return idFrom(sha256(file), isDeltaId);
}

/** Name of the delta `id` in a backend. */
export function deltaName(id: DeltaId): string {
  return deltasPrefix + id;
}

/** The id of the delta that lies at `name`; undefined when no delta has such a name. */
export function deltaIdIn(name: string): DeltaId | undefined {
  const id = name.slice(deltasPrefix.length);
  return isDeltaId(id) && name === deltaName(id) ? id : undefined;
}
