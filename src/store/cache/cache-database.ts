/**
 * The SQLite file that holds what can be derived from a store: where each blob lies, the headers, and the objects of
 * the last snapshots. It can be deleted at any time. Nothing in it is believed: blobs and headers are verified when
 * they are read, and titles lie in it only sealed.
 */
import { rmSync } from 'node:fs';
import type { Database } from '../../database.ts';
import { isBrokenDatabase, openDatabase } from '../../database.ts';
import { KlosetError } from '../../errors.ts';

/** Another number here means another schema: the file is created again. */
const schemaVersion = 1;

const schema = `
  CREATE TABLE packs (number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, size INTEGER NOT NULL);
  CREATE TABLE deltas (id BLOB PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE delta_packs (delta BLOB NOT NULL, pack INTEGER NOT NULL, PRIMARY KEY (delta, pack)) WITHOUT ROWID;
  CREATE TABLE blobs (
    id BLOB NOT NULL, pack INTEGER NOT NULL, offset INTEGER NOT NULL, sealed INTEGER NOT NULL,
    plain INTEGER NOT NULL, type INTEGER NOT NULL, PRIMARY KEY (id, pack)
  ) WITHOUT ROWID;
  CREATE TABLE headers (id BLOB PRIMARY KEY, file BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE object_sets (number INTEGER PRIMARY KEY, snapshot BLOB UNIQUE, source BLOB);
  CREATE TABLE objects (
    number INTEGER PRIMARY KEY, object_set INTEGER NOT NULL, key BLOB NOT NULL, sealed BLOB NOT NULL,
    UNIQUE (object_set, key)
  );
`;

/** Opens the cache at `path` (`:memory:` for one that is gone afterwards); a broken or foreign one is created again. */
export function openCacheDatabase(path: string): Database {
  try {
    const database = openIfOurs(path);
    if (database !== undefined) return database;
  } catch (error) {
    if (!isBrokenDatabase(error)) throw error;
  }
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  const database = openIfOurs(path);
  if (database === undefined)
    throw new KlosetError('unavailable', `The cache ${path} cannot be created again.`);
  return database;
}

/** Undefined when it has another schema. */
function openIfOurs(path: string): Database | undefined {
  const database = openDatabase(path);
  try {
    // Enough to hold the upper levels of a million blobs' tree; the rest is the operating system's cache.
    database.pragma('cache_size = -65536');
    // Ids are random, so every delta touches pages everywhere: rather many of them at once.
    database.pragma('wal_autocheckpoint = 16000');
    if (database.transaction(() => hasSchema(database)).immediate()) return database;
  } catch (error) {
    database.close();
    throw error;
  }
  database.close();
  return undefined;
}

/** True when the tables are ours, created now if need be. */
function hasSchema(database: Database): boolean {
  const version = database.pragma('user_version', { simple: true });
  if (version !== 0) return version === schemaVersion;
  database.exec(schema);
  database.pragma(`user_version = ${schemaVersion}`);
  return true;
}
