/** A branch whose top lies in the trash: what lies below went with it, and some of it had been trashed before. */
import type { Block, DataSource, Page, Parent } from '../../workspace/state.ts';
import { addSimple } from '../databases/odd-databases.ts';
import { paragraph } from '../parts/blocks.ts';
import type { Sample } from '../parts/sample.ts';
import { draw, inPage, samplePage } from '../parts/sample.ts';

export interface TrashedBranch {
  /** In the trash by itself; everything else lies below it. */
  readonly top: Page;
  readonly topBlock: Block;
  /** A page, and a page below that. */
  readonly middle: Page;
  readonly bottom: Page;
  readonly bottomBlock: Block;
  /** Trashed by itself too, before the top was: taking the top out leaves it in the trash. */
  readonly trashedBefore: Page;
  /** A database with one row. */
  readonly source: DataSource;
  readonly row: Page;
}

/** Adds the branch under `parent`. */
export function addTrashedBranch(sample: Sample, parent: Parent): TrashedBranch {
  const { state } = sample;
  const top = samplePage(sample, parent, 'Trashed top');
  const middle = samplePage(sample, inPage(top), 'Below the trashed top');
  const bottom = samplePage(sample, inPage(middle), 'Two below the trashed top');
  const trashedBefore = samplePage(sample, inPage(middle), 'Trashed before its ancestor', { inTrash: true });
  const source = addSimple(sample, inPage(middle), 'Database in a trashed branch', [
    'Row in a trashed branch',
  ]);
  const row = state.pages.get(source.rows[0] ?? '');
  if (row === undefined) throw new Error('the trashed branch has lost its row');
  const block = (page: Page, words: string) => {
    let drawn: Block | undefined;
    draw(sample, inPage(page), [{ ...paragraph(words), after: (added) => (drawn = added) }]);
    if (drawn === undefined) throw new Error('a block was not drawn');
    return drawn;
  };
  const topBlock = block(top, 'Words of the top.');
  const bottomBlock = block(bottom, 'Words at the bottom.');
  top.inTrash = true;
  return { top, topBlock, middle, bottom, bottomBlock, trashedBefore, source, row };
}
