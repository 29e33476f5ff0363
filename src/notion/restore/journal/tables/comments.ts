/** The `comment` table: comments with their pages; and `comment_link`: blocks that link to a comment. */
import type { Database } from '../../../../database.ts';
import type { CompactId } from '../../../../document/notion-id.ts';

/** A block that links to a comment. */
export interface CommentLinkRecord {
  readonly block: CompactId;
  readonly comment: CompactId;
}

export class CommentTable {
  readonly #prepare: Database['prepare'];

  constructor(prepare: Database['prepare']) {
    this.#prepare = prepare;
  }

  add(comment: CompactId, page: CompactId): void {
    this.#prepare('INSERT OR REPLACE INTO comment VALUES (?, ?)').run(comment, page);
  }

  /** The comments of a page. */
  of(page: CompactId): CompactId[] {
    return this.#prepare<[string], CompactId>('SELECT id FROM comment WHERE page = ?').pluck().all(page);
  }

  addLink(page: CompactId, { block, comment }: CommentLinkRecord): void {
    this.#prepare('INSERT OR REPLACE INTO comment_link VALUES (?, ?, ?)').run(block, page, comment);
  }

  /** The links among the blocks of a page. */
  linksOf(page: CompactId): CommentLinkRecord[] {
    return this.#prepare<[string], CommentLinkRecord>(
      'SELECT block, comment FROM comment_link WHERE page = ? ORDER BY block',
    ).all(page);
  }

  /** The page of a block whose link is set after the comments are written. */
  pageOfLink(block: CompactId): CompactId | undefined {
    return this.#prepare<[string], CompactId>('SELECT page FROM comment_link WHERE block = ?')
      .pluck()
      .get(block);
  }

  linkCount(): number {
    return this.#prepare<[], number>('SELECT count(*) FROM comment_link').pluck().get() ?? 0;
  }

  /** Forgets links to comments that are not restored, and requires the copies of the blocks that remain. */
  settleLinks(): void {
    this.#prepare('DELETE FROM comment_link WHERE comment NOT IN (SELECT id FROM comment)').run();
    this.#prepare("INSERT OR IGNORE INTO wanted SELECT block, 'link' FROM comment_link").run();
  }

  /** Forgets links in and to a page whose comments need not be written: they lead to the right comment at once. */
  forgetLinks(page: CompactId): void {
    this.#prepare(
      'DELETE FROM comment_link WHERE page = ? OR comment IN (SELECT id FROM comment WHERE page = ?)',
    ).run(page, page);
  }
}
