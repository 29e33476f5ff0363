/** The conversion of one object for the target: looks up copies and facts in the journal. */
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import type { Journal } from '../journal/journal.ts';
import type { CommentLink, Conversion } from './conversion.ts';

/** The free plan's limit: every workspace takes files of this size. */
export const freePlanBytes = 5 * 1024 * 1024;

/** The conversion of the parts of the object in `path`; losses are noted under that path. */
export function conversionFor(journal: Journal, path: string, markers: boolean): Conversion {
  const { target } = journal;
  return {
    object: (id) => objectFor(journal, compactId(id)),
    commentLink: (block, comment) => commentLink(journal, compactId(block), compactId(comment)),
    person: (id) => target.personFor(compactId(id)) ?? undefined,
    customEmoji: (id) => target.emojiFor(compactId(id)) ?? undefined,
    customEmojiFile: (id) => target.emojiFile(compactId(id)),
    maxFileBytes: Number(journal.meta('max file bytes') ?? freePlanBytes),
    markers,
    note: (outcome, kind, id, reason) =>
      journal.notes.add({ id: compactId(id), kind, outcome, reason, path }),
    unread: (block) => journal.gaps.reasonOfBlocks(block),
    truncated: (property) => journal.gaps.reasonOfValue(path, property),
    wantsId: (block) => journal.blocks.isWanted(compactId(block)),
    attach: () => {},
  };
}

/** The copy's id, or the same one when the original still exists. */
function objectFor({ ids, target }: Journal, id: CompactId): string | undefined {
  const copy = ids.copyOf(id);
  if (copy !== undefined) return copy;
  const isPresent = (['object', 'block'] as const).some((kind) => target.presenceOf(kind, id) === 'present');
  return isPresent ? dashedId(id) : undefined;
}

function commentLink(journal: Journal, block: CompactId, comment: CompactId): CommentLink | undefined {
  const copy = journal.ids.copyOf(comment);
  if (copy !== undefined) return { payload: { type: 'comment_id', comment_id: copy }, toOriginal: false };
  const page = journal.comments.pageOfLink(block);
  const presence = journal.target.presenceOf('comment', comment);
  if (presence === 'present' || presence === 'unchanged')
    return {
      payload: { type: 'comment_id', comment_id: dashedId(comment) },
      toOriginal: presence === 'present' && page === undefined,
    };
  const pageCopy = page === undefined ? undefined : journal.ids.copyOf(page);
  if (pageCopy === undefined) return undefined;
  return { payload: { type: 'page_id', page_id: pageCopy }, toOriginal: false };
}
