/** Creates a store, signed by this machine's identity and trusted by it from the start. */
import { isThere } from '../../backend/backend.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import { configName } from '../../store/format/config.ts';
import type { Secret } from '../../store/format/key-slot.ts';
import { createStore } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import type { StorePlace } from './open-store.ts';
import { trustOf } from './open-store.ts';
import { requireOutsideStores } from './outside-stores.ts';
import { ownIdentity } from './own-identity.ts';

/**
 * True when there is a store at this place already, damaged or not.
 * @throws KlosetError unavailable, credentials: a place that cannot be reached is not an empty one
 */
export async function storeExists({ backend }: Pick<StorePlace, 'backend'>): Promise<boolean> {
  if (backend.isReadOnly === true) return true;
  if (await isThere(backend, configName)) return true;
  for (const prefix of ['packs/', 'snapshots/']) for await (const _ of backend.list(prefix)) return true;
  return false;
}

/** @throws KlosetError `not-found` when this machine remembers a store at `place`, which it must not take for a first use */
export async function requireFirstUse(job: JobContext, place: StorePlace): Promise<void> {
  (await trustOf(job, place)).requireNoPins();
}

/** @throws KlosetError `usage` when a new store at `place` would replace the one this machine remembers there */
async function refuseReplacement(job: JobContext, place: StorePlace): Promise<void> {
  try {
    await requireFirstUse(job, place);
  } catch (error) {
    if (!isKlosetError(error, 'not-found')) throw error;
    const hint = 'Mount it; or begin a new store in its place with `notion-kloset create --replace`.';
    throw new KlosetError('usage', error.message, { hint, cause: error });
  }
}

export interface CreateStoreOptions {
  /** Also where this machine remembers another store, which is lost. */
  readonly replaces?: boolean;
  /** Days for which the server is asked to keep every object. */
  readonly objectLockDays?: number | undefined;
}

/**
 * Creates a store at `place` that `secret` opens; with `replaces` also where this machine remembers another.
 * @throws KlosetError `usage` when something is there already, it lies in a store, one is remembered there, or the server cannot keep objects
 */
export async function createStoreAt(
  job: JobContext,
  place: StorePlace,
  secret: Secret,
  { replaces = false, objectLockDays }: CreateStoreOptions = {},
): Promise<void> {
  await requireOutsideStores(place.backend.location);
  if (!replaces && !(await storeExists(place))) await refuseReplacement(job, place);
  const { host, clock } = job;
  await createStore({
    backend: place.backend,
    secret,
    label: host,
    identity: await ownIdentity(job),
    trust: await trustOf(job, place, { isNewStore: true }),
    clock,
    objectLockDays,
  });
}
