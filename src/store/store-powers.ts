/**
 * The powers beyond reading: writing snapshots, and maintenance. They are added to an open store for those who ask for
 * them. Keys and backend stay in the closures made here.
 */
import { readConfigAgain } from './access/config-again.ts';
import { addKeySlot, exchangeKeySlots, removeKeySlot } from './access/key-slots.ts';
import type { StoreParts } from './access/store-parts.ts';
import type { StoreConfig, TrustedKey } from './format/config.ts';
import type { SnapshotId } from './format/ids.ts';
import type { KeySlot, NewKeySlot, Secret } from './format/key-slot.ts';
import { listLocks } from './locks/listed-locks.ts';
import type { HeldLock, ListedLock, LockOptions, UnlockOptions } from './locks/locks.ts';
import { unlock, withLock } from './locks/locks.ts';
import type { GcOptions, GcReport } from './maintenance/gc.ts';
import { collectGarbage } from './maintenance/gc.ts';
import type { RebuildReport } from './maintenance/rebuild-index.ts';
import { rebuildIndex } from './maintenance/rebuild-index.ts';
import type { RecoverPacksOptions, RecoverPacksReport } from './maintenance/recover-packs.ts';
import { recoverPacks } from './maintenance/recover-packs.ts';
import type { RemovalDetails } from './maintenance/removal.ts';
import { removeSnapshots } from './maintenance/removal.ts';
import {
  admitOwnIdentity,
  admitSigners,
  adoptStore,
  revokeSigner,
  signClearFiles,
} from './maintenance/signers.ts';
import { Replica } from './replicas/replica.ts';
import type { HeaderAuthor } from './snapshots/heads.ts';
import type { MarkChanges } from './snapshots/marking.ts';
import type { SnapshotWriter } from './snapshots/snapshot-writer.ts';
import { witnessOf } from './snapshots/witnessing.ts';
import type { SnapshotWriting } from './snapshots/writing.ts';
import type { Store } from './store.ts';

/** Adds snapshots under a lock that is held as long as the store is lent; removes nothing. */
export interface Writing {
  /**
   * Begins a snapshot. What an earlier run that died had stored is taken over first.
   * @throws KlosetError credentials when this machine's identity is not among the store's signers
   */
  beginSnapshot(): Promise<SnapshotWriter>;
  /**
   * Adds and removes tags, pins, acknowledges: signed, and seen by every machine. Needs no right to delete. Returns the
   * mark's id. @throws KlosetError not-found, credentials
   */
  mark(id: SnapshotId, changes: MarkChanges, author: HeaderAuthor): Promise<SnapshotId>;
}

/** Changes and removes what lies in a store. Each method takes the lock it needs. */
export interface Maintenance {
  /** See gc.ts. */
  collectGarbage(options?: GcOptions): Promise<GcReport>;
  /** See recover-packs.ts. */
  recoverPacks(options?: RecoverPacksOptions): Promise<RecoverPacksReport>;
  /** See rebuild-index.ts. */
  rebuildIndex(lock?: LockOptions): Promise<RebuildReport>;
  /** See removal.ts. */
  removeSnapshots(ids: readonly SnapshotId[], details: RemovalDetails, lock?: LockOptions): Promise<void>;
  /** Every lock as it lies there. */
  listLocks(): Promise<ListedLock[]>;
  /** Removes locks: see locks.ts. */
  unlock(options?: UnlockOptions): Promise<ListedLock[]>;
  /** Lends the key slots for changes, under the exclusive lock. */
  withKeySlots<T>(lock: LockOptions, use: (slots: KeySlots) => Promise<T>): Promise<T>;
  /** Adds keys whose signatures the store accepts. See signers.ts. */
  admitSigners(signers: readonly TrustedKey[], lock?: LockOptions): Promise<StoreConfig>;
  /** Lets nothing count that `key` signs from now on, or after `after`. See signers.ts. */
  revokeSigner(
    key: string,
    options: { readonly after?: readonly SnapshotId[]; readonly author: HeaderAuthor },
    lock?: LockOptions,
  ): Promise<StoreConfig>;
  /** Lists this machine's own key, for which nobody vouches. See signers.ts. */
  adopt(lock?: LockOptions): Promise<StoreConfig>;
  /** One line that says how far the store has come, signed. See witnessing.ts. */
  witness(): Promise<string>;
  /** The store as one of several copies. */
  readonly replica: Replica;
}

/** The secrets that open a store, while the exclusive lock is held. See key-slots.ts. */
export interface KeySlots {
  add(secret: Secret, details: Omit<NewKeySlot, 'storeId'>): Promise<KeySlot>;
  /** Adds one and removes `oldIds` in one step: "change the passphrase". */
  exchange(oldIds: readonly string[], secret: Secret, details: Omit<NewKeySlot, 'storeId'>): Promise<KeySlot>;
  remove(id: string): Promise<void>;
}

export type StoreWriter = Store & Writing;
export type StoreMaintenance = Store & Maintenance;

/** Adds the power to write snapshots, under `lock`, to `store`. */
export function withWriting(store: Store, writing: SnapshotWriting, lock: HeldLock): StoreWriter {
  const powers: Writing = {
    beginSnapshot: () => writing.begin(lock),
    mark: (id, changes, author) => writing.mark(lock, id, changes, author),
  };
  return Object.assign(store, powers);
}

/** Adds the power to change and remove what lies in the store to `store`, which was opened as `parts`. */
export function withMaintenance(store: Store, parts: StoreParts): StoreMaintenance {
  /** A list made before a change tells nothing of the store after it, however it ended. */
  const changing = async <T>(change: () => Promise<T>): Promise<T> => {
    try {
      return await change();
    } finally {
      store.lookAgain();
    }
  };
  const powers: Maintenance = {
    collectGarbage: (options) => changing(() => collectGarbage(parts, options)),
    recoverPacks: (options) => changing(() => recoverPacks(parts, options)),
    rebuildIndex: (lock) => changing(() => rebuildIndex(parts, lock)),
    removeSnapshots: (ids, details, lock) => changing(() => removeSnapshots(parts, ids, details, lock)),
    listLocks: () => listLocks(parts),
    unlock: (options) => unlock(parts, options),
    withKeySlots: (lock, use) => withKeySlots(parts, lock, use),
    admitSigners: (signers, lock) => changing(() => admitSigners(parts, signers, lock)),
    revokeSigner: (key, options, lock) => changing(() => revokeSigner(parts, key, options, lock)),
    witness: () => witnessOf(parts),
    adopt: (lock) => changing(() => adoptStore(parts, lock)),
    replica: new Replica(parts, () => store.lookAgain()),
  };
  return Object.assign(store, powers);
}

/** Only a signer that counts may change the slots: it signs the roster. */
async function withKeySlots<T>(
  parts: StoreParts,
  lock: LockOptions,
  use: (slots: KeySlots) => Promise<T>,
): Promise<T> {
  await admitOwnIdentity(parts, lock);
  parts.trust.requireOwnSigner(parts.identity.signer.publicKey);
  await parts.identity.unlock();
  return await withLock(parts, 'exclusive', lock, async (held) => {
    // While it waited for the lock another machine may have signed the roster with a new key.
    await readConfigAgain(parts);
    await signClearFiles(parts, held);
    return await use(keySlotsOf(parts));
  });
}

function keySlotsOf({ backend, masterKey, trust, identity, config: { storeId } }: StoreParts): KeySlots {
  const access = { backend, masterKey, storeId, identity, trust };
  return {
    add: (secret, details) => addKeySlot(access, secret, details),
    exchange: (oldIds, secret, details) => exchangeKeySlots(access, oldIds, secret, details),
    remove: (id) => removeKeySlot(access, id),
  };
}
