/** Puts drafted blocks into the workspace, and marks what a change of blocks marks as edited. */
import { validationError } from '../protocol/api-error.ts';
import type { Context } from '../protocol/routes.ts';
import type { Json, JsonObject } from '../workspace/json.ts';
import { isJsonObject, objectAt, stringAt } from '../workspace/json.ts';
import type { Block, Page, Parent } from '../workspace/state.ts';
import { addBlock, moveTo, pageOf, touch } from '../workspace/state.ts';
import { countBlocks } from './check/blocks.ts';
import type { BlockDraft } from './create/blocks.ts';
import { dashed, missing, seeBlock } from './create/reach.ts';

/** At most so many blocks in one request. */
export const maxBlocks = 1000;
/** @throws ApiError 400 for a request with too many blocks at all levels together */
export function refuseBulk(children: Json | undefined): void {
  const count = countBlocks(children);
  if (count <= maxBlocks) return;
  throw validationError(
    `body failed validation: the number of blocks should be ≤ \`${maxBlocks}\`, instead was \`${count}\`.`,
  );
}

/** Adds the blocks, and what lies in them, under `parent`, from place `at` on. */
export function placeBlocks(
  context: Context,
  drafts: readonly BlockDraft[],
  parent: Parent,
  at?: number,
): Block[] {
  const now = context.clock.now();
  return drafts.map((draft, index) => {
    const { type, payload } = draft;
    const block = addBlock(context.state, { parent, type, payload, createdTime: now });
    if (at !== undefined) moveTo(context.state, block, parent, at + index);
    placeBlocks(context, draft.children, { type: 'block_id', id: block.id });
    return block;
  });
}

/** `{type:"page_id"|"block_id", id}` for what lies in a container. */
export function parentFor(container: Page | Block): Parent {
  return { type: container.kind === 'page' ? 'page_id' : 'block_id', id: container.id };
}

/**
 * The place a request's `position` means among the children of a container; undefined for the end.
 * @throws ApiError 404 when the block to follow is out of reach, 400 when it lies elsewhere
 */
export function placeOf(
  context: Context,
  container: Page | Block,
  position: Json | undefined,
): number | undefined {
  if (!isJsonObject(position)) return undefined;
  if (position.type === 'start' || position.type === 'page_start') return 0;
  if (position.type !== 'after_block') return undefined;
  return placeAfter(context, container, stringAt(objectAt(position, 'after_block'), 'id') ?? '');
}

/** The place behind a child of a container. @throws ApiError */
export function placeAfter(context: Context, container: Page | Block, given: string): number {
  const id = dashed(given);
  const sibling = seeBlock(context, id);
  if (sibling.inTrash) throw missing(context, 'block', id);
  const index = container.children.indexOf(id);
  if (index < 0)
    throw validationError(`Block with ID ${id} is not a child of block with ID ${container.id}.`);
  return index + 1;
}

/** Marks a changed block as edited, and its page too where block edits are seen to move the page's time. */
export function markEdited(context: Context, changed: Block | Page): void {
  const { state, faults } = context;
  const now = context.clock.now();
  if (changed.kind === 'block') touch(changed, now, state.botId);
  const page = pageOf(state, changed);
  if (page !== undefined && faults.rates.blockEditsBumpPage > 0) touch(page, now, state.botId);
}

/** `{object:"list", results, …}` of blocks, as appending answers. */
export function blockList(results: JsonObject[]): JsonObject {
  return { object: 'list', results, next_cursor: null, has_more: false, type: 'block', block: {} };
}
