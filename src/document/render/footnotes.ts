/** Comments as Markdown footnotes. */
import type { JsonObject } from '../json.ts';
import { objectAt, stringAt } from '../json.ts';
import { plainText } from '../rich-text.ts';
import { authorOf } from './comment-author.ts';
import { escapeMarkdown } from './markdown-text.ts';

/** Comments of one page: `[^1]` where they belong, their words at the end. */
export class Footnotes {
  readonly #comments: readonly JsonObject[];

  constructor(comments: readonly JsonObject[]) {
    this.#comments = comments;
  }

  /** Marks of the comments on the block or page `id`. */
  marksOf(id: string): string {
    return this.#comments
      .map((comment, index) => (parentOf(comment) === id && id !== '' ? `[^${index + 1}]` : ''))
      .join('');
  }

  /** The notes, one a line. */
  text(): string {
    return this.#comments.map((comment, index) => `[^${index + 1}]: ${commentLine(comment)}`).join('\n');
  }
}

function parentOf(comment: JsonObject): string {
  const parent = objectAt(comment, 'parent');
  return stringAt(parent, 'page_id') ?? stringAt(parent, 'block_id') ?? '';
}

/** A comment on one line: author, time, words. */
function commentLine(comment: JsonObject): string {
  const words = escapeMarkdown(plainText(comment.rich_text)).replaceAll('\n', ' ');
  return `${escapeMarkdown(authorOf(comment))}, ${stringAt(comment, 'created_time') ?? ''}: ${words}`;
}
