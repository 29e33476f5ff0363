/**
 * Gives a store a new master key: everything is sealed again into a new store beside it, and when that is whole the two
 * change places. The old store is never changed. A run that died goes on where it stopped:
 *
 *     STORE.rotating                    being filled: the next run fills it up
 *     STORE.before-rotation-<id>        the old store, moved away; the new one was whole before
 */
import { existsSync } from 'node:fs';
import { readdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { requireRemovable } from '../../backend/backend.ts';
import { flushFolder } from '../../backend/disk-errors.ts';
import { LocalBackend } from '../../backend/local.ts';
import { isRemote } from '../../backend/remote-address.ts';
import { resolvedLocation } from '../../backend/resolved-location.ts';
import { KlosetError, messageOf } from '../../errors.ts';
import { unlockStore } from '../../store/access/key-slots.ts';
import { trustName } from '../../store/access/pins/pin-files.ts';
import { configName, parseConfig } from '../../store/format/config.ts';
import type { Store, StoreMaintenance } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import { lockOptionsOf } from '../job-context.ts';
import { createStoreAt, storeExists } from '../stores/create-store.ts';
import type { StoreAccess } from '../stores/open-store.ts';
import { trustOf, withMaintainedStore } from '../stores/open-store.ts';

export interface MasterRotation {
  readonly location: string;
  /** The folder in which the old store lies now. */
  readonly oldLocation: string;
  readonly storeId: string;
  readonly snapshots: number;
  /** Labels of the old key slots that do not open the new store: their secrets are not known here. */
  readonly lostSlots: readonly string[];
}

interface Places {
  /** The folder of the store, links resolved. */
  readonly location: string;
  readonly work: string;
}

/**
 * @throws KlosetError usage when the place cannot be exchanged, integrity when anything in the store is damaged, locked,
 * unavailable
 */
export async function rotateMaster(job: JobContext, access: StoreAccess): Promise<MasterRotation> {
  requireRemovable(access.backend);
  if (isRemote(access.location)) throw notHere(access.location);
  const location = await resolvedLocation(access.location);
  const places = { location, work: `${location}.rotating` };
  if (access.backend.isReadOnly === true)
    throw new KlosetError(
      'usage',
      `${access.location} is a file; only a store in a folder has a key to rotate.`,
    );
  const oldLocation = await finishInterrupted(job, places);
  if (oldLocation !== undefined) return await pinNew(job, access, places, oldLocation, []);
  return await rotate(job, access, places);
}

async function rotate(job: JobContext, access: StoreAccess, places: Places): Promise<MasterRotation> {
  const work = workAccess(access, places);
  const moved = await withMaintainedStore(job, access, async (store) => {
    const lostSlots = await otherSlots(access, store);
    const oldLocation = `${places.location}.before-rotation-${store.id.slice(0, 8)}`;
    if (existsSync(oldLocation))
      throw new KlosetError('usage', `${oldLocation} is in the way.`, { hint: 'Move that folder away.' });
    await openWork(job, work);
    await withMaintainedStore(job, work, (fresh) => move(job, store, fresh, places, oldLocation));
    return { oldLocation, lostSlots };
  });
  return await pinNew(job, access, places, moved.oldLocation, moved.lostSlots);
}

/** The new store, opened with the secret of the old one. */
function workAccess(access: StoreAccess, { work }: Places): StoreAccess {
  return { ...access, location: work, backend: new LocalBackend(work), accept: {} };
}

/** Creates the new store, unless an earlier run of this machine has. */
async function openWork(job: JobContext, work: StoreAccess): Promise<void> {
  if (!(await storeExists(work)))
    return await createStoreAt(job, work, await work.unlock(), { replaces: true });
  const { remembered } = await trustOf(job, work);
  if (remembered?.storeId === (await storeIdAt(work.location))) return;
  throw new KlosetError('usage', `${work.location} was not created by this machine.`, {
    hint: 'Move that folder away, then run the command again.',
  });
}

async function move(
  job: JobContext,
  store: StoreMaintenance,
  fresh: StoreMaintenance,
  places: Places,
  oldLocation: string,
): Promise<void> {
  const options = { host: job.host, lock: lockOptionsOf(job) };
  await store.replica.moveTo(fresh.replica, options, async () => {
    await renameFolder(places.location, oldLocation, places);
    await renameFolder(places.work, places.location, places);
  });
}

async function renameFolder(from: string, to: string, { location, work }: Places): Promise<void> {
  try {
    await rename(from, to);
    await flushFolder(dirname(to));
  } catch (cause) {
    throw new KlosetError('unavailable', `${from} cannot be moved to ${to}: ${messageOf(cause)}`, {
      hint: `The new store is whole. Let the folder be moved and run the command again, or use ${work} in place of ${location} from now on.`,
      cause,
    });
  }
}

/**
 * Ends the exchange of an earlier run that died in the middle of it. Returns the folder of the old store; undefined when
 * there is nothing to end.
 */
async function finishInterrupted(job: JobContext, places: Places): Promise<string | undefined> {
  const { location, work } = places;
  const [oldLocation] = await movedAway(location);
  if (oldLocation === undefined) return undefined;
  const [isHere, isBeside] = [await isStore(location), await isStore(work)];
  if (!isHere && isBeside) {
    await renameFolder(work, location, places);
    return oldLocation;
  }
  if (isBeside || !isHere) return undefined;
  // Both folders are at their places: is the memory of this machine?
  const filled = (await trustOf(job, { location: work })).remembered?.storeId;
  return filled !== undefined && filled === (await storeIdAt(location)) ? oldLocation : undefined;
}

/** Folders of old stores beside `location`. */
async function movedAway(location: string): Promise<string[]> {
  const prefix = `${basename(location)}.before-rotation-`;
  const names = await readdir(dirname(location)).catch(() => []);
  const found = names.filter((name) => name.startsWith(prefix)).map((name) => join(dirname(location), name));
  const stores = await Promise.all(found.map(isStore));
  return found.filter((_, index) => stores[index]);
}

function isStore(folder: string): Promise<boolean> {
  return storeExists({ backend: new LocalBackend(folder) });
}

function notHere(location: string): KlosetError {
  return new KlosetError(
    'usage',
    `The key of ${location} cannot be rotated in place: no server exchanges all that lies at two addresses at once.`,
    { hint: 'Give an empty address for the store with the new key: --to ADDRESS.' },
  );
}

/** This machine remembers the new store at the place from now on, and nothing of the folder in which it was filled. */
async function pinNew(
  job: JobContext,
  access: StoreAccess,
  { location, work }: Places,
  oldLocation: string,
  lostSlots: readonly string[],
): Promise<MasterRotation> {
  const expected = (await trustOf(job, { location: work })).remembered?.storeId;
  if (expected !== (await storeIdAt(location)))
    throw new KlosetError('integrity', `${location} is not the store that was filled.`);
  const opened = {
    ...access,
    location,
    backend: new LocalBackend(location),
    accept: { ...access.accept, place: true },
  };
  const rotation = await withMaintainedStore(job, opened, async (store) => ({
    location: access.location,
    oldLocation,
    storeId: store.id,
    snapshots: (await store.listSnapshots()).length,
    lostSlots,
  }));
  await job.settings.remove(trustName(await resolvedLocation(work)));
  return rotation;
}

/** Labels of the slots that another secret opens. */
export async function otherSlots({ backend, unlock }: StoreAccess, store: Store): Promise<string[]> {
  const { slot } = await unlockStore(backend, store.id, await unlock());
  return (await store.listKeySlots()).flatMap((each) =>
    each.id === slot.id
      ? []
      : [`${each.id.slice(0, 8)} ${'problem' in each ? 'damaged' : `${each.kind} "${each.label}"`}`],
  );
}

async function storeIdAt(location: string): Promise<string> {
  return parseConfig(await new LocalBackend(location).read(configName)).storeId;
}
