/** The table of words: which version of which object has them, and which snapshots have that version. In memory, saved as one piece. */
import type { Database } from '../../database.ts';
import { openDatabaseBytes } from '../../database.ts';
import type { SearchedText } from '../../document/search/searched-text.ts';
import { indexedText } from './words.ts';

/** Another number means another form: the index is built from the start. */
const indexVersion = 1;

const schema = `
  CREATE TABLE snapshots (source TEXT NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL UNIQUE, time TEXT NOT NULL,
    PRIMARY KEY (source, number)) WITHOUT ROWID;
  CREATE TABLE versions (number INTEGER PRIMARY KEY, object TEXT NOT NULL, kind TEXT NOT NULL, content TEXT NOT NULL,
    path TEXT NOT NULL, title TEXT NOT NULL);
  CREATE UNIQUE INDEX versions_by_content ON versions (object, content, path);
  CREATE TABLE spans (version INTEGER NOT NULL, source TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (version, source, first)) WITHOUT ROWID;
  CREATE VIRTUAL TABLE words USING fts5(title, text, "values", comments, files, content='',
    tokenize='unicode61 remove_diacritics 2');
  PRAGMA user_version = ${indexVersion};
`;

/** One version of an object as the index knows it. */
export interface IndexedVersion {
  readonly number: number;
  readonly object: string;
  readonly kind: 'page' | 'database';
  readonly path: string;
  readonly title: string;
}

export interface IndexedSnapshot {
  readonly id: string;
  readonly time: string;
}

export class WordIndex {
  readonly #database: Database;
  /** The database with statements compiled once: they run for every object of a snapshot. */
  readonly #cached: Pick<Database, 'prepare'>;

  /** @param bytes an index saved before; one of another form, or none, begins empty */
  constructor(bytes?: Uint8Array) {
    this.#database = reopened(bytes) ?? created();
    const compiled = new Map<string, ReturnType<Database['prepare']>>();
    const prepare = (sql: string) => {
      const statement = compiled.get(sql) ?? this.#database.prepare(sql);
      compiled.set(sql, statement);
      return statement;
    };
    this.#cached = { prepare } as Pick<Database, 'prepare'>;
  }

  close(): void {
    this.#database.close();
  }

  /** The index as bytes, to be sealed. */
  save(): Uint8Array {
    return this.#database.serialize();
  }

  /** Ids of the snapshots it has. */
  snapshots(): Set<string> {
    return new Set(this.#database.prepare<[], string>('SELECT id FROM snapshots').pluck().all());
  }

  /** Adds a snapshot as the newest of `source`; `fill` names its objects. */
  async addSnapshot(
    source: string,
    { id, time }: IndexedSnapshot,
    fill: (present: (found: FoundObject) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const last = this.#database
      .prepare<[string], number | null>('SELECT max(number) FROM snapshots WHERE source = ?')
      .pluck()
      .get(source);
    const number = (last ?? 0) + 1;
    this.#database.exec('BEGIN');
    try {
      await fill((found) => this.#present(source, number, found));
      this.#database
        .prepare('INSERT INTO snapshots (source, number, id, time) VALUES (?, ?, ?, ?)')
        .run(source, number, id, time);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  async #present(source: string, snapshot: number, found: FoundObject): Promise<void> {
    const { object, kind, content, path } = found;
    const version =
      this.#cached
        .prepare<[string, string, string], number>(
          'SELECT number FROM versions WHERE object = ? AND content = ? AND path = ?',
        )
        .pluck()
        .get(object, content, path) ?? this.#addVersion({ object, kind, content, path }, await found.read());
    const extended = this.#cached
      .prepare('UPDATE spans SET last = ? WHERE version = ? AND source = ? AND last = ?')
      .run(snapshot, version, source, snapshot - 1);
    if (extended.changes === 0)
      this.#cached
        .prepare('INSERT OR IGNORE INTO spans (version, source, first, last) VALUES (?, ?, ?, ?)')
        .run(version, source, snapshot, snapshot);
  }

  #addVersion(found: Omit<FoundObject, 'read'>, text: SearchedText): number {
    const { object, kind, content, path } = found;
    const { lastInsertRowid } = this.#cached
      .prepare('INSERT INTO versions (object, kind, content, path, title) VALUES (?, ?, ?, ?, ?)')
      .run(object, kind, content, path, text.title.split('\n')[0] ?? '');
    const columns = [text.title, text.text, text.values, text.comments, text.files].map(indexedText);
    this.#cached
      .prepare('INSERT INTO words (rowid, title, text, "values", comments, files) VALUES (?, ?, ?, ?, ?, ?)')
      .run(lastInsertRowid, ...columns);
    return Number(lastInsertRowid);
  }

  /** Versions with all that `query` asks for, the best first; a title counts most. @param query in FTS5's language */
  matches(query: string): IndexedVersion[] {
    return this.#database
      .prepare<[string], IndexedVersion>(
        `SELECT versions.number, object, kind, path, versions.title AS title
         FROM words JOIN versions ON versions.number = words.rowid
         WHERE words MATCH ? ORDER BY bm25(words, 10, 1, 2, 1, 2), versions.number DESC`,
      )
      .all(query);
  }

  /** The snapshots that have a version, oldest first. */
  snapshotsOf(version: number): IndexedSnapshot[] {
    return this.#database
      .prepare<[number], IndexedSnapshot>(
        `SELECT DISTINCT id, time FROM spans JOIN snapshots
           ON snapshots.source = spans.source AND snapshots.number BETWEEN spans.first AND spans.last
         WHERE spans.version = ? ORDER BY time`,
      )
      .all(version);
  }
}

/** An object of a snapshot, and how its words are read when its version is not known yet. */
export interface FoundObject {
  readonly object: string;
  readonly kind: 'page' | 'database';
  /** Equal texts mean equal documents. */
  readonly content: string;
  readonly path: string;
  readonly read: () => Promise<SearchedText>;
}

function created(): Database {
  const database = openDatabaseBytes();
  database.exec(schema);
  return database;
}

/** The saved index; undefined when it is broken or of another form. */
function reopened(bytes: Uint8Array | undefined): Database | undefined {
  if (bytes === undefined) return undefined;
  try {
    const database = openDatabaseBytes(bytes);
    if (database.pragma('user_version', { simple: true }) === indexVersion) return database;
    database.close();
  } catch {
    // Derived: it is built again.
  }
  return undefined;
}
