/** Lets blocks that link to a comment lead to its copy. Comments are written last, so these blocks are changed after. */

import { KlosetError } from '../../../errors.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { RestoreContext } from '../requests/restore-context.ts';

/**
 * Executes a `links` step. Until then each block leads to the original, or to its own page where that is gone.
 * @throws KlosetError `incomplete` when a comment was not written; the other links of the page are set all the same
 */
export async function writeCommentLinks(context: RestoreContext, object: RestoredObject): Promise<void> {
  const { journal, writer } = context;
  let missing = 0;
  for (const { block, comment } of journal.comments.linksOf(object.id)) {
    const id = journal.ids.copyOf(block);
    // A block that does not exist was reported when it was not written.
    if (id === undefined) continue;
    const target = journal.ids.copyOf(comment);
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
