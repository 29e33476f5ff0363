/** Conversion before anything exists: for sizes and shapes. */

import { compactId } from '../../../document/notion-id.ts';
import type { Journal } from '../journal/journal.ts';
import type { Conversion } from '../requests/conversion.ts';
import { unknownId } from '../requests/conversion.ts';

/** A conversion in which every referred object exists, with ids of the right length. */
export function dryConversion(journal: Journal): Conversion {
  return {
    object: () => unknownId,
    commentLink: () => ({ payload: { type: 'comment_id', comment_id: unknownId }, toOriginal: false }),
    person: () => unknownId,
    customEmoji: () => unknownId,
    customEmojiFile: () => undefined,
    maxFileBytes: Number.MAX_SAFE_INTEGER,
    markers: true,
    note: () => {},
    unread: (block) => journal.gaps.reasonOfBlocks(block),
    truncated: () => undefined,
    wantsId: (block) => journal.blocks.isWanted(compactId(block)),
    attach: () => {},
  };
}
