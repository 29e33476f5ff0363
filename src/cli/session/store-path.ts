/** The place of a store as people write it: a path, `fs:` or `file:` and a path, or the address of one on another machine. */
import { isRemote, parseRemoteAddress } from '../../backend/remote-address.ts';
import { KlosetError } from '../../errors.ts';
import { defaultStore, expandPath } from '../app/folders.ts';
import type { Io } from '../app/io.ts';

/** The absolute path, or the address, of the store at `location`. @throws KlosetError `usage` for another kind of place */
export function storePath(io: Io, location: string): string {
  if (isRemote(location)) return parseRemoteAddress(location).location;
  if (/^(?!fs:|file:)[a-z][a-z0-9+.-]*:\/\//i.test(location)) {
    throw new KlosetError('usage', `Stores at ${location.split('://')[0]}:// are not supported.`, {
      hint: 'Use a folder, s3://bucket/prefix, s3+https://host/bucket/prefix or sftp://user@host/path.',
    });
  }
  return expandPath(io, location);
}

/** The store of a command line in one spelling, whatever the working folder: `@NAME`, a path or an address. @throws KlosetError `usage` */
export function storeWord(io: Io, word: string = defaultStore(io)): string {
  return word.startsWith('@') ? word : storePath(io, word);
}
