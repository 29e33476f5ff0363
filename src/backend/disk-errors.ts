/** Failures of a disk as errors for people; and the flush that many file systems refuse. */
import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { KlosetError, messageOf } from '../errors.ts';

/** The `code` Node gives a failed system call ("ENOENT"), or an empty string. */
export function systemCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** A failed system call on `path` as a KlosetError; any other error stays as it is. */
export function diskError(error: unknown, path: string): unknown {
  if (error instanceof KlosetError || !/^E[A-Z0-9]+$/.test(systemCode(error))) return error;
  const cause = { cause: error };
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new KlosetError('not-found', `${path} is not there.`, cause);
    case 'ENOSPC':
    case 'EDQUOT':
      return new KlosetError('temporary', `The disk is full: ${path} could not be written.`, {
        hint: 'Make room, by hand or with `prune --apply` and then `maintenance --apply --grace 0s`, and run the same command again.',
        ...cause,
      });
    case 'EACCES':
    case 'EPERM':
      return new KlosetError('unavailable', `No permission for ${path}.`, {
        hint: 'Check its owner and mode, or run as the user who created the store.',
        ...cause,
      });
    case 'EROFS':
      return new KlosetError('unavailable', `${path} lies on a read-only file system.`, cause);
    case 'EIO':
      return new KlosetError('unavailable', `The disk reports an input/output error for ${path}.`, {
        hint: 'Copy the store to another disk before you try again.',
        ...cause,
      });
    case 'EMFILE':
    case 'ENFILE':
      return new KlosetError('temporary', `Too many open files: ${path} could not be opened.`, {
        hint: 'Allow more with `ulimit -n 1024` and run the same command again.',
        ...cause,
      });
    default:
      return new KlosetError('unavailable', `${path}: ${messageOf(error)}`, cause);
  }
}

/** A failure to create `path`: where a folder is missing, or a file lies in its place, nothing was looked for. */
export function creationError(error: unknown, path: string): unknown {
  if (!['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return diskError(error, path);
  return new KlosetError('unavailable', `${path} cannot be created: ${messageOf(error)}`, { cause: error });
}

/** True when there is a regular file at `path`; false also where nothing can be, below a file say. */
export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Makes names created or removed in `path` survive a power cut. Some file systems cannot, and say EINVAL. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR', 'EPERM'].includes(systemCode(error))) throw error;
  } finally {
    await folder.close();
  }
}
