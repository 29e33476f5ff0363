/** Every file below a folder, in an order that is always the same. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * @param {string} folder
 * @returns {{ path: string, name: string }[]} with a name of one segment that no other file has
 */
export function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
    .map((path) => ({ path, name: relative(folder, path).replaceAll('/', ' ') }));
}
