/** Resolves the parents that no listing named: blocks inside pages, data sources that were only pointed at. */
import { dashedId } from '../../../document/notion-id.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { isTrashed } from '../context/notion-object.ts';
import { reasonOf, statusOf } from '../context/read-api.ts';
import { keepDataSource, recordDataSource } from '../context/record-data-source.ts';
import { recordReference } from '../context/record-discovery.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';
import { parentOf } from '../state/parent.ts';

/** Columns in toggles in columns …: no page nests deeper than this. */
const maxParentDepth = 50;

/** @returns true when something new was discovered */
export async function resolveUnknownParents(context: CrawlContext): Promise<boolean> {
  const { queue, dataSources } = context.state;
  const before = queue.count('pending', 'ready');
  for (const id of dataSources.withoutOwner()) await askForSource(context, id);
  for (const { id, block } of objectsInsideBlocks(context)) await setContainer(context, id, block);
  return queue.count('pending', 'ready') > before;
}

async function askForSource(context: CrawlContext, id: string): Promise<void> {
  const { dataSources } = context.state;
  try {
    const source = await context.api.get(`data_sources/${dashedId(id)}`);
    context.state.transaction(() => {
      if (isTrashed(source) && !context.trash.isOn) dataSources.remove(id);
      else {
        keepDataSource(context, source, 'relation');
        recordDataSource(context, source, 'relation');
        const owner = dataSources.ownerOf(id);
        if (owner !== undefined) recordReference(context, owner, 'database', 'relation');
      }
    });
  } catch (error) {
    if (error instanceof EndOfRun) throw error;
    dataSources.remove(id);
    // Only pointed at: a data source that is not shared is not an error.
    if (statusOf(error) === 404 || statusOf(error) === 400) return;
    context.state.errors.add({ owner: '', kind: 'data', what: 'data source', id, reason: reasonOf(error) });
  }
}

/** Objects in a block of a page whose walk did not show them, unless the previous snapshot tells where they lie. */
function objectsInsideBlocks(context: CrawlContext): { readonly id: string; readonly block: string }[] {
  const inside = context.state.objects.insideBlocks();
  return inside.filter(({ id }) => context.previous.get(id)?.parentId == null);
}

/** Sets the page that holds `block` as the container of an object; empty stands for a page that cannot be found. */
async function setContainer(context: CrawlContext, id: string, block: string): Promise<void> {
  const page = await findParentPage(context, block);
  context.state.transaction(() => {
    context.state.objects.setContainer(id, page ?? '');
    if (page !== undefined && context.plan.isWhole) recordReference(context, page, 'page', 'parent');
  });
}

async function findParentPage(context: CrawlContext, block: string): Promise<string | undefined> {
  let id = block;
  for (let depth = 0; depth < maxParentDepth; depth += 1) {
    try {
      const parent = parentOf(await context.api.get(`blocks/${dashedId(id)}`));
      if (parent.type === 'page') return parent.id;
      if (parent.type !== 'block') return undefined;
      id = parent.id;
    } catch (error) {
      if (error instanceof EndOfRun) throw error;
      return undefined;
    }
  }
  return undefined;
}
