/** Compares the comments of a page with those of its copy. */
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
 * The two pages' threads are matched by the place of a comment in its thread.
 */
export function compareComments(
  original: readonly JsonObject[],
  copy: readonly JsonObject[],
  { originalOf, destination }: CompareContext,
): Finding[] {
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
      { verdict: 'impossible', what: 'author and time of a comment', at },
    ];
  });
  return [
    ...findings,
    ...left.map((_, index): Finding => ({ verdict: 'extra', what: 'comment', at: `comments/+${index}` })),
  ];
}

interface CommentForm {
  readonly words: string;
  readonly runs: readonly Json[];
  readonly files: Json;
  readonly parentId: string;
  /** Place among the comments of its thread. */
  readonly position: number;
}

function commentForm(comment: JsonObject, all: readonly JsonObject[], original: OriginalId): CommentForm {
  const parent = objectAt(comment, 'parent');
  const runs = arrayAt(comment, 'rich_text');
  const thread = all.filter((other) => other.discussion_id === comment.discussion_id);
  return {
    words: plainText(runs),
    runs: richTextForm(runs, original),
    files: arrayAt(comment, 'attachments').map((attachment) => fileForm(attachment)),
    parentId: original(stringAt(parent, 'block_id') ?? stringAt(parent, 'page_id') ?? ''),
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
