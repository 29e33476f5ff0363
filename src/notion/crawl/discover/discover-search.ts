/** Discovers what search shows: pages and data sources (and, on old servers, databases). Other paths find what search misses. */
import type { JsonObject } from '../../../document/json.ts';
import { oddObject } from '../../api/odd-answer.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { editedOf, idOf, isTrashed } from '../context/notion-object.ts';
import { wholeListed } from '../context/odd-items.ts';
import { isRefusal } from '../context/read-api.ts';
import { recordDataSource } from '../context/record-data-source.ts';
import type { Discovery } from '../context/record-discovery.ts';
import { keepListed, recordDatabase, recordPage } from '../context/record-discovery.ts';

const newestFirst: JsonObject = { timestamp: 'last_edited_time', direction: 'descending' };

/**
 * Lists everything, or what was edited at or after `sinceMs`. A server that refuses the sort is asked again without
 * it (and then for everything), one that refuses that too once for each kind of object.
 * @returns how many objects were listed
 * @throws KlosetError when nothing could be listed
 */
export async function discoverBySearch(context: CrawlContext, sinceMs: number | null): Promise<number> {
  const progress = { listed: 0 };
  for (const bodies of attempts) {
    try {
      for (const body of bodies)
        await listOne(context, body, 'sort' in body ? sinceMs : null, 'search', progress);
      return progress.listed;
    } catch (error) {
      if (!isRefusal(error) || progress.listed > 0 || bodies === attempts.at(-1)) throw error;
    }
  }
  return progress.listed;
}

const attempts: readonly (readonly JsonObject[])[] = [
  [{ sort: newestFirst }],
  [{}],
  ['page', 'data_source'].map((value) => ({ filter: { property: 'object', value }, sort: newestFirst })),
];

/** Lists the trash. A server that cannot say so is left alone. */
export async function discoverTrash(context: CrawlContext): Promise<void> {
  try {
    await listOne(context, { filter: { in_trash: true }, sort: newestFirst }, null, 'trash', { listed: 0 });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    context.refused.add('search of the trash', 'the server refuses it');
  }
}

async function listOne(
  context: CrawlContext,
  body: JsonObject,
  sinceMs: number | null,
  path: 'search' | 'trash',
  progress: { listed: number },
): Promise<void> {
  for await (const page of context.api.list({ method: 'post', path: 'search', body })) {
    const discovery = { path, fetchedAt: context.api.now() };
    const items = await wholeListed(context, page.items);
    context.state.transaction(() => {
      for (const item of items) recordItem(context, item, discovery);
    });
    progress.listed += page.items.length;
    context.options.monitor.report({ type: 'progress', phase: 'listing', done: progress.listed });
    if (page.incomplete !== undefined) context.state.errors.addListing(path, page.incomplete);
    if (sinceMs !== null && isBefore(page.items.at(-1), sinceMs)) return;
  }
}

function recordItem(context: CrawlContext, item: JsonObject, discovery: Discovery): void {
  // A server that does not know the trash filter lists what is alive.
  if (discovery.path === 'trash' && !isTrashed(item)) return;
  if (item.object === 'page') recordPage(context, item, discovery);
  else if (item.object === 'data_source') recordDataSource(context, item, discovery.path);
  else if (item.object === 'database') recordListedDatabase(context, item, discovery);
  else context.state.counters.add(`unknown:object:${String(item.object)}`);
}

/** Records a whole database, which search gives before 2025-09-03: no other request is needed for its object. */
export function recordListedDatabase(
  context: CrawlContext,
  database: JsonObject,
  { path, fetchedAt }: Discovery,
): void {
  const { objects } = context.state;
  const id = idOf(database);
  if (id === undefined || (isTrashed(database) && !context.trash.isOn)) return;
  const isOutside = objects.get(id) === undefined && !context.plan.isWhole && path !== 'root';
  if (isOutside) objects.add({ id, kind: 'database', state: 'outside' });
  else recordDatabase(context, id, path);
  objects.addPath(id, path);
  if (oddObject('database', database) === undefined) keepListed(context, id, database, fetchedAt);
}

function isBefore(item: JsonObject | undefined, sinceMs: number): boolean {
  return item !== undefined && Date.parse(editedOf(item)) < sinceMs;
}
