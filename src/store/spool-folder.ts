/**
 * A folder of spools that one running writer owns. The owner holds a lock that the operating system takes back when
 * the process dies, however it dies; folders whose lock is free are orphans.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../database.ts';
import { openDatabase } from '../database.ts';
import { hexOf } from './byte-reader.ts';
import { randomBytes } from './primitives.ts';

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
  for (;;) {
    // Another process may take a folder for an orphan before it is locked; then the next one is tried.
    const claimed = tryClaim(join(root, hexOf(randomBytes(8))));
    if (claimed !== undefined) return claimed;
  }
}

/** Takes over every folder under `root` whose owner is gone. */
export function claimOrphans(root: string): SpoolFolder[] {
  mkdirSync(root, { recursive: true, mode: 0o700 });
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

/** An open transaction on a database of its own is a lock that no crash leaves behind. */
function tryLock(path: string): Database | undefined {
  let database: Database | undefined;
  try {
    database = openDatabase(path);
    database.pragma('busy_timeout = 0');
    database.exec('BEGIN IMMEDIATE');
    return database;
  } catch {
    database?.close();
    return undefined;
  }
}
