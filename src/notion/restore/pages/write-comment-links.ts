/** Lets blocks that link to a comment lead to its copy. Comments are written last, so these blocks are changed after. */

import { KlosetError } from '../../../errors.ts';
import type { RestoredObject } from '../journal/objects.ts';
import type { RestoreContext } from '../requests/restore-context.ts';

/**
 * Carries out a `links` step. Until then each block leads to the original, or to its own page where that is gone.
 * @throws KlosetError `incomplete` when a comment was not written; the other links of the page are set all the same
 */
export async function writeCommentLinks(context: RestoreContext, object: RestoredObject): Promise<void> {
  const { journal, writer } = context;
  const links = journal
    .prepare<[string], { block: string; comment: string }>(
      'SELECT block, comment FROM comment_link WHERE page = ? ORDER BY block',
    )
    .all(object.id);
  let missing = 0;
  for (const { block, comment } of links) {
    const id = journal.newId(block);
    // What became of a block that is not there was said when it was not written.
    if (id === undefined) continue;
    const target = journal.newId(comment);
    if (target === undefined) missing += 1;
    else
      await writer.write({
        key: `link ${block}`,
        request: () => ({
          method: 'patch',
          path: `blocks/${id}`,
          body: { link_to_page: { comment_id: target } },
          effect: 'write',
        }),
        keep: () => ({}),
      });
  }
  if (missing > 0)
    throw new KlosetError(
      'incomplete',
      `${missing} link(s) to comments that were not restored do not lead where they should.`,
    );
}
