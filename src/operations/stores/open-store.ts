/** Opens a store on this machine: with its identity, with what it trusts, under a lock when the job writes. */
import type { Backend } from '../../backend/backend.ts';
import { ensureIdentity } from '../../store/access/identity.ts';
import { openTrust } from '../../store/access/trust.ts';
import type { Secret } from '../../store/format/key-slot.ts';
import type { LockKind } from '../../store/format/lock-record.ts';
import { withLock } from '../../store/locks/locks.ts';
import { admitOwnIdentity } from '../../store/maintenance/signers.ts';
import type { OpenOptions, Store } from '../../store/open-store.ts';
import { withStore } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import { lockOptionsOf, timeOf } from '../job-context.ts';

/** The place of a store: its backend, and the location this machine remembers it by. */
export interface StorePlace {
  readonly location: string;
  readonly backend: Backend;
}

/** A store and the way to open it. */
export interface StoreAccess extends StorePlace {
  /** Called once, when the secret is needed. */
  unlock(): Promise<Secret>;
  /** Accept a store, signer or history that differs from what this machine remembers. */
  readonly trustNew: boolean;
}

/** Opens the store for reading: no lock is written, so a read-only place is enough. */
export async function withReadableStore<T>(
  job: JobContext,
  access: StoreAccess,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  return withStore(await openOptions(job, access), use);
}

/** Opens the store and holds a lock of `kind` while `use` runs. @throws KlosetError `locked` */
export async function withLockedStore<T>(
  job: JobContext,
  access: StoreAccess,
  { kind, command }: { readonly kind: LockKind; readonly command: string },
  use: (store: Store) => Promise<T>,
): Promise<T> {
  return withReadableStore(job, access, async (store) => {
    const lock = lockOptionsOf(job);
    // After `identity rotate` other stores learn of the new key when it first writes to them.
    if (kind === 'shared') await admitOwnIdentity(store, lock);
    const parts = { backend: access.backend, context: store.context, clock: job.clock };
    return withLock(parts, kind, { command, ...lock }, () => use(store));
  });
}

async function openOptions(job: JobContext, access: StoreAccess): Promise<OpenOptions> {
  const { settings, cacheFolder, clock, monitor } = job;
  return {
    backend: access.backend,
    unlock: () => access.unlock(),
    identity: await ensureIdentity(settings, timeOf(job)),
    trust: await openTrust(settings, access.location, { trustNew: access.trustNew }),
    cacheFolder,
    clock,
    monitor,
  };
}
