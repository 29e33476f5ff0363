/** The custom emoji that documents use. */
import type { Json, JsonObject } from '../../../document/json.ts';
import type { StateDatabase } from './database/state-database.ts';

export const customEmojisTable =
  'CREATE TABLE emojis (id TEXT PRIMARY KEY, object TEXT NOT NULL) WITHOUT ROWID;';

export class CustomEmojis {
  readonly #add;
  readonly #list;

  constructor(database: StateDatabase) {
    this.#add = database.prepare<[string, string]>('INSERT OR IGNORE INTO emojis VALUES (?, ?)');
    this.#list = database.prepare<[], { object: string }>('SELECT object FROM emojis');
  }

  /** Records an emoji in use, unless it is known. */
  add(id: string, emoji: JsonObject): void {
    this.#add.run(id, JSON.stringify(emoji));
  }

  list(): Json[] {
    return this.#list.all().map(({ object }) => JSON.parse(object));
  }
}
