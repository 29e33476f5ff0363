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

async function isSlotFile(backend: Backend, entry: ObjectEntry): Promise<boolean> {
  try {
    return await isKeysFile(backend, entry);
  } catch (error) {
    if (isKlosetError(error, 'integrity') || isKlosetError(error, 'not-found')) return false;
    throw error;
  }
}
