/** Failures of the cache folder of this machine as errors for people. They endanger nothing of a store. */
import { mkdirSync } from 'node:fs';
import { creationError, systemCode } from '../../backend/disk-errors.ts';
import { isBrokenDatabase } from '../../database.ts';
import { KlosetError, messageOf } from '../../errors.ts';

/** True when a file cannot be created or written where it should lie. */
export function isUnusablePlace(error: unknown): boolean {
  return /^(E(NOENT|NOTDIR|ISDIR|ACCES|PERM|ROFS|NOSPC|DQUOT)$|SQLITE_(READONLY|CANTOPEN|FULL))/.test(
    systemCode(error),
  );
}

/** A failed system call or SQLite statement on `path` as a KlosetError; any other error stays as it is. */
export function localError(error: unknown, path: string): unknown {
  const code = systemCode(error);
  if (!code.startsWith('SQLITE_')) return creationError(error, path);
  const details = { cause: error, hint: 'Run the command again; nothing in the store was harmed.' };
  if (isBrokenDatabase(error))
    return new KlosetError('temporary', `The local cache ${path} was damaged.`, details);
  if (code.startsWith('SQLITE_FULL')) {
    return new KlosetError('temporary', `The disk is full: ${path} could not be written.`, details);
  }
  return new KlosetError('unavailable', `${path}: ${messageOf(error)}`, details);
}

/** Does `work` on the local file `path`; what it fails with comes out as {@link localError} has it. */
export function orLocalError<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw localError(error, path);
  }
}

/** Creates a folder of the cache that only its owner can look into. @throws KlosetError */
export function createFolder(path: string): void {
  orLocalError(path, () => mkdirSync(path, { recursive: true, mode: 0o700 }));
}
