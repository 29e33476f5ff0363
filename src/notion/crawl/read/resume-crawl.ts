/** Prepares a checkpoint left by a killed run: what was read stays read, if its bytes are still there. */

import type { CrawlContext } from '../context/crawl-context.ts';

/** A checkpoint older than this keeps its pages, but everything is listed again. */
const staleMs = 24 * 3_600_000;

export async function resumeCrawl(context: CrawlContext): Promise<void> {
  const { state, api, startedMs } = context;
  if (!state.isResumed) return;
  state.queue.requeueInterrupted();
  state.errors.clearListings();
  if (state.progress.isComplete('first answer about comments')) context.refused.noteAnswer('comments');
  if (api.now() - startedMs > staleMs)
    for (const step of ['search', 'trash'] as const) state.progress.repeat(step);
  for (const kind of ['page', 'database'] as const) {
    for (const ids of state.queue.batches(kind, 'read')) await requeueLost(context, ids);
  }
}

async function requeueLost(context: CrawlContext, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    if (!(await isStillStored(context, id))) context.state.objects.setState(id, 'pending');
  }
}

/** True when everything the object needs is in the sink; a document lost with the process is given to it again. */
async function isStillStored({ state, sink }: CrawlContext, id: string): Promise<boolean> {
  const entries = state.entries.of(id);
  for (const { name, content } of entries) {
    if (sink.has(content)) continue;
    const bytes = name.startsWith('files/') ? undefined : state.entries.documentOf(id);
    if (bytes === undefined) return false;
    await sink.writeDocument(bytes);
  }
  return entries.length > 0;
}
