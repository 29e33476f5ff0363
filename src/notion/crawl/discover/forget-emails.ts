/** Writes the documents of pages taken over anew without the addresses of people, where the previous snapshot kept those. */
import type { CrawlContext } from '../context/crawl-context.ts';
import { documentEntry } from '../context/holdings.ts';
import { keepStoredMedia } from '../read/keep-stored-media.ts';
import { ObjectFiles } from '../read/object-files.ts';
import { readPreviousDocument } from '../read/previous-document.ts';
import { writeDocument } from '../read/write-document.ts';

/** Does nothing when the previous snapshot has no addresses, or this one is to have them. */
export async function forgetEmails(context: CrawlContext): Promise<void> {
  if (!context.plan.dropsEmails) return;
  for (const state of ['previous', 'reused'] as const)
    for (const ids of context.state.queue.batches('page', state))
      for (const id of ids) await rewrite(context, id);
}

/** Documents of the previous snapshot are read without addresses: only those that had one differ when written again. */
async function rewrite(context: CrawlContext, id: string): Promise<void> {
  const previous = context.previous.get(id);
  const document = await readPreviousDocument(context, id);
  if (previous === undefined || document === undefined) return;
  const files = new ObjectFiles(context, id);
  keepStoredMedia(context, id, document, files);
  const written = await writeDocument(context, id, 'page.json', document, files, previous.edited);
  const before = documentEntry(previous.files)?.content.chunks.join();
  if (documentEntry(written.entries)?.content.chunks.join() === before) return;
  context.state.transaction(() => {
    context.state.entries.save(written);
    context.state.objects.markRewritten(id, previous.edited);
  });
}
