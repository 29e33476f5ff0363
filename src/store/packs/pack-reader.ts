/**
 * Reads parts of packfiles. Blobs that were written together lie together, so a read takes in what follows, more and
 * more while reading goes on in order, at last whole packfiles: each read of a store on another machine is a request. A few
 * such windows are kept. Whoever tells what is read next has no more read than that, and the next windows while one is used.
 */
import type { ReadBackend } from '../../backend/backend.ts';
import { isKlosetError } from '../../errors.ts';
import { letGo } from '../../large-bytes.ts';
import type { BlobLocation } from '../cache/blob-index.ts';
import type { BlobId } from '../format/ids.ts';
import { packName, packTargetBytes } from '../format/packfile.ts';
import type { PackRange } from './expected-blobs.ts';
import { ExpectedBlobs } from './expected-blobs.ts';

interface Window extends PackRange {
  /** It reaches the end of the packfile. */
  readonly isLast: boolean;
  readonly bytes: Promise<Uint8Array>;
}

const firstReadBytes = 128 * 1024;
/** Each window has so many times the bytes of the one before it. */
const growth = 4;
/** A whole packfile: one is closed by the blob that reaches its size. */
const maxReadBytes = packTargetBytes + 4 * 1024 ** 2;
/** Of windows that were asked for. */
const keptBytes = 24 * 1024 ** 2;
/** Windows that nobody has asked for yet; together they have no more bytes than one may have. */
const maxAhead = 4;

/** A request this near behind the last window goes on in order. */
const nearBytes = 64 * 1024;

export class PackReader {
  readonly #backend: ReadBackend;
  /** Least recently used first. */
  readonly #windows: Window[] = [];
  /** Windows that nobody has asked for yet. */
  readonly #ahead = new Set<Window>();
  readonly #expected = new ExpectedBlobs();
  /** False while the next window is too large to be begun before one of those is asked for. */
  #hasRoom = true;
  #arriving = 0;

  constructor(backend: ReadBackend) {
    this.#backend = backend;
  }

  /** True while something comes in that nobody waits for, so that whoever works should let it. */
  get isReadingAhead(): boolean {
    return this.#arriving > 0;
  }

  /** Tells that `blob` is read soon, after those that were told before. It is read ahead once reading has come near. */
  expect(blob: BlobLocation): void {
    this.#expected.add(blob);
  }

  /** Tells that these are not read for now. */
  leave(ids: Iterable<BlobId>): void {
    let isChanged = false;
    for (const id of ids) isChanged = this.#expected.remove(id) || isChanged;
    if (isChanged) this.#passOver();
  }

  /** The sealed bytes of a blob, as they lie there: not yet verified. They belong to the caller. @throws KlosetError not-found, integrity, unavailable */
  async readSealed(blob: BlobLocation): Promise<Uint8Array> {
    return await this.useSealed(blob, (bytes) => {
      const sealed = Buffer.allocUnsafeSlow(bytes.length);
      sealed.set(bytes);
      return sealed;
    });
  }

  /** Gives `use` the same bytes, which are others once it has returned, and returns what it does. @throws KlosetError as `readSealed`, and what `use` throws */
  async useSealed<T>(blob: BlobLocation, use: (sealed: Uint8Array) => T): Promise<T> {
    const taken = this.#expected.take(blob.id);
    if (taken > 1) this.#passOver();
    const window = this.#find(blob) ?? this.#load(blob, this.#stopFor(blob));
    this.#touch(window);
    let sealed: Uint8Array;
    try {
      const bytes = await window.bytes;
      // Only now: two at once would come half as fast.
      if (taken > 0) this.#readAhead();
      sealed = bytes.subarray(blob.offset - window.start, blob.offset - window.start + blob.sealedBytes);
    } catch (error) {
      // A packfile that was cut further on must not take the blobs before the cut with it.
      if (!isKlosetError(error, 'integrity')) throw error;
      sealed = await this.#backend.read(packName(blob.packId), {
        offset: blob.offset,
        length: blob.sealedBytes,
      });
    }
    return use(sealed);
  }

  #find({ packId, offset, sealedBytes }: BlobLocation): Window | undefined {
    const end = offset + sealedBytes;
    return this.#windows.find(
      (window) => window.packId === packId && window.start <= offset && end <= window.end,
    );
  }

  /** Begins windows for what is expected next and lies in none, as many as there may be. */
  #readAhead(): void {
    while (this.#hasRoom && this.#ahead.size < maxAhead) {
      const next = this.#expected.firstUncovered((blob) => this.#find(blob) !== undefined);
      if (next === undefined) return;
      const stop = this.#stopFor(next);
      this.#hasRoom = this.#ahead.size === 0 || bytesOf(this.#ahead) + stop - next.offset <= maxReadBytes;
      if (!this.#hasRoom) return;
      const window = this.#load(next, stop);
      this.#ahead.add(window);
      this.#windows.push(window);
      this.#arriving += 1;
      const arrived = () => {
        this.#arriving -= 1;
      };
      window.bytes.then(arrived, arrived);
    }
  }

  #load(blob: BlobLocation, end: number): Window {
    const { packId, offset: start, packBytes } = blob;
    const bytes = this.#backend.read(packName(packId), { offset: start, length: end - start });
    const window = { packId, start, end, isLast: end >= packBytes, bytes };
    // A failed read is not kept: the next one may succeed.
    bytes.catch(() => this.#take(window));
    return window;
  }

  /** The end of the window that begins with `blob`: of what is expected there, or of a guess where nothing is known. */
  #stopFor(blob: BlobLocation): number {
    const run = this.#expected.runFrom(blob, maxReadBytes);
    if (!run.isOpen) return run.end;
    const guess = blob.offset + Math.max(blob.sealedBytes, this.#guess(blob));
    return Math.max(run.end, Math.min(guess, blob.packBytes));
  }

  /** More bytes than the window before this blob has, or the least when reading jumps about. */
  #guess(blob: BlobLocation): number {
    const before = this.#windows.filter((window) => goesOn(window, blob));
    const bytes = Math.max(0, ...before.map(({ start, end }) => end - start));
    return Math.min(maxReadBytes, Math.max(firstReadBytes, growth * bytes));
  }

  /** Makes `window` the one that was used last, and lets go of those that are too many. */
  #touch(window: Window): void {
    this.#take(window);
    this.#windows.push(window);
    const used = this.#windows.filter((each) => !this.#ahead.has(each));
    let bytes = bytesOf(used);
    for (const oldest of used) {
      if (bytes <= keptBytes || oldest === window) return;
      bytes -= oldest.end - oldest.start;
      this.#take(oldest);
      // After those who wait for it.
      oldest.bytes.then(letGo, () => undefined);
    }
  }

  /** Windows that were begun for what is not expected any more make room for others. */
  #passOver(): void {
    for (const window of this.#ahead) if (!this.#expected.hasIn(window)) this.#notAhead(window);
  }

  #take(window: Window): void {
    this.#notAhead(window);
    const at = this.#windows.indexOf(window);
    if (at >= 0) this.#windows.splice(at, 1);
  }

  #notAhead(window: Window): void {
    if (this.#ahead.delete(window)) this.#hasRoom = true;
  }
}

function bytesOf(windows: Iterable<Window>): number {
  let bytes = 0;
  for (const { start, end } of windows) bytes += end - start;
  return bytes;
}

/** True when the blob follows what the window holds: in its packfile, or at the beginning of another when that one is read to its end. */
function goesOn({ packId, start, end, isLast }: Window, blob: BlobLocation): boolean {
  if (packId !== blob.packId) return isLast && blob.offset <= nearBytes;
  return start < blob.offset && blob.offset <= end + nearBytes;
}
