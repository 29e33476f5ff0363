/**
 * The `wanted` table: blocks whose copies' ids must be known after writing; and `block_home`: originals of synced blocks
 * with the pages they lie on.
 */
import type { Database } from '../../../../database.ts';
import type { CompactId } from '../../../../document/notion-id.ts';

/** The use of a copy's id: a copy of a synced block, a comment on the block, or a link set later. */
export type IdUse = 'synced' | 'comment' | 'link';

/** The location of an original of a synced block. */
export interface BlockHome {
  readonly page: CompactId;
  /** Index of the top-level block of the page that it is or lies in. */
  readonly first: number;
}

/** Stands in the table for every block. */
const everyBlock = '*';

export class BlockTable {
  readonly #prepare: Database['prepare'];

  constructor(prepare: Database['prepare']) {
    this.#prepare = prepare;
  }

  /** Records that the id of the block's copy must be known. */
  want(block: CompactId, use: IdUse): void {
    this.#prepare('INSERT OR IGNORE INTO wanted VALUES (?, ?)').run(block, use);
  }

  /** Records that the id of every block's copy must be known. */
  wantAll(): void {
    this.#prepare("INSERT OR IGNORE INTO wanted VALUES (?, 'all')").run(everyBlock);
  }

  isWanted(block: CompactId): boolean {
    return (
      this.#prepare('SELECT block FROM wanted WHERE block IN (?, ?)').get(block, everyBlock) !== undefined
    );
  }

  addHome(block: CompactId, { page, first }: BlockHome): void {
    this.#prepare('INSERT OR REPLACE INTO block_home VALUES (?, ?, ?)').run(block, page, first);
  }

  homeOf(block: CompactId): BlockHome | undefined {
    return this.#prepare<[string], BlockHome>('SELECT page, first FROM block_home WHERE block = ?').get(
      block,
    );
  }

  /** Originals of synced blocks on a page. */
  originalsOn(page: CompactId): CompactId[] {
    return this.#prepare<[string], CompactId>('SELECT block FROM block_home WHERE page = ?')
      .pluck()
      .all(page);
  }
}
