/**
 * Joins the modules of a step into few files, as `bin/program.js` joins those of the command: finding and linking two hundred modules
 * is nothing that a user waits for. Packages stay outside, so the files lie where this project's packages are found.
 */
import { rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const cache = fileURLToPath(new URL('../../node_modules/.cache/notion-kloset-bench/', import.meta.url));

/**
 * Joins one module of this folder with all that it imports.
 * @param {string} name of the module, with its ending
 * @returns {Promise<string>} the path of the joined module
 */
export async function joinedModule(name) {
  const folder = join(cache, name);
  rmSync(folder, { recursive: true, force: true });
  const joined = await rolldown({
    input: fileURLToPath(new URL(name, import.meta.url)),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !isAbsolute(id),
  });
  await joined.write({ dir: folder, entryFileNames: '[name].js', chunkFileNames: '[name].js' });
  return join(folder, name);
}
