/**
 * The cryptographic primitives of the store, each defined by @noble's implementation. Where node:crypto (OpenSSL)
 * computes the identical bytes faster it is used; tests hold both to the published vectors and to each other.
 */
import * as node from 'node:crypto';
import { KlosetError } from '../../errors.ts';
import { subkey } from './hchacha.ts';
import type { Argon2Cost } from './sizes.ts';
import { nonceBytes, sealOverheadBytes, tagBytes } from './sizes.ts';

export type { Argon2Cost } from './sizes.ts';
export { nonceBytes, sealOverheadBytes, tagBytes } from './sizes.ts';

/** FIPS 180-4. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return plain(node.createHash('sha256').update(bytes).digest());
}

/** HMAC-SHA-256 (RFC 2104) over the concatenation of `parts`. */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = node.createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return plain(mac.digest());
}

/** HKDF-SHA-256 (RFC 5869) giving 32 bytes: no salt, the context as `info`. The master must be uniformly random. */
export function hkdf(master: Uint8Array, context: string): Uint8Array {
  return hkdfSha256(master, new Uint8Array(), new TextEncoder().encode(context), 32);
}

/** HKDF-SHA-256 (RFC 5869) in full. */
export function hkdfSha256(
  inputKey: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array,
  lengthBytes: number,
): Uint8Array {
  return new Uint8Array(node.hkdfSync('sha256', inputKey, salt, info, lengthBytes));
}

export function randomBytes(length: number): Uint8Array {
  return plain(node.randomBytes(length));
}

/** Nonces are drawn many at a time: one call of the generator takes as long as sealing eight kilobytes. */
const noncesAtOnce = 256;
let nonces: Uint8Array = new Uint8Array(0);

function newNonce(): Uint8Array {
  if (nonces.length === 0) nonces = randomBytes(noncesAtOnce * nonceBytes);
  const nonce = nonces.slice(0, nonceBytes);
  nonces = nonces.subarray(nonceBytes);
  return nonce;
}

/** Compares in a time that does not tell where the first difference lies. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && node.timingSafeEqual(left, right);
}

/**
 * Seals with XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03): nonce (24) ‖ ciphertext ‖ tag (16). The nonce is random
 * unless a test gives one; 192 bits never repeat by chance.
 */
export function seal(
  key: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
  nonce: Uint8Array = newNonce(),
): Uint8Array {
  return plain(Buffer.concat(sealParts(key, aad, [plaintext], nonce)));
}

/** {@link seal} of a plaintext that lies in parts, in parts too: large ones need not be put together to be written. */
export function sealParts(
  key: Uint8Array,
  aad: Uint8Array,
  parts: readonly Uint8Array[],
  nonce: Uint8Array = newNonce(),
): Uint8Array[] {
  if (fallback !== undefined) return [fallback.sealWithNoble(key, aad, Buffer.concat(parts), nonce)];
  const cipher = node.createCipheriv('chacha20-poly1305', subkey(key, nonce), innerNonce(nonce), {
    authTagLength: tagBytes,
  });
  cipher.setAAD(aad, { plaintextLength: parts.reduce((sum, { length }) => sum + length, 0) });
  const sealed = parts.map((part) => cipher.update(part));
  cipher.final();
  return [nonce, ...sealed, cipher.getAuthTag()].map(plain);
}

/**
 * Opens what `seal` made.
 * @throws KlosetError integrity when key, aad or any byte is another one; no part of the plaintext is returned then
 */
export function open(key: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array {
  if (sealed.length < sealOverheadBytes) throw sealBroken();
  try {
    return fallback === undefined
      ? openWithOpenssl(key, aad, sealed)
      : fallback.openWithNoble(key, aad, sealed);
  } catch (error) {
    throw sealBroken(error);
  }
}

function openWithOpenssl(key: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array {
  const nonce = sealed.subarray(0, nonceBytes);
  const ciphertext = sealed.subarray(nonceBytes, sealed.length - tagBytes);
  const decipher = node.createDecipheriv('chacha20-poly1305', subkey(key, nonce), innerNonce(nonce), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(aad, { plaintextLength: ciphertext.length });
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  const plaintext = decipher.update(ciphertext);
  decipher.final();
  return plain(plaintext);
}

/** Undefined where OpenSSL has what it takes. */
const fallback = node.getCiphers().includes('chacha20-poly1305') ? undefined : await import('./reference.ts');

/** The inner nonce: four zero bytes, then the last 8 of the outer one. */
function innerNonce(nonce: Uint8Array): Uint8Array {
  const inner = new Uint8Array(12);
  inner.set(nonce.subarray(16, nonceBytes), 4);
  return inner;
}

function sealBroken(cause?: unknown): KlosetError {
  return new KlosetError('integrity', 'Decryption failed: wrong key or modified data.', {
    cause,
  });
}

/** Argon2id version 1.3 (RFC 9106), 32 bytes. The caller has checked the cost: it rules time and memory. */
export async function argon2id(
  passphrase: Uint8Array,
  salt: Uint8Array,
  cost: Argon2Cost,
): Promise<Uint8Array> {
  return nativeArgon2 === undefined
    ? await (await import('./reference.ts')).argon2idWithNoble(passphrase, salt, cost)
    : await nativeArgon2(passphrase, salt, cost);
}

const nativeArgon2 = findNativeArgon2();
/** True where Node (24.7 and later) computes Argon2id itself. */
export const hasNativeArgon2 = nativeArgon2 !== undefined;

/** crypto.argon2 is younger than the types we build with, hence the careful look. */
function findNativeArgon2(): typeof argon2id | undefined {
  const argon2: unknown = Reflect.get(node, 'argon2');
  if (typeof argon2 !== 'function') return undefined;
  return (passphrase, salt, cost) =>
    new Promise((resolve, reject) => {
      const { memoryKiB: memory, iterations: passes, parallelism } = cost;
      const parameters = { message: passphrase, nonce: salt, parallelism, tagLength: 32, memory, passes };
      argon2('argon2id', parameters, (error: unknown, key: unknown) => {
        if (key instanceof Uint8Array) resolve(plain(key));
        else reject(error);
      });
    });
}

export interface Ed25519Pair {
  /** The 32-byte seed of RFC 8032 §5.1.5. */
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** The DER in front of a raw key, RFC 8410 §7 and §4. */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');

export function generateEd25519(seed: Uint8Array = randomBytes(32)): Ed25519Pair {
  const spki = node.createPublicKey(privateKeyObject(seed)).export({ format: 'der', type: 'spki' });
  return { privateKey: seed, publicKey: plain(spki.subarray(publicPrefix.length)) };
}

/** Signs with Ed25519 (RFC 8032): 64 bytes, the same for the same message. */
export function signEd25519(privateKey: Uint8Array, message: Uint8Array): Uint8Array {
  return plain(node.sign(null, message, privateKeyObject(privateKey)));
}

/** True when `signature` is by the owner of `publicKey` over `message`; false also for malformed keys or signatures. */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  try {
    const key = Buffer.concat([publicPrefix, publicKey]);
    return node.verify(null, message, { key, format: 'der', type: 'spki' }, signature);
  } catch {
    return false;
  }
}

function privateKeyObject(seed: Uint8Array): node.KeyObject {
  if (seed.length !== 32) throw new RangeError('an Ed25519 private key has 32 bytes');
  return node.createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' });
}

/** The same bytes as a plain Uint8Array, without Buffer's own methods. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
