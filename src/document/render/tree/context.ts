/** The surroundings of the blocks of one page. */

import type { CommentMarks } from './comments.ts';
import type { Links } from './links.ts';

export interface PageContext {
  readonly links: Links;
  readonly comments: CommentMarks;
  /** The headings of the page, in order. */
  readonly headings: readonly PageHeading[];
  /** The anchors set so far: a synced block shows blocks a second time, and an `id` stands once in a page. */
  readonly anchors: Set<string>;
}

/** A heading as the table of contents shows it. */
export interface PageHeading {
  /** The id of its block. */
  readonly id: string;
  /** Its anchor where Markdown is shown, as GitHub makes it. */
  readonly slug: string;
  /** 1 to 4, as Notion counts. */
  readonly level: number;
  readonly title: string;
}
