/** Keys whose signatures the store accepts, and those it accepts no longer: the lists in CONFIG. */
import { requireRemovable } from '../../backend/backend.ts';
import { replaceVerified } from '../../backend/verified-write.ts';
import { KlosetError } from '../../errors.ts';
import type { Identity } from '../access/identity.ts';
import { fingerprint, isEndorsementValid } from '../access/identity.ts';
import { readRoster } from '../access/key-roster.ts';
import { resignRoster } from '../access/key-slots.ts';
import { isSameRevocation, revocationOf } from '../access/revocations.ts';
import type { StoreParts } from '../access/store-parts.ts';
import type { StoreConfig, TrustedKey } from '../format/config.ts';
import { configName, encodeConfig, maxRevokedAfter, maxSigners, parseConfig } from '../format/config.ts';
import type { SnapshotId } from '../format/ids.ts';
import type { HeldLock, LockOptions } from '../locks/locks.ts';
import { withLock } from '../locks/locks.ts';
import { allHeaders } from '../snapshots/all-headers.ts';
import type { HeaderAuthor } from '../snapshots/heads.ts';
import { writableHeads, writeHeader } from '../snapshots/heads.ts';

/** Statements about signers, as two copies of a store exchange them. */
export type SignerStatements = Pick<StoreConfig, 'signers' | 'revocations'>;

/**
 * Adds signers to CONFIG, under the exclusive lock, and pins the new CONFIG on this machine. Other machines accept a
 * signer that one of theirs endorsed; for any other they ask. Returns the new CONFIG, or the old one when
 * all were there already. @throws KlosetError locked, usage when an endorsement is forged, credentials
 */
export async function admitSigners(
  parts: StoreParts,
  signers: readonly TrustedKey[],
  lockOptions: LockOptions = {},
): Promise<StoreConfig> {
  return await addStatements(parts, { signers, revocations: [] }, lockOptions);
}

/** Adds the signers and revocations of another copy of the store that this one lacks. @throws KlosetError as `admitSigners` */
export async function addStatements(
  parts: StoreParts,
  { signers, revocations }: SignerStatements,
  lockOptions: LockOptions = {},
): Promise<StoreConfig> {
  const { config } = parts;
  const freshSigners = signers.filter((signer) => addsTo(config.signers, signer));
  const freshRevocations = revocations.filter(
    (statement) => !config.revocations.some((known) => isSameRevocation(known, statement)),
  );
  if (freshSigners.length + freshRevocations.length === 0) return config;
  freshSigners.forEach(checkEndorsement);
  const lock = { command: 'identity trust', ...lockOptions };
  return await changeConfig(parts, lock, () => ({
    ...config,
    signers: withSigners(config.signers, freshSigners),
    revocations: [...config.revocations, ...freshRevocations],
  }));
}

/**
 * States that nothing counts any more that `key` signed, but for what the headers `after` stand on; by default what the
 * store holds now. @throws KlosetError usage when the store does not list the key, or it is this machine's; locked
 */
export async function revokeSigner(
  parts: StoreParts,
  key: string,
  { after, author }: { readonly after?: readonly SnapshotId[]; readonly author: HeaderAuthor },
  lockOptions: LockOptions = {},
): Promise<StoreConfig> {
  const { config, identity } = parts;
  if (!config.signers.some(({ publicKey }) => publicKey === key))
    throw new KlosetError('not-found', `The store does not list the signer ${key}.`, {
      hint: 'List them with `notion-kloset identity list`.',
    });
  if (key === identity.signer.publicKey)
    throw new KlosetError('usage', 'This machine cannot revoke its own key.', {
      hint: 'Revoke it on another machine, or create a new one here with `notion-kloset identity rotate` first.',
    });
  const lock = { command: 'identity revoke', ...lockOptions };
  return await changeConfig(parts, lock, async () => {
    const known = after ?? (await presentHeads(parts, author));
    const statement = revocationOf(identity, config.storeId, { key, after: known });
    return { ...config, revocations: [...config.revocations, statement] };
  });
}

/**
 * Lists this machine's own key in a store none of whose signers is at hand any more. Nobody vouches for it: every other
 * machine refuses it until a person accepts it there by name.
 */
export async function adoptStore(parts: StoreParts, lockOptions: LockOptions = {}): Promise<StoreConfig> {
  const { config, identity } = parts;
  const { publicKey } = identity.signer;
  if (config.signers.some((signer) => signer.publicKey === publicKey))
    throw new KlosetError('usage', 'The store lists the identity of this machine already.');
  const own = { publicKey };
  const lock = { command: 'identity adopt', ...lockOptions };
  return await changeConfig(parts, lock, () => ({ ...config, signers: withSigners(config.signers, [own]) }), {
    isAdoption: true,
  });
}

/** Brings CONFIG and roster of an older version to the present one, which is signed. @throws KlosetError locked, credentials */
export async function signClearFiles(parts: StoreParts, lock: HeldLock): Promise<void> {
  if (parts.isConfigSigned) return;
  // This command itself may have signed it since it opened the store, with a signer more.
  const { signedBy } = parseConfig(await parts.backend.read(configName));
  if (signedBy !== undefined) return;
  await checkUnchanged(parts);
  await writeConfig(parts, lock, parts.config);
}

/**
 * Adds this machine's key to a store that trusts an earlier key of the same identity. True when the store accepts its
 * snapshots now. @throws KlosetError locked
 */
export async function admitOwnIdentity(parts: StoreParts, lockOptions: LockOptions = {}): Promise<boolean> {
  const { trust, identity } = parts;
  if (trust.signerProblem(identity.signer.publicKey) === undefined) return true;
  const known = identity.lineage.findLastIndex(({ publicKey }) => trust.canSign(publicKey));
  if (known < 0) return false;
  await admitSigners(parts, identity.lineage.slice(known + 1), lockOptions);
  return true;
}

async function changeConfig(
  parts: StoreParts,
  lockOptions: LockOptions,
  change: () => StoreConfig | Promise<StoreConfig>,
  { isAdoption = false }: { readonly isAdoption?: boolean } = {},
): Promise<StoreConfig> {
  requireRemovable(parts.backend);
  if (!isAdoption && !mayAdmitItself(parts)) parts.trust.requireOwnSigner(parts.identity.signer.publicKey);
  await parts.identity.unlock();
  return await withLock(parts, 'exclusive', lockOptions, async (lock) => {
    await checkUnchanged(parts);
    const config = withOwnKey(await change(), parts.identity);
    if (config.signers.length > maxSigners || config.revocations.length > maxSigners)
      throw new KlosetError('usage', `A store lists at most ${maxSigners} signers.`);
    await writeConfig(parts, lock, config);
    return config;
  });
}

/** True when the store lists not this machine's key, but one that it had before and that still counts. */
function mayAdmitItself({ trust, identity }: StoreParts): boolean {
  const isListed = trust.signerProblem(identity.signer.publicKey) === undefined;
  return !isListed && identity.lineage.some(({ publicKey }) => trust.canSign(publicKey));
}

/** The signer of CONFIG is always in it. */
function withOwnKey(config: StoreConfig, { lineage }: Identity): StoreConfig {
  const listed = new Set(config.signers.map(({ publicKey }) => publicKey));
  const known = lineage.findLastIndex(({ publicKey }) => listed.has(publicKey));
  return { ...config, signers: [...config.signers, ...lineage.slice(known + 1)] };
}

/**
 * Writes CONFIG, and the roster when its signature does not count any more. The roster goes first wherever its new
 * signature counts already: a store whose CONFIG is ahead of its roster can be opened only where the roster was seen.
 */
async function writeConfig(parts: StoreParts, lock: HeldLock, config: StoreConfig): Promise<void> {
  const { backend, identity, trust, masterKey, context } = parts;
  const { storeId } = config;
  await identity.unlock();
  const file = encodeConfig(config, context.keys, identity);
  const { signature } = await readRoster(backend, storeId);
  const isSignedByListed = config.signers.some(({ publicKey }) => publicKey === signature?.by);
  const isRevoked = config.revocations.some(({ key }) => key === signature?.by);
  const resign = async () => {
    if (!isSignedByListed || isRevoked) await resignRoster({ backend, storeId, masterKey, identity, trust });
  };
  const ownCounts = trust.canSign(identity.signer.publicKey);
  await lock.assertHeld();
  if (ownCounts) await resign();
  await replaceVerified(backend, configName, file);
  trust.acceptConfig(config, parseConfig(file));
  await trust.save();
  if (!ownCounts) await resign();
}

/** Ids that stand on everything there is; joined by a header when they are many. */
async function presentHeads(parts: StoreParts, author: HeaderAuthor): Promise<readonly SnapshotId[]> {
  const heads = await writableHeads(parts, await allHeaders(parts), author);
  if (heads.length <= maxRevokedAfter) return heads;
  return [await writeHeader(parts, author, { kind: 'removal', parents: heads, removed: [] })];
}

/** True for a key that is not listed, or that is now endorsed and was not. */
function addsTo(listed: readonly TrustedKey[], signer: TrustedKey): boolean {
  const known = listed.find(({ publicKey }) => publicKey === signer.publicKey);
  if (known === undefined) return true;
  // The first needs no endorsement: it created the store.
  return known !== listed[0] && known.endorsement === undefined && signer.endorsement !== undefined;
}

function withSigners(listed: readonly TrustedKey[], added: readonly TrustedKey[]): TrustedKey[] {
  const isAdded = (key: TrustedKey) => added.some(({ publicKey }) => publicKey === key.publicKey);
  const replaced = listed.map((key) =>
    isAdded(key) ? (added.find(({ publicKey }) => publicKey === key.publicKey) ?? key) : key,
  );
  const isListed = (key: TrustedKey) => listed.some(({ publicKey }) => publicKey === key.publicKey);
  return [...replaced, ...added.filter((key) => !isListed(key))];
}

function checkEndorsement(signer: TrustedKey): void {
  if (signer.endorsement === undefined || isEndorsementValid(signer)) return;
  const print = fingerprint(Buffer.from(signer.publicKey, 'hex'));
  throw new KlosetError('usage', `The endorsement of the key ${print} is not valid.`);
}

/** Another machine may have added a signer since this one opened the store. */
async function checkUnchanged(parts: StoreParts): Promise<void> {
  const { digest } = parseConfig(await parts.backend.read(configName));
  if (digest === parts.configDigest) return;
  throw new KlosetError(
    'temporary',
    'CONFIG was changed by another machine just now. Run the command again.',
  );
}
