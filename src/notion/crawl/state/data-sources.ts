/** The data sources a crawl knows: the database each belongs to, and its object where a listing gave it. */
import type { JsonObject } from '../../../document/json.ts';
import { isObject } from '../../../document/json.ts';
import type { StateDatabase } from './database/state-database.ts';
import type { DiscoveryPath } from './discovery-paths.ts';
import { bitOf } from './discovery-paths.ts';

/** `database` is empty while the data source was only pointed at. */
export const dataSourcesTable = `
CREATE TABLE data_sources (
  id TEXT PRIMARY KEY, database TEXT NOT NULL, object TEXT, newest_edit TEXT NOT NULL DEFAULT '',
  discovered_by INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;`;

export interface FoundDataSource {
  readonly id: string;
  readonly database: string;
  readonly object: JsonObject;
  /** Its last_edited_time. */
  readonly edited: string;
}

export class DataSources {
  readonly #get;
  readonly #add;
  readonly #update;
  readonly #addPath;
  readonly #setOwner;
  readonly #addReference;
  readonly #inDatabase;
  readonly #withoutOwner;
  readonly #delete;

  constructor(database: StateDatabase) {
    this.#get = database.prepare<[string], { database: string; object: string | null; newestEdit: string }>(
      'SELECT database, object, newest_edit AS newestEdit FROM data_sources WHERE id = ?',
    );
    this.#add = database.prepare<[string, string]>(
      'INSERT OR IGNORE INTO data_sources (id, database) VALUES (?, ?)',
    );
    this.#update = database.prepare<[string, string, string, string]>(
      'UPDATE data_sources SET database = ?, object = ?, newest_edit = ? WHERE id = ?',
    );
    this.#addPath = database.prepare<[number, string]>(
      'UPDATE data_sources SET discovered_by = discovered_by | ? WHERE id = ?',
    );
    this.#setOwner = database.prepare<[string, string]>(
      `INSERT INTO data_sources (id, database) VALUES (?, ?)
       ON CONFLICT (id) DO UPDATE SET database = excluded.database WHERE database = ''`,
    );
    this.#addReference = database.prepare<[string, number]>(
      `INSERT OR IGNORE INTO data_sources (id, database, discovered_by) VALUES (?, '', ?)`,
    );
    this.#inDatabase = database.prepare<[string], { id: string }>(
      'SELECT id FROM data_sources WHERE database = ? ORDER BY id',
    );
    this.#withoutOwner = database.prepare<[], { id: string }>(
      `SELECT id FROM data_sources WHERE database = ''`,
    );
    this.#delete = database.prepare<[string]>('DELETE FROM data_sources WHERE id = ?');
  }

  /** Keeps a data source that was found; true when it is newer than what was kept. */
  keep({ id, database, object, edited }: FoundDataSource, path: DiscoveryPath): boolean {
    const known = this.#get.get(id);
    const isNewer = known === undefined || known.object === null || edited > known.newestEdit;
    this.#add.run(id, database);
    if (isNewer) this.#update.run(database, JSON.stringify(object), edited, id);
    this.#addPath.run(bitOf(path), id);
    return isNewer;
  }

  /** Records the database a data source belongs to, unless one is known. */
  setOwner(id: string, database: string): void {
    this.#setOwner.run(id, database);
  }

  /** Records a data source that something points at, unless it is known. */
  addReference(id: string, path: DiscoveryPath): void {
    this.#addReference.run(id, bitOf(path));
  }

  /** The database a data source belongs to, as far as it is known. */
  ownerOf(id: string): string | undefined {
    const row = this.#get.get(id);
    return row === undefined || row.database === '' ? undefined : row.database;
  }

  /** Ids of the data sources known to belong to a database. */
  inDatabase(database: string): string[] {
    return this.#inDatabase.all(database).map(({ id }) => id);
  }

  /** The object of a data source as a listing or request of this run gave it. */
  objectOf(id: string): JsonObject | undefined {
    const parsed: unknown = JSON.parse(this.#get.get(id)?.object ?? 'null');
    return isObject(parsed) ? parsed : undefined;
  }

  /** Ids of data sources that were only pointed at so far. */
  withoutOwner(): string[] {
    return this.#withoutOwner.all().map(({ id }) => id);
  }

  /** Removes a data source that was pointed at and is not visible. */
  remove(id: string): void {
    this.#delete.run(id);
  }
}
