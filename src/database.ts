/** The one door to better-sqlite3: databases that this machine derives or journals, never the store itself. */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { explainAddon, requireFittingAddon } from './sqlite-addon.ts';

export type Database = Sqlite.Database;

/** @throws KlosetError `incompatible` when the compiled part of SQLite does not load, and what SQLite throws */
function openSqlite(file: string | Buffer, options: Sqlite.Options = {}): Database {
  requireFittingAddon();
  try {
    return new Sqlite(file, options);
  } catch (error) {
    throw explainAddon(error) ?? error;
  }
}

/**
 * Opens (or creates, readable by its owner alone) the SQLite file at `path`; `:memory:` keeps it in memory.
 * WAL keeps readers beside one writer and survives kill -9 at any moment.
 */
export function openDatabase(path: string): Database {
  if (path !== ':memory:') {
    requireFile(path);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
  }
  const database = openSqlite(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('foreign_keys = ON');
  return database;
}

/** Opening a pipe would wait for ever. @throws a system error for what is there and not a file */
function requireFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== false) return;
  throw Object.assign(new Error(`${path} is not a file`), { code: 'EISDIR' });
}

/** True when a database is broken, or is not one of ours. */
export function isBrokenDatabase(error: unknown): boolean {
  const isTold = error instanceof Error && 'code' in error;
  return isTold && /^SQLITE_(?:CORRUPT|NOTADB|ERROR|CONSTRAINT)/.test(String(error.code));
}

/** The version of SQLite, as the library that is loaded says it. */
export function sqliteVersion(): string {
  const database = openSqlite(':memory:');
  try {
    return String(database.prepare('SELECT sqlite_version()').pluck().get());
  } finally {
    database.close();
  }
}

/** A new file at `path` that counts as open, until it is closed or the process dies, however it dies. */
export function lockedDatabase(path: string): Database {
  const database = openDatabase(path);
  // The first write is what makes it a database in use.
  database.exec('CREATE TABLE owner (pid INTEGER)');
  return database;
}

/** True when the file at `path` begins as SQLite files do (<https://sqlite.org/fileformat.html>, 1.3.1). */
export function isDatabaseFile(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(16);
    readSync(file, start);
    return start.toString('latin1') === 'SQLite format 3\0';
  } finally {
    closeSync(file);
  }
}

/**
 * Removes the SQLite file at `path` with what lies beside it, unless a process has it open. True when it is gone: a
 * broken file is removed too.
 */
export function removeUnlessOpen(path: string): boolean {
  if (existsSync(path) && isOpen(path)) return false;
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
  return true;
}

/** A file can leave the WAL mode only while nobody else has it open. */
function isOpen(path: string): boolean {
  let database: Database | undefined;
  try {
    database = openSqlite(path, { timeout: 0 });
    database.pragma('journal_mode = DELETE');
    return false;
  } catch (error) {
    return error instanceof Sqlite.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
  } finally {
    database?.close();
  }
}

/** A database in memory, with the contents that `serialize` gave earlier. */
export function openDatabaseBytes(bytes?: Uint8Array): Database {
  return bytes === undefined ? openSqlite(':memory:') : openSqlite(Buffer.from(bytes));
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
