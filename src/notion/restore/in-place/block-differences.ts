/** Blocks in which a page differs from the snapshot, in words for the plan. */
import type { BlockNode } from '../../../document/documents.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { plainText } from '../../../document/rich-text.ts';
import type { BlockChange } from '../changed-blocks/block-changes.ts';
import type { BlockFacts, Siblings } from '../changed-blocks/kept-blocks.ts';
import { holdsObjects, idOf, isObjectBlock, misplacedBlocks } from '../changed-blocks/kept-blocks.ts';
import type { Difference } from './differences.ts';
import { short } from './differences.ts';

/** The difference that a change undoes. */
export function blockDifference(change: BlockChange): Difference {
  if (change.type === 'remove')
    return { what: 'block added', name: typeOf(change.block), now: short(blockWords(change.block)) };
  if (change.type === 'insert') {
    const words = change.run.map(blockWords).filter((text) => text !== '');
    return {
      what: 'block removed',
      name: change.run.length === 1 ? typeOf(change.run[0]) : `${change.run.length} blocks`,
      was: short(words.join(' / ')),
    };
  }
  return {
    what: 'block changed',
    name: typeOf(change.was),
    was: short(blockWords({ ...change.was, children: [] })),
    now: short(blockWords({ ...change.now, children: [] })),
  };
}

/** Blocks, pages and databases that stay where they are now: no request moves them to their old place. */
export function misplacedDifferences(siblings: Siblings, facts: BlockFacts): Difference[] {
  return misplacedBlocks(siblings, facts).map((block) => ({
    what: 'position',
    name: `${typeOf(block).replace('child_', '')} ${short(blockWords(block))}`,
    left: isObjectBlock(block)
      ? 'no request moves a page or database within its parent'
      : 'no request moves it, and a copy would not be the same',
  }));
}

/** Blocks made since that stay because pages or databases lie in them. */
export function leftBlocks({ was, is }: Siblings): Difference[] {
  const known = new Set<string>();
  const visit = (blocks: readonly BlockNode[]): void => {
    for (const block of blocks) {
      known.add(idOf(block));
      visit(block.children ?? []);
    }
  };
  visit(was);
  return is.flatMap((block): Difference[] =>
    holdsObjects(block) && !known.has(idOf(block))
      ? [
          {
            what: 'block added',
            name: typeOf(block),
            now: short(blockWords(block)),
            left: 'pages or databases lie in it',
          },
        ]
      : [],
  );
}

/** Words of a block and of what lies in it, for people. */
export function blockWords(block: BlockNode): string {
  const payload = objectAt(block, typeOf(block)) ?? {};
  const cells = Array.isArray(payload.cells) ? payload.cells.map(plainText).join(' | ') : '';
  const words =
    plainText(payload.rich_text) ||
    cells ||
    plainText(payload.caption) ||
    stringAt(payload, 'url') ||
    stringAt(objectAt(payload, 'external'), 'url') ||
    stringAt(payload, 'expression') ||
    stringAt(payload, 'title') ||
    '';
  const below = (block.children ?? []).map(blockWords).filter((text) => text !== '');
  return [words, ...below].join(' / ');
}

function typeOf(block: BlockNode | undefined): string {
  return stringAt(block, 'type') ?? 'unknown';
}
