/** The `gap` table: parts of the objects to be restored that the snapshot does not have. */
import type { Database } from '../../../../database.ts';
import type { Gap } from '../../../../document/documents.ts';
import type { NotInSnapshot } from '../../../../document/gaps.ts';
import { compactId, decodedPropertyId } from '../../../../document/notion-id.ts';

/** Prefix of the gap of a value that was not completed; the property's name follows. */
const propertyPrefix = 'property ';

export class GapTable {
  readonly #prepare: Database['prepare'];

  constructor(prepare: Database['prepare']) {
    this.#prepare = prepare;
  }

  /** Adds the gaps of the object at `path`. */
  add(path: string, gaps: readonly Gap[]): void {
    for (const { what, id, reason } of gaps)
      this.#prepare('INSERT OR IGNORE INTO gap (path, what, id, reason, key) VALUES (?, ?, ?, ?, ?)').run(
        path,
        what,
        id,
        reason,
        what.startsWith(propertyPrefix) ? decodedPropertyId(id) : compactId(id),
      );
  }

  /** Every gap, by path. */
  all(): NotInSnapshot[] {
    return this.#prepare<[], NotInSnapshot>(
      'SELECT path, what, id, reason FROM gap ORDER BY path, what, id',
    ).all();
  }

  /** The gaps of the object at `path`. */
  of(path: string): NotInSnapshot[] {
    return this.#prepare<[string], NotInSnapshot>(
      'SELECT path, what, id, reason FROM gap WHERE path = ? ORDER BY what, id',
    ).all(path);
  }

  /** The reason why the blocks below a page or block are missing, or a part of them. */
  reasonOfBlocks(id: string): string | undefined {
    return this.#prepare<[string], string>("SELECT reason FROM gap WHERE key = ? AND what LIKE 'block%'")
      .pluck()
      .get(compactId(id));
  }

  /** The reason why a value of the row at `path` is truncated. `property` is the property's id. */
  reasonOfValue(path: string, property: string): string | undefined {
    return this.#prepare<[string, string, string], string>(
      'SELECT reason FROM gap WHERE path = ? AND what LIKE ? AND key = ?',
    )
      .pluck()
      .get(path, `${propertyPrefix}%`, decodedPropertyId(property));
  }
}
