/**
 * The packfile being filled: a local append-only file of sealed blobs that describe themselves. A blob is safe from
 * kill -9 once it is appended; the next run reads back every whole record and drops a torn last one.
 *
 *     record: type ‖ blob id ‖ sealed length ‖ plaintext length ‖ check of these (8) ‖ sealed blob
 *     end:    255  ‖ pack id ‖ tail length   ‖ 0                ‖ check of these (8) ‖ index and footer
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync, writevSync } from 'node:fs';
import { KlosetError } from '../../errors.ts';
import { orLocalError } from '../cache/local-errors.ts';
import { sha256 } from '../crypto/primitives.ts';
import type { BlobType } from '../format/blob.ts';
import { blobTypeByte, blobTypeOf } from '../format/blob.ts';
import type { PackedBlob } from '../format/blob-location.ts';
import { blobAreaBytes } from '../format/blob-location.ts';
import type { BlobId, PackId } from '../format/ids.ts';
import { idBytes, idFrom, isBlobId, isPackId } from '../format/ids.ts';

const headBytes = 1 + 32 + 4 + 4;
const checkBytes = 8;
const endType = 255;
const pieceBytes = 1024 * 1024;

/** One blob found in an orphaned spool. */
export interface SpoolRecord {
  readonly blob: PackedBlob;
  readonly sealed: Uint8Array;
}

export class PackSpool {
  readonly path: string;
  readonly #file: number;
  readonly #blobs: PackedBlob[] = [];
  /** Position of the sealed bytes of each blob in this file. */
  readonly #starts = new Map<BlobId, number>();
  /** Over the blobs, as they come. */
  readonly #hash = createHash('sha256');
  #end = 0;

  /** Creates a spool at `path`, readable by its owner alone. */
  constructor(path: string) {
    this.path = path;
    this.#file = orLocalError(path, () => openSync(path, 'wx+', 0o600));
  }

  get blobs(): readonly PackedBlob[] {
    return this.#blobs;
  }

  /** Bytes the blobs will take in the packfile. */
  get blobBytes(): number {
    return blobAreaBytes(this.#blobs);
  }

  /** Appends a blob whose sealed bytes lie in parts. */
  append(type: BlobType, id: BlobId, sealed: readonly Uint8Array[], plainBytes: number): PackedBlob {
    const sealedBytes = sealed.reduce((sum, { length }) => sum + length, 0);
    const blob = { id, type, offset: this.blobBytes, sealedBytes, plainBytes };
    const start = this.#write(recordHead(blobTypeByte(type), id, sealedBytes, plainBytes), sealed);
    for (const part of sealed) this.#hash.update(part);
    this.#starts.set(id, start);
    this.#blobs.push(blob);
    return blob;
  }

  /**
   * Ends the packfile with its index and footer and returns its id. The id is noted here too, so that a later run
   * finds the packfile uploaded rather than uploading it again.
   */
  finish(tail: Uint8Array): PackId {
    const packId = idFrom(this.#hash.update(tail).digest(), isPackId);
    this.#write(recordHead(endType, packId, tail.length, 0), [tail]);
    return packId;
  }

  readSealed(blob: PackedBlob): Uint8Array {
    const start = this.#starts.get(blob.id);
    if (start === undefined) throw new KlosetError('internal', `Blob ${blob.id} is not in this spool.`);
    return readExactly(this.#file, start, blob.sealedBytes);
  }

  /** The blobs' part of the packfile, in pieces of about a megabyte. */
  *packBytes(): Generator<Uint8Array> {
    let parts: Uint8Array[] = [];
    let bytes = 0;
    for (const blob of this.#blobs) {
      parts.push(this.readSealed(blob));
      bytes += blob.sealedBytes;
      if (bytes < pieceBytes) continue;
      yield joined(parts);
      parts = [];
      bytes = 0;
    }
    if (bytes > 0) yield joined(parts);
  }

  close(): void {
    closeSync(this.#file);
  }

  remove(): void {
    this.close();
    rmSync(this.path, { force: true });
  }

  /** Appends a record, if the system lets it with one write, and returns where its body begins. */
  #write(head: Uint8Array, body: readonly Uint8Array[]): number {
    const start = this.#end + head.length;
    let at = this.#end;
    orLocalError(this.path, () => {
      const parts = [head, ...body];
      const bytes = parts.reduce((sum, { length }) => sum + length, 0);
      const written = writevSync(this.#file, parts, at);
      at += written;
      if (written < bytes) at = writeAll(this.#file, Buffer.concat(parts).subarray(written), at);
    });
    this.#end = at;
    return start;
  }
}

/** Writes `bytes` at `start`, however many writes it takes; returns their end. */
function writeAll(file: number, bytes: Uint8Array, start: number): number {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, bytes.length - done, start + done);
  return start + bytes.length;
}

/**
 * Yields the blobs of the spool at `path`, up to a torn record; returns the id noted by {@link PackSpool.finish}, or
 * undefined when the spool was not finished. Local and untrusted.
 */
export function* readSpool(path: string): Generator<SpoolRecord, PackId | undefined> {
  const file = openSync(path, 'r');
  try {
    const size = fstatSync(file).size;
    let at = 0;
    let offset = 0;
    while (at + headBytes + checkBytes <= size) {
      const head = parseHead(readExactly(file, at, headBytes + checkBytes));
      at += headBytes + checkBytes;
      if (head === undefined || at + head.sealedBytes > size) return undefined;
      if (head.type === undefined) return idFrom(head.id, isPackId);
      const { type, id, sealedBytes, plainBytes } = head;
      yield {
        blob: { type, id: idFrom(id, isBlobId), offset, sealedBytes, plainBytes },
        sealed: readExactly(file, at, sealedBytes),
      };
      at += sealedBytes;
      offset += sealedBytes;
    }
    return undefined;
  } finally {
    closeSync(file);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  return first !== undefined && parts.length === 1 ? first : Buffer.concat(parts);
}

function recordHead(type: number, id: BlobId | PackId, sealedBytes: number, plainBytes: number): Uint8Array {
  const head = Buffer.alloc(headBytes);
  head.writeUInt8(type, 0);
  head.set(idBytes(id), 1);
  head.writeUInt32BE(sealedBytes, 33);
  head.writeUInt32BE(plainBytes, 37);
  return Buffer.concat([head, sha256(head).subarray(0, checkBytes)]);
}

interface RecordHead {
  /** Undefined for the end record. */
  readonly type: BlobType | undefined;
  /** Of a blob, or of the packfile in the end record. */
  readonly id: Uint8Array;
  readonly sealedBytes: number;
  readonly plainBytes: number;
}

function parseHead(bytes: Buffer): RecordHead | undefined {
  const head = bytes.subarray(0, headBytes);
  if (!bytes.subarray(headBytes).equals(sha256(head).subarray(0, checkBytes))) return undefined;
  const type = blobTypeOf(head.readUInt8(0));
  if (type === undefined && head.readUInt8(0) !== endType) return undefined;
  return {
    type,
    id: head.subarray(1, 33),
    sealedBytes: head.readUInt32BE(33),
    plainBytes: head.readUInt32BE(37),
  };
}

function readExactly(file: number, start: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const read = readSync(file, bytes, done, length - done, start + done);
    if (read === 0) throw new KlosetError('integrity', 'A spool file of the cache folder is truncated.');
    done += read;
  }
  return bytes;
}
