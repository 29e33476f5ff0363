/**
 * Brings back what a store cannot be opened without: the roster of key slots and CONFIG. Both follow from what is
 * left: any slot that a secret opens gives the store id and the master key, and with them the rest.
 */
import type { Backend } from '../../backend/backend.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import { documentChunkSizes, mediaChunkSizes } from '../format/chunk-sizes.ts';
import type { Signer, UntrustedConfig } from '../format/config.ts';
import { configName, encodeConfig, parseConfig } from '../format/config.ts';
import type { Secret } from '../format/key-slot.ts';
import type { RescuedKeys } from './key-rescue.ts';
import { rescueKeys } from './key-rescue.ts';
import type { Trust } from './trust.ts';

export interface RescueOptions {
  readonly backend: Backend;
  readonly secret: Secret;
  /** Whose snapshots the rebuilt CONFIG takes, when CONFIG is lost and this machine does not remember. */
  readonly signers: readonly Signer[];
  /** What this machine remembers of the store: whose snapshots it took, how often its slots changed. */
  readonly trust?: Pick<Trust, 'remembered'>;
}

export interface RescueReport {
  readonly storeId: string;
  readonly isRosterRebuilt: boolean;
  readonly isConfigRebuilt: boolean;
}

/**
 * Rewrites roster and CONFIG where they are missing or damaged; changes nothing where they are sound. Machines that
 * know the store will ask for `--trust-new` when CONFIG could not be rebuilt as it was.
 * @throws KlosetError credentials when the secret opens no slot, not-found when there is none
 */
export async function rescueStore(options: RescueOptions): Promise<RescueReport> {
  const { backend, secret } = options;
  const remembered = options.trust?.remembered;
  const parsed = await readConfig(backend);
  const storeId = parsed?.storeId;
  const keys = await rescueKeys(backend, secret, {
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

function isAuthentic(parsed: UntrustedConfig, { keys }: RescuedKeys): boolean {
  try {
    parsed.authenticate(keys);
    return true;
  } catch (error) {
    if (isKlosetError(error, 'integrity')) return false;
    throw error;
  }
}

/** The oldest slot was made with the store, at the same moment; the chunk sizes of version 1 are always these. */
async function rebuildConfig(backend: Backend, keys: RescuedKeys, signers: readonly Signer[]): Promise<void> {
  if (signers.length === 0) {
    throw new KlosetError('usage', 'CONFIG is lost, and nobody said whose snapshots to trust.');
  }
  const chunkSizes = { document: documentChunkSizes, media: mediaChunkSizes };
  const config = { storeId: keys.storeId, created: keys.oldestSlot, chunkSizes, signers };
  await backend.replace(configName, encodeConfig(config, keys.keys));
}
