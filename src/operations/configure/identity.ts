/** The signing key of this machine, and the signing keys a store trusts. */
import { readFile, writeFile } from 'node:fs/promises';
import { KlosetError, messageOf } from '../../errors.ts';
import type { AskPassphrase, Identity } from '../../store/access/identity.ts';
import {
  decryptIdentity,
  encryptIdentity,
  endorse,
  exportIdentity,
  importIdentity,
  rotateIdentity,
} from '../../store/access/identity.ts';
import type { StoreConfig } from '../../store/format/config.ts';
import type { Store, StoreMaintenance } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import { lockOptionsOf, timeOf } from '../job-context.ts';
import { requireOutsideStores } from '../stores/outside-stores.ts';
import { ownIdentity } from '../stores/own-identity.ts';

export { ownIdentity } from '../stores/own-identity.ts';

/** A key whose signatures the store accepts, or did until it was revoked. */
export interface ListedKey {
  /** Public key in hex. */
  readonly key: string;
  /** Public key of the signer that revoked it, as this machine knows. */
  readonly revokedBy?: string;
  /** Public key of the signer that vouches for it. */
  readonly endorsedBy?: string;
}

/** Public keys of the store's signers, those that were revoked too. */
export function trustedKeys(store: Store): ListedKey[] {
  return store.config.signers.map(({ publicKey: key, endorsement }) => {
    const revocation = store.revocations.find((statement) => statement.key === key);
    return {
      key,
      ...(endorsement === undefined ? {} : { endorsedBy: endorsement.by }),
      ...(revocation === undefined ? {} : { revokedBy: revocation.by }),
    };
  });
}

/**
 * Lets the store accept snapshots signed by another key, endorsed by this machine's. Returns the key in lower case.
 * @throws KlosetError `usage` when `key` is not 64 hex digits or was revoked
 */
export async function trustKey(job: JobContext, store: StoreMaintenance, key: string): Promise<string> {
  if (!/^[0-9a-f]{64}$/i.test(key)) {
    throw new KlosetError('usage', 'A key has 64 hex digits.', {
      hint: 'Run `notion-kloset identity show` on the machine of that key.',
    });
  }
  const lower = key.toLowerCase();
  if (store.revocations.some((statement) => statement.key === lower))
    throw new KlosetError('usage', 'This key was revoked, and that is final.', {
      hint: 'Create a new one on its machine with `notion-kloset identity rotate`, and trust that.',
    });
  const identity = await ownIdentity(job);
  await identity.unlock();
  await store.admitSigners([endorse(identity, lower)], lockOptionsOf(job));
  return lower;
}

/** Creates a new signing key, endorsed by the old one, and lets the store accept it. */
export async function rotateKey(job: JobContext, store: StoreMaintenance): Promise<Identity> {
  const identity = await rotateIdentity(job.settings, timeOf(job), job.askIdentityPassphrase);
  await store.admitSigners([identity.signer], lockOptionsOf(job));
  return identity;
}

export interface KeyRevocation {
  /** The key, or the beginning of it. */
  readonly word: string;
  /** The last snapshot that counts, as people name it; by default everything the store holds now. */
  readonly after?: string;
}

/** The key that was revoked, and the keys that it had let the store trust: they still count. */
export interface RevokedKey {
  readonly key: string;
  readonly endorsed: readonly string[];
}

/** Lets nothing count that a key signs from now on, or after a snapshot. @throws KlosetError `not-found`, `usage` */
export async function revokeKey(
  job: JobContext,
  store: StoreMaintenance,
  { word, after }: KeyRevocation,
): Promise<RevokedKey> {
  const key = listedKey(store, word);
  const last = after === undefined ? undefined : (await store.resolveSnapshot(after)).id;
  const author = { tool: job.tool, host: job.host };
  const options = { author, ...(last === undefined ? {} : { after: [last] }) };
  const config = await store.revokeSigner(key, options, lockOptionsOf(job));
  return { key, endorsed: endorsedBy(config, key) };
}

/** Lists this machine's key in a store of which no signer is at hand any more. Returns the key. */
export async function adoptStore(job: JobContext, store: StoreMaintenance): Promise<string> {
  await store.adopt(lockOptionsOf(job));
  return (await ownIdentity(job)).signer.publicKey;
}

/** Writes this machine's identity, sealed, into a new file at `path`. @throws KlosetError `usage` when it is there, or would lie in a store */
export async function exportOwnIdentity(job: JobContext, path: string, ask: AskPassphrase): Promise<void> {
  await requireOutsideStores(path);
  await ownIdentity(job);
  const file = await exportIdentity(job.settings, ask);
  await writeFile(path, file, { mode: 0o600, flag: 'wx' }).catch((cause) => {
    throw new KlosetError('usage', `Cannot write ${path}: ${messageOf(cause)}`, { cause });
  });
}

/** Makes the identity in the file at `path` that of this machine. @throws KlosetError `usage` when it has one already */
export async function importOwnIdentity(
  job: JobContext,
  path: string,
  ask: AskPassphrase,
): Promise<Identity> {
  const file = await readFile(path).catch((cause) => {
    throw new KlosetError('not-found', `Cannot read ${path}: ${messageOf(cause)}`, { cause });
  });
  return importIdentity(job.settings, file, { what: path, ask });
}

/** Seals the identity of this machine under a passphrase. */
export async function encryptOwnIdentity(job: JobContext, ask: AskPassphrase): Promise<void> {
  await ownIdentity(job);
  await encryptIdentity(job.settings, ask);
}

/** Writes the identity of this machine as it is. */
export function decryptOwnIdentity(job: JobContext, ask: AskPassphrase): Promise<void> {
  return decryptIdentity(job.settings, ask);
}

/** The listed key that begins with `word`. */
function listedKey(store: Store, word: string): string {
  if (!/^[0-9a-f]{8,64}$/i.test(word))
    throw new KlosetError('usage', 'A key has 64 hex digits; the first 8 will do when only one begins so.');
  const found = store.config.signers.filter(({ publicKey }) => publicKey.startsWith(word.toLowerCase()));
  const [signer] = found;
  if (signer !== undefined && found.length === 1) return signer.publicKey;
  throw new KlosetError(
    'not-found',
    `${found.length === 0 ? 'No signer' : 'More than one signer'} of the store begins with ${word}.`,
    { hint: 'List them with `notion-kloset identity list`.' },
  );
}

/** Keys that are in the list because `key` vouches for them, step by step, and that were not revoked. */
function endorsedBy({ signers, revocations }: StoreConfig, key: string): string[] {
  const found = [key];
  for (const by of found)
    found.push(
      ...signers
        .filter(({ publicKey, endorsement }) => endorsement?.by === by && !found.includes(publicKey))
        .map(({ publicKey }) => publicKey),
    );
  return found.filter((each) => !revocations.some((statement) => statement.key === each));
}
