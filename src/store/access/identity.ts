/**
 * The key that signs: an Ed25519 pair in the user's configuration folder, never in a store. A new key is endorsed by the
 * one it replaces, so that machines which trust the old key can trust the new one without being asked.
 */
import type { Backend } from '../../backend/backend.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import { generateEd25519, sha256, signEd25519, verifyEd25519 } from '../crypto/primitives.ts';
import { encodeCheckedJson, formatVersion, parseCheckedJson } from '../format/checked-json.ts';
import type { TrustedKey } from '../format/config.ts';
import { trustedKeyFrom, trustedKeyJson } from '../format/config.ts';
import { isoTime } from '../format/member-reader.ts';

export interface Identity {
  readonly publicKey: Uint8Array;
  /** ISO time. */
  readonly created: string;
  /** This key as CONFIG lists it, with the endorsement of the key before it when there was one. */
  readonly signer: TrustedKey;
  /** Every key this identity had, oldest first, each endorsed by the one before; `signer` is the last. */
  readonly lineage: readonly TrustedKey[];
  sign(message: Uint8Array): Uint8Array;
}

/** The file within the configuration folder. */
export const identityName = 'identity.json';

const magic = 'notion-kloset identity';

/** The identity of this user; undefined when there is none yet. @throws KlosetError integrity when its file is damaged */
export async function findIdentity(folder: Backend): Promise<Identity | undefined> {
  const stored = await readIdentity(folder);
  return stored === undefined ? undefined : identityOf(stored);
}

/** The identity of this user, created on first use. `now` is an ISO time. */
export async function ensureIdentity(folder: Backend, now: string): Promise<Identity> {
  return (await findIdentity(folder)) ?? (await createIdentity(folder, now));
}

async function createIdentity(folder: Backend, now: string): Promise<Identity> {
  const { privateKey, publicKey } = generateEd25519();
  const stored = { privateKey, created: now, lineage: [{ publicKey: hexOf(publicKey) }] };
  try {
    await folder.create(identityName, encodeIdentity(stored));
  } catch (error) {
    // Another process was faster: its identity is as good as ours.
    const other = isKlosetError(error, 'integrity') ? await findIdentity(folder) : undefined;
    if (other === undefined) throw error;
    return other;
  }
  return identityOf(stored);
}

/** Replaces the key by a new one, endorsed by the old. @throws KlosetError not-found when there is none to replace */
export async function rotateIdentity(folder: Backend, now: string): Promise<Identity> {
  const old = await readIdentity(folder);
  if (old === undefined) throw new KlosetError('not-found', 'There is no identity to rotate yet.');
  const { privateKey, publicKey } = generateEd25519();
  const signature = hexOf(signEd25519(old.privateKey, endorsedBytes(publicKey)));
  const signer = {
    publicKey: hexOf(publicKey),
    endorsement: { by: lastOf(old.lineage).publicKey, signature },
  };
  const stored = { privateKey, created: now, lineage: [...old.lineage, signer] };
  await folder.replace(identityName, encodeIdentity(stored));
  return identityOf(stored);
}

/** The key (64 hex digits) endorsed by `identity`, so that machines which trust the identity trust the key too. */
export function endorse(identity: Identity, publicKey: string): TrustedKey {
  const signature = hexOf(identity.sign(endorsedBytes(Buffer.from(publicKey, 'hex'))));
  return { publicKey, endorsement: { by: identity.signer.publicKey, signature } };
}

/** True when the key that `signer` says endorsed it really did. */
export function isEndorsementValid({ publicKey, endorsement }: TrustedKey): boolean {
  if (endorsement === undefined) return false;
  const message = endorsedBytes(Buffer.from(publicKey, 'hex'));
  return verifyEd25519(
    Buffer.from(endorsement.by, 'hex'),
    message,
    Buffer.from(endorsement.signature, 'hex'),
  );
}

/** A public key as people compare it: the first 16 bytes of its SHA-256 in groups of four. */
export function fingerprint(publicKey: Uint8Array): string {
  return hexOf(sha256(publicKey).subarray(0, 16)).match(/.{4}/g)?.join(' ') ?? '';
}

interface StoredIdentity {
  readonly privateKey: Uint8Array;
  readonly created: string;
  readonly lineage: readonly TrustedKey[];
}

function identityOf({ privateKey, created, lineage }: StoredIdentity): Identity {
  const signer = lastOf(lineage);
  const publicKey = new Uint8Array(Buffer.from(signer.publicKey, 'hex'));
  return { publicKey, created, signer, lineage, sign: (message) => signEd25519(privateKey, message) };
}

function lastOf(lineage: readonly TrustedKey[]): TrustedKey {
  const last = lineage.at(-1);
  if (last === undefined) throw new KlosetError('internal', 'An identity without a key.');
  return last;
}

function endorsedBytes(publicKey: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from('notion-kloset v1 endorsement\0', 'utf8'), publicKey]);
}

function encodeIdentity({ privateKey, created, lineage }: StoredIdentity): Uint8Array {
  return encodeCheckedJson({
    magic,
    version: formatVersion,
    created,
    privateKey: hexOf(privateKey),
    lineage: lineage.map(trustedKeyJson),
  });
}

async function readIdentity(folder: Backend): Promise<StoredIdentity | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await folder.read(identityName);
  } catch (error) {
    if (isKlosetError(error, 'not-found')) return undefined;
    throw error;
  }
  return parseIdentity(bytes, `${folder.location}/${identityName}`);
}

function parseIdentity(bytes: Uint8Array, what: string): StoredIdentity {
  const members = parseCheckedJson(bytes, magic, what);
  const privateKey = new Uint8Array(Buffer.from(members.hex('privateKey', 32), 'hex'));
  const created = members.text('created', isoTime);
  const lineage = members.list('lineage', maxKeys).map((value) => trustedKeyFrom(value, what));
  members.end();
  if (lineage.at(-1)?.publicKey !== hexOf(generateEd25519(privateKey).publicKey)) {
    throw new KlosetError('integrity', `${what} is damaged: its keys do not belong together.`);
  }
  return { privateKey, created, lineage };
}

/** One a day for twenty years. */
const maxKeys = 8000;
