/**
 * Ids of what lies in a store: 64 lower-case hex digits each, and a type for each kind of object, so that none is taken
 * for another. Text and bytes become ids here and nowhere else.
 */
import type { StoredContent } from '../../document/content.ts';
import { KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';

declare const kind: unique symbol;

type Id<Kind extends string> = string & { readonly [kind]: { readonly [name in Kind]: true } };

/** HMAC-SHA-256 of a blob's type and plaintext. */
export type BlobId = Id<'blob'>;

/** SHA-256 of a packfile. */
export type PackId = Id<'packfile'>;

/** SHA-256 of an index delta. */
export type DeltaId = Id<'index delta'>;

/** SHA-256 of the header of a snapshot, or of a removal. */
export type SnapshotId = Id<'snapshot'>;

export type AnyId = BlobId | PackId | DeltaId | SnapshotId;

/** A content whose chunks are ids of blobs. */
export interface BlobContent extends StoredContent {
  readonly chunks: readonly BlobId[];
}

/** True for 64 lower-case hex digits: ids, digests and public keys. */
export function isHex64(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);
}

export function isBlobId(text: unknown): text is BlobId {
  return isHex64(text);
}

export function isPackId(text: unknown): text is PackId {
  return isHex64(text);
}

export function isDeltaId(text: unknown): text is DeltaId {
  return isHex64(text);
}

export function isSnapshotId(text: unknown): text is SnapshotId {
  return isHex64(text);
}

/** The id whose 32 bytes these are, once `is` accepts it. @throws KlosetError integrity for another number of bytes */
export function idFrom<T extends AnyId>(bytes: Uint8Array, is: (text: unknown) => text is T): T {
  return parseId(hexOf(bytes), is);
}

/** `text` as an id, once `is` accepts it. @throws KlosetError integrity when it is not one */
export function parseId<T extends AnyId>(text: string, is: (text: unknown) => text is T): T {
  if (is(text)) return text;
  throw new KlosetError('integrity', 'An id is not 64 hex digits.');
}

export function idBytes(id: AnyId): Uint8Array {
  return Buffer.from(id, 'hex');
}

/** `content`, which came from outside the store, with its chunks as ids. @throws KlosetError integrity */
export function blobContent({ size, chunks }: StoredContent): BlobContent {
  return { size, chunks: chunks.map((chunk) => parseId(chunk, isBlobId)) };
}
