/**
 * Access to files of a folder that somebody else can write to: no symbolic link below the folder is followed, and
 * nothing but a regular file is opened, so a planted FIFO or device keeps nobody waiting.
 */
import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { KlosetError } from '../errors.ts';
import { systemCode } from './disk-errors.ts';

/** Opens a regular file for reading. @throws KlosetError integrity for anything else, and errors of the system */
export async function openRegular(path: string): Promise<FileHandle> {
  const file = await openUnfollowed(path);
  try {
    const status = await file.stat();
    if (!status.isFile()) throw notRegular(path);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Without O_NONBLOCK opening a FIFO waits for a writer. */
async function openUnfollowed(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    // ELOOP is a link (EMLINK and EFTYPE on BSD), ENXIO a socket or a device that is not there.
    if (['ELOOP', 'EMLINK', 'EFTYPE', 'ENXIO', 'ENODEV'].includes(systemCode(error)))
      throw notRegular(path, error);
    throw error;
  }
}

/** Status of the name itself, not of what a link leads to; undefined when nothing has that name. */
export async function statusOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return undefined;
    throw error;
  }
}

/**
 * Makes sure that none of the nested `folders` below `root` is a link or a device; they may be missing.
 * @throws KlosetError integrity
 */
export async function checkFolders(root: string, folders: readonly string[]): Promise<void> {
  let path = root;
  for (const folder of folders) {
    path = join(path, folder);
    const status = await statusOf(path);
    if (status === undefined) return;
    // A file there holds nothing below it: the system says so itself.
    if (!status.isDirectory() && !status.isFile()) throw notFolder(path);
  }
}

function notRegular(path: string, cause?: unknown): KlosetError {
  return new KlosetError('integrity', `${path} is not a regular file but a link, a folder or a device.`, {
    hint: 'Nothing was read through it. Find out who put it there, then run `notion-kloset check`.',
    cause,
  });
}

function notFolder(path: string): KlosetError {
  return new KlosetError('integrity', `${path} is not a folder of the store but a link or a device.`, {
    hint: 'Nothing was read or changed through it. Find out who put it there, then remove it.',
  });
}

/** @throws KlosetError integrity when something other than a regular file has that name */
export async function requireRegular(path: string): Promise<void> {
  const status = await statusOf(path);
  if (status !== undefined && !status.isFile()) throw notRegular(path);
}
