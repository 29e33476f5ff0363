/**
 * Recovers the files without which a store cannot be opened: the roster of key slots and CONFIG. Both follow from what is
 * left: any slot that a secret opens gives the store id and the master key, and with them the rest.
 */
import type { Backend } from '../../backend/backend.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import { documentChunkSizes, mediaChunkSizes } from '../format/chunk-sizes.ts';
import type { TrustedKey, UntrustedConfig } from '../format/config.ts';
import { configName, encodeConfig, parseConfig } from '../format/config.ts';
import type { Secret } from '../format/key-slot.ts';
import type { RecoveredKeys } from './recover-keys.ts';
import { recoverKeys } from './recover-keys.ts';
import type { Trust } from './trust.ts';

export interface RecoverConfigOptions {
  readonly backend: Backend;
  readonly secret: Secret;
  /** The keys that the rebuilt CONFIG trusts, when CONFIG is lost and this machine does not remember. */
  readonly signers: readonly TrustedKey[];
  /** The pins of this machine for the store: trusted keys, count of changes of its slots. */
  readonly trust?: Pick<Trust, 'remembered'>;
}

export interface RecoverConfigReport {
  readonly storeId: string;
  readonly isRosterRebuilt: boolean;
  readonly isConfigRebuilt: boolean;
}

/**
 * Rewrites roster and CONFIG where they are missing or damaged; changes nothing where they are sound. Machines that
 * know the store will ask for `--accept-config` when CONFIG could not be rebuilt as it was.
 * @throws KlosetError credentials when the secret opens no slot, not-found when there is none
 */
export async function recoverConfig(options: RecoverConfigOptions): Promise<RecoverConfigReport> {
  const { backend, secret } = options;
  const remembered = options.trust?.remembered;
  const parsed = await readConfig(backend);
  const storeId = parsed?.storeId;
  const keys = await recoverKeys(backend, secret, {
    seenGeneration: remembered?.slotsGeneration ?? 0,
    storeId,
  });
  const isConfigRebuilt = parsed === undefined || !isAuthentic(parsed, keys);
  const signers = remembered?.signers.map((publicKey) => ({ publicKey })) ?? options.signers;
  if (isConfigRebuilt) await rebuildConfig(backend, keys, signers);
  return { storeId: keys.storeId, isRosterRebuilt: keys.isRosterRebuilt, isConfigRebuilt };
}

/** Undefined when CONFIG is missing or damaged. */
async function readConfig(backend: Backend): Promise<UntrustedConfig | undefined> {
  try {
    return parseConfig(await backend.read(configName));
  } catch (error) {
    if (isKlosetError(error, 'integrity') || isKlosetError(error, 'not-found')) return undefined;
    throw error;
  }
}

function isAuthentic(parsed: UntrustedConfig, { keys }: RecoveredKeys): boolean {
  try {
    parsed.authenticate(keys);
    return true;
  } catch (error) {
    if (isKlosetError(error, 'integrity')) return false;
    throw error;
  }
}

/** The oldest slot was created with the store, at the same moment; the chunk sizes of version 1 are always these. */
async function rebuildConfig(
  backend: Backend,
  keys: RecoveredKeys,
  signers: readonly TrustedKey[],
): Promise<void> {
  if (signers.length === 0) {
    throw new KlosetError('usage', 'CONFIG is missing and no trusted signer was given.');
  }
  const chunkSizes = { document: documentChunkSizes, media: mediaChunkSizes };
  const config = { storeId: keys.storeId, created: keys.oldestSlot, chunkSizes, signers };
  await backend.replace(configName, encodeConfig(config, keys.keys));
}
