/** Copies snapshots between a store and another, a replica or one of another key, in either direction. */
import { resolvedLocation } from '../../backend/resolved-location.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import type { Secret } from '../../store/format/key-slot.ts';
import type { StoreMaintenance } from '../../store/open-store.ts';
import type { SyncReport } from '../../store/replicas/sync-options.ts';
import type { JobContext } from '../job-context.ts';
import { lockOptionsOf } from '../job-context.ts';
import { resolveSnapshots } from '../look/open-place.ts';
import { createStoreAt, requireFirstUse, storeExists } from '../stores/create-store.ts';
import type { StoreAccess } from '../stores/open-store.ts';
import { trustOf, withMaintainedStore } from '../stores/open-store.ts';

export interface StoreSync {
  /** `with` copies to the other store, then from it. */
  readonly direction: 'to' | 'from' | 'with';
  readonly other: StoreAccess;
  /**
   * The secret of the other store, where one was given for it alone. When that store is missing and this secret does not
   * open ours, it is created with a key of its own.
   */
  readonly secret?: Secret | undefined;
  /** Beginnings of ids; every snapshot when empty. */
  readonly snapshots: readonly string[];
  /** Put back first what one side has lost and the other has. */
  readonly heal: boolean;
}

/** Copies the missing data. A store to write to is created when it is missing. */
export async function syncStores(
  job: JobContext,
  store: StoreMaintenance,
  sync: StoreSync,
): Promise<SyncReport> {
  const { direction, other } = sync;
  await requireApart(store, other);
  if (direction !== 'from' && !storeExists(other.location)) {
    // Nothing is created for a copy that would be refused.
    await store.listSnapshots();
    await createOther(job, store, sync);
  }
  return await withOtherStore(job, other, async (opened) => {
    if (direction === 'to') return copy(job, store, opened, sync);
    if (direction === 'from') return copy(job, opened, store, sync);
    const there = await copy(job, store, opened, sync);
    return joined(there, await copy(job, opened, store, sync));
  });
}

/** Both halves of a sync in both directions as one report. */
function joined(there: SyncReport, back: SyncReport): SyncReport {
  const resealed = [...(there.resealed ?? []), ...(back.resealed ?? [])];
  const healed = [...(there.healed ?? []), ...(back.healed ?? [])];
  return {
    copied: [...there.copied, ...back.copied],
    failed: [...there.failed, ...back.failed],
    blobsCopied: there.blobsCopied + back.blobsCopied,
    bytesCopied: there.bytesCopied + back.bytesCopied,
    ...(resealed.length === 0 ? {} : { resealed }),
    ...(healed.length === 0 ? {} : { healed }),
  };
}

async function createOther(
  job: JobContext,
  store: StoreMaintenance,
  { other, secret }: StoreSync,
): Promise<void> {
  if (secret !== undefined && !(await store.replica.isOpenedBy(secret)))
    return await createStoreAt(job, other, secret);
  await requireFirstUse(job, other);
  await store.replica.create({ backend: other.backend, trust: await trustOf(job, other) });
}

/** @throws KlosetError usage when the two are one place: it cannot be its own copy */
export async function requireApart(
  one: Pick<StoreAccess, 'location'>,
  other: Pick<StoreAccess, 'location'>,
): Promise<void> {
  if ((await resolvedLocation(one.location)) !== (await resolvedLocation(other.location))) return;
  throw new KlosetError('usage', `${other.location} is this store itself, not another one.`);
}

/** Opens a second store beside the one of the command. @throws KlosetError credentials, saying of which of the two */
export async function withOtherStore<T>(
  job: JobContext,
  other: StoreAccess,
  use: (store: StoreMaintenance) => Promise<T>,
): Promise<T> {
  let isOpen = false;
  try {
    return await withMaintainedStore(job, other, async (store) => {
      isOpen = true;
      return await use(store);
    });
  } catch (error) {
    if (isOpen || !isKlosetError(error, 'credentials')) throw error;
    throw new KlosetError('credentials', `${other.location}: ${error.message}`, {
      hint: 'Give the secret of that store with --other-passphrase-file or --other-keyfile, or configure it with `notion-kloset store add`.',
      cause: error,
    });
  }
}

async function copy(
  job: JobContext,
  source: StoreMaintenance,
  target: StoreMaintenance,
  sync: StoreSync,
): Promise<SyncReport> {
  const snapshots = await resolveSnapshots(source, sync.snapshots, job);
  return source.replica.copyTo(target.replica, {
    host: job.host,
    lock: lockOptionsOf(job),
    ...(snapshots.length === 0 ? {} : { snapshots }),
    ...(sync.heal ? { heal: true } : {}),
  });
}
