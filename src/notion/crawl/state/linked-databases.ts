/** The blocks that show a linked view of databases elsewhere: they read as databases, but none exists. */
import type { StateDatabase } from './database/state-database.ts';

export const linkedDatabasesTable =
  'CREATE TABLE linked (id TEXT PRIMARY KEY, container TEXT, reason TEXT NOT NULL) WITHOUT ROWID;';

export interface LinkedDatabase {
  readonly id: string;
  /** The page whose blocks show it. */
  readonly container: string | null;
  readonly reason: string;
}

export class LinkedDatabases {
  readonly #put;
  readonly #list;

  constructor(database: StateDatabase) {
    this.#put = database.prepare<[string, string | null, string]>(
      'INSERT OR REPLACE INTO linked VALUES (?, ?, ?)',
    );
    this.#list = database.prepare<[number], LinkedDatabase>(
      'SELECT id, container, reason FROM linked ORDER BY id LIMIT ?',
    );
  }

  add({ id, container, reason }: LinkedDatabase): void {
    this.#put.run(id, container, reason);
  }

  list(limit: number): LinkedDatabase[] {
    return this.#list.all(limit);
  }
}
