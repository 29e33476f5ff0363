/** The media files that this crawl fetched, by identity: each is fetched once, whichever pages show it. */
import type { StoredContent } from '../../../document/content.ts';
import type { StateDatabase } from './database/state-database.ts';

export const fetchedMediaTable =
  'CREATE TABLE media (source TEXT PRIMARY KEY, size INTEGER NOT NULL, chunks TEXT NOT NULL, sha256 TEXT NOT NULL);';

/** A file's bytes in the store, and their digest. */
export interface StoredMedia {
  readonly content: StoredContent;
  readonly sha256: string;
}

export class FetchedMedia {
  readonly #get;
  readonly #put;

  constructor(database: StateDatabase) {
    this.#get = database.prepare<[string], { size: number; chunks: string; sha256: string }>(
      'SELECT size, chunks, sha256 FROM media WHERE source = ?',
    );
    this.#put = database.prepare<[string, number, string, string]>(
      'INSERT OR REPLACE INTO media VALUES (?, ?, ?, ?)',
    );
  }

  get(identity: string): StoredMedia | undefined {
    const row = this.#get.get(identity);
    if (row === undefined) return undefined;
    return { content: { size: row.size, chunks: JSON.parse(row.chunks) }, sha256: row.sha256 };
  }

  save(identity: string, { content, sha256 }: StoredMedia): void {
    this.#put.run(identity, content.size, JSON.stringify(content.chunks), sha256);
  }
}
