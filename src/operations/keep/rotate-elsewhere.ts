/**
 * Gives a store a new master key at another address: everything is sealed again into a new store there, which is then checked
 * to the last byte. The old store is never changed, and nothing changes places: no server renames all that lies below a prefix
 * at once, and a store that were exchanged object by object could be opened by nobody for as long as that takes. A run that
 * died goes on where it stopped.
 */
import { requireRemovable } from '../../backend/backend.ts';
import { resolvedLocation } from '../../backend/resolved-location.ts';
import { KlosetError } from '../../errors.ts';
import type { StoreMaintenance } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import { lockOptionsOf } from '../job-context.ts';
import { createStoreAt, storeExists } from '../stores/create-store.ts';
import type { StoreAccess } from '../stores/open-store.ts';
import { withMaintainedStore } from '../stores/open-store.ts';
import type { MasterRotation } from './rotate-master.ts';
import { otherSlots } from './rotate-master.ts';

/**
 * Fills `target` with what `access` holds, under a key of its own.
 * @throws KlosetError usage when they are one place, or `target` holds a store that no earlier run of this created; integrity when
 * anything in the store is damaged; locked, unavailable
 */
export async function rotateElsewhere(
  job: JobContext,
  access: StoreAccess,
  target: StoreAccess,
): Promise<MasterRotation> {
  requireRemovable(target.backend);
  await refuseSamePlace(access, target);
  return await withMaintainedStore(job, access, async (store) => {
    const lostSlots = await otherSlots(access, store);
    if (!(await storeExists(target))) await create(job, target, store);
    return await withMaintainedStore(job, target, async (fresh) => {
      await requireOwnWork(store, fresh);
      const options = { host: job.host, lock: lockOptionsOf(job) };
      await store.replica.moveTo(fresh.replica, options, async () => undefined);
      const { length: snapshots } = await fresh.listSnapshots();
      const { location } = target;
      return { location, oldLocation: access.location, storeId: fresh.id, snapshots, lostSlots };
    });
  });
}

/** The new store asks its server for what the old one asks of its own, where it can give that. */
async function create(job: JobContext, target: StoreAccess, { config }: StoreMaintenance): Promise<void> {
  const { objectLockDays } = target.backend.objectLock === undefined ? {} : config;
  await createStoreAt(job, target, await target.unlock(), { objectLockDays });
}

async function refuseSamePlace(access: StoreAccess, target: StoreAccess): Promise<void> {
  const [from, to] = [await resolvedLocation(access.location), await resolvedLocation(target.location)];
  if (from !== to && !to.startsWith(`${from}/`) && !from.startsWith(`${to}/`)) return;
  throw new KlosetError('usage', `${target.location} is not another place than ${access.location}.`, {
    hint: 'Give the address of an empty place beside it.',
  });
}

/** An earlier run wrote nothing but snapshots of this store: into any other the two would be mixed. */
async function requireOwnWork(store: StoreMaintenance, fresh: StoreMaintenance): Promise<void> {
  const known = new Set((await store.listSnapshots()).map(({ id, header }) => header?.origin?.id ?? id));
  const foreign = (await fresh.listSnapshots()).find(
    ({ header }) => header?.origin === undefined || !known.has(header.origin.id),
  );
  if (foreign === undefined) return;
  throw new KlosetError('usage', `${fresh.location} holds a store with snapshots of its own.`, {
    hint: 'Give the address of an empty place.',
  });
}
