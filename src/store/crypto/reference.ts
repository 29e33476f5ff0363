/**
 * The definitions of XChaCha20-Poly1305 and Argon2id, by @noble. primitives.ts falls back on them where OpenSSL or Node
 * has none of its own, and tests compare the two. Loaded only there: it is a good part of a short command.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { argon2idAsync } from '@noble/hashes/argon2.js';
import type { Argon2Cost } from './sizes.ts';
import { nonceBytes, sealOverheadBytes } from './sizes.ts';

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

/** The definition of `argon2id`, used by Node versions without one of their own. Yields to the event loop. */
export async function argon2idWithNoble(
  passphrase: Uint8Array,
  salt: Uint8Array,
  cost: Argon2Cost,
): Promise<Uint8Array> {
  const { iterations: t, memoryKiB: m, parallelism: p } = cost;
  return await argon2idAsync(passphrase, salt, { t, m, p, dkLen: 32, maxmem: 2 ** 32 - 1, asyncTick: 50 });
}
