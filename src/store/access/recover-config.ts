/**
 * Recovers the files without which a store cannot be opened: the roster of key slots and CONFIG. Any slot that a secret
 * opens gives the store id and the master key. What it cannot give is which slots still count: somebody may have put a
 * removed one back, so a person says which.
 */

import type { Backend } from '../../backend/backend.ts';
import { KlosetError } from '../../errors.ts';
import { documentChunkSizes, mediaChunkSizes } from '../format/chunk-sizes.ts';
import { newestCompression } from '../format/compression.ts';
import type { StoreConfig, TrustedKey, UntrustedConfig } from '../format/config.ts';
import { configBaseDigest, configName, encodeConfig, parseConfig } from '../format/config.ts';
import type { KeySlot, Secret } from '../format/key-slot.ts';
import { maxSlots } from '../format/key-slot.ts';
import type { Identity } from './identity.ts';
import { endorse } from './identity.ts';
import type { ParsedRoster } from './key-roster.ts';
import { authenticateRoster, encodeRoster, readRoster, rosterName } from './key-roster.ts';
import type { RecoveredKeys } from './recover-keys.ts';
import { notSound, recoverKeys } from './recover-keys.ts';
import type { Trust } from './trust.ts';

/** A whole slot of the store whose roster is lost, and what speaks for it. */
export interface FoundSlot extends KeySlot {
  /** It opens with the secret that was given. */
  readonly isOpened: boolean;
  /** It counted when this machine saw the store last. */
  readonly isRemembered: boolean;
}

export interface RecoverConfigOptions {
  readonly backend: Backend;
  readonly secret: Secret;
  /** Signs what is written. */
  readonly identity: Identity;
  /** The pins of this machine for the store: who may sign, which slots counted. */
  readonly trust: Trust;
  /** Says which of the slots count from now on; called only when the roster has to be written. Returns their ids. */
  choose(slots: readonly FoundSlot[]): Promise<readonly string[]>;
}

export interface RecoverConfigReport {
  readonly storeId: string;
  readonly isRosterRebuilt: boolean;
  readonly isConfigRebuilt: boolean;
  /** Ids of the slots that count now, when the roster was rebuilt. */
  readonly slots: readonly string[];
}

/**
 * Rewrites roster and CONFIG where they are missing, damaged or not signed by who may; changes nothing where they are
 * sound. Machines that know the store will ask for a signer by name when this machine's key is none of theirs.
 * @throws KlosetError not-found where nothing of a store lies, credentials when the secret opens no slot or this machine may not sign, integrity when CONFIG is
 * whole and not to be trusted
 */
export async function recoverConfig(options: RecoverConfigOptions): Promise<RecoverConfigReport> {
  const { backend, secret, identity, trust } = options;
  await requireSomeStore(backend);
  const parsed = await readConfig(backend);
  const found = await recoverKeys(backend, secret, parsed?.storeId);
  const sound = parsed === undefined ? undefined : authentic(parsed, found);
  if (sound !== undefined) trust.checkConfig(sound.config, sound.parsed);
  if (sound === undefined) await identity.unlock();
  const config = sound?.config ?? rebuiltConfig(found, options);
  const seenGeneration = trust.remembered?.slotsGeneration ?? 0;
  const isRosterSound = await hasSoundRoster(options, found, config, sound !== undefined);
  const slots = isRosterSound ? [] : await chosenSlots(options, found);
  if (sound !== undefined && !isRosterSound) trust.requireOwnSigner(identity.signer.publicKey);
  if (!isRosterSound) await identity.unlock();
  const { storeId, keys } = found;
  if (!isRosterSound) {
    const generation = Math.max(seenGeneration, await statedGeneration(backend, found)) + 1;
    await backend.replace(rosterName, encodeRoster({ storeId, generation, slots }, keys, identity));
  }
  if (sound === undefined) await backend.replace(configName, encodeConfig(config, keys, identity));
  return { storeId, isRosterRebuilt: !isRosterSound, isConfigRebuilt: sound === undefined, slots };
}

/** @throws KlosetError not-found where nothing of a store lies */
async function requireSomeStore(backend: Backend): Promise<void> {
  for await (const _ of backend.list('')) return;
  for await (const _ of backend.list('keys/')) return;
  throw new KlosetError('not-found', `There is no store in ${backend.location}.`);
}

/** Undefined when CONFIG is missing or damaged. */
async function readConfig(backend: Backend): Promise<UntrustedConfig | undefined> {
  try {
    return parseConfig(await backend.read(configName));
  } catch (error) {
    notSound(error);
    return undefined;
  }
}

function authentic(
  parsed: UntrustedConfig,
  { keys }: RecoveredKeys,
): { readonly parsed: UntrustedConfig; readonly config: StoreConfig } | undefined {
  try {
    return { parsed, config: parsed.authenticate(keys) };
  } catch (error) {
    notSound(error);
    return undefined;
  }
}

/** A roster that is whole, not older than the last one seen, and signed by who may. */
async function hasSoundRoster(
  { backend, trust }: RecoverConfigOptions,
  found: RecoveredKeys,
  config: StoreConfig,
  isConfigSound: boolean,
): Promise<boolean> {
  const roster = await authenticRoster(backend, found);
  if (roster === undefined || roster.generation < (trust.remembered?.slotsGeneration ?? 0)) return false;
  if (isConfigSound) return trust.rosterProblem(roster) === undefined;
  const by = roster.signature?.by;
  const isRevoked = config.revocations.some(({ key }) => key === by);
  return !isRevoked && config.signers.some(({ publicKey }) => publicKey === by);
}

async function authenticRoster(
  backend: Backend,
  { storeId, keys }: RecoveredKeys,
): Promise<ParsedRoster | undefined> {
  try {
    return authenticateRoster(await readRoster(backend, storeId), keys);
  } catch (error) {
    notSound(error);
    return undefined;
  }
}

/** The count of changes that a roster states which an owner of the store wrote, whoever signed it. */
async function statedGeneration(backend: Backend, found: RecoveredKeys): Promise<number> {
  const generation = (await authenticRoster(backend, found))?.generation ?? 0;
  // A forged count must not leave the next change without a number.
  return generation < Number.MAX_SAFE_INTEGER / 2 ? generation : 0;
}

async function chosenSlots(options: RecoverConfigOptions, found: RecoveredKeys): Promise<string[]> {
  const remembered = new Set(options.trust.remembered?.slots);
  const offered = found.slots.map((slot) => ({
    ...slot,
    isOpened: slot.id === found.openedSlot,
    isRemembered: remembered.has(slot.id),
  }));
  const chosen = await options.choose(offered);
  const slots = found.slots.map(({ id }) => id).filter((id) => chosen.includes(id));
  if (slots.length === 0)
    throw new KlosetError('usage', 'Without any key slot the store could not be opened again.');
  if (slots.length > maxSlots) throw new KlosetError('usage', `A store has at most ${maxSlots} key slots.`);
  return slots;
}

/**
 * The oldest slot was created with the store, at the same moment; the chunk sizes are always these. This machine's key
 * comes first where it counted, because it vouches for the others; else it comes last, and nobody vouches for it.
 */
function rebuiltConfig(
  { storeId, slots }: RecoveredKeys,
  { identity, trust }: RecoverConfigOptions,
): StoreConfig {
  const own = identity.signer;
  const known = trust.remembered?.storeId === storeId ? trust.remembered : undefined;
  const others = (known?.signers ?? []).filter((key) => key !== own.publicKey);
  const isKnown = known?.signers.includes(own.publicKey) === true;
  const [oldest = ''] = slots.map(({ created }) => created).sort();
  const signers: TrustedKey[] = isKnown
    ? [own, ...others.map((key) => endorse(identity, key))]
    : [...others.map((publicKey) => ({ publicKey })), { publicKey: own.publicKey }];
  const config: StoreConfig = {
    storeId,
    created: oldest,
    chunkSizes: { document: documentChunkSizes, media: mediaChunkSizes },
    compression: newestCompression,
    signers,
    revocations: known?.revocations ?? [],
  };
  const older: StoreConfig = { ...config, compression: 'deflate' };
  return configBaseDigest(older) === known?.configBase ? older : config;
}
