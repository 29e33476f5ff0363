/** Creates a store: the first key slot, then CONFIG, which makes the place a store. */
import type { Backend } from '../backend/backend.ts';
import { removeUnlessKept } from '../backend/object-lock.ts';
import { createVerified } from '../backend/verified-write.ts';
import type { Clock } from '../clock.ts';
import { isKlosetError, KlosetError } from '../errors.ts';
import type { Identity } from './access/identity.ts';
import { parseRoster, rosterName } from './access/key-roster.ts';
import type { FirstKeySlot } from './access/key-slots.ts';
import { createFirstKeySlot, keysPrefix } from './access/key-slots.ts';
import type { Trust } from './access/trust.ts';
import { leftoversIn, requireKept, requireObjectLock } from './access/vacant-place.ts';
import { deriveStoreKeys, newMasterKey } from './crypto/keys.ts';
import type { Argon2Cost } from './crypto/primitives.ts';
import type { ChunkSizes } from './format/chunk-sizes.ts';
import { checkChunkSizes, documentChunkSizes, mediaChunkSizes } from './format/chunk-sizes.ts';
import type { Compression } from './format/compression.ts';
import { newestCompression } from './format/compression.ts';
import { configName, encodeConfig, newStoreId, parseConfig } from './format/config.ts';
import type { Secret } from './format/key-slot.ts';

export interface CreateOptions {
  readonly backend: Backend;
  readonly secret: Secret;
  /** Label of the first key slot, for people. */
  readonly label: string;
  /** For a passphrase; the default otherwise. */
  readonly cost?: Argon2Cost;
  readonly identity: Identity;
  readonly trust: Trust;
  readonly clock: Clock;
  /** For tests; the default is what docs/format.md gives. */
  readonly chunkSizes?: { readonly document: ChunkSizes; readonly media: ChunkSizes };
  /** Days for which the server is asked to keep every object; without it nothing is asked. */
  readonly objectLockDays?: number | undefined;
  /** Default {@link newestCompression}; tests create stores of earlier programs. */
  readonly compression?: Compression;
}

/**
 * Creates a store in an empty place. CONFIG is written last: without it nothing is a store yet.
 * @throws KlosetError usage when a store, or anything else, is there, or the place cannot keep objects though it is asked to
 */
export async function createStore(options: CreateOptions): Promise<void> {
  const { backend, trust, objectLockDays } = options;
  const leftovers = await leftoversIn(backend);
  if (objectLockDays !== undefined) await requireObjectLock(backend, objectLockDays);
  const created = new Date(options.clock.now()).toISOString();
  const masterKey = newMasterKey();
  const keys = deriveStoreKeys(masterKey);
  const chunkSizes = options.chunkSizes ?? { document: documentChunkSizes, media: mediaChunkSizes };
  checkChunkSizes(chunkSizes.document);
  checkChunkSizes(chunkSizes.media);
  const { label, cost, identity } = options;
  const signers = [identity.signer];
  const { compression = newestCompression } = options;
  const storeId = newStoreId();
  const asked = objectLockDays === undefined ? {} : { objectLockDays };
  const config = { storeId, created, chunkSizes, compression, ...asked, signers, revocations: [] };
  const access = { backend, storeId, masterKey, identity };
  const first = await createFirstKeySlot(access, options.secret, {
    label,
    created,
    ...(cost === undefined ? {} : { cost }),
  });
  if (objectLockDays !== undefined) await requireKept(backend, keysPrefix + first.slot.id);
  const file = encodeConfig(config, keys, identity);
  await placeConfig(backend, file, first);
  await removeUnlessKept(backend, leftovers);
  trust.checkConfig(config, parseConfig(file));
  // Ours, not what lies there: for a moment that may be the list of one who creates a store there too and will find out.
  trust.checkRoster(parseRoster(first.roster, storeId));
  trust.noteOpened(first.slot.id);
  await trust.save();
}

/**
 * Writes CONFIG, which makes the place a store. Of two processes that create one there at once the first to come here
 * wins, and both see to it that the roster is the winner's.
 */
async function placeConfig(
  backend: Backend,
  config: Uint8Array,
  { slot, roster, previousRoster }: FirstKeySlot,
): Promise<void> {
  try {
    await createVerified(backend, configName, config);
  } catch (error) {
    if (!isKlosetError(error, 'integrity')) throw error;
    if (previousRoster !== undefined) await backend.replace(rosterName, previousRoster);
    await removeUnlessKept(backend, [keysPrefix + slot.id]);
    throw new KlosetError('usage', `Another process has just created a store in ${backend.location}.`, {
      cause: error,
    });
  }
  if (Buffer.from(await backend.read(rosterName)).equals(roster)) return;
  await backend.replace(rosterName, roster);
}
