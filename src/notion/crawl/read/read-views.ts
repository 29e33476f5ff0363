/** The views of a database, each with its configuration: the list names them only, so each is asked for. */
import type { Gap } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { dashedId } from '../../../document/notion-id.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { idOf } from '../context/notion-object.ts';
import { isRefusal, reasonOf, statusOf } from '../context/read-api.ts';
import { EndOfRun } from '../state/end-of-run.ts';

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
    if (isRefusal(error) && (isOld || statusOf(error) === 400)) context.refused.add('views', reasonOf(error));
    else gaps.push({ what: 'views', id: database, reason: reasonOf(error) });
  }
  const views = await Promise.all(named.map((view) => readView(context, view, gaps)));
  return views.filter((view) => view !== undefined);
}

async function readView(
  context: CrawlContext,
  named: JsonObject,
  gaps: Gap[],
): Promise<JsonObject | undefined> {
  const id = idOf(named);
  if (id === undefined) return undefined;
  try {
    return await context.api.get(`views/${dashedId(id)}`);
  } catch (error) {
    if (error instanceof EndOfRun) throw error;
    gaps.push({ what: 'view', id, reason: reasonOf(error) });
    return undefined;
  }
}
