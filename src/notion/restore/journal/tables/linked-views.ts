/** The `linked_view` table: views of linked databases, which only show data sources of others. */
import type { Database } from '../../../../database.ts';
import type { JsonObject } from '../../../../document/json.ts';
import { isObject } from '../../../../document/json.ts';
import type { CompactId } from '../../../../document/notion-id.ts';

export class LinkedViewTable {
  readonly #prepare: Database['prepare'];

  constructor(prepare: Database['prepare']) {
    this.#prepare = prepare;
  }

  add(database: CompactId, place: number, view: JsonObject): void {
    this.#prepare('INSERT OR REPLACE INTO linked_view VALUES (?, ?, ?)').run(
      database,
      place,
      JSON.stringify(view),
    );
  }

  has(database: CompactId): boolean {
    return (
      this.#prepare('SELECT database FROM linked_view WHERE database = ? LIMIT 1').get(database) !== undefined
    );
  }

  /** The views of a linked database, in order. */
  of(database: CompactId): JsonObject[] {
    return this.#prepare<[string], string>('SELECT view FROM linked_view WHERE database = ? ORDER BY place')
      .pluck()
      .all(database)
      .map((text): unknown => JSON.parse(text))
      .filter(isObject);
  }
}
