/**
 * The journal of one restore into Notion: every step and every request before and after it is sent, the ids it made,
 * and what came back less than exact. It lives on disk, so that memory does not grow with the snapshot and a killed
 * restore goes on where it stopped.
 */
import { existsSync } from 'node:fs';
import type { Database } from '../../../database.ts';
import { openDatabase } from '../../../database.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject } from '../../../document/json.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import { journalTables } from './journal-tables.ts';

const format = '1';

/** A request as the journal remembers it. */
export interface WriteRecord {
  readonly state: 'sent' | 'done';
  /** When it was last sent, in ms since 1970. */
  readonly sentAt: number;
  /** What was true before it was sent, for finding out later whether it was carried out. */
  readonly detail: JsonObject;
  /** What is remembered of the answer, once there is one. */
  readonly kept: JsonObject | undefined;
}

/** What one write made: ids by what they stand for, and the change in how many children each parent has. */
export interface Made {
  /** Pairs of an original's id and its copy's. */
  readonly ids?: readonly (readonly [old: string, fresh: string, kind: IdKind])[];
  /** Ids the write made that stand for no original. */
  readonly extra?: readonly (readonly [fresh: string, kind: IdKind])[];
  /** What lies directly in the destination now: undoing means trashing it. */
  readonly root?: { readonly id: string; readonly kind: 'page' | 'database' };
  /** How many children `parent` has now. */
  readonly children?: readonly (readonly [parent: string, count: number])[];
}

export type IdKind =
  | 'page'
  | 'database'
  | 'data_source'
  | 'block'
  | 'view'
  | 'comment'
  | 'discussion'
  | 'property';

/** How something came back. */
export type Outcome = 'approximated' | 'lost';

/** One thing that did not come back exactly. */
export interface Note {
  /** The block, page or property it is about. */
  readonly id: string;
  /** What it is: `block unsupported`, `property unique_id`. */
  readonly kind: string;
  readonly outcome: Outcome;
  /** How it was approximated or why it is lost, one line. */
  readonly reason: string;
  /** Path in the snapshot. */
  readonly path: string;
}

/** An open journal. Lookups by id take any spelling of it. */
export class Journal {
  readonly database: Database;
  /** As the database's own, but a text is prepared once. What it gives must be read to its end before it is used again. */
  readonly prepare: Database['prepare'];

  constructor(database: Database) {
    this.database = database;
    database.exec(journalTables);
    const prepared = new Map<string, ReturnType<Database['prepare']>>();
    const prepare = (sql: string): ReturnType<Database['prepare']> => {
      const known = prepared.get(sql) ?? database.prepare(sql);
      prepared.set(sql, known);
      return known;
    };
    // The same function but for the types of rows, which are the caller's promise in either.
    this.prepare = prepare as Database['prepare'];
  }

  meta(key: string): string | undefined {
    return this.#text('SELECT value FROM meta WHERE key = ?', key);
  }

  setMeta(key: string, value: string): void {
    this.#run('INSERT OR REPLACE INTO meta VALUES (?, ?)', key, value);
  }

  /** Runs `work` in one transaction. */
  atomically<T>(work: () => T): T {
    return this.database.transaction(work)();
  }

  writeOf(key: string): WriteRecord | undefined {
    const row = this.prepare<
      [string],
      { state: string; sent_at: number; detail: string; kept: string | null }
    >('SELECT state, sent_at, detail, kept FROM write WHERE key = ?').get(key);
    if (row === undefined) return undefined;
    return {
      state: row.state === 'done' ? 'done' : 'sent',
      sentAt: row.sent_at,
      detail: parsed(row.detail),
      kept: row.kept === null ? undefined : parsed(row.kept),
    };
  }

  /** Before the request leaves. */
  markSent(key: string, sentAt: number, detail: JsonObject): void {
    this.#run(
      "INSERT OR REPLACE INTO write (key, state, sent_at, detail) VALUES (?, 'sent', ?, ?)",
      key,
      sentAt,
      JSON.stringify(detail),
    );
  }

  /** The request was certainly not carried out. */
  forget(key: string): void {
    this.#run('DELETE FROM write WHERE key = ?', key);
  }

  /** After the answer, with everything it made, in one transaction. */
  markDone(key: string, kept: JsonObject, made: Made): void {
    this.atomically(() => {
      this.#run("UPDATE write SET state = 'done', kept = ? WHERE key = ?", JSON.stringify(kept), key);
      for (const [old, fresh, kind] of made.ids ?? []) this.mapId(old, fresh, kind);
      for (const [fresh, kind] of made.extra ?? []) this.#addMade(fresh, kind);
      if (made.root !== undefined)
        this.#run(
          'INSERT OR IGNORE INTO root (id, kind) VALUES (?, ?)',
          compactId(made.root.id),
          made.root.kind,
        );
      for (const [parent, count] of made.children ?? []) this.setChildCount(parent, count);
    });
  }

  mapId(old: string, fresh: string, kind: IdKind): void {
    this.#run('INSERT OR REPLACE INTO id VALUES (?, ?, ?)', compactId(old), dashedId(fresh), kind);
    this.#addMade(fresh, kind);
  }

  /** The copy's id of an original page, database, data source or block. */
  newId(old: string): string | undefined {
    return this.#text('SELECT new FROM id WHERE old = ?', compactId(old));
  }

  /** The copy's id of a property of the original data source `source`. */
  newPropertyId(source: string, property: string): string | undefined {
    return this.#text('SELECT new FROM id WHERE old = ?', propertyKey(source, property));
  }

  mapPropertyId(source: string, property: string, fresh: string): void {
    this.#run('INSERT OR REPLACE INTO id VALUES (?, ?, ?)', propertyKey(source, property), fresh, 'property');
  }

  /** True when this restore made the object with this (new) id, or saw it before it began. */
  isKnown(fresh: string): boolean {
    return this.#text('SELECT new FROM made WHERE new = ?', compactId(fresh)) !== undefined;
  }

  /** Something that was there before: not to be taken for ours. */
  markExisting(fresh: string): void {
    this.#addMade(fresh, 'existing');
  }

  /** What the restore made directly in the destination, in that order. */
  roots(): { readonly id: string; readonly kind: string }[] {
    return this.prepare<[], { id: string; kind: string }>('SELECT id, kind FROM root ORDER BY place')
      .all()
      .map(({ id, kind }) => ({ id: dashedId(id), kind }));
  }

  childCount(parent: string): number {
    const row = this.prepare<[string], { count: number }>('SELECT count FROM children WHERE parent = ?').get(
      compactId(parent),
    );
    return row?.count ?? 0;
  }

  setChildCount(parent: string, count: number): void {
    this.#run('INSERT OR REPLACE INTO children VALUES (?, ?)', compactId(parent), count);
  }

  /** As `setChildCount`, unless the number is known already. */
  setChildCountOnce(parent: string, count: number): void {
    this.#run('INSERT OR IGNORE INTO children VALUES (?, ?)', compactId(parent), count);
  }

  seen(kind: string, id: string): string | undefined {
    return this.#text('SELECT value FROM seen WHERE kind = ? AND id = ?', kind, id);
  }

  setSeen(kind: string, id: string, value: string): void {
    this.#run('INSERT OR REPLACE INTO seen VALUES (?, ?, ?)', kind, id, value);
  }

  note(note: Note): void {
    this.#run(
      'INSERT OR IGNORE INTO note (id, kind, reason, outcome, path) VALUES (?, ?, ?, ?, ?)',
      note.id,
      note.kind,
      note.reason,
      note.outcome,
      note.path,
    );
  }

  fail(path: string, what: string, message: string): void {
    this.#run('INSERT OR REPLACE INTO failure VALUES (?, ?, ?)', path, what, message);
  }

  close(): void {
    this.database.close();
  }

  #addMade(fresh: string, kind: string): void {
    this.#run('INSERT OR IGNORE INTO made VALUES (?, ?)', compactId(fresh), kind);
  }

  #text(sql: string, ...parameters: string[]): string | undefined {
    return this.database
      .prepare<string[], string>(sql)
      .pluck()
      .get(...parameters);
  }

  #run(sql: string, ...parameters: (string | number)[]): void {
    this.prepare(sql).run(...parameters);
  }
}

/**
 * Opens (or begins) the journal at `path`. `identity` says what is restored from where to where.
 * @throws KlosetError `usage` when the file is the journal of another restore, `incompatible` when of another version
 */
export function openJournal(path: string, identity: JsonObject): Journal {
  const journal = new Journal(openDatabase(path));
  const said = JSON.stringify(identity);
  const known = journal.meta('identity');
  try {
    if (known === undefined) {
      journal.setMeta('format', format);
      journal.setMeta('identity', said);
    } else checkIdentity(journal, path, known, said);
    return journal;
  } catch (error) {
    journal.close();
    throw error;
  }
}

/**
 * Opens the journal of a restore that was begun before.
 * @throws KlosetError `not-found` when `path` holds none
 */
export function reopenJournal(path: string): Journal {
  if (!existsSync(path)) throw new KlosetError('not-found', `There is no restore journal at ${path}.`);
  const journal = new Journal(openDatabase(path));
  if (journal.meta('identity') !== undefined) return journal;
  journal.close();
  throw new KlosetError('not-found', `${path} is not the journal of a restore.`);
}

function checkIdentity(journal: Journal, path: string, known: string, said: string): void {
  if (journal.meta('format') !== format)
    throw new KlosetError('incompatible', `The restore journal ${path} was written by another version.`);
  if (known !== said)
    throw new KlosetError('usage', `The journal ${path} belongs to another restore: ${known}.`, {
      hint: 'Name another journal file, or repeat the restore it belongs to.',
    });
}

/** Property ids read URL-encoded in some answers and plain in others. */
function propertyKey(source: string, property: string): string {
  return `${compactId(source)}/${decodedPropertyId(property)}`;
}

/** A property id without its URL encoding. */
export function decodedPropertyId(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

function parsed(text: string): JsonObject {
  const value: Json = JSON.parse(text);
  return isObject(value) ? value : {};
}
