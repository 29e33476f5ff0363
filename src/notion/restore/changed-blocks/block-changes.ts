/**
 * The changes that bring the blocks of a page back to the snapshot's: equal ones are left alone, changed ones updated,
 * missing ones inserted where they stood, and others moved to the trash. Child pages and databases are never touched.
 * The requests are left to `apply-block-changes.ts`.
 */
import { blockType } from '../../../document/block-types.ts';
import type { BlockNode } from '../../../document/documents.ts';
import { stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import type { Conversion } from '../requests/conversion.ts';
import type { BlockFacts, Siblings } from './kept-blocks.ts';
import {
  holdsObjects,
  idOf,
  isCopy,
  isIrreplaceable,
  isLeftAlone,
  isObjectBlock,
  isUnreadBelow,
  keptBlocks,
} from './kept-blocks.ts';
import { isSameForm, ownNodes } from './own-form.ts';

/** One list of siblings: as it was, and as it is. */
export interface PatchedList extends Siblings {
  /** Id of the page or block they lie in. */
  readonly parent: string;
}

/** One change that brings a list of blocks back. */
export type BlockChange =
  | { readonly type: 'remove'; readonly block: BlockNode }
  | { readonly type: 'update'; readonly was: BlockNode; readonly now: BlockNode }
  | {
      readonly type: 'insert';
      readonly parent: string;
      readonly run: readonly BlockNode[];
      /** Id of what stands before them and stays; undefined at the start of the list. */
      readonly after: string | undefined;
      /** The same for all that come between the same two blocks that stay, whatever is created between them. */
      readonly place: string;
    };

interface Comparing {
  readonly conversion: Conversion;
  readonly facts: BlockFacts;
  readonly changes: BlockChange[];
}

/**
 * The changes that bring one list of siblings, and what lies below, to what it was. Nothing is removed below what was not
 * read; a block that no request could write again is left as it is, and so is one with pages or databases in it.
 */
export function blockChanges(list: PatchedList, conversion: Conversion, facts: BlockFacts): BlockChange[] {
  const changes: BlockChange[] = [];
  collectChanges(list, { conversion, facts, changes });
  return changes;
}

function collectChanges(list: PatchedList, comparing: Comparing): void {
  const { conversion, facts, changes } = comparing;
  const { kept, moved } = keptBlocks(list, facts, {
    type: (block) => writtenType(block, conversion),
    original: (id) => conversion.object(id) ?? id,
  });
  const keptIds = new Set(kept.map(([before]) => idOf(before)));
  const isCut = facts.lists.has(compactId(list.parent));
  const before = new Map(list.was.map((block) => [idOf(block), block]));
  const stays = new Set<string>();
  for (const block of list.is) {
    const id = idOf(block);
    const was = before.get(id);
    if (isObjectBlock(block) || keptIds.has(id)) continue;
    // What lies beyond the part that was read is not known to be new.
    const isUnknown = was === undefined ? isCut : isIrreplaceable(was, facts);
    if (isUnknown || holdsObjects(block)) stays.add(id);
    else changes.push({ type: 'remove', block });
  }
  for (const [was, now] of moved) if (stays.has(idOf(was))) changeBlock(was, now, comparing);
  const pairs = new Map(kept.map(([block, now]) => [idOf(block), now]));
  const wanted = list.was.filter((block) => !stays.has(idOf(block)));
  const places = new Map(list.is.map((block, place) => [idOf(block), place]));
  let after: string | undefined;
  let stayed: string | undefined;
  for (let index = 0; index < wanted.length; index += 1) {
    const block = wanted[index];
    if (block === undefined) break;
    const now = pairs.get(idOf(block));
    if (now !== undefined) {
      if (!isObjectBlock(block)) changeBlock(block, now, comparing);
      after = idOf(now);
      stayed = after;
    } else if (isObjectBlock(block)) {
      const next = wanted.slice(index).find((other) => pairs.has(idOf(other)));
      const copy = compactId(conversion.object(idOf(block)) ?? '');
      if (isBetween(places, copy, after, idOf(pairs.get(idOf(next))))) after = copy;
    } else {
      const run = missingFrom(wanted, index, pairs);
      changes.push({ type: 'insert', parent: list.parent, run, after, place: stayed ?? '' });
      index += run.length - 1;
    }
  }
}

/** True when the copy of a page or database stands where the original stood: behind `after` and before `next`. */
function isBetween(
  places: ReadonlyMap<string, number>,
  copy: string,
  after: string | undefined,
  next: string,
): boolean {
  const place = places.get(copy);
  if (place === undefined) return false;
  return place > (places.get(after ?? '') ?? -1) && place < (places.get(next) ?? Number.POSITIVE_INFINITY);
}

function changeBlock(was: BlockNode, now: BlockNode, comparing: Comparing): void {
  const { conversion, changes } = comparing;
  const isLeft = isLeftAlone(was);
  if (was.type !== now.type && (isLeft || writtenType(was, conversion) !== now.type)) return;
  if (!isLeft && !isSameForm(was, now, conversion) && ownNodes(was, conversion).length > 0)
    changes.push({ type: 'update', was, now });
  // What lies in a block that no request writes is written like any other.
  if (isCopy(was) || isUnreadBelow(was) || isUnreadBelow(now) || hasSections(was)) return;
  collectChanges({ parent: idOf(now), was: was.children ?? [], is: now.children ?? [] }, comparing);
}

/** True for a block whose contents are several lists, which no request adds to. */
function hasSections(was: BlockNode): boolean {
  return blockType(stringAt(was, 'type') ?? '')?.children === 'sections';
}

/** The type of the block that a request writes for `was`; undefined when it writes none or several. */
function writtenType(was: BlockNode, conversion: Conversion): string | undefined {
  const [node, ...more] = ownNodes(was, conversion);
  return more.length === 0 ? node?.type : undefined;
}

function missingFrom(
  was: readonly BlockNode[],
  from: number,
  pairs: ReadonlyMap<string, BlockNode>,
): BlockNode[] {
  const run: BlockNode[] = [];
  for (const block of was.slice(from)) {
    if (pairs.has(idOf(block)) || isObjectBlock(block)) break;
    run.push(block);
  }
  return run;
}
