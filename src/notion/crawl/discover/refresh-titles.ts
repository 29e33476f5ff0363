/**
 * Gives the blocks of pages that are taken over the titles that the pages and databases behind them have now: Notion need
 * not count a new title as an edit of the page that shows it. Costs no request.
 */
import { everyBlock } from '../../../document/blocks.ts';
import type { BlockNode } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt } from '../../../document/json.ts';
import { titleOf } from '../../../document/title.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { documentEntry } from '../context/holdings.ts';
import { idOf } from '../context/notion-object.ts';
import { readCurrentDocument, readPreviousDocument } from '../read/previous-document.ts';
import { parentsOf } from '../select/parents-of.ts';
import { rewriteCarried } from './rewrite-carried.ts';

interface NewTitle {
  readonly before: string;
  readonly now: string;
}

/** To be called once it is decided what is read and what is taken over. */
export async function refreshTitles(context: CrawlContext): Promise<void> {
  for (const [holder, titles] of await newTitles(context)) {
    const document = await readCurrentDocument(context, holder);
    if (document !== undefined && showTitles(document, titles))
      await rewriteCarried(context, holder, document);
  }
}

/** Objects with a new title, by the page taken over that they lie in. */
async function newTitles(context: CrawlContext): Promise<Map<string, Map<string, NewTitle>>> {
  const { queue } = context.state;
  const byHolder = new Map<string, Map<string, NewTitle>>();
  for (const kind of ['page', 'database'] as const)
    for (const ids of queue.batches(kind, 'read'))
      for (const id of ids) {
        const holder = holderOf(context, id);
        const title = holder === undefined ? undefined : await newTitle(context, id);
        if (holder === undefined || title === undefined) continue;
        byHolder.set(holder, (byHolder.get(holder) ?? new Map()).set(id, title));
      }
  return byHolder;
}

/** The page taken over that an object lies in; undefined when there is none, or the object is as it was. */
function holderOf(context: CrawlContext, id: string): string | undefined {
  const { dataSources, entries, objects, queue } = context.state;
  const [row, previous] = [objects.get(id), context.previous.get(id)];
  if (row === undefined || previous === undefined) return undefined;
  const holder = parentsOf(dataSources, row, previous.parentId ?? '').find((each) => queue.isCarried(each));
  const isSame = documentChunks(entries.of(id)) === documentChunks(previous.files);
  return isSame ? undefined : holder;
}

function documentChunks(files: Parameters<typeof documentEntry>[0]): string | undefined {
  return documentEntry(files)?.content.chunks.join();
}

async function newTitle(context: CrawlContext, id: string): Promise<NewTitle | undefined> {
  const before = titleIn(await readPreviousDocument(context, id));
  const now = titleIn(await readCurrentDocument(context, id));
  return before === undefined || now === undefined || before === now ? undefined : { before, now };
}

function titleIn(document: JsonObject | undefined): string | undefined {
  const [source] = arrayAt(document, 'data_sources').filter(isObject);
  const object = objectAt(document, 'page') ?? objectAt(document, 'database') ?? source;
  return object === undefined ? undefined : titleOf(object);
}

/** Changes the blocks that show the titles from before, and no others. @returns true when there are some */
function showTitles(document: JsonObject, titles: ReadonlyMap<string, NewTitle>): boolean {
  let isChanged = false;
  const blocks = arrayAt(document, 'blocks').filter((block): block is BlockNode => isObject(block));
  for (const { node } of everyBlock(blocks)) {
    const title = titles.get(idOf(node) ?? '');
    const shown = objectAt(node, 'child_page') ?? objectAt(node, 'child_database');
    if (title === undefined || shown?.title !== title.before) continue;
    shown.title = title.now;
    isChanged = true;
  }
  return isChanged;
}
