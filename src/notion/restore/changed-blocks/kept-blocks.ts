/**
 * Blocks that stay: of two lists of siblings, as they were and as they are, those that can become what they were without
 * being moved, which no request does.
 */
import { isOwnObjectBlockType, isWritableBlockType } from '../../../document/block-types.ts';
import type { BlockNode } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import { storedFile } from '../snapshot/stored-file.ts';
import { weightiestRise } from './weightiest-rise.ts';

/** One list of siblings: as it was, and as it is. */
export interface Siblings {
  readonly was: readonly BlockNode[];
  readonly is: readonly BlockNode[];
}

/** Facts about the blocks of a page that decide which of them stay. */
export interface BlockFacts {
  /** Compact ids of pages and blocks whose list of children the snapshot does not have to its end. */
  readonly lists: ReadonlySet<string>;
  /** True for a page or database that a restore created, by the id it has in the list of the snapshot. */
  isCreated(id: string): boolean;
}

/** The forms in which requests write the snapshot's blocks. */
export interface Written {
  /** The type of the block; undefined when a request writes none or several. */
  type(was: BlockNode): string | undefined;
  /** The id by which a copy of a synced block names its original now. */
  original(id: string): string;
}

/** A block as it was, and as it is. */
type Pair = readonly [was: BlockNode, now: BlockNode];

export interface KeptBlocks {
  /** Blocks that stand in the same order in both lists, as many as possible. */
  readonly kept: readonly Pair[];
  /** Blocks that could stay, but stand elsewhere among those that are kept. */
  readonly moved: readonly Pair[];
}

/**
 * The blocks of both lists, kept or moved. Of two choices that keep as many blocks, the one that keeps those that no request
 * can write again: others are written around them.
 */
export function keptBlocks({ was, is }: Siblings, facts: BlockFacts, written?: Written): KeptBlocks {
  const places = new Map(is.map((block, place) => [idOf(block), place]));
  const common = was.flatMap((block): { pair: Pair; place: number }[] => {
    const place = places.get(idOf(block));
    const now = place === undefined ? undefined : is[place];
    return place === undefined || now === undefined || !canBecome(now, block, written)
      ? []
      : [{ pair: [block, now], place }];
  });
  // One block more weighs more than all preferences together.
  const one = 2 * common.length + 1;
  const chosen = weightiestRise(
    common.map(({ place }) => place),
    common.map(({ pair }) => one + preferenceFor(pair, facts)),
  );
  const isKept = new Set(chosen);
  return {
    kept: common.filter((_, index) => isKept.has(index)).map(({ pair }) => pair),
    moved: common.filter((_, index) => !isKept.has(index)).map(({ pair }) => pair),
  };
}

/**
 * Blocks that stay in the same list as before, but not at their old place among the blocks that are kept: no request moves a
 * page or database, and no request writes them again.
 */
export function misplacedBlocks(siblings: Siblings, facts: BlockFacts): BlockNode[] {
  const { kept, moved } = keptBlocks(siblings, facts);
  const here = moved.filter((pair) => isUnmovable(pair, facts)).map(([was]) => was);
  const below = [...kept, ...moved].flatMap(([was, now]) =>
    isObjectBlock(was) || isUnreadBelow(was)
      ? []
      : misplacedBlocks({ was: was.children ?? [], is: now.children ?? [] }, facts),
  );
  return [...here, ...below];
}

/** True for a block that is neither moved nor written again at its old place. */
export function isUnmovable([was, now]: Pair, facts: BlockFacts): boolean {
  return isObjectBlock(was) || holdsObjects(now) || isIrreplaceable(was, facts);
}

/**
 * Blocks are written anew around what no request moves. A database that was created again came to the end of its page:
 * nothing is written anew for that.
 */
function preferenceFor(pair: Pair, facts: BlockFacts): -1 | 0 | 1 {
  const [was] = pair;
  if (stringAt(was, 'type') === 'child_database' && facts.isCreated(idOf(was))) return -1;
  return isUnmovable(pair, facts) ? 1 : 0;
}

/** True for a block whose copy would lack what the snapshot does not hold. */
export function isIrreplaceable(was: BlockNode, facts: BlockFacts): boolean {
  if (isLeftAlone(was) || facts.lists.has(idOf(was))) return true;
  if (isUnreadBelow(was) && !isCopy(was)) return true;
  return (was.children ?? []).some((child) => isIrreplaceable(child, facts));
}

/** True for a block with pages or databases in it: they would go to the trash with it. */
export function holdsObjects(block: BlockNode): boolean {
  return (block.children ?? []).some((child) => isObjectBlock(child) || holdsObjects(child));
}

/** True for a block that shows the contents of another one. */
export function isCopy(block: BlockNode): boolean {
  return objectAt(objectAt(block, 'synced_block'), 'synced_from') !== undefined;
}

/** True for a block that has children which the snapshot does not hold. */
export function isUnreadBelow(was: BlockNode): boolean {
  return was.has_children === true && was.children === undefined;
}

/** True for a block that cannot be written again as it was: where it still is, it is better than any substitute. */
export function isLeftAlone(was: BlockNode): boolean {
  const type = stringAt(was, 'type') ?? '';
  const payload = objectAt(was, type);
  return payload === undefined || !isWritableBlockType(type) || lacksBytes(payload);
}

/** True when the snapshot names a hosted file without its bytes. */
export function lacksBytes(payload: JsonObject): boolean {
  return [payload, objectAt(payload, 'icon')].some((holder) => {
    const file = objectAt(holder, 'file');
    return file !== undefined && storedFile(file) === undefined;
  });
}

/** True for the block that stands for a page or database. */
export function isObjectBlock(block: BlockNode): boolean {
  return isOwnObjectBlockType(stringAt(block, 'type') ?? '');
}

/** Ids of blocks and of all that lies in them; compact. */
export function idsIn(blocks: readonly BlockNode[]): Set<string> {
  const ids = new Set<string>();
  for (const block of blocks) {
    ids.add(idOf(block));
    for (const id of idsIn(block.children ?? [])) ids.add(id);
  }
  return ids;
}

export function idOf(block: BlockNode | undefined): string {
  return compactId(stringAt(block, 'id') ?? '');
}

function canBecome(now: BlockNode, was: BlockNode, written: Written | undefined): boolean {
  if (isLeftAlone(was) || holdsObjects(now)) return true;
  if (now.type !== was.type) return isSubstitute(now, was, written) || (isUnreadBelow(was) && !isCopy(was));
  const type = stringAt(was, 'type') ?? '';
  const [a, b] = [objectAt(now, type) ?? {}, objectAt(was, type) ?? {}];
  if (type === 'synced_block') {
    // A copy follows its original for good.
    const [from, to] = [a, b].map((payload) => stringAt(objectAt(payload, 'synced_from'), 'block_id'));
    return from === undefined || to === undefined
      ? from === to
      : compactId(from) === compactId(written?.original(to) ?? to);
  }
  if (type === 'table') return a.table_width === b.table_width;
  if (type.startsWith('heading_')) return (a.is_toggleable === true) === (b.is_toggleable === true);
  return true;
}

/** Types in which a block may stand that Notion refuses as what it was. */
const substitutes: ReadonlySet<unknown> = new Set(['embed', 'bookmark', 'file', 'paragraph']);

/** True for the block of another type that an earlier restore wrote in place of one that Notion refuses. */
function isSubstitute(now: BlockNode, was: BlockNode, written: Written | undefined): boolean {
  return written === undefined ? substitutes.has(now.type) : written.type(was) === now.type;
}
