/** The database that a row lies in by the schema of a relation that names it, though nothing listed the row. */
import type { StateDatabase } from './database/state-database.ts';

export const relationsTables = `
CREATE TABLE relations (
  source TEXT NOT NULL, property TEXT NOT NULL, database TEXT NOT NULL, PRIMARY KEY (source, property)
) WITHOUT ROWID;
CREATE TABLE related (row TEXT PRIMARY KEY, source TEXT NOT NULL, property TEXT NOT NULL) WITHOUT ROWID;`;

/** A relation: a property, by its id, of a data source. */
export interface Relation {
  readonly source: string;
  readonly property: string;
}

export class Relations {
  readonly #put;
  readonly #name;
  readonly #get;

  constructor(database: StateDatabase) {
    this.#put = database.prepare<[string, string, string]>(
      'INSERT OR REPLACE INTO relations VALUES (?, ?, ?)',
    );
    this.#name = database.prepare<[string, string, string]>('INSERT OR IGNORE INTO related VALUES (?, ?, ?)');
    this.#get = database.prepare<[string], { database: string }>(
      'SELECT database FROM related JOIN relations USING (source, property) WHERE row = ?',
    );
  }

  /** Records the database that a relation leads to. */
  set({ source, property }: Relation, database: string): void {
    this.#put.run(source, property, database);
  }

  /** Records that a relation names a row. */
  name({ source, property }: Relation, row: string): void {
    this.#name.run(row, source, property);
  }

  /** The database that a row lies in which some relation names, as far as schemas tell. */
  databaseOf(row: string): string | undefined {
    return this.#get.get(row)?.database;
  }
}
