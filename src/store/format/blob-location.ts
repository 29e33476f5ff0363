/** The row that a packfile's index and an index delta share: which blob comes next, and how long it is. */

import type { BlobType } from './blob.ts';
import { blobTypeByte, blobTypeOf, minSealedBlobBytes } from './blob.ts';
import type { ByteReader } from './byte-reader.ts';
import { maxChunkBytes } from './chunk-sizes.ts';
import type { BlobId } from './ids.ts';
import { idBytes } from './ids.ts';

/** A blob within a packfile. */
export interface PackedBlob {
  readonly id: BlobId;
  readonly type: BlobType;
  /** Position of its first sealed byte in the packfile. */
  readonly offset: number;
  readonly sealedBytes: number;
  readonly plainBytes: number;
}

/** Bytes of one encoded row: type, id, sealed length, plaintext length. Offsets follow from the order. */
export const rowBytes = 1 + 32 + 4 + 4;

/** No packfile has more blobs: it bounds what an index may make a reader hold. */
export const maxBlobsInPack = 65_536;

/** A packfile is closed at this many blobs, whatever their size: until it is uploaded they are held in memory by id. */
export const packTargetBlobs = 16_384;

export function encodeRows(blobs: readonly PackedBlob[]): Uint8Array {
  const bytes = Buffer.alloc(4 + blobs.length * rowBytes);
  let at = bytes.writeUInt32BE(blobs.length);
  for (const blob of blobs) {
    at = bytes.writeUInt8(blobTypeByte(blob.type), at);
    bytes.set(idBytes(blob.id), at);
    at = bytes.writeUInt32BE(blob.sealedBytes, at + 32);
    at = bytes.writeUInt32BE(blob.plainBytes, at);
  }
  return bytes;
}

/** Reads what {@link encodeRows} wrote; blobs lie back to back from the packfile's first byte. @throws KlosetError integrity */
export function decodeRows(reader: ByteReader): PackedBlob[] {
  const count = reader.u32();
  if (count > maxBlobsInPack || count * rowBytes > reader.remaining)
    throw reader.fail(`it declares ${count} blobs`);
  const blobs: PackedBlob[] = [];
  let offset = 0;
  for (let row = 0; row < count; row++) {
    const blob = decodeRow(reader, offset);
    blobs.push(blob);
    offset += blob.sealedBytes;
  }
  return blobs;
}

function decodeRow(reader: ByteReader, offset: number): PackedBlob {
  const typeByte = reader.u8();
  const type = blobTypeOf(typeByte);
  const id = reader.blobId();
  const sealedBytes = reader.u32();
  const plainBytes = reader.u32();
  if (type === undefined) throw reader.fail(`unknown blob type ${typeByte}`);
  const maxSealedBytes = maxChunkBytes + minSealedBlobBytes;
  if (sealedBytes < minSealedBlobBytes || sealedBytes > maxSealedBytes || plainBytes > maxChunkBytes) {
    throw reader.fail(`a blob of ${sealedBytes} sealed and ${plainBytes} plain bytes`);
  }
  return { id, type, offset, sealedBytes, plainBytes };
}

/** Bytes that `blobs`, lying back to back, take. */
export function blobAreaBytes(blobs: readonly PackedBlob[]): number {
  const last = blobs.at(-1);
  return last === undefined ? 0 : last.offset + last.sealedBytes;
}
