/** Blobs of one store and their ids in another, as a table of a scan that is removed afterwards. */
import type { Database } from '../../database.ts';
import type { BlobId } from '../format/ids.ts';
import { idBytes, idFrom, isBlobId } from '../format/ids.ts';

export class ResealedIds {
  readonly #find;
  readonly #insert;

  constructor(database: Database) {
    database.exec('CREATE TABLE resealed (old BLOB PRIMARY KEY, new BLOB NOT NULL) WITHOUT ROWID');
    this.#find = database.prepare<[Uint8Array], Uint8Array>('SELECT new FROM resealed WHERE old = ?').pluck();
    this.#insert = database.prepare('INSERT OR REPLACE INTO resealed VALUES (?, ?)');
  }

  /** The id under the other key; undefined when it is not known. */
  find(id: BlobId): BlobId | undefined {
    const found = this.#find.get(idBytes(id));
    return found === undefined ? undefined : idFrom(found, isBlobId);
  }

  add(id: BlobId, resealed: BlobId): void {
    this.#insert.run(idBytes(id), idBytes(resealed));
  }
}
