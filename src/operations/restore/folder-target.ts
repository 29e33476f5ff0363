/** Writes files into a folder so that each one is either whole or absent, and none lands outside of it. */
import { lstat, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { pathInLocation } from '../../backend/location-path.ts';
import { isSafeSegment } from '../../document/names.ts';
import { KlosetError, messageOf } from '../../errors.ts';
import { maxFolderBytes, shortFile, shortFolder } from './shortened-paths.ts';
import type { FileBytes } from './whole-file.ts';
import { writeWholeFile } from './whole-file.ts';

/** The bytes of a file, from the beginning each time they are asked for. */
export type Bytes = () => FileBytes;

/** A place that takes files: a folder, or an archive of one. */
export interface FolderTarget {
  /** Absolute path of the folder or the archive; `-` for an archive that is streamed. */
  readonly folder: string;
  /** Folders of the snapshot that were written under a shorter path, in the order of writing. */
  readonly shortened: readonly Shortened[];
  /** Path below the folder at which the snapshot's folder `path` is written. */
  writtenFolder(path: string): string;
  /** Creates the folder at `path` (below the target, `/`-separated). */
  createFolder(path: string): Promise<void>;
  /** Writes one file whole or not at all; its time is set when given. Resolves with its size. */
  writeFile(path: string, bytes: Bytes, modified: string): Promise<number>;
}

export interface Shortened {
  readonly path: string;
  readonly written: string;
}

export interface FolderOptions {
  /** True to let others read what the umask lets them; else files and folders are for their owner alone. */
  readonly umask?: boolean;
}

/** Permissions before the umask is taken off. */
interface Modes {
  readonly file: number;
  readonly folder: number;
}

/**
 * Opens `folder`, a path or a `file:` or `fs:` URL, for writing; it is created when missing and must be empty otherwise.
 * @throws KlosetError `usage` when it is not a folder or not empty, `unavailable` when it cannot be created
 */
export async function openFolder(
  folder: string,
  { umask = false }: FolderOptions = {},
): Promise<FolderTarget> {
  const modes = umask ? { file: 0o666, folder: 0o777 } : { file: 0o600, folder: 0o700 };
  const root = resolve(pathInLocation(folder));
  const maxBytes = maxFolderBytes(root);
  if (maxBytes < 0) throw new KlosetError('usage', `The path of the folder is too long: ${root}`);
  await openRoot(root, modes);
  const shortened: Shortened[] = [];
  return {
    folder: root,
    shortened,
    writtenFolder: (path) => shortFolder(path, maxBytes),
    async createFolder(path) {
      const written = shortFolder(path, maxBytes);
      if (written !== path) shortened.push({ path, written });
      checkSegments(path);
      const target = inside(root, written);
      await createFolders(target, modes).catch((error) => {
        throw cannotWrite(target, error);
      });
    },
    async writeFile(path, bytes, modified) {
      checkSegments(path);
      const target = inside(root, shortFile(path, maxBytes));
      return writeWholeFile(target, bytes(), { modified, mode: modes.file }).catch((error) => {
        throw error instanceof KlosetError ? error : cannotWrite(target, error);
      });
    },
  };
}

async function openRoot(root: string, modes: Modes): Promise<void> {
  try {
    await createFolders(root, modes);
    const [found] = await readdir(root);
    if (found === undefined) return;
  } catch (error) {
    throw notAFolder(error) ?? cannotCreate(root, error);
  }
  throw new KlosetError('usage', `${root} is not empty.`, { hint: 'Give a new or an empty folder.' });
}

/**
 * Creates `folder` and the folders above it that are missing. Node's own way of doing so never ends where the system says
 * of a folder that is there that nothing is (in `/proc`).
 */
async function createFolders(folder: string, modes: Modes): Promise<void> {
  const create = () => mkdir(folder, { mode: modes.folder });
  try {
    await create();
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(folder)).isDirectory()) return;
    if (codeOf(error) !== 'ENOENT' || (await isThere(dirname(folder)))) throw error;
    await createFolders(dirname(folder), modes);
    await create();
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** The absolute path of `path` below `root`. @throws KlosetError `integrity` for a path that would leave it */
function inside(root: string, path: string): string {
  const target = join(root, ...checkSegments(path));
  if (target === root || target.startsWith(root.endsWith(sep) ? root : root + sep)) return target;
  throw notInside(path);
}

/** The names on the way to `path`. @throws KlosetError `integrity` for one that leads elsewhere */
export function checkSegments(path: string): string[] {
  const segments = path.split('/').filter((segment) => segment !== '');
  if (!segments.every(isSafeSegment)) throw notInside(path);
  return segments;
}

function notInside(path: string): KlosetError {
  return new KlosetError('integrity', `${JSON.stringify(path)} is not a path inside a snapshot.`);
}

function cannotWrite(path: string, cause: unknown): KlosetError {
  return new KlosetError('temporary', `Cannot write ${path}: ${messageOf(cause)}`, { cause });
}

function cannotCreate(root: string, cause: unknown): KlosetError {
  return new KlosetError('unavailable', `Cannot create the folder ${root}: ${messageOf(cause)}`, {
    hint: 'Give a place where files can be created.',
    cause,
  });
}

/** The error for a file where a folder should be. */
function notAFolder(cause: unknown): KlosetError | undefined {
  if (!['EEXIST', 'ENOTDIR'].includes(codeOf(cause) ?? '')) return undefined;
  const path = cause instanceof Error && 'path' in cause ? String(cause.path) : 'It';
  return new KlosetError('usage', `${path} is not a folder, or leads through a file.`, {
    hint: 'Give a new or an empty folder.',
    cause,
  });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
