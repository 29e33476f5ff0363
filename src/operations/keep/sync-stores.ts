/** Copies snapshots between a store and another, a replica or one of another key, in either direction. */
import { resolvedLocation } from '../../backend/resolved-location.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import type { Secret } from '../../store/format/key-slot.ts';
import type { SnapshotId, StoreMaintenance } from '../../store/open-store.ts';
import type { SyncReport } from '../../store/replicas/sync-options.ts';
import type { JobContext } from '../job-context.ts';
import { lockOptionsOf } from '../job-context.ts';
import type { SnapshotFilter } from '../look/filter.ts';
import { isFiltered, noFilter } from '../look/filter.ts';
import { resolveSnapshots } from '../look/open-place.ts';
import { createStoreAt, requireFirstUse, storeExists } from '../stores/create-store.ts';
import type { StoreAccess } from '../stores/open-store.ts';
import { trustOf, withMaintainedStore } from '../stores/open-store.ts';
import { requireOutsideStores } from '../stores/outside-stores.ts';

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
  /** Narrows the words; without words all that it leaves are copied. */
  readonly filter?: SnapshotFilter | undefined;
  /** Put back first what one side has lost and the other has. */
  readonly heal: boolean;
}

export interface StoreSyncReport extends SyncReport {
  /** The filter leaves no snapshot, so that nothing was asked for. */
  readonly nothingMatched?: true;
}

const nothingToCopy: StoreSyncReport = {
  copied: [],
  failed: [],
  blobsCopied: 0,
  bytesCopied: 0,
  nothingMatched: true,
};

/** Copies the missing data. A store to write to is created when it is missing. */
export async function syncStores(
  job: JobContext,
  store: StoreMaintenance,
  sync: StoreSync,
): Promise<StoreSyncReport> {
  const { direction, other } = sync;
  await requireApart(store, other);
  if (direction !== 'from' && !(await storeExists(other))) {
    // Nothing is created for a copy that would be refused.
    await store.listSnapshots();
    if ((await chosen(job, store, sync)) === 'none') return nothingToCopy;
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
  await requireOutsideStores(other.location);
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
): Promise<StoreSyncReport> {
  const snapshots = await chosen(job, source, sync);
  if (snapshots === 'none') return nothingToCopy;
  return source.replica.copyTo(target.replica, {
    host: job.host,
    lock: lockOptionsOf(job),
    ...(snapshots === 'all' ? {} : { snapshots }),
    ...(sync.heal ? { heal: true } : {}),
  });
}

/** The snapshots to copy: those of the words and the filter, or all where there is neither. */
async function chosen(
  { clock }: JobContext,
  store: StoreMaintenance,
  { snapshots: words, filter = noFilter }: StoreSync,
): Promise<readonly SnapshotId[] | 'all' | 'none'> {
  if (words.length === 0 && !isFiltered(filter)) return 'all';
  const snapshots = await resolveSnapshots(store, words, { clock, filter });
  return snapshots.length === 0 ? 'none' : snapshots;
}
