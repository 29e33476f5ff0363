/**
 * HChaCha20 (draft-irtf-cfrg-xchacha-03 §2.2), which OpenSSL does not have, by @noble: the key of the inner
 * ChaCha20-Poly1305. Apart from `reference.ts`, so that a short command does not load Argon2 with it.
 */
import { hchacha } from '@noble/ciphers/chacha.js';

/** "expand 32-byte k" as little-endian words, RFC 8439 §2.3. */
const sigma = new Uint32Array([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);

/**
 * HChaCha20 of the key of 32 bytes and the first 16 bytes of the nonce.
 * @throws RangeError for a key or nonce of another length
 */
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
