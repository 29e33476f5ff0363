/**
 * The framing of the clear files of a store (CONFIG, key slots): one line of canonical JSON, one line with its
 * SHA-256. Anybody can compute the digest, so it proves nothing about an attacker; it tells damage apart from a wrong
 * passphrase or a newer version before any key is at hand. Every version of the format keeps this framing.
 */
import type { Json, JsonObject } from '../../document/json.ts';
import { KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import { sha256 } from '../crypto/primitives.ts';
import { canonicalJson, parseCanonicalJson, utf8Text } from './canonical-json.ts';
import { damaged } from './damaged.ts';
import { MemberReader } from './member-reader.ts';

/** No such file is larger; a larger one is not parsed. */
export const maxCheckedJsonBytes = 1024 * 1024;

export function encodeCheckedJson(value: JsonObject): Uint8Array {
  const line = canonicalJson(value);
  return new TextEncoder().encode(`${line}\n${digestOf(line)}\n`);
}

/**
 * Parses untrusted bytes of which `magic` says what they are; the other members are still to be read.
 * @throws KlosetError integrity when damaged, incompatible when another version wrote it
 */
export function parseCheckedJson(bytes: Uint8Array, magic: string, what: string): MemberReader {
  if (bytes.length > maxCheckedJsonBytes) throw damaged(what, `${bytes.length} bytes are too many`);
  const [line = '', digest, end, ...more] = utf8Text(bytes, what).split('\n');
  if (end !== '' || more.length > 0) throw damaged(what, 'it does not have two lines');
  if (digest !== digestOf(line)) throw damaged(what, 'its checksum does not match');
  const members = new MemberReader(parseCanonicalJson(line, what), what);
  if (members.json('magic') !== magic) throw damaged(what, `it is not a ${magic}`);
  checkVersion(members.json('version'), what);
  return members;
}

/** The version of everything this module frames. */
export const formatVersion = 1;

function checkVersion(version: Json | undefined, what: string): void {
  if (version === formatVersion) return;
  throw new KlosetError(
    'incompatible',
    `${what} has format version ${JSON.stringify(version)}; this program reads 1.`,
    {
      hint: 'Install the version of notion-kloset that wrote it, or a newer one.',
    },
  );
}

function digestOf(line: string): string {
  return hexOf(sha256(new TextEncoder().encode(line)));
}
