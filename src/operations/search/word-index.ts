/** The table of words: which text of which object has them, where it lies and in which snapshots. In memory, saved as one piece. */
import type { Database } from '../../database.ts';
import { openDatabaseBytes } from '../../database.ts';
import type { StoredContent } from '../../document/content.ts';
import type { SearchedText } from '../../document/search/searched-text.ts';
import { indexedText } from './words.ts';

/** Another number means another form: the index is built from the start. */
const indexVersion = 2;

const schema = `
  CREATE TABLE snapshots (source TEXT NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL UNIQUE, time TEXT NOT NULL,
    PRIMARY KEY (source, number)) WITHOUT ROWID;
  CREATE TABLE texts (number INTEGER PRIMARY KEY, object TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL,
    size INTEGER NOT NULL, chunks TEXT NOT NULL);
  CREATE INDEX texts_by_object ON texts (object);
  CREATE TABLE versions (number INTEGER PRIMARY KEY, text INTEGER NOT NULL, path TEXT NOT NULL);
  CREATE INDEX versions_by_text ON versions (text);
  CREATE TABLE spans (version INTEGER NOT NULL, source TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (version, source, first)) WITHOUT ROWID;
  CREATE VIRTUAL TABLE words USING fts5(title, text, "values", comments, files, content='',
    tokenize='unicode61 remove_diacritics 2');
  PRAGMA user_version = ${indexVersion};
`;

/** Of one snapshot while it is added: its versions, and the objects that are not as they were in the one before. */
const temporary = `
  CREATE TEMP TABLE present (version INTEGER PRIMARY KEY);
  CREATE TEMP TABLE differing (object TEXT PRIMARY KEY) WITHOUT ROWID;
`;

/** One version of an object as the index knows it. */
export interface IndexedVersion {
  readonly number: number;
  readonly object: string;
  readonly kind: 'page' | 'database';
  readonly path: string;
  readonly title: string;
  /** Its document. */
  readonly content: StoredContent;
}

/** The versions among which to search. */
export interface Wanted {
  /** Ids of snapshots, one of which must have it. */
  readonly snapshots: readonly string[];
  readonly kind?: 'page' | 'database' | undefined;
  /** Only at and below this path. */
  readonly within?: string | undefined;
}

export interface IndexedSnapshot {
  readonly id: string;
  readonly time: string;
}

/** An object of a snapshot, and how its words are read when its text is not known yet. */
export interface FoundObject {
  readonly object: string;
  readonly kind: 'page' | 'database';
  /** Its document: equal chunks mean equal documents. */
  readonly content: StoredContent;
  readonly path: string;
  readonly read: () => Promise<SearchedText>;
}

/** Takes the objects of a snapshot that is being added. */
export interface AddedSnapshot {
  /** An object that is there. */
  present(found: FoundObject): Promise<void>;
  /** The objects at and below a path of the newest snapshot of the source so far, which are as they were, at another path. */
  moved(from: string, to: string): void;
  /** An object of that snapshot which is not there any more. */
  removed(object: string): void;
}

export class WordIndex {
  readonly #database: Database;
  /** The database with statements compiled once: they run for every object of a snapshot. */
  readonly #cached: Pick<Database, 'prepare'>;

  /** @param bytes an index saved before; one of another form, or none, begins empty */
  constructor(bytes?: Uint8Array) {
    this.#database = reopened(bytes) ?? created();
    this.#database.exec(temporary);
    this.#database.function('lies_within', { deterministic: true }, (path, within) =>
      liesWithin(String(path), String(within)) ? 1 : 0,
    );
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

  /** The id of the snapshot of `source` that was added last. */
  newest(source: string): string | undefined {
    return this.#database
      .prepare<[string], string>('SELECT id FROM snapshots WHERE source = ? ORDER BY number DESC LIMIT 1')
      .pluck()
      .get(source);
  }

  /**
   * Adds a snapshot as the newest of `source`. `fill` names its objects: all of them, or, with `sinceNewest`, those that
   * differ from the newest so far.
   */
  async addSnapshot(
    source: string,
    { id, time }: IndexedSnapshot,
    sinceNewest: boolean,
    fill: (added: AddedSnapshot) => Promise<void>,
  ): Promise<void> {
    const last = this.#database
      .prepare<[string], number | null>('SELECT max(number) FROM snapshots WHERE source = ?')
      .pluck()
      .get(source);
    const number = (last ?? 0) + 1;
    this.#database.exec('DELETE FROM present; DELETE FROM differing; BEGIN');
    try {
      await fill({
        present: (found) => this.#present(found),
        moved: (from, to) => this.#moved(source, number - 1, from, to),
        removed: (object) => this.#differs(object),
      });
      if (sinceNewest) this.#presentOthers(source, number - 1);
      this.#extendSpans(source, number);
      this.#database
        .prepare('INSERT INTO snapshots (source, number, id, time) VALUES (?, ?, ?, ?)')
        .run(source, number, id, time);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /**
   * Statements that may have to be undone by themselves (such as an UPDATE) make FTS5 write out what it has gathered, so
   * that each text would become a piece of its own, to be merged: nothing but single rows is inserted here.
   */
  async #present(found: FoundObject): Promise<void> {
    const { object, content, path } = found;
    const text =
      this.#cached
        .prepare<[string, string], number>('SELECT number FROM texts WHERE object = ? AND chunks = ?')
        .pluck()
        .get(object, chunksOf(content)) ?? this.#addText(found, await found.read());
    this.#differs(object);
    this.#presentAt(text, path);
  }

  #moved(source: string, before: number, from: string, to: string): void {
    const found = this.#database
      .prepare<[Record<string, string | number>], { object: string; text: number; path: string }>(
        `SELECT object, text, path FROM spans JOIN versions ON versions.number = version JOIN texts ON texts.number = text
         WHERE source = $source AND last = $before AND (path = $from OR substr(path, 1, length($from) + 1) = $from || '/')`,
      )
      .all({ source, before, from });
    for (const { object, text, path } of found) {
      this.#differs(object);
      this.#presentAt(text, to + path.slice(from.length));
    }
  }

  #differs(object: string): void {
    this.#cached.prepare('INSERT OR IGNORE INTO differing VALUES (?)').run(object);
  }

  #presentAt(text: number, path: string): void {
    const version =
      this.#cached
        .prepare<[number, string], number>('SELECT number FROM versions WHERE text = ? AND path = ?')
        .pluck()
        .get(text, path) ??
      this.#cached.prepare('INSERT INTO versions (text, path) VALUES (?, ?)').run(text, path).lastInsertRowid;
    this.#cached.prepare('INSERT OR IGNORE INTO present VALUES (?)').run(version);
  }

  #addText({ object, kind, content }: FoundObject, text: SearchedText): number {
    const { lastInsertRowid } = this.#cached
      .prepare('INSERT INTO texts (object, kind, title, size, chunks) VALUES (?, ?, ?, ?, ?)')
      .run(object, kind, text.title.split('\n')[0] ?? '', content.size, chunksOf(content));
    const columns = [text.title, text.text, text.values, text.comments, text.files].map(indexedText);
    this.#cached
      .prepare('INSERT INTO words (rowid, title, text, "values", comments, files) VALUES (?, ?, ?, ?, ?, ?)')
      .run(lastInsertRowid, ...columns);
    return Number(lastInsertRowid);
  }

  /** Versions of the snapshot `before` that nobody named are there as they were. */
  #presentOthers(source: string, before: number): void {
    this.#database
      .prepare(
        `INSERT OR IGNORE INTO present SELECT version FROM spans JOIN versions ON versions.number = version
           JOIN texts ON texts.number = text
         WHERE source = ? AND last = ? AND object NOT IN (SELECT object FROM differing)`,
      )
      .run(source, before);
  }

  #extendSpans(source: string, number: number): void {
    this.#database
      .prepare(
        'UPDATE spans SET last = last + 1 WHERE source = ? AND last = ? AND version IN (SELECT version FROM present)',
      )
      .run(source, number - 1);
    this.#database
      .prepare(
        `INSERT INTO spans (version, source, first, last) SELECT version, $source, $number, $number FROM present
         WHERE version NOT IN (SELECT version FROM spans WHERE source = $source AND last = $number)`,
      )
      .run({ source, number });
  }

  /**
   * Numbers of the versions with all that `query` asks for, the best first; a title counts most.
   * @param query in FTS5's language
   */
  matches(query: string, { snapshots, kind, within }: Wanted): number[] {
    return this.#database
      .prepare<[Record<string, string | null>], number>(
        `WITH shown AS (SELECT source, number FROM snapshots WHERE id IN (SELECT value FROM json_each($snapshots)))
         SELECT versions.number FROM words JOIN texts ON texts.number = words.rowid JOIN versions ON versions.text = texts.number
         WHERE words MATCH $query AND kind = ifnull($kind, kind)
           AND ($within IS NULL OR lies_within(path, $within))
           AND EXISTS (SELECT 1 FROM spans JOIN shown ON shown.source = spans.source
             AND shown.number BETWEEN spans.first AND spans.last WHERE spans.version = versions.number)
         ORDER BY bm25(words, 10, 1, 2, 1, 2), versions.number DESC`,
      )
      .pluck()
      .all({
        query,
        snapshots: JSON.stringify(snapshots),
        kind: kind ?? null,
        within: within === undefined || within === '/' ? null : within,
      });
  }

  /** True when one of the snapshots has an object at or below the path. */
  hasPlace(within: string, snapshots: readonly string[]): boolean {
    return (
      this.#database
        .prepare<[Record<string, string>], number>(
          `WITH shown AS (SELECT source, number FROM snapshots WHERE id IN (SELECT value FROM json_each($snapshots)))
           SELECT 1 FROM versions WHERE lies_within(path, $within)
             AND EXISTS (SELECT 1 FROM spans JOIN shown ON shown.source = spans.source
               AND shown.number BETWEEN spans.first AND spans.last WHERE spans.version = versions.number) LIMIT 1`,
        )
        .pluck()
        .get({ within, snapshots: JSON.stringify(snapshots) }) !== undefined
    );
  }

  /** One version; undefined when there is none of that number. */
  version(number: number): IndexedVersion | undefined {
    const row = this.#cached
      .prepare<[number], Omit<IndexedVersion, 'content'> & { size: number; chunks: string }>(
        `SELECT versions.number, object, kind, path, title, size, chunks
         FROM versions JOIN texts ON texts.number = text WHERE versions.number = ?`,
      )
      .get(number);
    if (row === undefined) return undefined;
    const { size, chunks, ...version } = row;
    return { ...version, content: { size, chunks: chunks === '' ? [] : chunks.split(' ') } };
  }

  /** The snapshots that have a version, oldest first. */
  snapshotsOf(version: number): IndexedSnapshot[] {
    return this.#cached
      .prepare<[number], IndexedSnapshot>(
        `SELECT DISTINCT id, time FROM spans JOIN snapshots
           ON snapshots.source = spans.source AND snapshots.number BETWEEN spans.first AND spans.last
         WHERE spans.version = ? ORDER BY time`,
      )
      .all(version);
  }
}

/** True at and below `within`, whose names may lack the `~` and the digits behind it, as people type them. */
function liesWithin(path: string, within: string): boolean {
  const names = path.split('/');
  return within
    .split('/')
    .every((wanted, at) => names[at] === wanted || names[at]?.replace(/~[0-9a-f]{8,32}$/, '') === wanted);
}

function chunksOf({ chunks }: StoredContent): string {
  return chunks.join(' ');
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
