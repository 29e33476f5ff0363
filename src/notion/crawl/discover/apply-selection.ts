/** Applies the selection to objects that are not read one by one: what waits for a decision, and what is taken over. */
import { KlosetError } from '../../../errors.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { recordParent } from '../context/record-discovery.ts';

/**
 * Decides about the objects that wait for it, as far as that is possible by now.
 * @returns true when there is something to read again: some of them, or objects above them that decide
 */
export function decideWaiting(context: CrawlContext): boolean {
  const { selected, state } = context;
  if (!selected.isOn) return false;
  const before = state.queue.count('pending', 'ready');
  state.transaction(() => {
    for (const id of state.leftOut.undecided()) {
      const decision = selected.decisionOf(id);
      if (decision.fate === 'chosen') state.leftOut.choose(id);
      else if (decision.fate === 'left-out') selected.leaveOut(id, decision.by);
      else askAbove(context, id);
    }
  });
  return state.queue.count('pending', 'ready') > before;
}

/** Has the first object above be asked for of which nothing is known. */
function askAbove(context: CrawlContext, id: string): void {
  const row = context.selected.missingAbove(id);
  if (row === undefined) return;
  recordParent(context, { type: row.parentType, id: row.parentId });
}

/**
 * Leaves out what is, or is to be, taken over and is not chosen: without a request, for what is known of it decides. What
 * was read before it moved is left out too.
 */
export function leaveOutCarried({ selected, state }: CrawlContext): void {
  if (!selected.isOn) return;
  state.transaction(() => {
    for (const id of state.leftOut.carried()) selected.admitListed(id);
  });
}

/** @throws KlosetError `not-found` when the selection chooses nothing at all: that is a mistake, never a snapshot */
export function requireChosen({ selected, state, listing }: CrawlContext): void {
  if (!selected.isOn || state.queue.count('read', 'reused', 'previous') > 0) return;
  const { include } = selected.unmatched(listing.isFull);
  if (include.length === 0)
    throw new KlosetError('not-found', 'The selection leaves nothing to back up.', hint);
  const names = include.map((text) => JSON.stringify(text)).join(', ');
  throw new KlosetError('not-found', `--include ${names}: Notion lists nothing that it names.`, hint);
}

const hint = {
  hint: 'Check the patterns: `notion-kloset backup --dry-run` tells what they choose, `notion-kloset ls latest:/` how things are named.',
};
