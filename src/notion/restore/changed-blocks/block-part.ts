/** One block of a page with what lies in it, restored by itself. */
import type { BlockNode } from '../../../document/documents.ts';
import { compactId } from '../../../document/notion-id.ts';
import type { Conversion } from '../requests/conversion.ts';
import type { BlockChange } from './block-changes.ts';
import { blockChanges } from './block-changes.ts';
import type { BlockFacts } from './kept-blocks.ts';
import { idOf } from './kept-blocks.ts';

interface PlacedBlock {
  readonly block: BlockNode;
  /** Compact id of the page or block it lies in. */
  readonly parent: string;
  readonly siblings: readonly BlockNode[];
}

/** The changes that bring back the block `id` of the page `page` alone. */
export function partOfBlocks(
  id: string,
  page: string,
  lists: { readonly was: readonly BlockNode[]; readonly is: readonly BlockNode[] },
  conversion: Conversion,
  facts: BlockFacts,
): BlockChange[] {
  const before = findBlock(lists.was, id, page);
  if (before === undefined) return [];
  const now = findBlock(lists.is, id, page);
  if (now !== undefined)
    return blockChanges({ parent: now.parent, was: [before.block], is: [now.block] }, conversion, facts);
  const home = before.parent === page ? { siblings: lists.is } : childrenOf(lists.is, before.parent, page);
  const parent = home === undefined ? page : before.parent;
  const present = new Set((home?.siblings ?? lists.is).map(idOf));
  const place = before.siblings.findIndex((block) => idOf(block) === compactId(id));
  const after = before.siblings
    .slice(0, place)
    .map(idOf)
    .findLast((sibling) => present.has(sibling));
  return [{ type: 'insert', parent, run: [before.block], after, place: after ?? '' }];
}

/** The block `id` below `parent`, at any depth. */
export function findBlock(blocks: readonly BlockNode[], id: string, parent: string): PlacedBlock | undefined {
  for (const block of blocks) {
    if (idOf(block) === compactId(id)) return { block, parent, siblings: blocks };
    const found = findBlock(block.children ?? [], id, idOf(block));
    if (found !== undefined) return found;
  }
  return undefined;
}

function childrenOf(
  blocks: readonly BlockNode[],
  id: string,
  page: string,
): { readonly siblings: readonly BlockNode[] } | undefined {
  const found = findBlock(blocks, id, page);
  return found === undefined ? undefined : { siblings: found.block.children ?? [] };
}
