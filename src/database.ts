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
