/** Blobs: chunks named by a keyed digest of their plaintext and sealed one by one. */
import type { StoreKeys } from '../crypto/keys.ts';
import { hmacSha256, open, sealOverheadBytes, sealParts } from '../crypto/primitives.ts';
import type { Compression } from './compression.ts';
import { decodePayload, payloadHeaderBytes, payloadParts } from './compression.ts';
import { damaged } from './damaged.ts';
import type { BlobId } from './ids.ts';
import { idBytes, idFrom, isBlobId } from './ids.ts';

/** The kind of content a blob holds. The type is part of the id, so a tree can never be passed off as a document. */
export type BlobType = 'document' | 'media' | 'tree';

const typeBytes: Readonly<Record<BlobType, number>> = { document: 1, media: 2, tree: 3 };
const typeNames = new Map<number, BlobType>([
  [1, 'document'],
  [2, 'media'],
  [3, 'tree'],
]);

/** The byte that stands for `type` in ids, seals and indexes. */
export function blobTypeByte(type: BlobType): number {
  return typeBytes[type];
}

/** The type a byte stands for; undefined for one that format v1 does not know. */
export function blobTypeOf(byte: number): BlobType | undefined {
  return typeNames.get(byte);
}

/** Store id and keys: every seal of a store is bound to them. */
export interface SealContext {
  readonly storeId: string;
  readonly keys: StoreKeys;
  /** For new blobs, as CONFIG has it; `deflate`, which every program reads, where it is not known. Blobs say what they are. */
  readonly compression?: Compression;
}

/** Smallest number of bytes a sealed blob can have. */
export const minSealedBlobBytes = sealOverheadBytes + payloadHeaderBytes;

/** The id of `plaintext` as a blob of `type`: HMAC-SHA-256(id key, type ‖ plaintext), 64 hex digits. */
export function blobIdOf(context: SealContext, type: BlobType, plaintext: Uint8Array): BlobId {
  return idFrom(hmacSha256(context.keys.blobId, Uint8Array.of(typeBytes[type]), plaintext), isBlobId);
}

/** Compresses (when that helps) and seals `plaintext` under its id and type. */
export function sealBlob(
  context: SealContext,
  type: BlobType,
  id: BlobId,
  plaintext: Uint8Array,
): Uint8Array {
  const { buffer, byteOffset, length } = Buffer.concat(sealedBlobParts(context, type, id, plaintext));
  return new Uint8Array(buffer, byteOffset, length);
}

/** The parts of what {@link sealBlob} gives, in order. */
export function sealedBlobParts(
  context: SealContext,
  type: BlobType,
  id: BlobId,
  plaintext: Uint8Array,
): Uint8Array[] {
  const compression = type === 'media' ? 'deflate' : context.compression;
  return sealParts(context.keys.data, blobAad(context, type, id), payloadParts(plaintext, compression));
}

/**
 * The plaintext of a sealed blob, which is exactly what was named `id` and `type` in this store.
 * The id is computed again: whoever holds the data key but not the id key cannot pass off other bytes either.
 * @throws KlosetError integrity
 */
export function openBlob(context: SealContext, type: BlobType, id: BlobId, sealed: Uint8Array): Uint8Array {
  const what = `Blob ${id.slice(0, 12)}…`;
  const payload = openSealed(context, type, id, sealed, what);
  const plaintext = decodePayload(payload, what);
  if (blobIdOf(context, type, plaintext) !== id) {
    throw damaged(what, 'its content does not match its id');
  }
  return plaintext;
}

function openSealed(
  context: SealContext,
  type: BlobType,
  id: BlobId,
  sealed: Uint8Array,
  what: string,
): Uint8Array {
  try {
    return open(context.keys.data, blobAad(context, type, id), sealed);
  } catch (error) {
    throw damaged(what, 'authentication failed', error);
  }
}

/** (domain ‖ format version, store id, type, blob id): a blob moved between stores or types does not open. */
function blobAad(context: SealContext, type: BlobType, id: BlobId): Uint8Array {
  return Buffer.concat([sealDomain('blob', context.storeId), Uint8Array.of(typeBytes[type]), idBytes(id)]);
}

/** The bytes that keep seals of different kinds, format versions and stores apart. */
export function sealDomain(kind: string, storeId: string): Uint8Array {
  return Buffer.from(`notion-kloset v1 ${kind}\0${storeId}\0`, 'utf8');
}
