/** Compares the comments of a page with those of its copy. */
import type { PageDocument } from '../documents.ts';
import { Gaps } from '../gaps.ts';
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import { plainText } from '../rich-text.ts';
import type { Finding } from './block-diff.ts';
import type { CompareContext } from './context.ts';
import { expectedRuns } from './expected-runs.ts';
import { fileForm } from './file-form.ts';
import type { OriginalId } from './references.ts';
import { sameId } from './references.ts';
import { richTextForm } from './rich-text-form.ts';

/**
 * A copied comment keeps its words, files, place and thread; its author and time can only stand in front of the words.
 * The two pages' threads are matched by the place of a comment in its thread. Where one side was not read for comments,
 * nothing is lost or extra.
 */
export function compareComments(
  originalPage: PageDocument,
  copyPage: PageDocument,
  { originalOf, destination, comments = 'all' }: CompareContext,
): Finding[] {
  const gaps = [new Gaps(originalPage), new Gaps(copyPage)] as const;
  const unread = new Set([
    ...gaps[0].of('comments').map(({ id }) => sameId(id)),
    ...gaps[1].of('comments').map(({ id }) => originalOf(id)),
  ]);
  const isCompared = (comment: JsonObject, id: OriginalId): boolean =>
    comments !== 'none' &&
    !(comments === 'pages' && objectAt(comment, 'parent')?.block_id !== undefined) &&
    !unread.has(commentParent(comment, id));
  const original = originalPage.comments.filter((comment) => isCompared(comment, sameId));
  const copy = copyPage.comments.filter((comment) => isCompared(comment, originalOf));
  const left = copy.map((comment) => commentForm(comment, copy, originalOf));
  const findings = original.flatMap((comment, index): Finding[] => {
    const findings: Finding[] = [];
    const at = `comments/${index}`;
    const impossible = (what: string) => findings.push({ verdict: 'impossible', what, at });
    const runs = expectedRuns(arrayAt(comment, 'rich_text'), destination, impossible);
    const form = commentForm({ ...comment, rich_text: runs }, original, sameId);
    const same = left.findIndex((other) => isSame(form, other));
    const near = same === -1 ? left.findIndex((other) => other.words.includes(form.words)) : same;
    const [found] = near === -1 ? [] : left.splice(near, 1);
    const verdict = found === undefined ? 'lost' : same === -1 ? 'approximated' : 'exact';
    return [
      ...findings,
      { verdict, what: 'comment', at },
      ...(found === undefined ? [] : compareAuthors(form, found, at)),
      { verdict: 'impossible', what: 'author and time of a comment', at },
    ];
  });
  return [
    ...findings,
    ...left.map((_, index): Finding => ({ verdict: 'extra', what: 'comment', at: `comments/+${index}` })),
  ];
}

/** The name under which the original shows its author, where it does; a name takes 100 characters. */
function compareAuthors({ author }: CommentForm, copy: CommentForm, at: string): Finding[] {
  if (author === '') return [];
  const isSameAuthor = copy.author === author.slice(0, 100);
  const what = 'name of a comment';
  return [{ verdict: isSameAuthor ? 'exact' : 'lost', what, at, original: author, copy: copy.author }];
}

interface CommentForm {
  /** The name that is shown as its author's; empty when none is told. */
  readonly author: string;
  readonly words: string;
  readonly runs: readonly Json[];
  readonly files: Json;
  readonly parentId: string;
  /** Place among the comments of its thread. */
  readonly position: number;
}

/** The page or block that a comment is on. */
function commentParent(comment: JsonObject, original: OriginalId): string {
  const parent = objectAt(comment, 'parent');
  return original(stringAt(parent, 'block_id') ?? stringAt(parent, 'page_id') ?? '');
}

function commentForm(comment: JsonObject, all: readonly JsonObject[], original: OriginalId): CommentForm {
  const runs = arrayAt(comment, 'rich_text');
  const thread = all.filter((other) => other.discussion_id === comment.discussion_id);
  return {
    author: stringAt(objectAt(comment, 'display_name'), 'resolved_name') ?? '',
    words: plainText(runs),
    runs: richTextForm(runs, original),
    files: arrayAt(comment, 'attachments').map((attachment) => fileForm(attachment)),
    parentId: commentParent(comment, original),
    position: thread.findIndex((other) => other.id === comment.id),
  };
}

/** True when the copy ends with what was expected; the text before it is free, and holds author and time. */
function isSame(expected: CommentForm, copy: CommentForm): boolean {
  const [first, ...rest] = copy.runs.slice(copy.runs.length - expected.runs.length);
  const words = stringAt(expected.runs[0] ?? null, 'text');
  const isHeaded = words !== undefined && (stringAt(first ?? null, 'text') ?? '').endsWith(words);
  const runs =
    first === undefined ? [] : [isHeaded && isObject(first) ? { ...first, text: words } : first, ...rest];
  const textOf = ({ files, parentId, position }: CommentForm, shown: readonly Json[]) =>
    JSON.stringify([shown, files, parentId, position]);
  return textOf(expected, expected.runs) === textOf(copy, expected.runs.length === 0 ? [] : runs);
}
