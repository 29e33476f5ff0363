/** Blobs that a reader was told it will be asked for, in that order: what is read in one go, and what is read ahead. */
import type { BlobLocation } from '../cache/blob-index.ts';
import type { BlobId, PackId } from '../format/ids.ts';

/** A part of a packfile. */
export interface PackRange {
  readonly packId: PackId;
  readonly start: number;
  readonly end: number;
}

/** Bytes that are read although nobody expects them, rather than that a second request begins behind them. */
const maxGapBytes = 256 * 1024;

export class ExpectedBlobs {
  readonly #blobs = new Map<BlobId, BlobLocation>();
  /** The same, until a window was found or begun for them. */
  #uncovered: BlobLocation[] = [];
  #covered = 0;

  add(blob: BlobLocation): void {
    if (this.#blobs.has(blob.id)) return;
    this.#blobs.set(blob.id, blob);
    this.#uncovered.push(blob);
  }

  /**
   * Notes that the blob is asked for, and returns the number of those that this takes away: itself, if it was expected, and those
   * before it, which are not waited for any more.
   */
  take(id: BlobId): number {
    if (!this.#blobs.has(id)) return 0;
    let count = 0;
    for (const passed of this.#blobs.keys()) {
      this.#blobs.delete(passed);
      count += 1;
      if (passed === id) break;
    }
    return count;
  }

  /** True when the blob was expected. */
  remove(id: BlobId): boolean {
    return this.#blobs.delete(id);
  }

  /** The first blob to come for which `isCovered` is false. */
  firstUncovered(isCovered: (blob: BlobLocation) => boolean): BlobLocation | undefined {
    for (; this.#covered < this.#uncovered.length; this.#covered += 1) {
      const blob = this.#uncovered[this.#covered] as BlobLocation;
      if (this.#blobs.has(blob.id) && !isCovered(blob)) return blob;
    }
    this.#uncovered = [];
    this.#covered = 0;
    return undefined;
  }

  /** True when a blob to come lies in `range`. */
  hasIn(range: PackRange): boolean {
    for (const blob of this.#blobs.values()) if (isIn(blob, range)) return true;
    return false;
  }

  /**
   * The end of what is worth reading in one go from `blob` on, at most `maxBytes`: as far as blobs to come follow it in its
   * packfile. `isOpen` is true when nothing is known of what comes behind that.
   */
  runFrom(blob: BlobLocation, maxBytes: number): { readonly end: number; readonly isOpen: boolean } {
    let end = blob.offset + blob.sealedBytes;
    let last: BlobLocation | undefined;
    const following: BlobLocation[] = [];
    for (const next of this.#blobs.values()) {
      last = next;
      if (next.packId === blob.packId && next.offset > blob.offset) following.push(next);
    }
    for (const { offset, sealedBytes } of following.sort((a, b) => a.offset - b.offset)) {
      const nextEnd = offset + sealedBytes;
      if (offset > end + maxGapBytes || nextEnd - blob.offset > maxBytes) break;
      end = Math.max(end, nextEnd);
    }
    const isOpen = last === undefined || isIn(last, { packId: blob.packId, start: blob.offset, end });
    return { end, isOpen };
  }
}

function isIn({ packId, offset, sealedBytes }: BlobLocation, range: PackRange): boolean {
  return packId === range.packId && range.start <= offset && offset + sealedBytes <= range.end;
}
