/** The path in a location as people write it. One rule for stores, exported files, key files and restored folders. */
import { fileURLToPath } from 'node:url';
import { KlosetError } from '../errors.ts';

/** Letters that no system takes more of: in a whole path, and in a name of it. */
const maxPath = 4096;
const maxName = 255;

/**
 * The path that `location` names: `fs:/path` and `file:///path` are that absolute path, anything else is a path as it
 * stands, which may be relative. @throws KlosetError `usage` when it names none
 */
export function pathInLocation(location: string): string {
  if (location === '') throw new KlosetError('usage', 'The path is empty.');
  if (location.includes('\0')) throw new KlosetError('usage', 'A path cannot hold a nul byte.');
  const isTooLong = location.length > maxPath || location.split('/').some((name) => name.length > maxName);
  if (isTooLong) throw new KlosetError('usage', `The path is too long: ${location.slice(0, 80)}…`);
  if (!/^(fs|file):/i.test(location)) return plainPath(location);
  const path = /^(?:fs|file):(?:\/\/(?:localhost)?)?(\/(?!\/).*)$/is.exec(location)?.[1];
  if (path === undefined) {
    throw new KlosetError('usage', `${location} does not name an absolute path.`, {
      hint: 'Write it as fs:/path or file:///path, or give the path alone.',
    });
  }
  return /^file:/i.test(location) ? pathInUrl(path, location) : path;
}

/** Beginnings of addresses, with the slashes that belong to them or with too few. */
const address = /^(?:(?:s3|s3\+https?|sftp):|[a-z][a-z0-9+.-]*:\/\/)/i;

/** A folder could be called `s3:`. Whoever writes that means another machine, and would look for it there. */
function plainPath(location: string): string {
  if (!address.test(location)) return location;
  throw new KlosetError('usage', `${location} is not a path of this machine.`, {
    hint: 'A store elsewhere is s3://bucket/prefix or sftp://host/path, with two slashes; for a folder of this name write ./ in front.',
  });
}

/** A `file:` URL writes other letters as `%20`. */
function pathInUrl(path: string, location: string): string {
  try {
    return fileURLToPath(`file://${path}`);
  } catch (cause) {
    throw new KlosetError('usage', `${location} is not a valid URL of a file.`, { cause });
  }
}
