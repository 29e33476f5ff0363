/** The objects of the previous snapshot: expected to be there, and taken over or asked for when nothing else shows them. */
import type { JsonObject } from '../../../document/json.ts';
import { isObject } from '../../../document/json.ts';
import type { Run } from '../state/context.ts';
import { stemOfPath } from '../state/names.ts';
import { idOf } from '../state/notion-object.ts';
import { isRefusal } from '../state/read-api.ts';

/** So many of the oldest pages missing from search mean that much may have vanished. */
const mostLost = 5;
const canarySize = 100;

/** Puts every object of the previous snapshot into the table. Databases are read in each run; pages wait to be heard of. */
export function importPrevious(run: Run): void {
  const { previous, sink } = run.options;
  const { plan, objects, state } = run;
  if (previous === null || !plan.coversSame) return;
  const setParent = state.prepare('UPDATE objects SET parent_id = ? WHERE id = ?');
  state.transaction(() => {
    for (const { id, kind, edited, path, parentId, files } of previous.objects()) {
      const isWhole = files.every((file) => sink.has(file.content));
      const force = plan.force || !isWhole || plan.reread.has(id) || plan.isDue(id);
      const mustAsk = kind === 'database' || (plan.sinceMs !== null && (force || plan.unsearched.has(id)));
      objects.add({
        id,
        kind,
        state: mustAsk ? 'wanted' : 'previous',
        edited,
        stem: stemOfPath(path),
        force,
      });
      objects.addWay(id, 'previous');
      setParent.run(parentId ?? '', id);
    }
    importFailed(run);
  });
}

/** What the previous run could not read at all is in no snapshot, and no listing since may show it. */
function importFailed({ plan, objects }: Run): void {
  for (const id of plan.reread) objects.add({ id, kind: 'page', state: 'wanted', force: true });
  for (const id of plan.failedDatabases) objects.add({ id, kind: 'database', state: 'wanted' });
}

/**
 * One request that notices when much has vanished although nothing was edited: the longest unedited pages must still
 * be in search. When many are not, everything is listed; when a few are not, they are asked for.
 */
export async function watchOldest(run: Run): Promise<void> {
  if (run.listing.sinceMs === null) return;
  let answer: JsonObject;
  try {
    const sort = { timestamp: 'last_edited_time', direction: 'ascending' };
    answer = await run.ask.post('search', { sort, page_size: canarySize });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    run.listing.sinceMs = null;
    return;
  }
  const results = Array.isArray(answer.results) ? answer.results.filter(isObject) : [];
  const lost = missingAmong(run, results, answer.has_more === true);
  if (lost.length > mostLost) run.listing.sinceMs = null;
  else for (const id of lost) run.objects.setState(id, 'wanted');
}

function missingAmong(run: Run, results: readonly JsonObject[], hasMore: boolean): string[] {
  const shown = new Set(results.map(idOf));
  const last = String(results.at(-1)?.last_edited_time ?? '');
  const expected = run.state
    .prepare<[string], { id: string }>(
      `SELECT id FROM objects WHERE state = 'previous' AND edited <> '' AND edited < ? ORDER BY edited LIMIT ${canarySize}`,
    )
    .all(hasMore ? last : '~');
  return expected.map(({ id }) => id).filter((id) => !shown.has(id));
}

/** After a full listing: what the previous snapshot holds and nothing showed is asked for, one by one. */
export function askForMissing(run: Run): void {
  if (run.listing.sinceMs !== null) return;
  run.state.prepare(`UPDATE objects SET state = 'wanted' WHERE state = 'previous'`).run();
}

/** After a listing since the previous run: what nothing was heard of is taken over. */
export function takeOverRest(run: Run): number {
  return run.state.prepare(`UPDATE objects SET state = 'reused' WHERE state = 'previous'`).run().changes;
}
