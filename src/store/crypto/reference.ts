/**
 * The definitions of XChaCha20-Poly1305 and Argon2id, by @noble. primitives.ts falls back on them where OpenSSL or Node
 * has none of its own, and tests compare the two.
 */
import { hchacha, xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { argon2idAsync } from '@noble/hashes/argon2.js';

export const nonceBytes = 24;
export const tagBytes = 16;
/** Bytes that `seal` adds to a plaintext. */
export const sealOverheadBytes = nonceBytes + tagBytes;

/** The definition of `seal`; also its fall-back where OpenSSL has no ChaCha20-Poly1305. */
export function sealWithNoble(
  key: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
  nonce: Uint8Array,
): Uint8Array {
  const sealed = new Uint8Array(plaintext.length + sealOverheadBytes);
  sealed.set(nonce, 0);
  sealed.set(xchacha20poly1305(key, nonce, aad).encrypt(plaintext), nonceBytes);
  return sealed;
}

/** The definition of `open`. */
export function openWithNoble(key: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array {
  const nonce = sealed.subarray(0, nonceBytes);
  return xchacha20poly1305(key, nonce, aad).decrypt(sealed.subarray(nonceBytes));
}

/** "expand 32-byte k" as little-endian words, RFC 8439 §2.3. */
const sigma = new Uint32Array([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);

/** HChaCha20 of the key and the first 16 bytes of the nonce: the key of the inner ChaCha20-Poly1305. */
export function subkey(key: Uint8Array, nonce: Uint8Array): Uint8Array {
  if (key.length !== 32 || nonce.length < 16) throw new RangeError('XChaCha20 takes a 32-byte key');
  const out = new Uint32Array(8);
  hchacha(sigma, wordsOf(key), wordsOf(nonce.subarray(0, 16)), out);
  return bytesOfWords(out);
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = new Uint32Array(bytes.length / 4);
  for (let index = 0; index < words.length; index += 1) words[index] = view.getUint32(index * 4, true);
  return words;
}

function bytesOfWords(words: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => {
    view.setUint32(index * 4, word, true);
  });
  return bytes;
}

export interface Argon2Cost {
  readonly memoryKiB: number;
  readonly iterations: number;
  readonly parallelism: number;
}

/** The definition of `argon2id`, used by Node versions without one of their own. Yields to the event loop. */
export async function argon2idWithNoble(
  passphrase: Uint8Array,
  salt: Uint8Array,
  cost: Argon2Cost,
): Promise<Uint8Array> {
  const { iterations: t, memoryKiB: m, parallelism: p } = cost;
  return await argon2idAsync(passphrase, salt, { t, m, p, dkLen: 32, maxmem: 2 ** 32 - 1, asyncTick: 50 });
}
