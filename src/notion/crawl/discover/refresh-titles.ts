/**
 * Gives the blocks of pages the titles that the pages and databases behind them have now: Notion need not count a new title
 * as an edit of the page that shows it, and it may come after that page was read. Costs no request.
 */
import { everyBlock } from '../../../document/blocks.ts';
import type { BlockNode } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import { titleOf, titleRuns } from '../../../document/title.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { documentChunks } from '../context/holdings.ts';
import { editedOf, idOf } from '../context/notion-object.ts';
import { readCurrentDocument, readPreviousDocument } from '../read/previous-document.ts';
import { parentsOf } from '../select/parents-of.ts';
import { rewriteCarried, rewriteRead } from './rewrite-carried.ts';

interface NewTitle {
  readonly before: string;
  readonly now: string;
  /** True where every block must show `now`: that of a page shows the text of its title. What mentions look like there is not known. */
  readonly isCertain: boolean;
  /** last_edited_time of the object. */
  readonly edited: string;
}

type NewTitles = ReadonlyMap<string, NewTitle>;

/** To be called once it is decided what is read and what is taken over. */
export async function refreshTitles(context: CrawlContext): Promise<void> {
  const { progress } = context.state;
  const holders = await newTitles(context);
  // What an interrupted run wrote may be out of date by now.
  const rewritten = progress.isComplete('first new title') ? readAndCarried(context) : [];
  for (const holder of rewritten) if (!holders.has(holder)) holders.set(holder, new Map());
  if (holders.size > 0) progress.complete('first new title');
  for (const [holder, titles] of holders) await showNewTitles(context, holder, titles);
}

async function showNewTitles(context: CrawlContext, holder: string, titles: NewTitles): Promise<void> {
  const document = await readCurrentDocument(context, holder);
  if (document === undefined) return;
  const isCarried = context.state.queue.isCarried(holder);
  const told = shownTitles((isCarried ? await readPreviousDocument(context, holder) : undefined) ?? document);
  if (!showTitles(document, { told, titles, isCarried })) return;
  if (isCarried) await rewriteCarried(context, holder, document);
  else await rewriteRead(context, holder, document);
}

function readAndCarried({ state: { queue } }: CrawlContext): string[] {
  return [...queue.batches('page', 'read')].flat().filter((id) => queue.isCarried(id));
}

/** Objects with a new title, by the page that they lie in. */
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

/** The page that an object lies in; undefined when there is none, or the object is as it was. */
function holderOf(context: CrawlContext, id: string): string | undefined {
  const { dataSources, entries, objects, queue } = context.state;
  const [row, previous] = [objects.get(id), context.previous.get(id)];
  if (row === undefined || previous === undefined) return undefined;
  const isSame = documentChunks(entries.of(id)) === documentChunks(previous.files);
  if (isSame) return undefined;
  // A page read in this run shows a title from before only of what was edited since.
  const isEdited = row.edited !== previous.edited;
  const isHolder = (each: string) => queue.isCarried(each) || (isEdited && isReadPage(context, each));
  return parentsOf(dataSources, row, previous.parentId ?? '').find(isHolder);
}

function isReadPage({ state: { objects } }: CrawlContext, id: string): boolean {
  const row = objects.get(id);
  return row?.kind === 'page' && row.state === 'read';
}

async function newTitle(context: CrawlContext, id: string): Promise<NewTitle | undefined> {
  const before = titleIn(await readPreviousDocument(context, id));
  const document = await readCurrentDocument(context, id);
  const now = titleIn(document);
  if (before === undefined || now === undefined || before === now) return undefined;
  const runs = titleRuns(objectAt(document, 'page') ?? {});
  const isCertain = now !== '' && runs.length > 0 && runs.every((run) => stringAt(run, 'type') === 'text');
  return { before, now, isCertain, edited: context.state.objects.get(id)?.edited ?? '' };
}

/** A database's own title: where only data sources of it can be read, theirs are not what its block shows. */
function titleIn(document: JsonObject | undefined): string | undefined {
  const object = objectAt(document, 'page') ?? objectAt(document, 'database');
  return object === undefined ? undefined : titleOf(object);
}

/** The titles that the blocks of a document show, by the ids of what they stand for. */
function shownTitles(document: JsonObject): Map<string, Json | undefined> {
  return new Map([...childBlocks(document)].map(({ id, shown }) => [id, shown.title]));
}

interface Titles {
  /** Titles of the blocks as Notion gave them. */
  readonly told: ReadonlyMap<string, Json | undefined>;
  readonly titles: NewTitles;
  /** The blocks are older than everything that was read in this run. */
  readonly isCarried: boolean;
}

/**
 * Changes the blocks that show another title than they should: the new one where Notion said the title from before, or one of
 * another time and the new one is certain; else what it said.
 * @returns true when there are some
 */
function showTitles(document: JsonObject, { told, titles, isCarried }: Titles): boolean {
  let isChanged = false;
  for (const { id, edited, shown } of childBlocks(document)) {
    const [said, title] = [told.get(id), titles.get(id)];
    const isOlder = title !== undefined && (isCarried || edited < title.edited);
    const isNew = said === title?.before || (isOlder && title.isCertain);
    const wanted = title !== undefined && isNew ? title.now : said;
    if (wanted === undefined || shown.title === wanted) continue;
    shown.title = wanted;
    isChanged = true;
  }
  return isChanged;
}

interface ChildBlock {
  readonly id: string;
  readonly edited: string;
  readonly shown: JsonObject;
}

function* childBlocks(document: JsonObject): Generator<ChildBlock> {
  const blocks = arrayAt(document, 'blocks').filter((block): block is BlockNode => isObject(block));
  for (const { node } of everyBlock(blocks)) {
    const shown = objectAt(node, 'child_page') ?? objectAt(node, 'child_database');
    if (shown !== undefined) yield { id: idOf(node) ?? '', edited: editedOf(node), shown };
  }
}
