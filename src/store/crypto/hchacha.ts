/**
 * HChaCha20 (draft-irtf-cfrg-xchacha-03 §2.2), which OpenSSL does not have: the key of the inner ChaCha20-Poly1305. Tests
 * compare it with @noble's, which takes a good part of a short command to load.
 */

/** "expand 32-byte k" as little-endian words, RFC 8439 §2.3. */
const sigma = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];

/** The words that each quarter round of a double round works on: four columns, then four diagonals. */
const quarters = [
  ...[0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  ...[0, 5, 10, 15, 1, 6, 11, 12, 2, 7, 8, 13, 3, 4, 9, 14],
];

const words = new Uint32Array(16);

/** HChaCha20 of the key of 32 bytes and the first 16 bytes of the nonce. */
export function subkey(key: Uint8Array, nonce: Uint8Array): Uint8Array {
  if (key.length !== 32 || nonce.length < 16) throw new RangeError('XChaCha20 takes a 32-byte key');
  words.set(sigma);
  readWords(key, 8, 4);
  readWords(nonce, 4, 12);
  for (let round = 0; round < 10; round++) doubleRound();
  const found = new Uint8Array(32);
  const view = new DataView(found.buffer);
  for (let word = 0; word < 4; word++) {
    view.setUint32(4 * word, words[word] as number, true);
    view.setUint32(16 + 4 * word, words[12 + word] as number, true);
  }
  words.fill(0);
  return found;
}

function readWords(bytes: Uint8Array, count: number, into: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let word = 0; word < count; word++) words[into + word] = view.getUint32(4 * word, true);
}

function doubleRound(): void {
  for (let at = 0; at < quarters.length; at += 4) {
    const a = quarters[at] as number;
    const b = quarters[at + 1] as number;
    const c = quarters[at + 2] as number;
    const d = quarters[at + 3] as number;
    step(a, b, d, 16);
    step(c, d, b, 12);
    step(a, b, d, 8);
    step(c, d, b, 7);
  }
}

/** RFC 8439 §2.1: x += y, then z ^= x and rotated to the left by `bits`. */
function step(x: number, y: number, z: number, bits: number): void {
  words[x] = (words[x] as number) + (words[y] as number);
  const mixed = (words[z] as number) ^ (words[x] as number);
  words[z] = (mixed << bits) | (mixed >>> (32 - bits));
}
