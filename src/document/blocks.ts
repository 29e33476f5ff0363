/** Trees of blocks, independent of what each type of block means. */
import type { BlockNode } from './documents.ts';

/** The blocks below a block, sections of meeting notes included. */
export function childrenOf(block: BlockNode): BlockNode[] {
  return [...(block.children ?? []), ...Object.values(block.sections ?? {}).flat()];
}
