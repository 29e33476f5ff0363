/** Edits a workspace as people would between two backups. */
import { isJsonObject } from '../../workspace/json.ts';
import type { Random } from '../../workspace/random.ts';
import { hashText, seededRandom, shuffled } from '../../workspace/random.ts';
import type { Page, State } from '../../workspace/state.ts';
import { addBlock, isTrashed, isVisible, touch } from '../../workspace/state.ts';
import { paragraph } from '../parts/blocks.ts';
import { rich } from '../parts/text.ts';
import { phrase } from './words.ts';

export interface Mutation {
  readonly seed: number;
  /** The share of pages and rows to edit, from 0 to 1; at least one when it is above 0. */
  readonly share: number;
  /** Says when the edits happen; each page edited is bumped to that moment. */
  readonly clock: { now(): number };
}

const edits = [retitle, append, rewrite, trashBlock] as const;

/** Edits pages chosen by seed, one edit each, and gives their ids. Nothing else changes, pages in the trash least of all. */
export function mutateWorkspace(state: State, mutation: Mutation): string[] {
  const random = seededRandom(hashText(`mutate ${mutation.seed}`));
  const live = [...state.pages.values()].filter((page) => isVisible(state, page) && !isTrashed(state, page));
  const wanted = mutation.share > 0 ? Math.max(1, Math.round(live.length * mutation.share)) : 0;
  return shuffled(live, random)
    .slice(0, wanted)
    .map((page) => {
      const edit = edits[random.below(edits.length)] ?? retitle;
      edit(state, page, random, mutation.clock.now());
      touch(page, mutation.clock.now(), page.createdBy);
      return page.id;
    });
}

function retitle(_state: State, page: Page, random: Random): void {
  page.values = { ...page.values, title: rich(phrase(random, 1, 6)) };
}

function append(state: State, page: Page, random: Random, now: number): void {
  const { type, payload } = paragraph(phrase(random, 3, 30));
  const parent = { type: 'page_id', id: page.id } as const;
  addBlock(state, { parent, type, payload, createdTime: now, createdBy: page.createdBy });
}

/** Replaces the words of the first block that has any; a page without such gets one. */
function rewrite(state: State, page: Page, random: Random, now: number): void {
  const block = blocksOf(state, page).find(({ payload }) => Array.isArray(payload.rich_text));
  if (block === undefined) {
    append(state, page, random, now);
    return;
  }
  block.payload = { ...block.payload, rich_text: rich(phrase(random, 3, 30)) };
  touch(block, now, page.createdBy);
}

function trashBlock(state: State, page: Page, random: Random, now: number): void {
  const block = blocksOf(state, page).find(
    ({ children, payload }) => children.length === 0 && !isJsonObject(payload.file),
  );
  if (block === undefined) {
    append(state, page, random, now);
    return;
  }
  block.inTrash = true;
  touch(block, now, page.createdBy);
}

function blocksOf(state: State, page: Page) {
  return page.children.flatMap((id) => {
    const block = state.blocks.get(id);
    return block === undefined || block.inTrash ? [] : [block];
  });
}
