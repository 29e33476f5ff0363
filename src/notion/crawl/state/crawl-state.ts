/**
 * The checkpoint of a crawl: one SQLite file that knows every object, what became of it and where its bytes lie.
 * Memory therefore does not grow with the workspace, and a killed run goes on where it was.
 */
import { rmSync } from 'node:fs';
import type { Database } from '../../../database.ts';
import { openDatabase } from '../../../database.ts';

/** Raised whenever the tables change: a checkpoint of another layout is dropped. */
const layout = 1;

/**
 * objects.state:
 * - seen: listed, but outside the wanted roots so far
 * - previous: the previous snapshot holds it; nothing has been heard of it in this run
 * - ready: to be read, its page object lies in `listed`
 * - wanted: to be read, its object must be asked for first
 * - busy: being read
 * - done: read; reused: taken over from the previous snapshot
 * - failed: could not be read (see errors); absent: not there (see fate); linked: a view of a database elsewhere
 */
const tables = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE counters (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE errors (
  owner TEXT NOT NULL, kind TEXT NOT NULL, what TEXT NOT NULL, id TEXT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (owner, kind, what, id)
) WITHOUT ROWID;
CREATE TABLE objects (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  ways INTEGER NOT NULL DEFAULT 0,
  listed TEXT,
  taken INTEGER NOT NULL DEFAULT 0,
  edited TEXT NOT NULL DEFAULT '',
  seen TEXT NOT NULL DEFAULT '',
  stem TEXT NOT NULL DEFAULT '',
  parent_type TEXT NOT NULL DEFAULT '',
  parent_id TEXT NOT NULL DEFAULT '',
  container TEXT,
  template_of TEXT,
  force INTEGER NOT NULL DEFAULT 0,
  trashed INTEGER NOT NULL DEFAULT 0,
  hot INTEGER NOT NULL DEFAULT 0,
  torn INTEGER NOT NULL DEFAULT 0,
  gaps INTEGER NOT NULL DEFAULT 0,
  views INTEGER NOT NULL DEFAULT 0,
  sources INTEGER NOT NULL DEFAULT 0,
  fate TEXT,
  placed TEXT,
  name TEXT,
  depth INTEGER
);
CREATE INDEX objects_state ON objects (state, kind);
CREATE INDEX objects_parent ON objects (parent_id, state);
CREATE INDEX objects_depth ON objects (depth);
CREATE INDEX objects_placed ON objects (placed, name);
CREATE TABLE data_sources (
  id TEXT PRIMARY KEY, database TEXT NOT NULL, object TEXT, seen TEXT NOT NULL DEFAULT '', ways INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE entries (
  owner TEXT NOT NULL, name TEXT NOT NULL, modified TEXT NOT NULL, size INTEGER NOT NULL, chunks TEXT NOT NULL, source TEXT,
  PRIMARY KEY (owner, name)
);
CREATE TABLE documents (owner TEXT PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE media (source TEXT PRIMARY KEY, size INTEGER NOT NULL, chunks TEXT NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE users (id TEXT PRIMARY KEY, object TEXT) WITHOUT ROWID;
CREATE TABLE emojis (id TEXT PRIMARY KEY, object TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE linked (id TEXT PRIMARY KEY, container TEXT, reason TEXT NOT NULL) WITHOUT ROWID;
`;

export interface CrawlState {
  readonly database: Database;
  /** As the database's, but each text is prepared once. */
  readonly prepare: Database['prepare'];
  /** True when the file held an unfinished crawl with the same fingerprint. */
  readonly isResumed: boolean;
  meta(key: string): string | undefined;
  setMeta(key: string, value: string): void;
  /** Adds to a whole number kept across a kill. */
  count(name: string, n?: number): void;
  counter(name: string): number;
  /** All counters whose name begins with `prefix`, without it. */
  counters(prefix: string): { [name: string]: number };
  /** Notes one thing that could not be read; the same thing is noted once. */
  addError(error: CrawlError): void;
  /** Forgets what was noted about `owner`, which is about to be read again. */
  clearErrors(owner: string): void;
  /** Everything `work` writes becomes visible together. */
  transaction<T>(work: () => T): T;
  close(): void;
  /** Closes the file and removes it. */
  remove(): void;
}

export interface CrawlError {
  /** The object whose document is the poorer for it, or `` for a listing. */
  readonly owner: string;
  /** page, database, blocks, comments, media, property, listing … */
  readonly kind: string;
  /** Which part, for people. */
  readonly what: string;
  /** Id of the part. */
  readonly id: string;
  /** One line. */
  readonly reason: string;
}

/**
 * Opens the checkpoint at `file`. One of another layout or `fingerprint` (other roots, settings, previous snapshot)
 * is dropped, and so is a file that is no database.
 */
export function openCrawlState(file: string, fingerprint: string): CrawlState {
  const found = openExisting(file, fingerprint);
  if (found !== undefined) return wrap(found, file, true);
  removeFiles(file);
  const database = openDatabase(file);
  database.transaction(() => {
    database.exec(tables);
    const put = database.prepare('INSERT INTO meta VALUES (?, ?)');
    put.run('layout', String(layout));
    put.run('fingerprint', fingerprint);
  })();
  return wrap(database, file, false);
}

function openExisting(file: string, fingerprint: string): Database | undefined {
  let database: Database | undefined;
  try {
    database = openDatabase(file);
    const get = database.prepare<[string], { value: string }>('SELECT value FROM meta WHERE key = ?');
    const fits = get.get('layout')?.value === String(layout) && get.get('fingerprint')?.value === fingerprint;
    if (fits) return database;
  } catch {
    // Not a database, or not one of ours: it is derived, so it is made anew.
  }
  database?.close();
  return undefined;
}

function wrap(database: Database, file: string, isResumed: boolean): CrawlState {
  const getMeta = database.prepare<[string], { value: string }>('SELECT value FROM meta WHERE key = ?');
  const putMeta = database.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)');
  const add = database.prepare(
    'INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = n + excluded.n',
  );
  const getCounter = database.prepare<[string], { n: number }>('SELECT n FROM counters WHERE name = ?');
  const getCounters = database.prepare<[string, string], { name: string; n: number }>(
    'SELECT name, n FROM counters WHERE substr(name, 1, length(?)) = ? ORDER BY name',
  );
  const putError = database.prepare('INSERT OR REPLACE INTO errors VALUES (?, ?, ?, ?, ?)');
  const dropErrors = database.prepare('DELETE FROM errors WHERE owner = ?');
  return {
    database,
    isResumed,
    prepare: preparedOnce(database),
    meta: (key) => getMeta.get(key)?.value,
    setMeta: (key, value) => void putMeta.run(key, value),
    count: (name, n = 1) => void add.run(name, n),
    counter: (name) => getCounter.get(name)?.n ?? 0,
    counters: (prefix) =>
      Object.fromEntries(
        getCounters.all(prefix, prefix).map(({ name, n }) => [name.slice(prefix.length), n]),
      ),
    addError: ({ owner, kind, what, id, reason }) => void putError.run(owner, kind, what, id, reason),
    clearErrors: (owner) => void dropErrors.run(owner),
    // Nested calls join the outer transaction: better-sqlite3 would make them savepoints, which cost and gain nothing.
    transaction: (work) => (database.inTransaction ? work() : database.transaction(work)()),
    close: () => database.close(),
    remove() {
      database.close();
      removeFiles(file);
    },
  };
}

/** Preparing costs more than most of these statements do. */
function preparedOnce(database: Database): Database['prepare'] {
  const statements = new Map<string, ReturnType<Database['prepare']>>();
  const prepare = (sql: string) => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  // What parameters and rows look like is the caller's word, as with better-sqlite3 itself.
  return prepare as Database['prepare'];
}

function removeFiles(file: string): void {
  if (file === ':memory:') return;
  for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
}
