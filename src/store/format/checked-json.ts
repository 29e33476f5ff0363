/**
 * The framing of the clear files of a store (CONFIG, key slots): one line of canonical JSON, one line with its
 * SHA-256. Anybody can compute the digest, so it proves nothing about an attacker; it tells damage apart from a wrong
 * passphrase or a newer version before any key is at hand. Every version of the format keeps this framing.
 */
import type { Json, JsonObject } from '../../document/json.ts';
import { KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import { hmacSha256, sha256, verifyEd25519 } from '../crypto/primitives.ts';
import { sealDomain } from './blob.ts';
import { canonicalJson, parseCanonicalJson, utf8Text } from './canonical-json.ts';
import { damaged } from './damaged.ts';
import { MemberReader } from './member-reader.ts';
import type { SigningKey } from './snapshot-header.ts';

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
export function parseCheckedJson(
  bytes: Uint8Array,
  magic: string,
  what: string,
  newestVersion: number = formatVersion,
): MemberReader {
  if (bytes.length > maxCheckedJsonBytes) throw damaged(what, `${bytes.length} bytes are too many`);
  const [line = '', digest, end, ...more] = utf8Text(bytes, what).split('\n');
  if (end !== '' || more.length > 0) throw damaged(what, 'it does not have two lines');
  if (digest !== digestOf(line)) throw damaged(what, 'its checksum does not match');
  const members = new MemberReader(parseCanonicalJson(line, what), what);
  if (members.json('magic') !== magic) throw damaged(what, `it is not a ${magic}`);
  checkVersion(members.json('version'), what, newestVersion);
  return members;
}

/** The first version of everything this module frames, and the newest of most. */
export const formatVersion = 1;
/** The version of clear files that a signer of the store signed. */
export const signedVersion = 2;

/** A signature in a clear file: public key and signature as hex. */
export interface FileSignature {
  readonly by: string;
  readonly signature: string;
}

/** The context that a signature and a MAC in a clear file are bound to, and the keys that make them. */
export interface ClearFileKeys {
  /** Domain of the signature: "config signature". */
  readonly kind: string;
  readonly storeId: string;
  readonly macKey: Uint8Array;
}

/** The file for `body`, signed by `signer`; the MAC covers the signature too. */
export function encodeSignedJson(
  body: JsonObject,
  { kind, storeId, macKey }: ClearFileKeys,
  signer: SigningKey,
): Uint8Array {
  const signature = {
    by: hexOf(signer.publicKey),
    signature: hexOf(signer.sign(signedBytes(body, kind, storeId))),
  };
  const signed = { ...body, signature };
  return encodeCheckedJson({ ...signed, mac: hexOf(macOf(signed, macKey)) });
}

/** HMAC-SHA-256 over all members but the MAC. */
export function macOf(body: JsonObject, macKey: Uint8Array): Uint8Array {
  return hmacSha256(macKey, new TextEncoder().encode(canonicalJson(body)));
}

/** Reads the untrusted member `signature` of the file whose other members `body` are. @throws KlosetError integrity */
export function readSignature(
  members: MemberReader,
  body: JsonObject,
  { kind, storeId }: Pick<ClearFileKeys, 'kind' | 'storeId'>,
  what: string,
): FileSignature {
  const inner = members.object('signature');
  const signature = { by: inner.hex('by', 32), signature: inner.hex('signature', 64) };
  inner.end();
  if (isSignatureValid(signature, signedBytes(body, kind, storeId))) return signature;
  throw damaged(what, 'its signature is not valid');
}

/** True when the owner of `by` signed `message`. */
export function isSignatureValid({ by, signature }: FileSignature, message: Uint8Array): boolean {
  return verifyEd25519(Buffer.from(by, 'hex'), message, Buffer.from(signature, 'hex'));
}

function signedBytes(body: JsonObject, kind: string, storeId: string): Uint8Array {
  return Buffer.concat([sealDomain(kind, storeId), Buffer.from(canonicalJson(body), 'utf8')]);
}

function checkVersion(version: Json | undefined, what: string, newest: number): void {
  if (typeof version === 'number' && version >= formatVersion && version <= newest) return;
  const known = newest === formatVersion ? `${newest}` : `${formatVersion} to ${newest}`;
  throw new KlosetError(
    'incompatible',
    `${what} has format version ${JSON.stringify(version)}; this program reads ${known}.`,
    {
      hint: 'Install the version of notion-kloset that wrote it, or a newer one.',
    },
  );
}

function digestOf(line: string): string {
  return hexOf(sha256(new TextEncoder().encode(line)));
}
