/** The people a crawl knows: those the workspace lists, and those that documents name. */
import type { JsonObject } from '../../../document/json.ts';
import { isObject } from '../../../document/json.ts';
import type { StateDatabase } from './database/state-database.ts';

export const usersTable = 'CREATE TABLE users (id TEXT PRIMARY KEY, object TEXT) WITHOUT ROWID;';

export class Users {
  readonly #mention;
  readonly #save;
  readonly #unknown;
  readonly #list;
  readonly #count;

  constructor(database: StateDatabase) {
    this.#mention = database.prepare<[string]>('INSERT OR IGNORE INTO users VALUES (?, NULL)');
    this.#save = database.prepare<[string, string]>('INSERT OR REPLACE INTO users VALUES (?, ?)');
    this.#unknown = database.prepare<[], { id: string }>(
      'SELECT id FROM users WHERE object IS NULL ORDER BY id',
    );
    this.#list = database.prepare<[], { object: string }>(
      'SELECT object FROM users WHERE object IS NOT NULL ORDER BY id',
    );
    this.#count = database.prepare<[], { n: number }>(
      'SELECT COUNT(*) AS n FROM users WHERE object IS NOT NULL',
    );
  }

  /** Records somebody who is named, unless they are known. */
  mention(id: string): void {
    this.#mention.run(id);
  }

  save(id: string, user: JsonObject): void {
    this.#save.run(id, JSON.stringify(user));
  }

  /** Ids of people who are named and whose object is not known. */
  unknownIds(): string[] {
    return this.#unknown.all().map(({ id }) => id);
  }

  list(): JsonObject[] {
    return this.#list.all().map(({ object }) => {
      const user: unknown = JSON.parse(object);
      return isObject(user) ? user : {};
    });
  }

  count(): number {
    return this.#count.get()?.n ?? 0;
  }
}
