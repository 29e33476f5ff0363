/** Finds what search shows: pages and data sources (and, on old servers, databases). Search misses some; others ways fill in. */
import type { JsonObject } from '../../../document/json.ts';
import type { Run } from '../state/context.ts';
import { sightDataSource } from '../state/data-sources.ts';
import type { Way } from '../state/discovery-paths.ts';
import { stemOf } from '../state/names.ts';
import { editedOf, idOf, isTrashed, titleOf } from '../state/notion-object.ts';
import { parentOf } from '../state/parent.ts';
import { isRefusal } from '../state/read-api.ts';
import { sightDatabase, sightPage } from '../state/record-discovery.ts';

const newestFirst: JsonObject = { timestamp: 'last_edited_time', direction: 'descending' };

/**
 * Lists everything, or what was edited at or after `sinceMs`. A server that refuses the sort is asked again without
 * it (and then for everything), one that refuses that too once for each kind of object.
 * @returns how many objects were listed
 * @throws KlosetError when nothing could be listed
 */
export async function discoverBySearch(run: Run, sinceMs: number | null): Promise<number> {
  const progress = { listed: 0 };
  for (const bodies of attempts) {
    try {
      for (const body of bodies)
        await listOne(run, body, 'sort' in body ? sinceMs : null, 'search', progress);
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
export async function discoverTrash(run: Run): Promise<void> {
  try {
    await listOne(run, { filter: { in_trash: true }, sort: newestFirst }, null, 'trash', { listed: 0 });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    run.refused.set('search of the trash', 'the server refuses it');
  }
}

async function listOne(
  run: Run,
  body: JsonObject,
  sinceMs: number | null,
  way: Way,
  progress: { listed: number },
): Promise<void> {
  for await (const page of run.ask.list({ method: 'post', path: 'search', body })) {
    const taken = run.ask.now();
    run.state.transaction(() => {
      for (const item of page.items) sight(run, item, way, taken);
    });
    progress.listed += page.items.length;
    run.options.monitor.report({ type: 'progress', phase: 'listing', done: progress.listed });
    if (page.incomplete !== undefined) noteIncomplete(run, way, page.incomplete);
    if (sinceMs !== null && isBefore(page.items.at(-1), sinceMs)) return;
  }
}

function sight(run: Run, item: JsonObject, way: Way, taken: number): void {
  // A server that does not know the trash filter lists what is alive.
  if (way === 'trash' && !isTrashed(item)) return;
  if (item.object === 'page') sightPage(run, item, way, taken);
  else if (item.object === 'data_source') sightDataSource(run, item, way);
  else if (item.object === 'database') sightWholeDatabase(run, item, way, taken);
  else run.state.count(`unknown:object:${String(item.object)}`);
}

/** Before 2025-09-03 search gives whole databases: no other request is needed for their object. */
export function sightWholeDatabase(run: Run, database: JsonObject, way: Way, taken: number): void {
  const id = idOf(database);
  if (id === undefined || (isTrashed(database) && !run.trash.isKept)) return;
  const known = run.objects.get(id);
  if (known === undefined && !run.plan.isWhole && way !== 'root')
    run.objects.add({ id, kind: 'database', state: 'seen' });
  else sightDatabase(run, id, way);
  run.objects.addWay(id, way);
  run.objects.setListed(id, database, {
    taken,
    seen: editedOf(database),
    stem: stemOf(titleOf(database)),
    parent: parentOf(database),
    isTrashed: isTrashed(database),
  });
}

function isBefore(item: JsonObject | undefined, sinceMs: number): boolean {
  return item !== undefined && Date.parse(editedOf(item)) < sinceMs;
}

function noteIncomplete(run: Run, way: Way, reason: string): void {
  run.state.addError({
    owner: '',
    kind: 'listing',
    what: way === 'trash' ? 'trash' : 'search',
    id: '',
    reason,
  });
}
