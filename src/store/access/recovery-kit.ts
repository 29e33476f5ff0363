/**
 * The recovery kit: a random key as words to print and keep in a safe. 32 bytes of key and 3 bytes of SHA-256 are
 * 56 characters of Crockford's base32, in 14 words of 4. The checksum tells a slip of the pen from a wrong kit.
 */
import { KlosetError } from '../../errors.ts';
import { sha256 } from '../crypto/primitives.ts';

/** Without I, L, O and U, which are read as other signs. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const keyBytes = 32;
const checksumBytes = 3;
const wordLength = 4;

/** The words that stand for `key`: "7QK2-…", 14 of them. */
export function recoveryWords(key: Uint8Array): string {
  if (key.length !== keyBytes) throw new RangeError(`a recovery key has ${keyBytes} bytes`);
  const characters = toBase32(new Uint8Array([...key, ...checksumOf(key)]));
  return characters.match(new RegExp(`.{${wordLength}}`, 'g'))?.join('-') ?? '';
}

/**
 * The key that `text` stands for: words in either case, with any separators, O for 0, I or L for 1.
 * @throws KlosetError credentials when there is a slip in it
 */
export function parseRecoveryWords(text: string): Uint8Array {
  const characters = text
    .toUpperCase()
    .replace(/[\s.,_-]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  const wanted = ((keyBytes + checksumBytes) * 8) / 5;
  if (characters.length !== wanted || [...characters].some((character) => !alphabet.includes(character))) {
    throw mistyped(`a recovery kit has ${wanted} letters and digits, in ${wanted / wordLength} words`);
  }
  const bytes = fromBase32(characters);
  const key = bytes.slice(0, keyBytes);
  if (!Buffer.from(checksumOf(key)).equals(bytes.subarray(keyBytes)))
    throw mistyped('its checksum does not hold');
  return key;
}

/** The page to print. `location` is shown so that people know which store it opens. */
export function recoveryKitText(
  key: Uint8Array,
  store: { location: string; storeId: string; created: string },
): string {
  const words = recoveryWords(key).split('-');
  const rows = [words.slice(0, 7).join(' - '), words.slice(7).join(' - ')];
  return [
    'RECOVERY KIT OF A NOTION-KLOSET STORE',
    '',
    `Store:   ${store.location}`,
    `Id:      ${store.storeId}`,
    `Made:    ${store.created}`,
    '',
    'These words and the store are all that is needed to read everything in it.',
    'Print this page, keep it where you keep contracts, and delete the file.',
    '',
    ...rows.map((row) => `    ${row}`),
    '',
    'To open the store, write the words into a file and name it: notion-kloset at STORE --keyfile FILE ls',
    '',
  ].join('\n');
}

function mistyped(problem: string): KlosetError {
  return new KlosetError('credentials', `The recovery kit is mistyped: ${problem}.`, {
    hint: 'Compare it with the printed page. There is no letter I, L, O or U in it.',
  });
}

function checksumOf(key: Uint8Array): Uint8Array {
  return sha256(key).subarray(0, checksumBytes);
}

/** RFC 4648 §6 with another alphabet; the length is a multiple of 5 bytes, so there is no padding. */
function toBase32(bytes: Uint8Array): string {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  const count = (bytes.length * 8) / 5;
  return Array.from({ length: count }, (_, at) => {
    return alphabet.charAt(Number((bits >> BigInt((count - 1 - at) * 5)) & 31n));
  }).join('');
}

function fromBase32(characters: string): Uint8Array {
  let bits = 0n;
  for (const character of characters) bits = (bits << 5n) | BigInt(alphabet.indexOf(character));
  const count = (characters.length * 5) / 8;
  return Uint8Array.from({ length: count }, (_, at) => Number((bits >> BigInt((count - 1 - at) * 8)) & 255n));
}
