/** The comments of two versions of a page, matched by their ids. */
import type { PageDocument } from '../documents.ts';
import { Gaps } from '../gaps.ts';
import type { JsonObject } from '../json.ts';
import { objectAt, stringAt } from '../json.ts';
import { plainText } from '../rich-text.ts';
import type { Change } from './change.ts';
import { isSame } from './forms.ts';
import { matched } from './lists.ts';

/** Comments that came, went or were edited. Notion's API no longer lists a resolved one. */
export function diffComments(before: PageDocument, after: PageDocument): Change[] {
  const [old, now] = [new Gaps(before), new Gaps(after)];
  const { added, removed, both } = matched(before.comments, after.comments);
  return [
    ...removed.map((comment) => oneSided('removed', comment, now)),
    ...both.flatMap(({ id, before: was, after: is }): Change[] =>
      isSame(was.rich_text, is.rich_text) && isSame(was.attachments, is.attachments)
        ? []
        : [{ kind: 'changed', part: 'comment', id, name: 'comment', before: words(was), after: words(is) }],
    ),
    ...added.map((comment) => oneSided('added', comment, old)),
  ];
}

function oneSided(kind: 'added' | 'removed', comment: JsonObject, other: Gaps): Change {
  const parent = objectAt(comment, 'parent');
  const gap = other.ofComments(stringAt(parent, 'block_id') ?? stringAt(parent, 'page_id') ?? '');
  const text = kind === 'added' ? { after: words(comment) } : { before: words(comment) };
  const common = { part: 'comment', id: stringAt(comment, 'id') ?? '', name: 'comment', ...text } as const;
  return gap === undefined ? { kind, ...common } : { kind: 'unknown', ...common, reason: gap.reason };
}

function words(comment: JsonObject): string {
  return plainText(comment.rich_text);
}
