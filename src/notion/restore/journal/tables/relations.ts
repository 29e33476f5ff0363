/**
 * The `relation` table: relation values of rows; and `skipped_relation`: sides of dual relations that are not written,
 * since they appear by themselves when the other side is.
 */
import type { Database } from '../../../../database.ts';
import type { CompactId } from '../../../../document/notion-id.ts';
import { decodedPropertyId } from '../../../../document/notion-id.ts';

export class RelationTable {
  readonly #prepare: Database['prepare'];

  constructor(prepare: Database['prepare']) {
    this.#prepare = prepare;
  }

  /** Adds one value: `row` names `target` at `place` of `property`. */
  add(row: CompactId, property: string, place: number, target: CompactId): void {
    this.#prepare('INSERT OR REPLACE INTO relation VALUES (?, ?, ?, ?)').run(
      row,
      decodedPropertyId(property),
      place,
      target,
    );
  }

  /** The relation values of a row, in order. */
  of(row: CompactId): { readonly property: string; readonly target: CompactId }[] {
    return this.#prepare<[string], { property: string; target: CompactId }>(
      'SELECT property, target FROM relation WHERE row = ? ORDER BY property, place',
    ).all(row);
  }

  /** The largest number of pages one row of `source` names in `property`. */
  maxLength(source: CompactId, property: string): number {
    const length = this.#prepare<[string, string], number | null>(
      `SELECT max(length) FROM (SELECT count(*) AS length FROM relation JOIN object ON object.id = relation.row
        WHERE object.source = ? AND relation.property = ? GROUP BY relation.row)`,
    )
      .pluck()
      .get(source, property);
    return length ?? 0;
  }

  /** Records that values of this relation are not written. */
  skip(source: CompactId, property: string): void {
    this.#prepare('INSERT OR IGNORE INTO skipped_relation VALUES (?, ?)').run(source, property);
  }

  isSkipped(source: CompactId, property: string): boolean {
    return (
      this.#prepare('SELECT 1 FROM skipped_relation WHERE source = ? AND property = ?').get(
        source,
        decodedPropertyId(property),
      ) !== undefined
    );
  }
}
