/** From a backend and a secret to an open store: CONFIG, key slots and what this machine trusts, step by step. */
import type { Backend } from '../backend/backend.ts';
import type { Clock } from '../clock.ts';
import { isKlosetError, KlosetError } from '../errors.ts';
import type { Monitor } from '../monitor.ts';
import type { ClearConfig } from './access/config-again.ts';
import type { Identity } from './access/identity.ts';
import { unlockStore } from './access/key-slots.ts';
import type { ReadingParts, StoreParts } from './access/store-parts.ts';
import type { SeenRoster, Trust } from './access/trust.ts';
import type { CreateOptions } from './create-store.ts';
import type { UntrustedConfig } from './format/config.ts';
import { configName, parseConfig } from './format/config.ts';
import type { Secret } from './format/key-slot.ts';
import type { LockOptions } from './locks/locks.ts';
import { withLock } from './locks/locks.ts';
import type { PreviousSnapshots } from './snapshots/previous-snapshots.ts';
import { SnapshotAccess } from './snapshots/snapshot-access.ts';
import { Store } from './store.ts';
import type { StoreMaintenance, StoreWriter } from './store-powers.ts';

export type { HeaderLoss } from './access/pins/header-loss.ts';
export type { DerivedFile } from './cache/derived-file.ts';
export type { CheckOptions, CheckReport } from './check/check.ts';
export type { CheckFinding, FindingKind } from './check/check-findings.ts';
export type { SnapshotId } from './format/ids.ts';
export type { SnapshotHeader } from './format/snapshot-header.ts';
export type { InspectedState, Inspection } from './inspection/inspection.ts';
export type { MarkChanges } from './snapshots/marking.ts';
export type { Acknowledgement } from './snapshots/marks.ts';
export type { SnapshotSurvey } from './snapshots/snapshot-access.ts';
export type { SnapshotSummary } from './snapshots/snapshot-list.ts';
export type { SnapshotDetails, SnapshotWriter } from './snapshots/snapshot-writer.ts';
export type { TreeReader } from './snapshots/tree-reader.ts';
export type { Store } from './store.ts';
export type { KeySlots, StoreMaintenance, StoreWriter } from './store-powers.ts';

/** Requirements of reading a store. */
export interface ReadOptions {
  readonly backend: Backend;
  /** Asked once CONFIG was read; `storeId` is not yet authenticated. */
  readonly unlock: (storeId: string) => Promise<Secret>;
  readonly trust: Trust;
  /** Local folder for what can be derived; each store has a folder of its own in it. */
  readonly cacheFolder: string;
  readonly clock: Clock;
  readonly monitor: Monitor;
}

/** Requirements of changing a store. */
export interface OpenOptions extends ReadOptions {
  /** Signs new snapshots. */
  readonly identity: Identity;
  /** A packfile is closed at this many bytes. For tests. */
  readonly packBytes?: number;
  /** Packfiles that are uploaded at once; two by default. */
  readonly maxUploads?: number;
}

/** Creates a store in an empty place. Only those who create one load what it takes: see create-store.ts. */
export async function createStore(options: CreateOptions): Promise<void> {
  const creation = await import('./create-store.ts');
  await creation.createStore(options);
}

/**
 * Opens the store for reading, lends it to `use`, and closes it whatever happens. No lock is taken, so a place that
 * cannot be written will do.
 * @throws KlosetError not-found, credentials, integrity (damaged, swapped or rolled back), incompatible, unavailable
 */
export async function withStore<T>(options: ReadOptions, use: (store: Store) => Promise<T>): Promise<T> {
  return await withOpened(await openParts(options), ({ store }) => use(store));
}

/**
 * Opens the store for writing snapshots, under a shared lock that is held while the store is lent. A store that
 * accepts an earlier key of this machine's identity learns of the present one first.
 * @throws KlosetError locked, and whatever `withStore` throws
 */
export async function withStoreWriter<T>(
  options: OpenOptions & { readonly lock?: LockOptions },
  use: (store: StoreWriter) => Promise<T>,
): Promise<T> {
  return await withOpened(await openStoreParts(options), async ({ parts, store, snapshots }) => {
    // A passphrase is asked for now, not at the end of hours of work.
    await parts.identity.unlock();
    // Only those who write load what it takes.
    const { admitOwnIdentity } = await import('./maintenance/signers.ts');
    const { SnapshotWriting } = await import('./snapshots/writing.ts');
    const { withWriting } = await import('./store-powers.ts');
    await admitOwnIdentity(parts, options.lock);
    const writing = new SnapshotWriting(parts, snapshots);
    return await withLock(parts, 'shared', { command: 'backup', ...options.lock }, async (lock) => {
      try {
        return await use(withWriting(store, writing, lock));
      } finally {
        await writing.close();
      }
    });
  });
}

/** Opens the store for maintenance; each part of it takes the lock it needs. @throws KlosetError as `withStore` does */
export async function withStoreMaintenance<T>(
  options: OpenOptions,
  use: (store: StoreMaintenance) => Promise<T>,
): Promise<T> {
  const { withMaintenance } = await import('./store-powers.ts');
  return await withOpened(await openStoreParts(options), ({ parts, store }) =>
    use(withMaintenance(store, parts)),
  );
}

interface Opened<Parts> {
  readonly parts: Parts;
  readonly store: Store;
  readonly snapshots: SnapshotAccess;
}

async function withOpened<Parts extends ReadingParts, T>(
  parts: Parts,
  use: (opened: Opened<Parts>) => Promise<T>,
): Promise<T> {
  const snapshots = new SnapshotAccess(parts);
  let previous: PreviousSnapshots | undefined;
  const previousSnapshots = async () => {
    const incremental = await import('./snapshots/previous-snapshots.ts');
    previous ??= new incremental.PreviousSnapshots(parts, snapshots);
    return previous;
  };
  try {
    return await use({ parts, snapshots, store: new Store(parts, snapshots, previousSnapshots) });
  } finally {
    previous?.close();
    snapshots.close();
  }
}

async function openStoreParts(options: OpenOptions): Promise<StoreParts> {
  return { ...options, ...(await openParts(options)) };
}

/** Everything that stands in the clear is compared with what this machine trusts before any of it is used. */
async function openParts(options: ReadOptions): Promise<Omit<StoreParts, 'identity'>> {
  const { backend, trust, cacheFolder, clock, monitor } = options;
  const parsed = await readConfig(backend, trust);
  const { storeId, digest: configDigest, signedBy } = parsed;
  const secret = await options.unlock(storeId);
  const first = trust.remembered?.openedSlot;
  const { keys, masterKey, slot, roster } = await unlockStore(backend, storeId, secret, { first });
  const config = parsed.authenticate(keys);
  trust.checkConfig(config, parsed);
  const context = { storeId, keys, compression: config.compression };
  const changed = await checkRoster({ backend, context, trust }, roster);
  trust.noteOpened(slot.id);
  const clear = changed ?? { config, configDigest, isConfigSigned: signedBy !== undefined };
  if (clear.config.objectLockDays !== undefined) backend.objectLock?.keepFor(clear.config.objectLockDays);
  return { backend, trust, cacheFolder, clock, monitor, context, masterKey, ...clear };
}

/** Gives CONFIG as it is now, where another machine signed the roster with a key that it had accepted after CONFIG was read. */
async function checkRoster(
  parts: Pick<ReadingParts, 'backend' | 'context' | 'trust'>,
  roster: SeenRoster,
): Promise<ClearConfig | undefined> {
  try {
    parts.trust.checkRoster(roster);
    return undefined;
  } catch (error) {
    const { readConfigAgain } = await import('./access/config-again.ts');
    const changed = await readConfigAgain(parts);
    if (changed === undefined) throw error;
    parts.trust.checkRoster(roster);
    return changed;
  }
}

async function readConfig(backend: Backend, trust: Trust): Promise<UntrustedConfig> {
  try {
    return parseConfig(await backend.read(configName));
  } catch (error) {
    if (!isKlosetError(error, 'not-found')) throw error;
    for (const prefix of ['packs/', 'snapshots/', 'index/']) {
      for await (const { name } of backend.list(prefix)) {
        throw new KlosetError(
          'integrity',
          `CONFIG is missing in ${backend.location}, though ${name} is there.`,
          {
            hint: 'Bring it back with `notion-kloset repair config`.',
            cause: error,
          },
        );
      }
    }
    trust.requireNoPins();
    throw new KlosetError('not-found', `There is no store in ${backend.location}.`, {
      hint: 'Create one with `notion-kloset create`.',
      cause: error,
    });
  }
}
