/**
 * The key that signs: an Ed25519 pair in the user's configuration folder, never in a store. A new key is endorsed by the
 * one it replaces, so that machines which trust the old key can trust the new one without being asked.
 */
import type { Backend } from '../../backend/backend.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import { generateEd25519, sha256, signEd25519, verifyEd25519 } from '../crypto/primitives.ts';
import type { TrustedKey } from '../format/config.ts';
import { withWayOut } from '../format/damaged.ts';
import type { SigningKey } from '../format/snapshot-header.ts';
import type { OpenIdentity, SealedIdentity } from './identity-file.ts';
import {
  encodeIdentity,
  encodeSealedIdentity,
  openIdentity,
  parseIdentity,
  sealIdentity,
} from './identity-file.ts';

export interface Identity extends SigningKey {
  /** ISO time. */
  readonly created: string;
  /** This key as CONFIG lists it, with the endorsement of the key before it when there was one. */
  readonly signer: TrustedKey;
  /** Every key this identity had, oldest first, each endorsed by the one before; `signer` is the last. */
  readonly lineage: readonly TrustedKey[];
  /** Makes it ready to sign: asks for the passphrase when the key is sealed, once. @throws KlosetError credentials */
  unlock(): Promise<void>;
  /** @throws KlosetError internal when the key is sealed and `unlock` was not called */
  sign(message: Uint8Array): Uint8Array;
}

/** Asks for the passphrase of a sealed identity. */
export type AskPassphrase = () => Promise<string>;

/** The file within the configuration folder. */
export const identityName = 'identity.json';

/** The identity of this user; undefined when there is none yet. @throws KlosetError integrity when its file is damaged */
export async function findIdentity(
  folder: Backend,
  ask: AskPassphrase = noPassphrase,
): Promise<Identity | undefined> {
  const stored = await readIdentity(folder);
  return stored === undefined ? undefined : identityOf(stored, ask);
}

/** The identity of this user, created on first use. `now` is an ISO time. */
export async function ensureIdentity(
  folder: Backend,
  now: string,
  ask: AskPassphrase = noPassphrase,
): Promise<Identity> {
  return (await findIdentity(folder, ask)) ?? (await createIdentity(folder, now, ask));
}

async function createIdentity(folder: Backend, now: string, ask: AskPassphrase): Promise<Identity> {
  const { privateKey, publicKey } = generateEd25519();
  const stored = { privateKey, created: now, lineage: [{ publicKey: hexOf(publicKey) }] };
  try {
    await folder.create(identityName, encodeIdentity(stored));
  } catch (error) {
    // Another process was faster: its identity is as good as ours.
    const other = isKlosetError(error, 'integrity') ? await findIdentity(folder, ask) : undefined;
    if (other === undefined) throw error;
    return other;
  }
  return identityOf(stored, ask);
}

/**
 * Replaces the key by a new one, endorsed by the old; sealed under the same passphrase when the old one was.
 * @throws KlosetError not-found when there is none to replace, credentials
 */
export async function rotateIdentity(
  folder: Backend,
  now: string,
  ask: AskPassphrase = noPassphrase,
): Promise<Identity> {
  const stored = await readIdentity(folder);
  if (stored === undefined) throw new KlosetError('not-found', 'There is no identity to rotate yet.');
  const passphrase = 'privateKey' in stored ? undefined : await ask();
  const old = 'privateKey' in stored ? stored : await openIdentity(stored, passphrase ?? '');
  const { privateKey, publicKey } = generateEd25519();
  const signature = hexOf(signEd25519(old.privateKey, endorsedBytes(publicKey)));
  const signer = {
    publicKey: hexOf(publicKey),
    endorsement: { by: lastOf(old.lineage).publicKey, signature },
  };
  const next = { privateKey, created: now, lineage: [...old.lineage, signer] };
  const file =
    passphrase === undefined
      ? encodeIdentity(next)
      : encodeSealedIdentity(await sealIdentity(next, passphrase));
  await folder.replace(identityName, file);
  return identityOf(next, ask);
}

/**
 * The identity as a file for another machine, sealed under the passphrase that `ask` gives; one that lies sealed stays
 * under its own. @throws KlosetError not-found when there is none
 */
export async function exportIdentity(folder: Backend, ask: AskPassphrase): Promise<Uint8Array> {
  const stored = await requireIdentity(folder);
  return encodeSealedIdentity('privateKey' in stored ? await sealIdentity(stored, await ask()) : stored);
}

/**
 * Makes the identity in `file` that of this machine, unsealed with the passphrase that `ask` gives.
 * @throws KlosetError usage when this machine has one, credentials, integrity
 */
export async function importIdentity(
  folder: Backend,
  file: Uint8Array,
  { what, ask }: { readonly what: string; readonly ask: AskPassphrase },
): Promise<Identity> {
  const stored = parseIdentity(file, what);
  if ((await readIdentity(folder)) !== undefined) throw hasIdentity();
  const identity = 'privateKey' in stored ? stored : await openIdentity(stored, await ask());
  await folder.create(identityName, encodeIdentity(identity)).catch((error: unknown) => {
    throw isKlosetError(error, 'integrity') ? hasIdentity(error) : error;
  });
  return identityOf(identity, ask);
}

/** Seals the key of this machine under a passphrase. @throws KlosetError not-found, usage when it is sealed already */
export async function encryptIdentity(folder: Backend, ask: AskPassphrase): Promise<void> {
  const stored = await requireIdentity(folder);
  if (!('privateKey' in stored))
    throw new KlosetError('usage', 'The identity of this machine is encrypted already.');
  await folder.replace(identityName, encodeSealedIdentity(await sealIdentity(stored, await ask())));
}

/** Writes the key of this machine as it is. @throws KlosetError not-found, credentials, usage when it is not sealed */
export async function decryptIdentity(folder: Backend, ask: AskPassphrase): Promise<void> {
  const stored = await requireIdentity(folder);
  if ('privateKey' in stored)
    throw new KlosetError('usage', 'The identity of this machine is not encrypted.');
  await folder.replace(identityName, encodeIdentity(await openIdentity(stored, await ask())));
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

function identityOf(stored: OpenIdentity | SealedIdentity, ask: AskPassphrase): Identity {
  const signer = lastOf(stored.lineage);
  let privateKey = 'privateKey' in stored ? stored.privateKey : undefined;
  return {
    publicKey: new Uint8Array(Buffer.from(signer.publicKey, 'hex')),
    created: stored.created,
    signer,
    lineage: stored.lineage,
    async unlock() {
      if (privateKey === undefined && 'sealedKey' in stored)
        ({ privateKey } = await openIdentity(stored, await ask()));
    },
    sign(message) {
      if (privateKey === undefined) throw new KlosetError('internal', 'The identity is still sealed.');
      return signEd25519(privateKey, message);
    },
  };
}

function lastOf(lineage: readonly TrustedKey[]): TrustedKey {
  const last = lineage.at(-1);
  if (last === undefined) throw new KlosetError('internal', 'An identity without a key.');
  return last;
}

function endorsedBytes(publicKey: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from('notion-kloset v1 endorsement\0', 'utf8'), publicKey]);
}

async function requireIdentity(folder: Backend): Promise<OpenIdentity | SealedIdentity> {
  const stored = await readIdentity(folder);
  if (stored !== undefined) return stored;
  throw new KlosetError('not-found', 'This machine has no identity yet.', {
    hint: 'The first backup creates one, and so does `notion-kloset identity show`.',
  });
}

const lostHint =
  'Put the file back from a backup of this machine. Or move it away: a new key is created, which another machine lets the store take (`notion-kloset identity trust`).';

async function readIdentity(folder: Backend): Promise<OpenIdentity | SealedIdentity | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await folder.read(identityName);
  } catch (error) {
    if (isKlosetError(error, 'not-found')) return undefined;
    throw error;
  }
  return withWayOut(lostHint, () => parseIdentity(bytes, `${folder.location}/${identityName}`));
}

function hasIdentity(cause?: unknown): KlosetError {
  return new KlosetError('usage', 'This machine has an identity already; it was not replaced.', {
    hint: 'Let the store trust it (`notion-kloset identity trust`), or move its file away first.',
    cause,
  });
}

async function noPassphrase(): Promise<string> {
  throw new KlosetError(
    'credentials',
    'The identity of this machine is encrypted, and its passphrase was not given.',
  );
}
