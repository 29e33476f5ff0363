/** Comments as footnotes: a mark where each was made, its words at the end. */
import type { PhrasingContent, RootContent } from 'mdast';
import type { JsonObject } from '../../json.ts';
import { arrayAt, objectAt, stringAt } from '../../json.ts';
import { printable } from '../../names.ts';
import { compactId } from '../../notion-id.ts';
import { authorOf } from './comment-author.ts';
import type { Links } from './links.ts';
import { pathToUrl } from './links.ts';
import { linked, paragraph, text } from './nodes.ts';
import { shownTimes } from './properties.ts';
import { phrasing } from './rich-text.ts';

/** The comments of one page, numbered in the order the API gave them. */
export class CommentMarks {
  readonly #comments: readonly JsonObject[];
  readonly #page: string;
  /** Numbers by the compact id of the block or page. */
  readonly #numbers = new Map<string, number[]>();

  /**
   * @param page the page's id: comments on blocks that are not `shown` stand at its title
   * @param shown compact ids of the blocks that are rendered
   */
  constructor(comments: readonly JsonObject[], page: string, shown: ReadonlySet<string>) {
    this.#comments = comments;
    this.#page = compactId(page);
    for (const [index, comment] of comments.entries()) {
      const parent = objectAt(comment, 'parent');
      const id = compactId(stringAt(parent, 'block_id') ?? stringAt(parent, 'page_id') ?? '');
      const place = shown.has(id) ? id : this.#page;
      this.#numbers.set(place, [...(this.#numbers.get(place) ?? []), index + 1]);
    }
  }

  /** Marks of the comments on the block or page `id`. */
  of(id: string): PhrasingContent[] {
    const numbers = this.#numbers.get(compactId(id)) ?? [];
    return numbers.map((number) => ({
      type: 'footnoteReference',
      identifier: String(number),
      label: String(number),
    }));
  }

  /** The notes: author, time, words, attached files. */
  notes(links: Links): RootContent[] {
    return this.#comments.map((comment, index) => ({
      type: 'footnoteDefinition',
      identifier: String(index + 1),
      label: String(index + 1),
      children: [paragraph(commentLine(comment, links)) as never],
    }));
  }
}

function commentLine(comment: JsonObject, links: Links): PhrasingContent[] {
  const head = `${printable(authorOf(comment))}, ${printable(shownTimes(stringAt(comment, 'created_time') ?? ''))}: `;
  const attached = arrayAt(comment, 'attachments').flatMap((attachment): PhrasingContent[] => {
    const path = stringAt(objectAt(attachment, 'file'), 'path');
    const name = stringAt(attachment, 'category') ?? 'file';
    return path === undefined ? [] : [text(' '), ...linked(pathToUrl(path), [text(`[${name}]`)])];
  });
  return [text(head), ...phrasing(arrayAt(comment, 'rich_text'), links), ...attached];
}
