/** The `fact` table: single values by kind and id. Private to the classes that give the kinds their names and types. */
import type { Database } from '../../../../database.ts';

export class FactTable {
  readonly #prepare: Database['prepare'];

  constructor(prepare: Database['prepare']) {
    this.#prepare = prepare;
  }

  get(kind: string, id: string): string | undefined {
    return this.#prepare<[string, string], string>('SELECT value FROM fact WHERE kind = ? AND id = ?')
      .pluck()
      .get(kind, id);
  }

  /** Every id of a kind with its value. */
  all(kind: string): { readonly id: string; readonly value: string }[] {
    return this.#prepare<[string], { id: string; value: string }>(
      'SELECT id, value FROM fact WHERE kind = ? ORDER BY id',
    ).all(kind);
  }

  has(kind: string, id: string): boolean {
    return this.get(kind, id) !== undefined;
  }

  set(kind: string, id: string, value: string): void {
    this.#prepare('INSERT OR REPLACE INTO fact VALUES (?, ?, ?)').run(kind, id, value);
  }
}
