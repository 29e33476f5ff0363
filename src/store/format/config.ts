/**
 * CONFIG: the facts that a reader needs before it has a key, and the signing keys that the store trusts. Clear text, authenticated
 * under the master key; its digest is pinned locally (see trust.ts).
 */
import type { Json, JsonObject } from '../../document/json.ts';
import { KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import type { StoreKeys } from '../crypto/keys.ts';
import { equalBytes, hmacSha256, randomBytes, sha256 } from '../crypto/primitives.ts';
import { canonicalJson } from './canonical-json.ts';
import { encodeCheckedJson, formatVersion, parseCheckedJson } from './checked-json.ts';
import type { ChunkSizes } from './chunk-sizes.ts';
import { checkChunkSizes } from './chunk-sizes.ts';
import { isoTime, MemberReader } from './member-reader.ts';

/** Name of CONFIG in a backend. */
export const configName = 'CONFIG';

/** A key whose signatures the store accepts. All values are lower-case hex. */
export interface TrustedKey {
  readonly publicKey: string;
  /** The old key's signature over this one, which replaced it (see identity.ts). */
  readonly endorsement?: { readonly by: string; readonly signature: string };
}

export interface StoreConfig {
  /** 32 hex digits, random. A replica has the id of its original. */
  readonly storeId: string;
  /** ISO time. */
  readonly created: string;
  readonly chunkSizes: { readonly document: ChunkSizes; readonly media: ChunkSizes };
  readonly signers: readonly TrustedKey[];
}

/** CONFIG as it was read. Its content is given out once the store's keys have shown who wrote it. */
export interface UntrustedConfig {
  /** Not authenticated; it leads to the key slots, which are bound to it. */
  readonly storeId: string;
  /** SHA-256 of the file, 64 hex digits, which a machine pins. */
  readonly digest: string;
  /** @throws KlosetError integrity when the owner of `keys` did not write it */
  authenticate(keys: StoreKeys): StoreConfig;
}

export function newStoreId(): string {
  return hexOf(randomBytes(16));
}

/** The file for `config`, with its MAC. */
export function encodeConfig(config: StoreConfig, keys: StoreKeys): Uint8Array {
  const body = configBody(config);
  return encodeCheckedJson({ ...body, mac: hexOf(macOf(body, keys)) });
}

/** @throws KlosetError integrity when damaged, incompatible when another version or unknown algorithms created the store */
export function parseConfig(bytes: Uint8Array): UntrustedConfig {
  const members = parseCheckedJson(bytes, magic, configName);
  checkAlgorithms(members.json('algorithms'));
  const sizes = members.object('chunkSizes');
  const config = {
    storeId: members.hex('storeId', 16),
    created: members.text('created', isoTime),
    chunkSizes: { document: chunkSizes(sizes, 'document'), media: chunkSizes(sizes, 'media') },
    signers: members.list('signers', maxSigners).map((signer) => trustedKeyFrom(signer, configName)),
  };
  const mac = members.hex('mac', 32);
  sizes.end();
  members.end();
  return {
    storeId: config.storeId,
    digest: hexOf(sha256(bytes)),
    authenticate: (keys) => authenticated(config, mac, keys),
  };
}

function authenticated(config: StoreConfig, mac: string, keys: StoreKeys): StoreConfig {
  if (equalBytes(macOf(configBody(config), keys), Buffer.from(mac, 'hex'))) return config;
  throw new KlosetError(
    'integrity',
    'CONFIG authentication failed: it was modified without the key of the store.',
    {
      hint: 'Put back the CONFIG file from a replica or a copy of the store.',
    },
  );
}

/** SHA-256 of everything but the list of signers, 64 hex digits: the part that never changes. */
export function configBaseDigest(config: StoreConfig): string {
  return hexOf(sha256(new TextEncoder().encode(canonicalJson(configBody({ ...config, signers: [] })))));
}

const magic = 'notion-kloset store';
const maxSigners = 100;

/** Format v1 has one of each. Named so that a reader can tell what a store needs, and none can be switched off. */
const algorithms = {
  blobId: 'HMAC-SHA-256',
  chunking: 'FastCDC',
  compression: 'deflate',
  keyDerivation: 'HKDF-SHA-256',
  seal: 'XChaCha20-Poly1305',
  signature: 'Ed25519',
} as const;

function checkAlgorithms(found: Json | undefined): void {
  if (found !== undefined && canonicalJson(found) === canonicalJson(algorithms)) return;
  throw new KlosetError('incompatible', 'CONFIG names algorithms that format version 1 does not have.', {
    hint: 'Install a newer notion-kloset; if you have the newest, CONFIG was changed by another program.',
  });
}

function configBody(config: StoreConfig): JsonObject {
  const { document, media } = config.chunkSizes;
  return {
    magic,
    version: formatVersion,
    storeId: config.storeId,
    created: config.created,
    algorithms: { ...algorithms },
    chunkSizes: { document: { ...document }, media: { ...media } },
    signers: config.signers.map(trustedKeyJson),
  };
}

/** A signer as the clear files write it. */
export function trustedKeyJson({ publicKey, endorsement }: TrustedKey): JsonObject {
  return endorsement === undefined ? { publicKey } : { publicKey, endorsement: { ...endorsement } };
}

/** Reads an untrusted signer. @throws KlosetError integrity */
export function trustedKeyFrom(value: Json, what: string): TrustedKey {
  const members = new MemberReader(value, what);
  const publicKey = members.hex('publicKey', 32);
  if (!members.has('endorsement')) {
    members.end();
    return { publicKey };
  }
  const inner = members.object('endorsement');
  const endorsement = { by: inner.hex('by', 32), signature: inner.hex('signature', 64) };
  inner.end();
  members.end();
  return { publicKey, endorsement };
}

function chunkSizes(parent: MemberReader, name: string): ChunkSizes {
  const members = parent.object(name);
  const sizes = {
    minBytes: members.number('minBytes'),
    averageBytes: members.number('averageBytes'),
    maxBytes: members.number('maxBytes'),
  };
  members.end();
  checkChunkSizes(sizes);
  return sizes;
}

function macOf(body: JsonObject, keys: StoreKeys): Uint8Array {
  return hmacSha256(keys.config, new TextEncoder().encode(canonicalJson(body)));
}
