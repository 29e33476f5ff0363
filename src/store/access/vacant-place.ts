/**
 * Places where a store may be created. Key slots without CONFIG are what a create that died left behind, or what another
 * is writing at this moment: they do not stand in the way, and go once there is a CONFIG that does not count on them.
 */
import type { Backend, ObjectEntry } from '../../backend/backend.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import { configName } from '../format/config.ts';
import { isKeysFile, rosterName } from './key-roster.ts';

/**
 * Names of the key slots that an earlier create left in an otherwise empty place.
 * @throws KlosetError usage when a store, or anything else, is there
 */
export async function leftoversIn(backend: Backend): Promise<string[]> {
  const leftovers: string[] = [];
  for await (const entry of backend.list('')) {
    if (entry.name === configName)
      throw new KlosetError('usage', `There is a store in ${backend.location} already.`);
    if (!(await isSlotFile(backend, entry))) {
      throw new KlosetError('usage', `${backend.location} is not empty: it holds ${entry.name}.`, {
        hint: 'A new store needs an empty folder.',
      });
    }
    if (entry.name !== rosterName) leftovers.push(entry.name);
  }
  return leftovers;
}

/** Asks the place to keep every object from now on. @throws KlosetError usage when it cannot, credentials */
export async function requireObjectLock(backend: Backend, days: number): Promise<void> {
  if (backend.objectLock === undefined)
    throw new KlosetError(
      'usage',
      `${backend.location} cannot keep objects from being removed: Object Lock is a thing of S3 buckets.`,
      { hint: 'Create the store in a bucket with Object Lock, or leave out --object-lock.' },
    );
  await backend.objectLock.requireAvailable();
  backend.objectLock.keepFor(days);
}

/** A server that takes the wish and does not grant it is found out by the first object. @throws KlosetError usage */
export async function requireKept(backend: Backend, name: string): Promise<void> {
  if ((await backend.objectLock?.keptUntil(name)) !== undefined) return;
  await backend.remove(name).catch(() => undefined);
  throw new KlosetError(
    'usage',
    `${backend.location} took an object to be kept and does not say that it keeps it.`,
    { hint: 'The key may lack the right to ask (s3:GetObjectRetention); or leave out --object-lock.' },
  );
}

async function isSlotFile(backend: Backend, entry: ObjectEntry): Promise<boolean> {
  try {
    return await isKeysFile(backend, entry);
  } catch (error) {
    if (isKlosetError(error, 'integrity') || isKlosetError(error, 'not-found')) return false;
    throw error;
  }
}
