/**
 * The payload inside a seal: a flag, the plaintext's length, and the plaintext as it is, compressed, or spelled and then
 * compressed.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { messageOf } from '../../errors.ts';
import { presetDictionary } from '../spelling/preset-dictionary.ts';
import { spell } from '../spelling/spell.ts';
import { unspell } from '../spelling/unspell.ts';
import { ByteReader, u32Bytes } from './byte-reader.ts';
import { maxChunkBytes } from './chunk-sizes.ts';

/**
 * The compression of a store's documents and trees, as CONFIG names it. Stores from before there was a spelling have `deflate`, and
 * keep it: programs of their time read them.
 */
export type Compression = 'deflate' | 'spelled deflate';

/** The compression of new stores. */
export const newestCompression: Compression = 'spelled deflate';

const stored = 0;
/** RFC 1951. Every language's standard library reads it (docs/decisions/0005). */
const deflate = 1;
/** Spelled, then deflated with a preset dictionary (docs/decisions/0031). */
const spelledDeflate = 2;

/** Bytes a payload has besides the plaintext: flag and length. */
export const payloadHeaderBytes = 5;

/** zlib takes no smaller buffer for what it writes. */
const minZlibChunkBytes = 64;

/** The part of its window that deflate does not refer to. */
const zlibLookaheadBytes = 262;

/** Below this, compression saves less than it costs. */
const worthTryingBytes = 64;

/** A longer plaintext is judged by this much of its beginning: media are mostly compressed already. */
const sampleBytes = 65_536;

/** Bytes that are spread more evenly than this, in bits for each, do not deflate. */
const randomBits = 7.97;

/** Encodes `plaintext`, compressed when that makes it at least 1/32 smaller. */
export function encodePayload(plaintext: Uint8Array, compression: Compression = 'deflate'): Uint8Array {
  return Buffer.concat(payloadParts(plaintext, compression));
}

/** The parts of what {@link encodePayload} gives; the last may be `plaintext` itself. */
export function payloadParts(plaintext: Uint8Array, compression: Compression = 'deflate'): Uint8Array[] {
  const spelled = compression === 'spelled deflate' ? compressSpelled(plaintext) : undefined;
  if (spelled !== undefined && isWorth(spelled.length, plaintext.length))
    return payload(spelledDeflate, plaintext.length, spelled);
  const compressed = looksCompressible(plaintext) ? compress(plaintext) : plaintext;
  if (isWorth(compressed.length, plaintext.length)) return payload(deflate, plaintext.length, compressed);
  return payload(stored, plaintext.length, plaintext);
}

function payload(flag: number, length: number, ...body: readonly Uint8Array[]): Uint8Array[] {
  return [Buffer.concat([Uint8Array.of(flag), u32Bytes(length)]), ...body];
}

/**
 * Decodes what {@link encodePayload} made. Never yields more bytes than declared, nor more than the largest chunk.
 * @throws KlosetError integrity
 */
export function decodePayload(payload: Uint8Array, what: string): Uint8Array {
  const reader = new ByteReader(payload, what);
  const flag = reader.u8();
  const length = reader.u32();
  if (length > maxChunkBytes) throw reader.fail(`it declares ${length} bytes`);
  const plaintext = decodeBody(flag, length, reader);
  if (plaintext.length !== length)
    throw reader.fail(`${plaintext.length} bytes where ${length} are declared`);
  return plaintext;
}

function decodeBody(flag: number, length: number, reader: ByteReader): Uint8Array {
  if (flag === stored) return reader.take(reader.remaining);
  if (flag === deflate) return inflated(reader.take(reader.remaining), length, reader);
  if (flag === spelledDeflate) return decompressSpelled(length, reader);
  throw reader.fail(`unknown compression ${flag}`);
}

function looksCompressible(plaintext: Uint8Array): boolean {
  if (plaintext.length < worthTryingBytes) return false;
  if (plaintext.length <= sampleBytes) return true;
  const sample = plaintext.subarray(0, sampleBytes);
  return bitsPerByte(sample) < randomBits && isWorth(compress(sample).length, sampleBytes);
}

/** A number that no format has as the length of its samples or pixels, so that bytes of every kind are counted. */
const everyByte = 5;

/** Shannon's entropy of the single bytes, by every fifth of them: a hundredth of what it costs to try. */
function bitsPerByte(bytes: Uint8Array): number {
  const counts = new Uint32Array(256);
  let counted = 0;
  for (let at = 0; at < bytes.length; at += everyByte) {
    counts[bytes[at] as number] = (counts[bytes[at] as number] as number) + 1;
    counted += 1;
  }
  let bits = 0;
  for (const count of counts) if (count > 0) bits += count * Math.log2(counted / count);
  return bits / counted;
}

function isWorth(compressedBytes: number, plainBytes: number): boolean {
  return compressedBytes < plainBytes - plainBytes / 32;
}

function compress(plaintext: Uint8Array): Uint8Array {
  return deflateRawSync(plaintext, { level: 6 });
}

/** Bytes on the side (4) ‖ the side ‖ the deflated text; undefined for what cannot be spelled. */
function compressSpelled(plaintext: Uint8Array): Uint8Array | undefined {
  if (plaintext.length < worthTryingBytes) return undefined;
  const spelled = spell(plaintext);
  if (spelled === undefined) return undefined;
  const text = deflateSpelled(spelled.text);
  return Buffer.concat([u32Bytes(spelled.side.length), spelled.side, text]);
}

/**
 * Texts are short and many, so most of the time goes into preparing zlib: its window need not be larger than dictionary and
 * text, nor its tables and first buffer as large as for megabytes. A quarter of the time, and the same bytes.
 */
function deflateSpelled(text: Uint8Array): Uint8Array {
  const reachBytes = presetDictionary.length + text.length + zlibLookaheadBytes;
  return deflateRawSync(text, {
    ...{ level: 6, memLevel: 7, dictionary: presetDictionary },
    windowBits: Math.min(15, Math.ceil(Math.log2(reachBytes))),
    chunkSize: Math.max(minZlibChunkBytes, text.length >> 1),
  });
}

function decompressSpelled(length: number, reader: ByteReader): Uint8Array {
  const side = reader.take(reader.u32());
  const body = reader.take(reader.remaining);
  // A sign for an unexpected indentation is the only one that is longer than what it stands for.
  const text = inflated(body, 2 * length + 2, reader, presetDictionary);
  try {
    return unspell({ text, side }, length);
  } catch (error) {
    throw reader.fail(`it is not spelled as it should be (${messageOf(error)})`);
  }
}

function inflated(
  body: Uint8Array,
  maxBytes: number,
  reader: ByteReader,
  dictionary?: Uint8Array,
): Uint8Array {
  try {
    // Room for one byte more than declared: what is as long as it says comes out in one piece, which takes half the time.
    // A spelled text is mostly a fifth as long as its plaintext.
    const expectedBytes = dictionary === undefined ? maxBytes + 1 : maxBytes >> 3;
    const chunkSize = Math.max(minZlibChunkBytes, expectedBytes);
    const options = { maxOutputLength: Math.max(1, maxBytes), chunkSize };
    return inflateRawSync(body, dictionary === undefined ? options : { ...options, dictionary });
  } catch (error) {
    throw reader.fail(`it does not decompress (${messageOf(error)})`);
  }
}
