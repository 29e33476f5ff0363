/** Writes the documents of pages taken over anew without the addresses of people, where the previous snapshot kept those. */
import type { CrawlContext } from '../context/crawl-context.ts';
import { readPreviousDocument } from '../read/previous-document.ts';
import { rewriteCarried } from './rewrite-carried.ts';

/** Does nothing when the previous snapshot has no addresses, or this one is to have them. */
export async function forgetEmails(context: CrawlContext): Promise<void> {
  if (!context.plan.dropsEmails) return;
  for (const state of ['previous', 'reused'] as const)
    for (const ids of context.state.queue.batches('page', state))
      for (const id of ids) {
        // Documents of the previous snapshot are read without addresses: only those that had one differ when written again.
        const document = await readPreviousDocument(context, id);
        if (document !== undefined) await rewriteCarried(context, id, document);
      }
}
