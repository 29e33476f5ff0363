/** The views of a database, each with its configuration: the list names them only, so each is asked for. */
import type { Gap } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, stringAt } from '../../../document/json.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { idOf } from '../context/notion-object.ts';
import { isRefusal, isUnknownEndpoint, reasonOf } from '../context/read-api.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';

/** Never throws for one view; @param isOld true where the server may have no views at all (before 2025-09-03) */
export async function readViews(
  context: CrawlContext,
  database: string,
  isOld: boolean,
  gaps: Gap[],
): Promise<JsonObject[]> {
  if (context.refused.has('views')) return [];
  const named: JsonObject[] = [];
  try {
    const pages = context.api.list({
      method: 'get',
      path: 'views',
      query: { database_id: dashedId(database) },
    });
    for await (const page of pages) {
      named.push(...page.items);
      if (page.incomplete !== undefined) gaps.push({ what: 'views', id: database, reason: page.incomplete });
    }
  } catch (error) {
    if (error instanceof EndOfRun) throw error;
    // Of one database a refusal says nothing of others; of an old server, or an unknown endpoint, it does.
    if (isUnknownEndpoint(error) || (isOld && isRefusal(error)))
      context.refused.add('views', reasonOf(error));
    else gaps.push({ what: 'views', id: database, reason: reasonOf(error) });
  }
  if (named.some((view) => idOf(view) === undefined))
    gaps.push({ what: 'views', id: database, reason: 'a view came without its id' });
  const asked = new Set<string>();
  const views: JsonObject[] = [];
  // The list may leave out the widgets of dashboards, and widgets may be all it names.
  for (let ids = named.flatMap((view) => idOf(view) ?? []); ids.length > 0; ) {
    for (const id of ids) asked.add(id);
    const found = await Promise.all(ids.map((id) => readView(context, id, gaps)));
    const read = found.filter((view) => view !== undefined);
    views.push(...read);
    ids = [...new Set(read.flatMap(viewsNamedIn))].filter((id) => !asked.has(id));
  }
  return views;
}

/** Ids of the views that a view names: a dashboard its widgets, a widget its dashboard. */
function viewsNamedIn(view: JsonObject): string[] {
  const ids: string[] = [];
  const dashboard = stringAt(view, 'dashboard_view_id');
  if (dashboard !== undefined) ids.push(compactId(dashboard));
  if (view.type === 'dashboard') collectViewIds(view.configuration ?? null, ids);
  return ids;
}

function collectViewIds(value: Json, ids: string[]): void {
  if (Array.isArray(value)) for (const each of value) collectViewIds(each, ids);
  if (!isObject(value)) return;
  const id = stringAt(value, 'view_id');
  if (id !== undefined && id !== '') ids.push(compactId(id));
  for (const member of Object.values(value)) collectViewIds(member, ids);
}

async function readView(context: CrawlContext, id: string, gaps: Gap[]): Promise<JsonObject | undefined> {
  try {
    return await context.api.get(`views/${dashedId(id)}`);
  } catch (error) {
    if (error instanceof EndOfRun) throw error;
    gaps.push({ what: 'view', id, reason: reasonOf(error) });
    return undefined;
  }
}
