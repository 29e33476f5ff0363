/** For each block of a page, the first snapshot that has it as it is now. */

import { everyBlock } from '../../document/blocks.ts';
import { blockName, blockWords } from '../../document/diff/blocks.ts';
import type { BlockNode } from '../../document/documents.ts';
import { stringAt } from '../../document/json.ts';
import { compactId } from '../../document/notion-id.ts';
import { KlosetError } from '../../errors.ts';
import type { DatedSnapshot } from './versions.ts';
import { versionsOf } from './versions.ts';

/** A block with the snapshot that first has it so. */
export interface BlamedBlock {
  readonly id: string;
  readonly type: string;
  readonly text: string;
  /** 0 at the top of the page. */
  readonly depth: number;
  readonly snapshot: string;
  readonly time: string;
}

/** The blocks of the newest version of page `id`, in order. @throws KlosetError `usage` for a database */
export async function blame(snapshots: readonly DatedSnapshot[], id: string): Promise<BlamedBlock[]> {
  const since = new Map<string, { snapshot: string; time: string }>();
  let blocks: readonly BlockNode[] = [];
  for await (const { version, document } of versionsOf(snapshots, id)) {
    if (document === undefined) continue;
    if (document.kind !== 'page')
      throw new KlosetError('usage', `${version.path} is a database.`, { hint: 'Use `notion-kloset log`.' });
    const { snapshot, time } = version;
    const changed = new Set(
      version.changes
        .filter(({ part, kind }) => part === 'block' && kind !== 'moved')
        .map((change) => compactId(change.id)),
    );
    for (const block of everyBlock(document.blocks)) {
      const own = compactId(stringAt(block.node, 'id') ?? '');
      if (!since.has(own) || changed.has(own)) since.set(own, { snapshot, time });
    }
    blocks = document.blocks;
  }
  return Array.from(everyBlock(blocks), ({ node, depth }) => {
    const own = compactId(stringAt(node, 'id') ?? '');
    const first = since.get(own) ?? { snapshot: '', time: '' };
    return { id: own, type: blockName(node), text: blockWords(node), depth, ...first };
  });
}
