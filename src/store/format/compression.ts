/** The payload inside a seal: a flag, the plaintext's length, and the plaintext as it is or compressed. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { messageOf } from '../../errors.ts';
import { ByteReader, u32Bytes } from './byte-reader.ts';
import { maxChunkBytes } from './chunk-sizes.ts';

const stored = 0;
/** RFC 1951. Every language's standard library reads it (docs/decisions/0005). */
const deflate = 1;

/** Bytes a payload has besides the plaintext: flag and length. */
export const payloadHeaderBytes = 5;

/** zlib takes no smaller buffer for what it writes. */
const minZlibChunkBytes = 64;

/** Below this, compression saves less than it costs. */
const worthTryingBytes = 64;

/** A longer plaintext is judged by this much of its beginning: media are mostly compressed already. */
const sampleBytes = 65_536;

/** Encodes `plaintext`, compressed when that makes it at least 1/32 smaller. */
export function encodePayload(plaintext: Uint8Array): Uint8Array {
  const compressed = looksCompressible(plaintext) ? compress(plaintext) : plaintext;
  const helps = isWorth(compressed.length, plaintext.length);
  const body = helps ? compressed : plaintext;
  return Buffer.concat([Uint8Array.of(helps ? deflate : stored), u32Bytes(plaintext.length), body]);
}

/**
 * Decodes what {@link encodePayload} made. Never yields more bytes than declared, nor more than the largest chunk.
 * @throws KlosetError integrity
 */
export function decodePayload(payload: Uint8Array, what: string): Uint8Array {
  const reader = new ByteReader(payload, what);
  const flag = reader.u8();
  const length = reader.u32();
  const body = reader.take(reader.remaining);
  if (length > maxChunkBytes) throw reader.fail(`it declares ${length} bytes`);
  if (flag !== stored && flag !== deflate) throw reader.fail(`unknown compression ${flag}`);
  const plaintext = flag === stored ? body : decompress(body, length, reader);
  if (plaintext.length !== length)
    throw reader.fail(`${plaintext.length} bytes where ${length} are declared`);
  return plaintext;
}

function looksCompressible(plaintext: Uint8Array): boolean {
  if (plaintext.length < worthTryingBytes) return false;
  if (plaintext.length <= sampleBytes) return true;
  return isWorth(compress(plaintext.subarray(0, sampleBytes)).length, sampleBytes);
}

function isWorth(compressedBytes: number, plainBytes: number): boolean {
  return compressedBytes < plainBytes - plainBytes / 32;
}

function compress(plaintext: Uint8Array): Uint8Array {
  return deflateRawSync(plaintext, { level: 6 });
}

function decompress(body: Uint8Array, length: number, reader: ByteReader): Uint8Array {
  try {
    // Room for one byte more than declared: what is as long as it says comes out in one piece, which takes half the time.
    const chunkSize = Math.max(minZlibChunkBytes, length + 1);
    return inflateRawSync(body, { maxOutputLength: Math.max(1, length), chunkSize });
  } catch (error) {
    throw reader.fail(`it does not decompress (${messageOf(error)})`);
  }
}
