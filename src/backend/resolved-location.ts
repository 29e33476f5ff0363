/** One spelling for a place, however it was named: links, `..` and slashes at the end are resolved, also where nothing is yet. */
import { lstat, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isRemote, parseRemoteAddress } from './remote-address.ts';

/** More links than any honest path has; the system gives up at 40. */
const maxLinks = 40;

/** The path or the address `location` leads to. A part that cannot be read is taken as it is. */
export async function resolvedLocation(location: string, links = maxLinks): Promise<string> {
  if (isRemote(location)) return parseRemoteAddress(location).location;
  const path = resolve(location);
  try {
    return await realpath(path);
  } catch {
    // What is missing is resolved part by part below: a link to a place that is not mounted, say.
  }
  const status = await lstat(path).catch(() => undefined);
  if (status?.isSymbolicLink() && links > 0) {
    const target = await readlink(path).catch(() => undefined);
    if (target !== undefined) return await resolvedLocation(resolve(dirname(path), target), links - 1);
  }
  const parent = dirname(path);
  return parent === path ? path : join(await resolvedLocation(parent, links), basename(path));
}
