/** Writes files into a folder so that each one is either whole or absent, and none lands outside of it. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { isSafeSegment } from '../../document/names.ts';
import { KlosetError, messageOf } from '../../errors.ts';

export interface FolderTarget {
  /** Absolute path of the folder. */
  readonly folder: string;
  /** Creates the folder at `path` (below the target, `/`-separated). */
  createFolder(path: string): Promise<void>;
  /** Writes one file whole: under a temporary name first, then renamed; its time is set when given. */
  writeFile(
    path: string,
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    modified: string,
  ): Promise<number>;
}

/**
 * Opens `folder` for writing; it is created when missing and must be empty otherwise.
 * @throws KlosetError `usage` when it is not empty, `temporary` when it cannot be created
 */
export async function openFolder(folder: string): Promise<FolderTarget> {
  const root = resolve(folder);
  try {
    await mkdir(root, { recursive: true });
    if ((await readdir(root)).length > 0) {
      throw new KlosetError('usage', `${root} is not empty.`, { hint: 'Give a new or an empty folder.' });
    }
  } catch (error) {
    throw error instanceof KlosetError ? error : cannotWrite(root, error);
  }
  return {
    folder: root,
    async createFolder(path) {
      const target = inside(root, path);
      await mkdir(target, { recursive: true }).catch((error) => {
        throw cannotWrite(target, error);
      });
    },
    writeFile: (path, bytes, modified) => writeWhole(inside(root, path), bytes, modified),
  };
}

/** The absolute path of `path` below `root`. @throws KlosetError `integrity` for a path that would leave it */
function inside(root: string, path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  const target = join(root, ...segments);
  if (
    segments.every(isSafeSegment) &&
    (target === root || target.startsWith(root.endsWith(sep) ? root : root + sep))
  )
    return target;
  throw new KlosetError('integrity', `${JSON.stringify(path)} is not a path inside a snapshot.`);
}

async function writeWhole(
  target: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  modified: string,
): Promise<number> {
  const temporary = join(dirname(target), `.${randomBytes(8).toString('hex')}.partial`);
  let size = 0;
  try {
    const file = await open(temporary, 'wx', 0o666);
    try {
      for await (const part of bytes) {
        await file.writeFile(part);
        size += part.length;
      }
    } finally {
      await file.close();
    }
    const time = new Date(modified);
    if (!Number.isNaN(time.getTime())) await utimes(temporary, time, time);
    await rename(temporary, target);
    return size;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error instanceof KlosetError ? error : cannotWrite(target, error);
  }
}

function cannotWrite(path: string, cause: unknown): KlosetError {
  return new KlosetError('temporary', `Cannot write ${path}: ${messageOf(cause)}`, { cause });
}
