/** Comments where they were made: as a mark there and a footnote at the end, or as a note in the margin; or none of them. */
import type { PhrasingContent, RootContent } from 'mdast';
import type { CommentPlace } from '../../comment-places.ts';
import type { JsonObject } from '../../json.ts';
import { arrayAt, objectAt, stringAt } from '../../json.ts';
import { printable } from '../../names.ts';
import { compactId } from '../../notion-id.ts';
import { authorOf } from './comment-author.ts';
import type { Links } from './links.ts';
import { pathToUrl } from './links.ts';
import { linked, paragraph, text, withClass } from './nodes.ts';
import { shownTimes } from './properties.ts';
import { phrasing } from './rich-text.ts';

/** The comments of one page, numbered in the order the API gave them. */
export class CommentMarks {
  readonly #comments: readonly JsonObject[];
  readonly #page: string;
  readonly #links: Links;
  readonly #place: CommentPlace;
  /** Numbers by the compact id of the block or page. */
  readonly #numbers = new Map<string, number[]>();

  /**
   * @param page the page's id: comments on blocks that are not `shown` stand at its title
   * @param shown compact ids of the blocks that are rendered
   */
  constructor(
    comments: readonly JsonObject[],
    page: string,
    shown: ReadonlySet<string>,
    { links, place }: { readonly links: Links; readonly place: CommentPlace },
  ) {
    this.#comments = place === 'none' ? [] : comments;
    this.#page = compactId(page);
    this.#links = links;
    this.#place = place;
    for (const [index, comment] of this.#comments.entries()) {
      const parent = objectAt(comment, 'parent');
      const id = compactId(stringAt(parent, 'block_id') ?? stringAt(parent, 'page_id') ?? '');
      const owner = shown.has(id) ? id : this.#page;
      this.#numbers.set(owner, [...(this.#numbers.get(owner) ?? []), index + 1]);
    }
  }

  /** Marks of the comments on the block or page `id`, or the comments themselves in the margin. */
  of(id: string): PhrasingContent[] {
    const numbers = this.#numbers.get(compactId(id)) ?? [];
    if (this.#place === 'margin') return numbers.flatMap((number) => this.#inMargin(number));
    return numbers.map((number) => ({
      type: 'footnoteReference',
      identifier: String(number),
      label: String(number),
    }));
  }

  #inMargin(number: number): PhrasingContent[] {
    const comment = this.#comments[number - 1];
    if (comment === undefined) return [];
    const children = commentLine(comment, this.#links);
    return [{ type: 'marginNote', children, data: withClass('span', 'margin-note') }];
  }

  /** The footnotes: author, time, words, attached files. */
  notes(): RootContent[] {
    if (this.#place !== 'footnotes') return [];
    const links = this.#links;
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
