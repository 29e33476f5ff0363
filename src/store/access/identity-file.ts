/**
 * The file of an identity as bytes: `identity.json` of the configuration folder, and what `identity export` writes. The
 * private key lies in it as it is (version 1), or sealed under a passphrase (version 2); the public keys are always clear.
 */
import type { JsonObject } from '../../document/json.ts';
import { KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import type { Argon2Cost } from '../crypto/primitives.ts';
import {
  argon2id,
  generateEd25519,
  open,
  randomBytes,
  seal,
  sealOverheadBytes,
} from '../crypto/primitives.ts';
import { canonicalJson } from '../format/canonical-json.ts';
import { encodeCheckedJson, formatVersion, parseCheckedJson } from '../format/checked-json.ts';
import type { TrustedKey } from '../format/config.ts';
import { trustedKeyFrom, trustedKeyJson } from '../format/config.ts';
import { damaged } from '../format/damaged.ts';
import { defaultCost, passphraseBytes, readCost } from '../format/key-slot.ts';
import type { MemberReader } from '../format/member-reader.ts';
import { isoTime } from '../format/member-reader.ts';

interface Described {
  /** ISO time. */
  readonly created: string;
  /** Every key this identity had, oldest first, each endorsed by the one before. */
  readonly lineage: readonly TrustedKey[];
}

/** An identity that can sign. */
export interface OpenIdentity extends Described {
  /** The 32-byte seed of RFC 8032. */
  readonly privateKey: Uint8Array;
}

/** An identity that signs once its passphrase is given. */
export interface SealedIdentity extends Described {
  /** Random, 16 bytes as hex. */
  readonly salt: string;
  readonly cost: Argon2Cost;
  /** The sealed private key as hex. */
  readonly sealedKey: string;
}

const magic = 'notion-kloset identity';
const sealedVersion = 2;
const saltBytes = 16;
const privateKeyBytes = 32;
/** One a day for twenty years. */
const maxKeys = 8000;

/** The file of an identity that lies as it is. */
export function encodeIdentity(identity: OpenIdentity): Uint8Array {
  return encodeCheckedJson({
    ...described(identity, formatVersion),
    privateKey: hexOf(identity.privateKey),
  });
}

/** The file of a sealed identity. */
export function encodeSealedIdentity(identity: SealedIdentity): Uint8Array {
  return encodeCheckedJson({ ...sealedMembers(identity), sealedKey: identity.sealedKey });
}

/** Seals the private key under `passphrase`. @throws KlosetError usage when that is empty */
export async function sealIdentity(
  identity: OpenIdentity,
  passphrase: string,
  cost: Argon2Cost = defaultCost,
): Promise<SealedIdentity> {
  const salt = hexOf(randomBytes(saltBytes));
  const { created, lineage } = identity;
  const members = { created, lineage, salt, cost };
  const key = await keyOf(members, passphrase);
  return { ...members, sealedKey: hexOf(seal(key, aadOf(members), identity.privateKey)) };
}

/** @throws KlosetError credentials when it is another passphrase, integrity when the keys do not belong together */
export async function openIdentity(identity: SealedIdentity, passphrase: string): Promise<OpenIdentity> {
  const { created, lineage } = identity;
  const key = await keyOf(identity, passphrase);
  let privateKey: Uint8Array;
  try {
    privateKey = open(key, aadOf(identity), Buffer.from(identity.sealedKey, 'hex'));
  } catch (cause) {
    throw new KlosetError('credentials', 'This passphrase does not open the identity.', { cause });
  }
  return belonging({ created, lineage, privateKey }, 'The identity');
}

/** @throws KlosetError integrity, incompatible */
export function parseIdentity(bytes: Uint8Array, what: string): OpenIdentity | SealedIdentity {
  const members = parseCheckedJson(bytes, magic, what, sealedVersion);
  const isSealed = members.number('version') === sealedVersion;
  const created = members.text('created', isoTime);
  const lineage = members.list('lineage', maxKeys).map((value) => trustedKeyFrom(value, what));
  if (lineage.length === 0) throw damaged(what, 'it has no key');
  return isSealed
    ? sealedFrom(members, { created, lineage }, what)
    : openFrom(members, { created, lineage }, what);
}

function openFrom(members: MemberReader, described: Described, what: string): OpenIdentity {
  const privateKey = new Uint8Array(Buffer.from(members.hex('privateKey', privateKeyBytes), 'hex'));
  members.end();
  return belonging({ ...described, privateKey }, what);
}

function sealedFrom(members: MemberReader, described: Described, what: string): SealedIdentity {
  const sealed = {
    ...described,
    salt: members.hex('salt', saltBytes),
    cost: readCost(members, what),
    sealedKey: members.hex('sealedKey', privateKeyBytes + sealOverheadBytes),
  };
  members.end();
  return sealed;
}

function belonging(identity: OpenIdentity, what: string): OpenIdentity {
  const { privateKey, lineage } = identity;
  if (lineage.at(-1)?.publicKey === hexOf(generateEd25519(privateKey).publicKey)) return identity;
  throw damaged(what, 'its keys do not belong together');
}

function described({ created, lineage }: Described, version: number): JsonObject {
  return { magic, version, created, lineage: lineage.map(trustedKeyJson) };
}

function sealedMembers({ salt, cost, ...rest }: Omit<SealedIdentity, 'sealedKey'>): JsonObject {
  return { ...described(rest, sealedVersion), salt, cost: { ...cost } };
}

/** Binds the sealed key to everything else the file says. */
function aadOf(identity: Omit<SealedIdentity, 'sealedKey'>): Uint8Array {
  return new TextEncoder().encode(canonicalJson(sealedMembers(identity)));
}

async function keyOf(
  { salt, cost }: Pick<SealedIdentity, 'salt' | 'cost'>,
  passphrase: string,
): Promise<Uint8Array> {
  return await argon2id(passphraseBytes(passphrase), Buffer.from(salt, 'hex'), cost);
}
