/**
 * CONFIG: the facts that a reader needs before it has a key, and the signing keys that the store trusts. Clear text, signed by
 * one of those keys and authenticated under the master key; its digest is pinned locally (see trust.ts). Version 1 had
 * neither signature nor revocations; it is read, and replaced at the next change.
 */
import { maxKeptDays } from '../../backend/object-lock.ts';
import type { Json, JsonObject } from '../../document/json.ts';
import { KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import type { StoreKeys } from '../crypto/keys.ts';
import { equalBytes, randomBytes, sha256 } from '../crypto/primitives.ts';
import { sealDomain } from './blob.ts';
import { canonicalJson } from './canonical-json.ts';
import type { ClearFileKeys } from './checked-json.ts';
import {
  encodeSignedJson,
  formatVersion,
  macOf,
  parseCheckedJson,
  readSignature,
  signedVersion,
} from './checked-json.ts';
import type { ChunkSizes } from './chunk-sizes.ts';
import { checkChunkSizes } from './chunk-sizes.ts';
import type { Compression } from './compression.ts';
import { withWayOut } from './damaged.ts';
import type { SnapshotId } from './ids.ts';
import { isSnapshotId } from './ids.ts';
import { isoTime, MemberReader } from './member-reader.ts';
import type { SigningKey } from './snapshot-header.ts';

/** Name of CONFIG in a backend. */
export const configName = 'CONFIG';

/** A key whose signatures the store accepts. All values are lower-case hex. */
export interface TrustedKey {
  readonly publicKey: string;
  /** The old key's signature over this one, which replaced it (see identity.ts). */
  readonly endorsement?: { readonly by: string; readonly signature: string };
}

/**
 * The statement of one signer that nothing counts that another signed, but for what the headers `after` stand on and
 * those themselves. All values are lower-case hex.
 */
export interface Revocation {
  /** The public key that was revoked. */
  readonly key: string;
  readonly after: readonly SnapshotId[];
  /** The signer who says so, and its signature over the rest. */
  readonly by: string;
  readonly signature: string;
}

export interface StoreConfig {
  /** 32 hex digits, random. A replica has the id of its original. */
  readonly storeId: string;
  /** ISO time. */
  readonly created: string;
  readonly chunkSizes: { readonly document: ChunkSizes; readonly media: ChunkSizes };
  /** Of documents and trees. */
  readonly compression: Compression;
  /** Days for which the server is asked to keep each object (see backend/object-lock.ts); absent where it is not. */
  readonly objectLockDays?: number;
  /** The first created the store; the others follow in the order in which they were added. */
  readonly signers: readonly TrustedKey[];
  /** In the order in which they were stated. */
  readonly revocations: readonly Revocation[];
}

/** CONFIG as it was read. Its content is given out once the store's keys have shown who wrote it. */
export interface UntrustedConfig {
  /** Not authenticated; it leads to the key slots, which are bound to it. */
  readonly storeId: string;
  /** SHA-256 of the file, 64 hex digits, which a machine pins. */
  readonly digest: string;
  /** Public key that signed the file, 64 hex digits; the signature holds. Undefined in version 1, which had none. */
  readonly signedBy: string | undefined;
  /** @throws KlosetError integrity when the owner of `keys` did not write it */
  authenticate(keys: StoreKeys): StoreConfig;
}

export function newStoreId(): string {
  return hexOf(randomBytes(16));
}

/** The file for `config`, with the signature of `signer` and a MAC. */
export function encodeConfig(config: StoreConfig, keys: StoreKeys, signer: SigningKey): Uint8Array {
  return encodeSignedJson(signedBody(config), fileKeys(config.storeId, keys), signer);
}

/** @throws KlosetError integrity when damaged, incompatible when another version or unknown algorithms created the store */
export function parseConfig(bytes: Uint8Array): UntrustedConfig {
  return withWayOut(repairHint, () => parse(bytes));
}

/** The way out where CONFIG or the list of key slots is damaged. */
export const repairHint =
  'Run `notion-kloset repair --from COPY` if there is a copy of the store, else `notion-kloset repair config`.';

function parse(bytes: Uint8Array): UntrustedConfig {
  const members = parseCheckedJson(bytes, magic, configName, signedVersion);
  const isSigned = members.number('version') === signedVersion;
  const compression = compressionIn(members.json('algorithms'));
  const sizes = members.object('chunkSizes');
  const config = {
    storeId: members.hex('storeId', 16),
    created: members.text('created', isoTime),
    chunkSizes: { document: chunkSizes(sizes, 'document'), media: chunkSizes(sizes, 'media') },
    compression,
    ...objectLockIn(members),
    signers: members.list('signers', maxSigners).map((signer) => trustedKeyFrom(signer, configName)),
    revocations: isSigned ? members.list('revocations', maxSigners).map(revocationFrom) : [],
  };
  const { storeId } = config;
  const body = isSigned ? signedBody(config) : bodyOfVersion1(config);
  const signature = isSigned
    ? readSignature(members, body, { kind: signatureKind, storeId }, configName)
    : undefined;
  const mac = members.hex('mac', 32);
  sizes.end();
  members.end();
  const macked = signature === undefined ? body : { ...body, signature: { ...signature } };
  return {
    storeId,
    digest: hexOf(sha256(bytes)),
    signedBy: signature?.by,
    authenticate(keys) {
      authenticate(macked, mac, keys);
      return config;
    },
  };
}

function authenticate(macked: JsonObject, mac: string, keys: StoreKeys): void {
  if (equalBytes(macOf(macked, keys.config), Buffer.from(mac, 'hex'))) return;
  throw new KlosetError(
    'integrity',
    'CONFIG authentication failed: it was modified without the key of the store.',
    {
      hint: 'Bring it back with `notion-kloset repair --from` a copy of the store.',
    },
  );
}

/** SHA-256 of everything but signers and revocations, in version 1, 64 hex digits: the part that never changes. */
export function configBaseDigest(config: StoreConfig): string {
  return hexOf(sha256(new TextEncoder().encode(canonicalJson(bodyOfVersion1({ ...config, signers: [] })))));
}

const magic = 'notion-kloset store';
const signatureKind = 'config signature';
/** The most keys a store ever trusts; also the most it revokes. */
export const maxSigners = 100;
/** A revocation names at most so many headers. */
export const maxRevokedAfter = 16;

/** Format v1 has one of each, but two compressions. Named so that a reader can tell what a store needs, and none can be switched off. */
function algorithmsWith(compression: Compression): JsonObject {
  return {
    blobId: 'HMAC-SHA-256',
    chunking: 'FastCDC',
    compression,
    keyDerivation: 'HKDF-SHA-256',
    seal: 'XChaCha20-Poly1305',
    signature: 'Ed25519',
  };
}

const compressions: readonly Compression[] = ['deflate', 'spelled deflate'];

/** The compression that `found` names, beside algorithms that are known. @throws KlosetError incompatible */
function compressionIn(found: Json | undefined): Compression {
  const text = found === undefined ? '' : canonicalJson(found);
  const compression = compressions.find((each) => canonicalJson(algorithmsWith(each)) === text);
  if (compression !== undefined) return compression;
  throw new KlosetError('incompatible', 'CONFIG names algorithms that format version 1 does not have.', {
    hint: 'Install a newer notion-kloset; if you have the newest, CONFIG was changed by another program.',
  });
}

/** @throws KlosetError integrity */
function objectLockIn(members: MemberReader): Pick<StoreConfig, 'objectLockDays'> {
  if (!members.has('objectLockDays')) return {};
  const objectLockDays = members.number('objectLockDays');
  if (objectLockDays >= 1 && objectLockDays <= maxKeptDays) return { objectLockDays };
  throw new KlosetError('integrity', `${configName} asks to keep objects for ${objectLockDays} days.`);
}

function bodyOfVersion1(config: StoreConfig): JsonObject {
  const { document, media } = config.chunkSizes;
  return {
    magic,
    version: formatVersion,
    storeId: config.storeId,
    created: config.created,
    algorithms: algorithmsWith(config.compression),
    chunkSizes: { document: { ...document }, media: { ...media } },
    ...(config.objectLockDays === undefined ? {} : { objectLockDays: config.objectLockDays }),
    signers: config.signers.map(trustedKeyJson),
  };
}

function signedBody(config: StoreConfig): JsonObject {
  return {
    ...bodyOfVersion1(config),
    version: signedVersion,
    revocations: config.revocations.map(revocationJson),
  };
}

function fileKeys(storeId: string, keys: StoreKeys): ClearFileKeys {
  return { kind: signatureKind, storeId, macKey: keys.config };
}

/** The bytes a revocation's signature covers. */
export function revokedBytes(storeId: string, { key, after }: Pick<Revocation, 'key' | 'after'>): Uint8Array {
  const text = canonicalJson({ key, after: [...after] });
  return Buffer.concat([sealDomain('revocation', storeId), Buffer.from(text, 'utf8')]);
}

/** A revocation as the clear files write it. */
export function revocationJson({ key, after, by, signature }: Revocation): JsonObject {
  return { key, after: [...after], by, signature };
}

/** Reads an untrusted revocation. @throws KlosetError integrity */
export function revocationFrom(value: Json): Revocation {
  const members = new MemberReader(value, configName);
  const revocation = {
    key: members.hex('key', 32),
    after: members.listOf('after', maxRevokedAfter, isSnapshotId),
    by: members.hex('by', 32),
    signature: members.hex('signature', 64),
  };
  members.end();
  return revocation;
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
