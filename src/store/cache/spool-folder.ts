/**
 * A folder of spools that one running writer owns. The owner holds a lock that the operating system takes back when
 * the process dies, however it dies; folders whose lock is free are orphans.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../backend/disk-errors.ts';
import type { Database } from '../../database.ts';
import { openDatabase } from '../../database.ts';
import { KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import { randomBytes } from '../crypto/primitives.ts';
import { createFolder, localError } from './local-errors.ts';

export interface SpoolFolder {
  readonly path: string;
  /** The spool files in it. */
  spools(): string[];
  /** Gives up the folder; what lies in it is an orphan then. */
  release(): void;
  /** Removes the folder with everything in it. */
  remove(): void;
}

/** A new folder under `root`, owned by the caller. */
export function claimSpoolFolder(root: string): SpoolFolder {
  // Another process may take a folder for an orphan before it is locked; then the next one is tried.
  for (let tries = 0; tries < 20; tries++) {
    const claimed = tryClaim(join(root, hexOf(randomBytes(8))));
    if (claimed !== undefined) return claimed;
  }
  throw new KlosetError('unavailable', `No folder could be created in ${root}.`);
}

/** Takes over every folder under `root` whose owner is gone. */
export function claimOrphans(root: string): SpoolFolder[] {
  createFolder(root);
  return readdirSync(root).flatMap((name) => tryClaim(join(root, name)) ?? []);
}

function tryClaim(path: string): SpoolFolder | undefined {
  const lock = tryLock(join(path, 'lock.sqlite'));
  if (lock === undefined) return undefined;
  return {
    path,
    spools: () =>
      readdirSync(path)
        .filter((name) => name.endsWith('.spool'))
        .map((name) => join(path, name)),
    release: () => lock.close(),
    remove() {
      rmSync(path, { recursive: true, force: true });
      lock.close();
    },
  };
}

/**
 * An open transaction on a database of its own is a lock that no crash leaves behind. Undefined when somebody else
 * holds it, or has just removed it. @throws KlosetError when the folder cannot be written
 */
function tryLock(path: string): Database | undefined {
  let database: Database | undefined;
  try {
    database = openDatabase(path);
    database.pragma('busy_timeout = 0');
    database.exec('BEGIN IMMEDIATE');
    return database;
  } catch (error) {
    database?.close();
    if (/^(SQLITE_BUSY|SQLITE_READONLY_DBMOVED|SQLITE_IOERR|ENOENT)/.test(systemCode(error)))
      return undefined;
    throw localError(error, path);
  }
}
