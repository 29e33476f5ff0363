/**
 * The objects of one snapshot by id, in a SQLite file of its own beside the index: what an incremental run asks the
 * previous snapshot for. Derived from the tree; rows are sealed, because they hold titles.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import type { Database } from '../../database.ts';
import { openDatabase } from '../../database.ts';
import type { FileEntry, ObjectInfo, PreviousObject } from '../../document/content.ts';
import type { JsonObject } from '../../document/json.ts';
import { isObject } from '../../document/json.ts';
import { KlosetError } from '../../errors.ts';
import { hmacSha256, open, seal } from '../crypto/primitives.ts';
import type { SealContext } from '../format/blob.ts';
import { sealDomain } from '../format/blob.ts';
import { canonicalJson, parseCanonicalJson, utf8Text } from '../format/canonical-json.ts';
import { blobContent } from '../format/ids.ts';
import { decodeTreeEntry, encodeTreeEntry } from '../format/tree.ts';

const rowsAtOnce = 500;
const schema =
  'CREATE TABLE objects (number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL)';
/** The row that says of which snapshot these objects are; no object has its key. */
const ownerKey = Buffer.from('owner');

/** Takes the objects of the snapshot being written; `finish` makes the file the snapshot's own. */
export class ObjectCacheWriter {
  readonly #context: SealContext;
  readonly #path: string;
  readonly #database: Database;
  readonly #insert;
  #waiting: PreviousObject[] = [];

  constructor(context: SealContext, path: string) {
    this.#context = context;
    this.#path = path;
    this.#database = openDatabase(path);
    // It is derived: after a power cut it is created again.
    this.#database.pragma('synchronous = OFF');
    this.#database.exec(schema);
    this.#insert = this.#database.prepare('INSERT OR REPLACE INTO objects (key, sealed) VALUES (?, ?)');
  }

  add(object: PreviousObject): void {
    this.#waiting.push(object);
    if (this.#waiting.length >= rowsAtOnce) this.#write();
  }

  /** Closes the file and moves it to `finalPath`. */
  finish(snapshotId: string, finalPath: string): void {
    this.#write();
    this.#insert.run(ownerKey, sealRow(this.#context, ownerKey, snapshotId));
    this.#database.pragma('journal_mode = DELETE');
    this.#database.close();
    renameSync(this.#path, finalPath);
  }

  /** Closes and removes the file; after `finish` it does nothing. */
  discard(): void {
    this.#database.close();
    removeObjectCache(this.#path);
  }

  #write(): void {
    const rows = this.#waiting;
    this.#waiting = [];
    this.#database.transaction(() => {
      for (const object of rows) {
        const key = rowKey(this.#context, object.id);
        this.#insert.run(key, sealRow(this.#context, key, encodeObject(object)));
      }
    })();
  }
}

export class ObjectCache {
  readonly #context: SealContext;
  readonly #database: Database;
  readonly #find;

  private constructor(context: SealContext, database: Database) {
    this.#context = context;
    this.#database = database;
    this.#find = database
      .prepare<[Uint8Array], Uint8Array>('SELECT sealed FROM objects WHERE key = ?')
      .pluck();
  }

  /** The objects of `snapshotId` at `path`; undefined when there is no such file, or it is another snapshot's or broken. */
  static open(context: SealContext, path: string, snapshotId: string): ObjectCache | undefined {
    if (!existsSync(path)) return undefined;
    let database: Database | undefined;
    try {
      database = openDatabase(path);
      const cache = new ObjectCache(context, database);
      if (cache.#row(ownerKey) === snapshotId) return cache;
    } catch {
      // Broken or foreign: it is derived, so it is created again.
    }
    database?.close();
    return undefined;
  }

  object(id: string): PreviousObject | undefined {
    const row = this.#row(rowKey(this.#context, id));
    return row === undefined ? undefined : decodeObject(row);
  }

  /** Every object, in the order in which they were written. Other statements may run meanwhile. */
  *objects(): Generator<PreviousObject> {
    const page = this.#database.prepare<
      [number, number],
      { number: number; key: Uint8Array; sealed: Uint8Array }
    >('SELECT number, key, sealed FROM objects WHERE number > ? ORDER BY number LIMIT ?');
    for (let last = 0; ; ) {
      const rows = page.all(last, rowsAtOnce);
      for (const { number, key, sealed } of rows) {
        last = number;
        if (!ownerKey.equals(key)) yield decodeObject(openRow(this.#context, key, sealed));
      }
      if (rows.length < rowsAtOnce) return;
    }
  }

  close(): void {
    this.#database.close();
  }

  #row(key: Uint8Array): string | undefined {
    const sealed = this.#find.get(key);
    return sealed === undefined ? undefined : openRow(this.#context, key, sealed);
  }
}

export function removeObjectCache(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}

function rowKey(context: SealContext, objectId: string): Uint8Array {
  return hmacSha256(context.keys.cache, Buffer.from(`object ${objectId}`, 'utf8')).subarray(0, 16);
}

function sealRow(context: SealContext, key: Uint8Array, text: string): Uint8Array {
  return seal(context.keys.cache, rowAad(context, key), Buffer.from(text, 'utf8'));
}

function openRow(context: SealContext, key: Uint8Array, sealed: Uint8Array): string {
  return utf8Text(open(context.keys.cache, rowAad(context, key), sealed), 'A row of the cache');
}

function rowAad(context: SealContext, key: Uint8Array): Uint8Array {
  return Buffer.concat([sealDomain('cached object', context.storeId), key]);
}

/** A line for the object, then two for each of its files: the folder below the object's own, and the entry. */
function encodeObject({ id, kind, edited, path, parentId, files }: PreviousObject): string {
  const lines = files.map((file) => {
    const slash = file.name.lastIndexOf('/') + 1;
    const folder = canonicalJson(file.name.slice(0, slash));
    return `${folder}\n${encodeTreeEntry({ ...file, name: file.name.slice(slash), content: blobContent(file.content) })}`;
  });
  return `${canonicalJson({ edited, id, kind, parentId, path })}\n${lines.join('')}`;
}

function decodeObject(text: string): PreviousObject {
  const [head = '', ...lines] = text.split('\n').slice(0, -1);
  const files: FileEntry[] = [];
  for (let at = 0; at < lines.length; at += 2) files.push(decodeFile(lines[at] ?? '', lines[at + 1] ?? ''));
  return { ...decodeHead(parseCanonicalJson(head, rowName)), files };
}

const rowName = 'A row of the cache';

function decodeHead(value: unknown): ObjectInfo & { path: string; parentId: string | null } {
  const head: JsonObject = isObject(value) ? value : {};
  const { id, kind, edited, path, parentId = null } = head;
  const isKind = kind === 'page' || kind === 'database';
  if (typeof id === 'string' && typeof edited === 'string' && typeof path === 'string' && isKind) {
    if (parentId === null || typeof parentId === 'string') return { id, kind, edited, path, parentId };
  }
  throw new KlosetError('integrity', `${rowName} is damaged.`);
}

function decodeFile(folderLine: string, line: string): FileEntry {
  const folder = parseCanonicalJson(folderLine, rowName);
  const entry = decodeTreeEntry(line, rowName);
  if (entry.type !== 'file' || typeof folder !== 'string')
    throw new KlosetError('integrity', `${rowName} is damaged.`);
  return { ...entry, name: folder + entry.name };
}
