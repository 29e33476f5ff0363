/** Trees of blocks, independent of what each type of block means. */
import type { BlockNode } from './documents.ts';

/** The blocks below a block, sections of meeting notes included. */
export function childrenOf(block: BlockNode): BlockNode[] {
  return [...(block.children ?? []), ...Object.values(block.sections ?? {}).flat()];
}

/** Blocks with all below them, each before its own, in the order they are read in; `depth` is 0 for those given. */
export function* everyBlock(
  blocks: readonly BlockNode[],
  depth = 0,
): Iterable<{ readonly node: BlockNode; readonly depth: number }> {
  for (const node of blocks) {
    yield { node, depth };
    yield* everyBlock(childrenOf(node), depth + 1);
  }
}
