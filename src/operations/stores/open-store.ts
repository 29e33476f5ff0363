/** Opens a store on this machine, with its identity and what it trusts, for no more than the job needs. */
import type { Backend } from '../../backend/backend.ts';
import { resolvedLocation } from '../../backend/resolved-location.ts';
import type { Acceptances } from '../../store/access/pins/acceptance.ts';
import type { Trust, TrustOptions } from '../../store/access/trust.ts';
import { openTrust } from '../../store/access/trust.ts';
import type { Secret } from '../../store/format/key-slot.ts';
import type {
  OpenOptions,
  ReadOptions,
  Store,
  StoreMaintenance,
  StoreWriter,
} from '../../store/open-store.ts';
import { withStore, withStoreMaintenance, withStoreWriter } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import { lockOptionsOf } from '../job-context.ts';
import { ownIdentity } from './own-identity.ts';
import { settingsForReading } from './settings-for-reading.ts';

export type { SnapshotHeader, SnapshotId, Store, TreeReader } from '../../store/open-store.ts';

/** The place of a store: its backend, and the location this machine remembers it by. */
export interface StorePlace {
  readonly location: string;
  readonly backend: Backend;
}

/** A store and the way to open it. */
export interface StoreAccess extends StorePlace {
  /** Called once, when the secret is needed. */
  unlock(): Promise<Secret>;
  /** The differences from what this machine remembers that a person accepts. */
  readonly accept: Acceptances;
}

/** Opens the store for reading: no lock is written, so a read-only place is enough, and so is a read-only home. */
export async function withReadableStore<T>(
  job: JobContext,
  access: StoreAccess,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const reading = { ...job, settings: settingsForReading(job) };
  return withStore(await readOptions(reading, access), use);
}

/** Opens the store for writing snapshots, under a shared lock in the name of `command`. @throws KlosetError `locked` */
export async function withWritableStore<T>(
  job: JobContext,
  access: StoreAccess,
  command: string,
  use: (store: StoreWriter) => Promise<T>,
): Promise<T> {
  const lock = { command, ...lockOptionsOf(job) };
  return withStoreWriter({ ...(await openOptions(job, access)), lock }, use);
}

/** Opens the store for changes and removals; each of them takes the lock it needs. */
export async function withMaintainedStore<T>(
  job: JobContext,
  access: StoreAccess,
  use: (store: StoreMaintenance) => Promise<T>,
): Promise<T> {
  return withStoreMaintenance(await openOptions(job, access), use);
}

/** The pins of this machine for the place, however its path is spelt. Accepted differences are told as warnings. */
export async function trustOf(
  { settings, monitor }: Pick<JobContext, 'settings' | 'monitor'>,
  { location }: Pick<StorePlace, 'location'>,
  options: TrustOptions = {},
): Promise<Trust> {
  const tell = (message: string) => monitor.report({ type: 'warning', message });
  return await openTrust(settings, await resolvedLocation(location), { tell, ...options });
}

/** Reading needs no identity, so none is created for it. */
async function readOptions(job: JobContext, access: StoreAccess): Promise<ReadOptions> {
  const { cacheFolder, clock, monitor } = job;
  return {
    backend: access.backend,
    unlock: () => access.unlock(),
    trust: await trustOf(job, access, { accept: access.accept }),
    cacheFolder,
    clock,
    monitor,
  };
}

async function openOptions(job: JobContext, access: StoreAccess): Promise<OpenOptions> {
  const { maxUploads } = job;
  const opened = { ...(await readOptions(job, access)), identity: await ownIdentity(job) };
  return maxUploads === undefined ? opened : { ...opened, maxUploads };
}
