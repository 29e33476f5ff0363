/** The place of a store as people write it: a path, `fs:` or `file:` and a path. Other places are not supported yet. */
import { KlosetError } from '../../errors.ts';
import { expandPath } from '../app/folders.ts';
import type { Io } from '../app/io.ts';

/** The absolute path of the store at `location`. @throws KlosetError `usage` for another kind of place */
export function storePath(io: Io, location: string): string {
  if (/^(?!fs:|file:)[a-z][a-z0-9+.-]*:\/\//i.test(location)) {
    throw new KlosetError('usage', `Stores at ${location.split('://')[0]}:// are not supported.`, {
      hint: 'Use a folder of this machine.',
    });
  }
  return expandPath(io, location);
}
