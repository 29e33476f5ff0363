/** Settles which children of a page the restore creates in their places, and which become blocks like any other. */
import type { CompactId } from '../../../document/notion-id.ts';
import type { Journal } from '../journal/journal.ts';
import type { PageItem } from '../journal/tables/page-items.ts';

type Unplaced = Omit<PageItem, 'place'>;

/**
 * Items as they will be created: blocks of children that are not restored are written like any block (as links or
 * markers), and objects that no block shows come last.
 */
export function settleItems(
  journal: Journal,
  page: CompactId,
  isCreatedHere: (child: CompactId) => boolean,
): void {
  const settled: Unplaced[] = [];
  const shown = new Set<CompactId>();
  for (const item of journal.items.of(page)) {
    const isCreated = item.child !== null && !shown.has(item.child) && isCreatedHere(item.child);
    if (item.child !== null && isCreated) shown.add(item.child);
    const last = settled.at(-1);
    if (item.kind !== 'segment' && isCreated) settled.push(item);
    else if (item.kind === 'nested') continue;
    else if (last?.kind === 'segment') settled[settled.length - 1] = { ...last, past: item.past };
    else settled.push({ kind: 'segment', first: item.first, past: item.past, child: null });
  }
  const end = Math.max(0, ...settled.map(({ past }) => past));
  for (const child of journal.objects.childrenOutsideSources(page))
    if (!shown.has(child)) settled.push({ kind: 'nested', first: end, past: end, child });
  journal.items.set(page, settled);
}
