/**
 * The packfile being filled: a local file of the bytes that it will have, and beside it one of records that tell what they are. A
 * blob is safe from kill -9 once it is appended; the next run reads back every whole one and drops a torn last one.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
  writevSync,
} from 'node:fs';
import { systemCode } from '../../backend/disk-errors.ts';
import { LocalFile } from '../../backend/local-file.ts';
import { KlosetError } from '../../errors.ts';
import { orLocalError } from '../cache/local-errors.ts';
import type { BlobType } from '../format/blob.ts';
import type { PackedBlob } from '../format/blob-location.ts';
import { blobAreaBytes } from '../format/blob-location.ts';
import type { BlobId, PackId } from '../format/ids.ts';
import { idFrom, isBlobId, isPackId } from '../format/ids.ts';
import { blobRecord, endRecord, parseRecord, recordBytes } from './spool-records.ts';

/** One blob found in an orphaned spool. */
export interface SpooledBlob {
  readonly blob: PackedBlob;
  readonly sealed: Uint8Array;
}

/** Path of the packfile of the spool at `path`. */
export function packfileOf(path: string): string {
  return `${path}.pack`;
}

export class PackSpool {
  readonly path: string;
  readonly #records: AppendedFile;
  readonly #packfile: AppendedFile;
  readonly #blobs: PackedBlob[] = [];
  /** Over the packfile, as it grows. */
  readonly #hash = createHash('sha256');

  /** Creates a spool whose records lie at `path`, readable by its owner alone. */
  constructor(path: string) {
    this.path = path;
    this.#packfile = new AppendedFile(packfileOf(path));
    this.#records = new AppendedFile(path);
  }

  get blobs(): readonly PackedBlob[] {
    return this.#blobs;
  }

  /** Bytes of the packfile's blobs. */
  get blobBytes(): number {
    return blobAreaBytes(this.#blobs);
  }

  /** Appends a blob whose sealed bytes lie in parts. Its record comes last: it tells of what is there. */
  append(type: BlobType, id: BlobId, sealed: readonly Uint8Array[], plainBytes: number): PackedBlob {
    const offset = this.#packfile.append(sealed);
    const blob = { id, type, offset, sealedBytes: this.#packfile.end - offset, plainBytes };
    this.#records.append([blobRecord(type, id, blob.sealedBytes, plainBytes)]);
    for (const part of sealed) this.#hash.update(part);
    this.#blobs.push(blob);
    return blob;
  }

  /**
   * Ends the packfile with its index and footer and returns its id. The id is noted too, so that a later run
   * finds the packfile uploaded rather than uploading it again.
   */
  finish(tail: Uint8Array): PackId {
    const packId = idFrom(this.#hash.update(tail).digest(), isPackId);
    this.#packfile.append([tail]);
    this.#packfile.cut();
    this.#records.append([endRecord(packId, tail.length)]);
    return packId;
  }

  /** The packfile, which is finished. */
  packfile(): LocalFile {
    return new LocalFile(packfileOf(this.path));
  }

  readSealed(blob: PackedBlob): Uint8Array {
    return this.#packfile.read(blob.offset, blob.sealedBytes);
  }

  close(): void {
    this.#packfile.close();
    this.#records.close();
  }

  remove(): void {
    this.close();
    for (const path of [this.path, packfileOf(this.path)]) rmSync(path, { force: true });
  }
}

/** A new file that only grows. */
class AppendedFile {
  readonly #path: string;
  readonly #file: number;
  end = 0;

  constructor(path: string) {
    this.#path = path;
    this.#file = orLocalError(path, () => openSync(path, 'wx+', 0o600));
  }

  /** Appends `parts`, if the system lets it with one write, and returns where they begin. What failed is written over. */
  append(parts: readonly Uint8Array[]): number {
    const start = this.end;
    this.end += orLocalError(this.#path, () => writeAll(this.#file, parts, start));
    return start;
  }

  /** Leaves nothing behind the end: a write that failed may have been longer than the one that took its place. */
  cut(): void {
    orLocalError(this.#path, () => ftruncateSync(this.#file, this.end));
  }

  read(start: number, length: number): Buffer {
    return readExactly(this.#file, start, length);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Writes `parts` at `start`, however many writes it takes; returns their length. */
function writeAll(file: number, parts: readonly Uint8Array[], start: number): number {
  const bytes = parts.reduce((sum, { length }) => sum + length, 0);
  let done = writevSync(file, parts, start);
  if (done === bytes) return bytes;
  const whole = Buffer.concat(parts);
  while (done < bytes) done += writeSync(file, whole, done, bytes - done, start + done);
  return bytes;
}

/**
 * Yields the blobs of the spool at `path`, up to a torn one; returns the id noted by {@link PackSpool.finish}, or
 * undefined when the spool was not finished. Local and untrusted.
 */
export function* readSpool(path: string): Generator<SpooledBlob, PackId | undefined> {
  const records = openSync(path, 'r');
  try {
    const packfile = openIfThere(packfileOf(path));
    if (packfile === undefined) return undefined;
    try {
      return yield* readBlobs(records, packfile);
    } finally {
      closeSync(packfile);
    }
  } finally {
    closeSync(records);
  }
}

function* readBlobs(records: number, packfile: number): Generator<SpooledBlob, PackId | undefined> {
  const [recordsEnd, packfileEnd] = [fstatSync(records).size, fstatSync(packfile).size];
  let offset = 0;
  for (let at = 0; at + recordBytes <= recordsEnd; at += recordBytes) {
    const record = parseRecord(readExactly(records, at, recordBytes));
    if (record === undefined || offset + record.bodyBytes > packfileEnd) return undefined;
    const { type, id, bodyBytes: sealedBytes, plainBytes } = record;
    if (type === undefined) return idFrom(id, isPackId);
    yield {
      blob: { type, id: idFrom(id, isBlobId), offset, sealedBytes, plainBytes },
      sealed: readExactly(packfile, offset, sealedBytes),
    };
    offset += sealedBytes;
  }
  return undefined;
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
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
