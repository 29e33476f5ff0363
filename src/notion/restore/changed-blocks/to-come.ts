/** Parts that lead to something a restore in place creates again: they wait until its copy is there. */
import type { BlockNode } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import type { Journal } from '../journal/journal.ts';
import type { Conversion } from '../requests/conversion.ts';
import { unknownId } from '../requests/conversion.ts';
import type { Reference } from '../requests/references.ts';
import { blockReferences, pageReferences } from '../requests/references.ts';
import type { BlockChange } from './block-changes.ts';
import { idsIn } from './kept-blocks.ts';

/** True when a reference leads to something that is created again: there the copy's id belongs. */
export function leadsToCreated(journal: Journal, references: Iterable<Reference>): boolean {
  for (const reference of references) if (isToCreated(journal, reference)) return true;
  return false;
}

function isToCreated({ inPlace }: Journal, { kind, id }: Reference): boolean {
  if (kind === 'block') return inPlace.isRewritten(id);
  return (kind === 'object' || kind === 'link') && inPlace.actionFor(id) === 'create';
}

/** Everything that a page's blocks and texts lead to; relations apart. */
export function* referencesOf({
  page,
  blocks,
}: {
  readonly page: JsonObject;
  readonly blocks: readonly BlockNode[];
}): Iterable<Reference> {
  yield* pageReferences(page);
  for (const block of blocks) yield* blockReferences(block);
}

/** `conversion` in which everything that is created again has an id already, before its copy is there. */
export function withToCome({ blocks, ids, inPlace }: Journal, conversion: Conversion): Conversion {
  const isCreated = (id: string) => inPlace.actionFor(compactId(id)) === 'create';
  const isToCome = (id: string) =>
    isCreated(id) ||
    inPlace.isRewritten(compactId(id)) ||
    isCreated(blocks.homeOf(compactId(id))?.page ?? '');
  return {
    ...conversion,
    object: (id) => (isToCome(id) ? (copyIn(ids, id) ?? unknownId) : conversion.object(id)),
  };
}

/** Changes of one page: those that can be sent at once, and those that lead to what is created again. */
export interface SplitChanges {
  readonly free: readonly BlockChange[];
  readonly bound: readonly BlockChange[];
}

/** Splits changes so that blocks inserted in one place come together, in their order; the split is always the same. */
export function splitChanges(journal: Journal, changes: readonly BlockChange[]): SplitChanges {
  const places = new Set(
    changes.flatMap((change) =>
      change.type === 'insert' && leadsToCreated(journal, changeReferences(change)) ? [placeOf(change)] : [],
    ),
  );
  const isBound = (change: BlockChange) =>
    change.type === 'insert'
      ? places.has(placeOf(change))
      : change.type === 'update' && leadsToCreated(journal, changeReferences(change));
  return { free: changes.filter((change) => !isBound(change)), bound: changes.filter(isBound) };
}

/** Those of `bound` changes of which something is not there yet. Originals come with the copies inserted beside them. */
export function waitingChanges(journal: Journal, bound: readonly BlockChange[]): BlockChange[] {
  const isMissing = (change: BlockChange): boolean => {
    const own = change.type === 'insert' ? idsIn(change.run) : new Set<string>();
    for (const reference of changeReferences(change))
      if (isToCreated(journal, reference) && !own.has(reference.id) && !copyIn(journal.ids, reference.id))
        return true;
    return false;
  };
  const places = new Set(
    bound.flatMap((change) => (change.type === 'insert' && isMissing(change) ? [placeOf(change)] : [])),
  );
  return bound.filter((change) =>
    change.type === 'insert' ? places.has(placeOf(change)) : isMissing(change),
  );
}

/** Everything that a change leads to; what lies in an updated block is compared by itself. */
function* changeReferences(change: BlockChange): Iterable<Reference> {
  if (change.type === 'update') yield* blockReferences({ ...change.was, children: [] });
  if (change.type === 'insert') for (const block of change.run) yield* blockReferences(block);
}

function placeOf({ parent, place }: Extract<BlockChange, { readonly type: 'insert' }>): string {
  return `${parent} ${place}`;
}

/** The id of the copy of what is created again; an original on a page that is kept stands for itself until then. */
function copyIn(ids: Journal['ids'], id: string): string | undefined {
  const copy = ids.copyOf(compactId(id));
  return copy === undefined || compactId(copy) === compactId(id) ? undefined : copy;
}
