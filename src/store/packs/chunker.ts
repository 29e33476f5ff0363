/** Cuts bytes into chunks where their content says so (FastCDC), so that an insertion changes few chunks. The one door to fastcdc-wasm. */
import { createRequire } from 'node:module';
import type { ChunkSizes } from '../format/chunk-sizes.ts';
import { checkChunkSizes } from '../format/chunk-sizes.ts';

/**
 * Yields the chunks of `bytes`, which may come in pieces of any size: the cuts do not depend on them.
 * A cut depends on at most `maxBytes` after the previous one, so a cut is taken only when that many bytes
 * are at hand (or the end is), and the rest is carried into the next window. Empty input yields no chunk.
 * A chunk is valid until the next one is asked for.
 */
export async function* chunks(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  sizes: ChunkSizes,
): AsyncGenerator<Uint8Array> {
  checkChunkSizes(sizes);
  const windowBytes = sizes.maxBytes * windowInChunks;
  let window = spare.length === windowBytes ? spare : new Uint8Array(0);
  spare = new Uint8Array(0);
  let filled = 0;
  for await (const piece of bytes) {
    let taken = 0;
    while (taken < piece.length) {
      window = grown(window, filled + piece.length - taken, windowBytes);
      const part = piece.subarray(taken, taken + window.length - filled);
      window.set(part, filled);
      filled += part.length;
      taken += part.length;
      if (filled < windowBytes) continue;
      const used = yield* cutWindow(window, sizes, false);
      window.copyWithin(0, used);
      filled -= used;
    }
  }
  if (filled > 0) yield* cutWindow(window.subarray(0, filled), sizes, true);
  if (window.length === windowBytes) spare = window;
}

/** The whole window of an input that ended, for the next one: files are many, and each would fill a new one with zeros. */
let spare = new Uint8Array(0);

/** Most inputs are far smaller than a window, so it grows as they come, doubling, up to `maxBytes`. */
function grown(
  window: Uint8Array<ArrayBuffer>,
  wantedBytes: number,
  maxBytes: number,
): Uint8Array<ArrayBuffer> {
  if (window.length >= Math.min(wantedBytes, maxBytes)) return window;
  const larger = new Uint8Array(Math.min(maxBytes, Math.max(wantedBytes, 2 * window.length)));
  larger.set(window);
  return larger;
}

/** Longest chunks one window holds: larger re-scans less of the carried tail, smaller needs less memory. */
const windowInChunks = 2;

/** The chunks of bytes that are wholly at hand: parts of `bytes`, not copies. */
export function chunksOf(bytes: Uint8Array, sizes: ChunkSizes): Uint8Array[] {
  checkChunkSizes(sizes);
  const found: Uint8Array[] = [];
  const windowBytes = sizes.maxBytes * windowInChunks;
  let start = 0;
  while (start < bytes.length) {
    const isLast = bytes.length - start <= windowBytes;
    const cutting = cutWindow(bytes.subarray(start, isLast ? undefined : start + windowBytes), sizes, isLast);
    let next = cutting.next();
    for (; !next.done; next = cutting.next()) found.push(next.value);
    start += next.value;
  }
  return found;
}

/** Yields the chunks that are certain, as parts of `window`; returns how many bytes they cover. */
function* cutWindow(window: Uint8Array, sizes: ChunkSizes, isLast: boolean): Generator<Uint8Array, number> {
  let start = 0;
  for (const cut of cutsOf(window, sizes)) {
    if (cut === 0) continue;
    // What made any other cut lies before it; this one only says that the bytes end here.
    if (!isLast && cut === window.length) break;
    yield window.subarray(start, cut);
    start = cut;
  }
  return start;
}

/** Positions of the cuts, ascending, 0 and the length included. The module writes `bytes` back, unchanged. */
function cutsOf(bytes: Uint8Array, sizes: ChunkSizes): Uint32Array {
  fastcdc ??= requireHere('fastcdc-wasm');
  return fastcdc.get_chunks(bytes, sizes.minBytes, sizes.averageBytes, sizes.maxBytes);
}

/** Loaded when something is first cut: compiling it takes longer than listing a store. */
let fastcdc: typeof import('fastcdc-wasm') | undefined;
const requireHere: (name: 'fastcdc-wasm') => typeof import('fastcdc-wasm') = createRequire(import.meta.url);
