/**
 * Reads parts of packfiles. Blobs that were written together lie together, so a read takes in what follows, more and
 * more while reading goes on in order, at last whole packfiles: each read of a store on another machine is a request. A few
 * such windows are kept.
 */
import type { ReadBackend } from '../../backend/backend.ts';
import { isKlosetError } from '../../errors.ts';
import type { BlobLocation } from '../cache/blob-index.ts';
import type { PackId } from '../format/ids.ts';
import { packName, packTargetBytes } from '../format/packfile.ts';
import { letGo } from './let-go.ts';

interface Window {
  readonly packId: PackId;
  readonly start: number;
  readonly end: number;
  /** It reaches the end of the packfile. */
  readonly isLast: boolean;
  readonly bytes: Promise<Uint8Array>;
}

const firstReadBytes = 128 * 1024;
/** Each window has so many times the bytes of the one before it. */
const growth = 4;
/** A whole packfile: one is closed by the blob that reaches its size. */
const maxReadBytes = packTargetBytes + 4 * 1024 ** 2;
const keptBytes = 24 * 1024 ** 2;

/** A request this near behind the last window goes on in order. */
const nearBytes = 64 * 1024;

export class PackReader {
  readonly #backend: ReadBackend;
  /** Least recently used first. */
  readonly #windows: Window[] = [];

  constructor(backend: ReadBackend) {
    this.#backend = backend;
  }

  /** The sealed bytes of a blob, as they lie there: not yet verified. They belong to the caller. @throws KlosetError not-found, integrity, unavailable */
  async readSealed(blob: BlobLocation): Promise<Uint8Array> {
    const end = blob.offset + blob.sealedBytes;
    const window = this.#find(blob.packId, blob.offset, end) ?? this.#load(blob, end);
    this.#touch(window);
    try {
      const bytes = await window.bytes;
      // A copy, so that the window can be let go whatever becomes of it.
      const sealed = Buffer.allocUnsafeSlow(blob.sealedBytes);
      sealed.set(bytes.subarray(blob.offset - window.start, end - window.start));
      return sealed;
    } catch (error) {
      // A packfile that was cut further on must not take the blobs before the cut with it.
      if (!isKlosetError(error, 'integrity')) throw error;
      return this.#backend.read(packName(blob.packId), { offset: blob.offset, length: blob.sealedBytes });
    }
  }

  #find(packId: PackId, start: number, end: number): Window | undefined {
    return this.#windows.find(
      (window) => window.packId === packId && window.start <= start && end <= window.end,
    );
  }

  #load(blob: BlobLocation, end: number): Window {
    const wanted = blob.offset + Math.max(blob.sealedBytes, this.#readAhead(blob));
    const stop = Math.max(end, Math.min(wanted, blob.packBytes));
    const range = { offset: blob.offset, length: stop - blob.offset };
    const bytes = this.#backend.read(packName(blob.packId), range);
    const isLast = stop >= blob.packBytes;
    const window = { packId: blob.packId, start: blob.offset, end: stop, isLast, bytes };
    // A failed read is not kept: the next one may succeed.
    bytes.catch(() => this.#take(window));
    return window;
  }

  /** More than the window before this blob has, or the least when reading jumps about. */
  #readAhead(blob: BlobLocation): number {
    const before = this.#windows.filter((window) => goesOn(window, blob));
    const bytes = Math.max(0, ...before.map(({ start, end }) => end - start));
    return Math.min(maxReadBytes, Math.max(firstReadBytes, growth * bytes));
  }

  /** Makes `window` the one that was used last, and lets go of those that are too many. */
  #touch(window: Window): void {
    this.#take(window);
    this.#windows.push(window);
    let bytes = this.#windows.reduce((sum, { start, end }) => sum + end - start, 0);
    while (bytes > keptBytes && this.#windows.length > 1) {
      const oldest = this.#windows.shift() as Window;
      bytes -= oldest.end - oldest.start;
      // After those who wait for it.
      oldest.bytes.then(letGo, () => undefined);
    }
  }

  #take(window: Window): void {
    const at = this.#windows.indexOf(window);
    if (at >= 0) this.#windows.splice(at, 1);
  }
}

/** True when the blob follows what the window holds: in its packfile, or at the beginning of another when that one is read to its end. */
function goesOn({ packId, start, end, isLast }: Window, blob: BlobLocation): boolean {
  if (packId !== blob.packId) return isLast && blob.offset <= nearBytes;
  return start < blob.offset && blob.offset <= end + nearBytes;
}
