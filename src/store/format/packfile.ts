/**
 * The packfile: sealed blobs back to back, a sealed index of them, a footer of fixed size. It can be read without
 * any other file. Its name is the SHA-256 of its bytes; writing and reading the file is left to others.
 *
 *     sealed blobs ‖ sealed index ‖ sealed footer ‖ magic
 */
import { padmeSize } from '../crypto/padding.ts';
import { open, seal, sealOverheadBytes, sha256 } from '../crypto/primitives.ts';
import type { SealContext } from './blob.ts';
import { sealDomain } from './blob.ts';
import type { PackedBlob } from './blob-location.ts';
import { blobAreaBytes, decodeRows, encodeRows } from './blob-location.ts';
import { ByteReader, u32Bytes } from './byte-reader.ts';
import { damaged } from './damaged.ts';
import type { PackId } from './ids.ts';
import { idFrom, isPackId } from './ids.ts';

const magic = Buffer.from('NKPACK1\n', 'latin1');

/** Bytes at the end of every packfile: the sealed lengths of blobs and index, then the magic. */
export const packFooterBytes = sealOverheadBytes + 8 + magic.length;

/** A packfile is closed when its blobs reach this. */
export const packTargetBytes = 16 * 1024 * 1024;

/** No packfile is larger; a larger file is not read. */
export const maxPackBytes = 64 * 1024 * 1024;

/** Lengths of the parts of a packfile. */
export interface PackFooter {
  readonly blobBytes: number;
  readonly indexBytes: number;
}

/**
 * Index and footer, which follow the blobs. The index is padded with zeros inside its seal until the whole file has
 * a Padmé size, so neither the file's size nor any clear byte tells how much was added.
 */
export function encodePackTail(context: SealContext, blobs: readonly PackedBlob[]): Uint8Array {
  const rows = encodeRows(blobs);
  const blobBytes = blobAreaBytes(blobs);
  const bareBytes = blobBytes + rows.length + sealOverheadBytes + packFooterBytes;
  const padding = new Uint8Array(padmeSize(bareBytes) - bareBytes);
  const index = seal(context.keys.index, packAad(context, 'pack index'), Buffer.concat([rows, padding]));
  const lengths = Buffer.concat([u32Bytes(blobBytes), u32Bytes(index.length)]);
  const footer = seal(context.keys.index, packAad(context, 'pack footer'), lengths);
  return Buffer.concat([index, footer, magic]);
}

/** Reads the last {@link packFooterBytes} bytes of a packfile of `sizeBytes`. @throws KlosetError integrity */
export function decodePackFooter(
  context: SealContext,
  footer: Uint8Array,
  sizeBytes: number,
  what: string,
): PackFooter {
  const reader = new ByteReader(footer, what);
  const sealed = reader.take(sealOverheadBytes + 8);
  if (!magic.equals(reader.take(magic.length)) || reader.remaining > 0) throw reader.fail('it has no footer');
  const lengths = new ByteReader(openPart(context, 'pack footer', sealed, what), what);
  const found = { blobBytes: lengths.u32(), indexBytes: lengths.u32() };
  if (found.blobBytes + found.indexBytes + packFooterBytes !== sizeBytes) {
    throw reader.fail(`it has ${sizeBytes} bytes, its footer says otherwise`);
  }
  return found;
}

/** Reads the sealed index of a packfile. @throws KlosetError integrity */
export function decodePackIndex(
  context: SealContext,
  sealedIndex: Uint8Array,
  footer: PackFooter,
  what: string,
): PackedBlob[] {
  const reader = new ByteReader(openPart(context, 'pack index', sealedIndex, what), what);
  const blobs = decodeRows(reader);
  reader.zerosToEnd();
  if (blobAreaBytes(blobs) !== footer.blobBytes) throw reader.fail('its index and footer disagree');
  return blobs;
}

/** The blobs of a whole packfile held in memory. Their seals are not opened. @throws KlosetError integrity */
export function decodePack(context: SealContext, pack: Uint8Array, what: string): PackedBlob[] {
  const footerAt = Math.max(0, pack.length - packFooterBytes);
  const footer = decodePackFooter(context, pack.subarray(footerAt), pack.length, what);
  return decodePackIndex(context, pack.subarray(footer.blobBytes, footerAt), footer, what);
}

/** The id of a packfile held in memory. */
export function packIdOf(pack: Uint8Array): PackId {
  return idFrom(sha256(pack), isPackId);
}

/** Name of the packfile `id` in a backend. */
export function packName(id: PackId): string {
  return `packs/${id.slice(0, 2)}/${id}`;
}

/** The id of the packfile that lies at `name`; undefined when no packfile has such a name. */
export function packIdIn(name: string): PackId | undefined {
  const id = name.slice('packs/ab/'.length);
  return isPackId(id) && name === packName(id) ? id : undefined;
}

function packAad(context: SealContext, part: string): Uint8Array {
  return sealDomain(part, context.storeId);
}

function openPart(context: SealContext, part: string, sealed: Uint8Array, what: string): Uint8Array {
  try {
    return open(context.keys.index, packAad(context, part), sealed);
  } catch (error) {
    throw damaged(what, `authentication of its ${part.slice(5)} failed`, error);
  }
}
