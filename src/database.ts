/** The one door to better-sqlite3: databases that this machine derives or journals, never the store itself. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';

export type Database = Sqlite.Database;

/**
 * Opens (or creates, readable by its owner alone) the SQLite file at `path`; `:memory:` keeps it in memory.
 * WAL keeps readers beside one writer and survives kill -9 at any moment.
 */
export function openDatabase(path: string): Database {
  if (path !== ':memory:') {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
  }
  const database = new Sqlite(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('foreign_keys = ON');
  return database;
}

/** A database in memory, with the contents that `serialize` gave earlier. */
export function openDatabaseBytes(bytes?: Uint8Array): Database {
  return bytes === undefined ? new Sqlite(':memory:') : new Sqlite(Buffer.from(bytes));
}

/**
 * Locks the file at `path` (created when missing) until the returned function is called or the process ends, however it
 * ends. Undefined while another process, or another part of this one, holds it.
 */
export function tryLockFile(path: string): (() => void) | undefined {
  let database: Database | undefined;
  try {
    database = openDatabase(path);
    // Waiting is up to the caller: SQLite would block the whole process.
    database.pragma('busy_timeout = 0');
    database.exec('BEGIN EXCLUSIVE');
    const held = database;
    return () => held.close();
  } catch (error) {
    database?.close();
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) return undefined;
    throw error;
  }
}
