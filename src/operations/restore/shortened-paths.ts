/** Paths of a snapshot that are longer than the system takes, as shorter ones in the folder they are restored to. */
import { createHash } from 'node:crypto';

/** The folder that takes what lies too deep, directly below the folder that is restored to. */
const refuge = '/shortened';

/** The file that lists what was shortened, with the path in the snapshot. */
export const indexName = 'shortened-paths.txt';

/** Bytes of a name, with its separator. */
const maxNameBytes = 256;

/** Bytes of a path that the system takes, less the zero at its end (`PATH_MAX`; Windows' long form). */
function maxPathBytes(platform: NodeJS.Platform): number {
  if (platform === 'win32') return 32_766;
  return platform === 'darwin' ? 1023 : 4095;
}

/** Bytes that the path of a folder below `root` may have, `root` not counted, so that any name fits into it. */
export function maxFolderBytes(root: string, platform: NodeJS.Platform = process.platform): number {
  return maxPathBytes(platform) - bytesOf(root) - maxNameBytes;
}

/**
 * The folder `path` as it is written: as it is while it fits in `maxBytes`. From the first folder that does not fit, it
 * continues below a folder named after the digest of the path so far: the same path always gives the same folder.
 */
export function shortFolder(path: string, maxBytes: number): string {
  if (bytesOf(path) <= maxBytes) return path;
  let [given, written] = ['', ''];
  for (const name of path.split('/').filter((segment) => segment !== '')) {
    given += `/${name}`;
    written += `/${name}`;
    if (bytesOf(written) > maxBytes) written = `${refuge}/${digestOf(given)}`;
  }
  return written;
}

/** The file `path` as it is written: its folder may be shortened, its name stays. */
export function shortFile(path: string, maxBytes: number): string {
  const end = path.lastIndexOf('/');
  return `${shortFolder(path.slice(0, end), maxBytes)}${path.slice(end)}`;
}

function digestOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16);
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}
