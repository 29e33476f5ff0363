/** Places for what is not a part of a store: the folder of one takes nothing else, least of all what it seals, in the clear. */
import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isRemote } from '../../backend/remote-address.ts';
import { resolvedLocation } from '../../backend/resolved-location.ts';
import { KlosetError } from '../../errors.ts';
import { rosterName } from '../../store/access/key-roster.ts';
import { configName } from '../../store/format/config.ts';

/** @throws KlosetError `usage` when the path, or the address, `place` lies in the folder of a store */
export async function requireOutsideStores(place: string): Promise<void> {
  if (isRemote(place)) return;
  const path = await resolvedLocation(place);
  for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) {
    if (await isStore(dirname(folder)))
      throw new KlosetError('usage', `${path} lies in the store at ${dirname(folder)}.`, {
        hint: 'Give a place outside of it: a store holds nothing but its own files.',
      });
  }
}

/** True for a folder with the two files that every store has, or that lost CONFIG alone. */
async function isStore(folder: string): Promise<boolean> {
  const [roster, config, packs] = await Promise.all(
    [rosterName, configName, 'packs'].map((name) => isThere(join(folder, name))),
  );
  return roster === true && (config === true || packs === true);
}

function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
