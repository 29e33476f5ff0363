/** The part of the manifest that tells what the selection left out: by choice, and no gap. It has ids, and no title of anything. */
import type { JsonObject } from '../../../document/json.ts';
import { leftOutIn } from '../../../document/selection/left-out.ts';
import { selectionJson } from '../../../document/selection/selection.ts';
import type { CrawlContext } from '../context/crawl-context.ts';

/** Longer lists end here; their counts are complete. */
const maxListed = 10_000;

/**
 * Null for a backup of everything. The count is of the objects that are known to be there: what lies below them is not
 * asked for. `moved`: how many of them the previous backup has, though it was made with the same selection.
 */
export function leftOutJson(context: CrawlContext): JsonObject | null {
  const { selected, state, plan, previous, listing } = context;
  if (!selected.isOn) return null;
  const list: JsonObject[] = [];
  const moved: string[] = [];
  const objects = { page: 0, database: 0 };
  const byPattern = new Map<string, number>();
  for (const { id, kind, parentId, by } of state.leftOut.all(listing.isFull)) {
    objects[kind] += 1;
    if (by !== null) byPattern.set(by, (byPattern.get(by) ?? 0) + 1);
    if (plan.selectsSame && previous.get(id) !== undefined) moved.push(id);
    if (list.length >= maxListed) continue;
    const rest = { ...(parentId === '' ? {} : { parent: parentId }), ...(by === null ? {} : { by }) };
    list.push({ id, kind, ...rest });
  }
  return {
    selection: selectionJson(context.options.selection),
    pages: objects.page,
    databases: objects.database,
    by_pattern: Object.fromEntries([...byPattern].sort()),
    unmatched: unmatchedPatterns(context),
    moved: { count: moved.length, list: moved.slice(0, maxListed) },
    list,
    cut: objects.page + objects.database > list.length,
  };
}

/** Patterns that name nothing. Where only edits were listed, nothing new can be said of that: what the run before said holds. */
export function unmatchedPatterns({ selected, listing, options }: CrawlContext): {
  include: string[];
  exclude: string[];
} {
  const now = selected.unmatched(listing.isFull);
  if (listing.isFull) return now;
  const before = leftOutIn(options.previous?.manifest)?.unmatched;
  const wasUnmatched = (key: 'include' | 'exclude') => (text: string) =>
    before?.[key].includes(text) === true;
  return {
    include: now.include.filter(wasUnmatched('include')),
    exclude: now.exclude.filter(wasUnmatched('exclude')),
  };
}

/** Has an include that names nothing be an error: what it was to hold is not in the backup. */
export function reportUnmatched(context: CrawlContext): void {
  if (!context.selected.isOn) return;
  for (const text of unmatchedPatterns(context).include)
    context.state.errors.addListing(`include ${JSON.stringify(text)}`, 'Notion lists nothing that it names');
}
