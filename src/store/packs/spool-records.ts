/** The records of a spool: what each blob of a packfile that is being filled is, in order, and at the end the packfile's id. */
import { sha256 } from '../crypto/primitives.ts';
import type { BlobType } from '../format/blob.ts';
import { blobTypeByte, blobTypeOf } from '../format/blob.ts';
import type { BlobId, PackId } from '../format/ids.ts';
import { idBytes } from '../format/ids.ts';

const fieldsBytes = 1 + 32 + 4 + 4;
const checkBytes = 8;
const endType = 255;

/** Bytes of a record: type ‖ id ‖ length of the body ‖ length of the plaintext ‖ check of these. */
export const recordBytes = fieldsBytes + checkBytes;

export interface SpoolRecord {
  /** Undefined for the end, whose body is the packfile's index and footer. */
  readonly type: BlobType | undefined;
  /** Of the blob, or of the packfile. */
  readonly id: Uint8Array;
  readonly bodyBytes: number;
  readonly plainBytes: number;
}

export function blobRecord(type: BlobType, id: BlobId, bodyBytes: number, plainBytes: number): Uint8Array {
  return record(blobTypeByte(type), id, bodyBytes, plainBytes);
}

export function endRecord(id: PackId, bodyBytes: number): Uint8Array {
  return record(endType, id, bodyBytes, 0);
}

function record(type: number, id: BlobId | PackId, bodyBytes: number, plainBytes: number): Uint8Array {
  const bytes = Buffer.alloc(recordBytes);
  bytes.writeUInt8(type, 0);
  bytes.set(idBytes(id), 1);
  bytes.writeUInt32BE(bodyBytes, 33);
  bytes.writeUInt32BE(plainBytes, 37);
  bytes.set(checkOf(bytes), fieldsBytes);
  return bytes;
}

function checkOf(bytes: Buffer): Uint8Array {
  return sha256(bytes.subarray(0, fieldsBytes)).subarray(0, checkBytes);
}

/** Reads {@link recordBytes} bytes; undefined when they are no record, or were not written whole. */
export function parseRecord(bytes: Buffer): SpoolRecord | undefined {
  if (!bytes.subarray(fieldsBytes).equals(checkOf(bytes))) return undefined;
  const type = blobTypeOf(bytes.readUInt8(0));
  if (type === undefined && bytes.readUInt8(0) !== endType) return undefined;
  return {
    type,
    id: bytes.subarray(1, 33),
    bodyBytes: bytes.readUInt32BE(33),
    plainBytes: bytes.readUInt32BE(37),
  };
}
