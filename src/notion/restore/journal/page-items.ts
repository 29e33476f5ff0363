/** The children of a page as a restore makes them: runs of blocks, and the objects between and inside them. */
import type { Journal } from './journal.ts';

/** An item of a page: a run of blocks, or an object among or inside them. */
export interface Item {
  readonly place: number;
  readonly kind: 'run' | 'child' | 'nested';
  readonly first: number;
  readonly past: number;
  readonly child: string | null;
}

/** The items of a page, in order. */
export function itemsOf(journal: Journal, page: string): Item[] {
  return journal
    .prepare<[string], Item>('SELECT place, kind, first, past, child FROM item WHERE page = ? ORDER BY place')
    .all(page);
}

/**
 * Items as they will be made: blocks of children that are nowhere are written like any block (as links or markers), and
 * objects that no block shows come last.
 */
export function settleItems(journal: Journal, page: string, isMadeHere: (child: string) => boolean): void {
  const settled: Omit<Item, 'place'>[] = [];
  const shown = new Set<string>();
  for (const item of itemsOf(journal, page)) {
    const isMade = item.child !== null && !shown.has(item.child) && isMadeHere(item.child);
    if (item.child !== null && isMade) shown.add(item.child);
    const last = settled.at(-1);
    if (item.kind !== 'run' && isMade) settled.push(item);
    else if (item.kind === 'nested') continue;
    else if (last?.kind === 'run') settled[settled.length - 1] = { ...last, past: item.past };
    else settled.push({ kind: 'run', first: item.first, past: item.past, child: null });
  }
  const below = journal
    .prepare<[string], string>('SELECT id FROM object WHERE parent = ? AND source IS NULL ORDER BY seq')
    .pluck()
    .all(page);
  const end = Math.max(0, ...settled.map(({ past }) => past));
  for (const child of below)
    if (!shown.has(child)) settled.push({ kind: 'nested', first: end, past: end, child });
  journal.prepare('DELETE FROM item WHERE page = ?').run(page);
  const insert = journal.prepare(
    'INSERT INTO item (page, place, kind, first, past, child) VALUES (?, ?, ?, ?, ?, ?)',
  );
  settled.forEach((item, place) => {
    insert.run(page, place, item.kind, item.first, item.past, item.child);
  });
}
