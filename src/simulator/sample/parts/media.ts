/** Files the workspace hosts: bytes that begin as their kind does and go on as noise of a seed, created when read. */
import { hashText } from '../../workspace/random.ts';
import type { State } from '../../workspace/state.ts';

export interface MediaSketch {
  readonly name: string;
  readonly contentType: string;
  /** In bytes. */
  readonly size: number;
  /** Equal seeds give equal bytes; the key by default. */
  readonly seed?: string;
}

const heads: { readonly [contentType: string]: readonly number[] } = {
  'image/png': [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  'image/jpeg': [0xff, 0xd8, 0xff, 0xe0],
  'image/gif': [0x47, 0x49, 0x46, 0x38, 0x39, 0x61],
  'application/pdf': [0x25, 0x50, 0x44, 0x46, 0x2d, 0x31, 0x2e, 0x37, 0x0a],
  'audio/mpeg': [0x49, 0x44, 0x33, 0x04],
  'video/mp4': [0, 0, 0, 0x18, 0x66, 0x74, 0x79, 0x70, 0x6d, 0x70, 0x34, 0x32],
  'application/zip': [0x50, 0x4b, 0x03, 0x04],
};

/** Adds a hosted file and gives its key. */
export function addMedia(state: State, sketch: MediaSketch): string {
  const key = state.random.uuid();
  const seed = hashText(sketch.seed ?? key);
  const head = heads[sketch.contentType] ?? [];
  state.files.set(key, {
    key,
    name: sketch.name,
    contentType: sketch.contentType,
    size: sketch.size,
    bytes: (from, to) => mediaBytes(seed, head, from, Math.min(to, sketch.size)),
  });
  return key;
}

/** Bytes `from` up to, not including, `to`: the same whichever pieces they are read in. */
function mediaBytes(seed: number, head: readonly number[], from: number, to: number): Uint8Array {
  if (to <= from) return new Uint8Array();
  const firstWord = from >>> 2;
  const words = new Int32Array((to >>> 2) - firstWord + 1);
  for (let index = 0; index < words.length; index += 1) words[index] = mixed(seed, firstWord + index);
  const bytes = new Uint8Array(words.buffer, from & 3, to - from);
  for (let at = from; at < Math.min(to, head.length); at += 1) bytes[at - from] = head[at] ?? 0;
  return bytes;
}

function mixed(seed: number, counter: number): number {
  let value = Math.imul(seed ^ counter ^ (counter << 13), 0x9e3779b1);
  value = Math.imul(value ^ (value >>> 15), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13) ^ counter, 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
