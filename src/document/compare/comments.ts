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
    const same = left.findIndex((other) => saysSame(form, other));
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
  readonly home: string;
  /** Place among the comments of its thread. */
  readonly turn: number;
}

function commentForm(comment: JsonObject, all: readonly JsonObject[], original: OriginalId): CommentForm {
  const parent = objectAt(comment, 'parent');
  const runs = arrayAt(comment, 'rich_text');
  const thread = all.filter((other) => other.discussion_id === comment.discussion_id);
  return {
    words: plainText(runs),
    runs: richTextForm(runs, original),
    files: arrayAt(comment, 'attachments').map((attachment) => fileForm(attachment)),
    home: original(stringAt(parent, 'block_id') ?? stringAt(parent, 'page_id') ?? ''),
    turn: thread.findIndex((other) => other.id === comment.id),
  };
}

/** Whatever stands before the words is the writer's to choose. */
function saysSame(expected: CommentForm, copy: CommentForm): boolean {
  const [first, ...rest] = copy.runs.slice(copy.runs.length - expected.runs.length);
  const words = stringAt(expected.runs[0] ?? null, 'text');
  const headed = words !== undefined && (stringAt(first ?? null, 'text') ?? '').endsWith(words);
  const runs =
    first === undefined ? [] : [headed && isObject(first) ? { ...first, text: words } : first, ...rest];
  const told = ({ files, home, turn }: CommentForm, shown: readonly Json[]) =>
    JSON.stringify([shown, files, home, turn]);
  return told(expected, expected.runs) === told(copy, expected.runs.length === 0 ? [] : runs);
}
