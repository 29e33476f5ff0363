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

/** Records what is included by its id, where it can be read: search need not list it. */
export async function resolveIncluded(context: CrawlContext): Promise<void> {
  const { selected, state } = context;
  for (const id of selected.includedIds) {
    if (state.objects.get(id) !== undefined || state.dataSources.ownerOf(id) !== undefined) continue;
    const [page, database, source] = await firstAnswer(context, id);
    const discovery = { path: 'root', fetchedAt: context.api.now() } as const;
    state.transaction(() => {
      if (page !== undefined) recordPage(context, page, discovery);
      else if (database !== undefined) recordListedDatabase(context, database, discovery);
      else if (source !== undefined) recordDataSource(context, source, 'root');
    });
  }
}

/** The object of this id, as whichever of the three kinds it can be read. */
async function firstAnswer(context: CrawlContext, id: string): Promise<(JsonObject | undefined)[]> {
  const answers: (JsonObject | undefined)[] = [];
  for (const kind of ['pages', 'databases', 'data_sources']) {
    const answer = await ask(context, `${kind}/${dashedId(id)}`);
    answers.push(answer);
    if (answer !== undefined) break;
  }
  return answers;
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
