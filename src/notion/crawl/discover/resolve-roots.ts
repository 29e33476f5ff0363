/** The roots a person named: pages, databases or data sources, whichever the id turns out to be. */
import type { JsonObject } from '../../../document/json.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { isTrashed } from '../context/notion-object.ts';
import { isRefusal } from '../context/read-api.ts';
import { recordDataSource } from '../context/record-data-source.ts';
import { recordDatabase, recordPage } from '../context/record-discovery.ts';
import { databaseOf } from '../state/parent.ts';
import { recordListedDatabase } from './discover-search.ts';

/** Records every root. A root that cannot be read is noticed when it is read. */
export async function resolveRoots(context: CrawlContext): Promise<void> {
  for (const root of context.options.roots) await resolveRoot(context, compactId(root));
}

async function resolveRoot(context: CrawlContext, id: string): Promise<void> {
  const page = await ask(context, `pages/${dashedId(id)}`);
  const discovery = { path: 'root', fetchedAt: context.api.now(), isInside: true } as const;
  if (page !== undefined) {
    includeTrashed(context, page);
    return context.state.transaction(() => recordPage(context, page, discovery));
  }
  const database = await ask(context, `databases/${dashedId(id)}`);
  if (database !== undefined) {
    includeTrashed(context, database);
    return context.state.transaction(() => recordListedDatabase(context, database, discovery));
  }
  const source = await ask(context, `data_sources/${dashedId(id)}`);
  context.state.transaction(() => {
    // A data source stands for its database. Where nothing answers, the rows of an old server's database still may.
    recordDatabase(context, (source === undefined ? undefined : databaseOf(source)) ?? id, 'root');
    if (source !== undefined) recordDataSource(context, source, 'root');
  });
}

async function ask(context: CrawlContext, path: string): Promise<JsonObject | undefined> {
  try {
    return await context.api.get(path);
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** A root named by its id is read also when it is in the trash with all below it. */
function includeTrashed(context: CrawlContext, root: JsonObject): void {
  if (!isTrashed(root)) return;
  context.trash.turnOn();
  context.options.monitor.report({
    type: 'warning',
    message: `The root ${String(root.id)} is in the trash.`,
  });
}
