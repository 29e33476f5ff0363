/** The objects of the previous snapshot: expected to be there, and taken over or asked for when nothing else shows them. */
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import { leftOutIn } from '../../../document/selection/left-out.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { holdingsIn, nothingHeld } from '../context/holdings.ts';
import { nameStemOfPath } from '../context/names.ts';
import { idOf } from '../context/notion-object.ts';
import { isRefusal } from '../context/read-api.ts';
import { gapKindOf, isUnsupported } from '../state/crawl-errors.ts';

/** More of the oldest pages missing from search mean that much may have vanished. */
const maxMissing = 5;
const canaryPages = 100;

/** Adds every object of the previous snapshot. Databases are read in each run; pages wait until something shows them. */
export function importPrevious(context: CrawlContext): void {
  const { plan, sink, state } = context;
  const { objects } = state;
  const { previous } = context.options;
  if (previous === null || !plan.coversSame) return;
  state.transaction(() => {
    for (const { id, kind, edited, path, parentId, files } of previous.objects()) {
      const holdings = holdingsIn(files);
      const isAsked = plan.force || plan.reread.has(id) || plan.isDue(id);
      const force = isAsked || holdings === undefined || !sink.hasAll(files);
      const mustAsk = kind === 'database' || (plan.sinceMs !== null && (force || plan.unsearched.has(id)));
      const nameStem = nameStemOfPath(path);
      objects.add({ id, kind, state: mustAsk ? 'pending' : 'previous', edited, nameStem, force });
      objects.addPath(id, 'previous');
      objects.setHoldings(id, holdings ?? nothingHeld);
      objects.setParentId(id, parentId ?? '');
    }
    importFailed(context);
    importLeftOut(context, previous.manifest);
    importUnsupported(context, previous.manifest);
  });
}

/**
 * Adds what the previous run left out. By the same selection it is left out still, until something shows that it moved.
 * By another one it may be chosen now: what was left out by itself is asked for, and shows what lies in it.
 */
function importLeftOut({ plan, selected, state }: CrawlContext, manifest: JsonObject): void {
  const { objects, leftOut } = state;
  const isKept = plan.selectsSame && selected.isOn;
  for (const { id, kind, parent: container, by } of leftOutIn(manifest)?.list ?? []) {
    if (!isKept && by === undefined) continue;
    objects.add({ id, kind, state: 'pending', ...(container === undefined ? {} : { container }) });
    objects.addPath(id, 'previous');
    if (isKept) leftOut.leaveOut(id, by);
  }
}

/** Adds the parts that the API did not support: objects taken over lack them still. */
function importUnsupported({ state }: CrawlContext, manifest: JsonObject): void {
  for (const part of arrayAt(objectAt(objectAt(manifest, 'blind_spots'), 'unsupported'), 'list')) {
    const text = (key: string) => stringAt(part, key) ?? '';
    const [owner, what, id, reason] = [text('owner'), text('what'), text('id'), text('reason')];
    if (owner !== '' && isUnsupported(reason))
      state.errors.add({ owner, kind: gapKindOf(what), what, id, reason });
  }
}

/** Adds what the previous run could not read at all: it is in no snapshot, and no listing since may show it. */
function importFailed({ plan, state }: CrawlContext): void {
  for (const id of plan.reread) state.objects.add({ id, kind: 'page', state: 'pending', force: true });
  for (const id of plan.failedDatabases) state.objects.add({ id, kind: 'database', state: 'pending' });
}

/**
 * One request that notices when much has vanished although nothing was edited: the longest unedited pages must still
 * be in search. When many are not, everything is listed; when a few are not, they are asked for.
 */
export async function checkCanaries(context: CrawlContext): Promise<void> {
  if (context.listing.isFull) return;
  let answer: JsonObject;
  try {
    const sort = { timestamp: 'last_edited_time', direction: 'ascending' };
    answer = await context.api.post('search', { sort, page_size: canaryPages });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    context.listing.listEverything();
    return;
  }
  const results = Array.isArray(answer.results) ? answer.results.filter(isObject) : [];
  const missing = missingAmong(context, results, answer.has_more === true);
  if (missing.length > maxMissing) context.listing.listEverything();
  else for (const id of missing) context.state.objects.setState(id, 'pending');
}

function missingAmong(context: CrawlContext, results: readonly JsonObject[], hasMore: boolean): string[] {
  const shown = new Set(results.map(idOf));
  const last = String(results.at(-1)?.last_edited_time ?? '');
  const expected = context.state.objects.oldestPrevious(hasMore ? last : '~', canaryPages);
  return expected.filter((id) => !shown.has(id));
}

/** After a full listing: has each object of the previous snapshot that nothing showed be asked for. */
export function requestMissing({ listing, state }: CrawlContext): void {
  if (listing.isFull) state.queue.moveAll('previous', 'pending');
}

/** After a listing since the previous run: takes over every object that nothing showed. */
export function reuseRest({ state }: CrawlContext): void {
  state.queue.moveAll('previous', 'reused');
}
