/**
 * Writes one file whole or not at all. Its calls block: a restore into a folder has nothing else to do meanwhile, and to
 * have a thread open, write, close and rename each of thousands of small files takes ten times as long as doing it.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, futimesSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { letGo } from '../../large-bytes.ts';

/** The bytes of a file; what is at hand need not be waited for. What has to be is let go part by part, once it is written. */
export type FileBytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Temporary names of this process differ in their number, those of others in the rest. */
const nonce = randomBytes(8).toString('hex');
let written = 0;

/**
 * Writes `bytes` under a temporary name beside `target`, then renames it.
 * @param modified time of the file as text; none is set when it is not a time
 * @returns its size in bytes
 * @throws what `bytes` throws, or the error of the system; nothing is left then
 */
export async function writeWholeFile(
  target: string,
  bytes: FileBytes,
  { modified, mode }: { readonly modified: string; readonly mode: number },
): Promise<number> {
  const temporary = join(dirname(target), `.${nonce}${written++}.partial`);
  const file = openSync(temporary, 'wx', mode);
  try {
    const size = await writeAndClose(file, bytes, Date.parse(modified));
    renameSync(temporary, target);
    return size;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

async function writeAndClose(file: number, bytes: FileBytes, modifiedMs: number): Promise<number> {
  let size = 0;
  try {
    if (Symbol.iterator in bytes) for (const part of bytes) size += writeAll(file, part);
    else
      for await (const part of bytes) {
        size += writeAll(file, part);
        letGo(part);
      }
    if (!Number.isNaN(modifiedMs)) futimesSync(file, modifiedMs / 1000, modifiedMs / 1000);
  } finally {
    closeSync(file);
  }
  return size;
}

function writeAll(file: number, part: Uint8Array): number {
  for (let at = 0; at < part.length; ) at += writeSync(file, part, at);
  return part.length;
}
