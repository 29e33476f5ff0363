/**
 * The `item` table: the children of each page as a restore creates them, namely segments of consecutive blocks, and the
 * objects between and inside them.
 */
import type { Database } from '../../../../database.ts';
import type { CompactId } from '../../../../document/notion-id.ts';

/** An item of a page: a segment of blocks, or an object among (`child`) or inside (`nested`) the blocks. */
export interface PageItem {
  readonly place: number;
  readonly kind: 'segment' | 'child' | 'nested';
  /** Index of its first block, and of the one after its last. */
  readonly first: number;
  readonly past: number;
  readonly child: CompactId | null;
}

export class PageItemTable {
  readonly #prepare: Database['prepare'];

  constructor(prepare: Database['prepare']) {
    this.#prepare = prepare;
  }

  /** The items of a page, in order. */
  of(page: CompactId): PageItem[] {
    return this.#prepare<[string], PageItem>(
      'SELECT place, kind, first, past, child FROM item WHERE page = ? ORDER BY place',
    ).all(page);
  }

  /** Replaces the items of a page. */
  set(page: CompactId, items: readonly Omit<PageItem, 'place'>[]): void {
    this.#prepare('DELETE FROM item WHERE page = ?').run(page);
    const insert = this.#prepare(
      'INSERT INTO item (page, place, kind, first, past, child) VALUES (?, ?, ?, ?, ?, ?)',
    );
    items.forEach((item, place) => {
      insert.run(page, place, item.kind, item.first, item.past, item.child);
    });
  }

  /** The place of the segment that holds the block at `index` of a page. */
  segmentAt(page: CompactId, index: number): number | undefined {
    return this.#prepare<[string, number, number], number>(
      "SELECT place FROM item WHERE page = ? AND kind = 'segment' AND first <= ? AND past > ? LIMIT 1",
    )
      .pluck()
      .get(page, index, index);
  }
}
