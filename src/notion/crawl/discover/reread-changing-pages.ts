/**
 * Reads pages again that were edited while they were read: a search of what was edited since the crawl began shows, for
 * a request or two, whose time moved after its page object had been fetched. They are read again a few times at most; a
 * page that keeps changing is kept as it was last read and marked (`torn` in the document).
 */

import { canonicalBytes } from '../../../document/canonical.ts';
import { isObject } from '../../../document/json.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { isRefusal, reasonOf } from '../context/read-api.ts';
import type { ReadQueue } from '../read/read-queue.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';
import { discoverBySearch } from './discover-search.ts';

const maxRounds = 3;

/** Edit times are whole minutes, and clocks differ a little. */
const overlapMs = 2 * 60_000;

export async function rereadChangingPages(context: CrawlContext, queue: ReadQueue): Promise<void> {
  if (context.state.counters.get('pages_read') === 0) return;
  for (let round = 0; round < maxRounds; round += 1) {
    if (!(await findEdits(context)) || requeueChanged(context) === 0) return;
    await queue.readAll();
  }
  if (!(await findEdits(context))) return;
  for (const id of context.state.queue.changedPages()) await markChanged(context, id);
  // Objects discovered only now are new, not changed.
  await queue.readAll();
}

/** Records what was edited since the crawl began; false when search cannot tell. */
async function findEdits(context: CrawlContext): Promise<boolean> {
  try {
    await discoverBySearch(context, context.startedMs - overlapMs);
    return true;
  } catch (error) {
    if (error instanceof EndOfRun) throw error;
    if (isRefusal(error)) context.refused.add('search for edits', reasonOf(error));
    else context.state.errors.addListing('edits during the crawl', reasonOf(error));
    return false;
  }
}

/** Puts changed pages among those to be read, beside those the search itself put there. @returns how many there are */
function requeueChanged({ state }: CrawlContext): number {
  state.queue.rereadChanged();
  return state.queue.count('ready', 'pending');
}

async function markChanged(context: CrawlContext, id: string): Promise<void> {
  const { state } = context;
  const bytes = state.entries.documentOf(id);
  const document: unknown = bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString('utf8'));
  if (!isObject(document)) return;
  const documentBytes = canonicalBytes({ ...document, torn: true });
  const content = await context.sink.writeDocument(documentBytes);
  state.transaction(() => {
    const entries = state.entries
      .of(id)
      .map((entry) => (entry.name === 'page.json' ? { ...entry, content } : entry));
    state.entries.save({ id, entries, documentBytes });
    state.objects.markChangedWhileRead(id);
  });
}
