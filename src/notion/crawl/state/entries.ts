/** The files of every object read in this crawl: its document and its media. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { FileEntry } from '../../../document/content.ts';
import type { StateDatabase } from './database/state-database.ts';

export const entriesTables = `
CREATE TABLE entries (
  owner TEXT NOT NULL, name TEXT NOT NULL, modified TEXT NOT NULL, size INTEGER NOT NULL, chunks TEXT NOT NULL, source TEXT,
  PRIMARY KEY (owner, name)
);
CREATE TABLE documents (owner TEXT PRIMARY KEY, bytes BLOB NOT NULL);`;

interface EntryRow {
  readonly name: string;
  readonly modified: string;
  readonly size: number;
  readonly chunks: string;
  readonly source: string | null;
}

export interface FinishedObject {
  readonly id: string;
  /** The finished document, ready to be stored, and its media. */
  readonly entries: readonly FileEntry[];
  readonly documentBytes: Uint8Array;
}

export class Entries {
  readonly #delete;
  readonly #put;
  readonly #list;
  readonly #putDocument;
  readonly #document;
  readonly #countMedia;

  constructor(database: StateDatabase) {
    this.#delete = database.prepare<[string]>('DELETE FROM entries WHERE owner = ?');
    this.#put = database.prepare<[string, string, string, number, string, string | null]>(
      'INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#list = database.prepare<[string], EntryRow>(
      'SELECT name, modified, size, chunks, source FROM entries WHERE owner = ? ORDER BY name',
    );
    this.#putDocument = database.prepare<[string, Buffer]>('INSERT OR REPLACE INTO documents VALUES (?, ?)');
    this.#document = database.prepare<[string], { bytes: Buffer }>(
      'SELECT bytes FROM documents WHERE owner = ?',
    );
    this.#countMedia = database.prepare<[], { n: number }>(
      `SELECT COUNT(*) AS n FROM entries e JOIN objects o ON o.id = e.owner
       WHERE e.name LIKE 'files/%' AND o.state = 'read' AND o.place IS NOT NULL`,
    );
  }

  /**
   * Replaces the entries of an object. Its document's bytes are kept too until the crawl ends: after a kill the store
   * may have lost what it had not written out, and they are then given to it again instead of being read anew.
   */
  save({ id, entries, documentBytes }: FinishedObject): void {
    this.#delete.run(id);
    for (const { name, modified, content, source } of entries) {
      this.#put.run(id, name, modified, content.size, JSON.stringify(content.chunks), source ?? null);
    }
    this.#putDocument.run(id, deflateRawSync(documentBytes, { level: 1 }));
  }

  /** The entries of an object, by name; none when it was not read in this crawl. */
  of(id: string): FileEntry[] {
    return this.#list.all(id).map(({ name, modified, size, chunks, source }) => ({
      type: 'file',
      name,
      modified,
      content: { size, chunks: JSON.parse(chunks) },
      ...(source === null ? {} : { source }),
    }));
  }

  /** The bytes of a document written in this crawl. */
  documentOf(id: string): Uint8Array | undefined {
    const row = this.#document.get(id);
    return row === undefined ? undefined : inflateRawSync(row.bytes);
  }

  /** The number of media files of objects that were read and have a place in the snapshot. */
  countPlacedMedia(): number {
    return this.#countMedia.get()?.n ?? 0;
  }
}
