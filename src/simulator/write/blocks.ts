/** Blocks: append, update, trash and take out of the trash. */
import { ApiError, archivedEdit, validationError } from '../protocol/api-error.ts';
import type { Context } from '../protocol/routes.ts';
import { renderBlock, visibleChildren } from '../render/block.ts';
import type { JsonObject } from '../workspace/json.ts';
import { isJsonObject, objectAt } from '../workspace/json.ts';
import type { Block, Database, Page } from '../workspace/state.ts';
import { isTrashed, parentOf, touch } from '../workspace/state.ts';
import { checkBlockUpdate } from './check/block-updates.ts';
import { childrenCheck } from './check/blocks.ts';
import { uuid } from './check/ids.ts';
import type { Check } from './check/problems.ts';
import { object, oneOf, optional } from './check/shapes.ts';
import type { BlockDraft } from './create/blocks.ts';
import { draftBlocks, refuseRaggedRows, storePayload } from './create/blocks.ts';
import { newDraft, settle } from './create/draft.ts';
import { refuseTrashed, seeBlock } from './create/reach.ts';
import { blockList, markEdited, parentFor, placeBlocks, placeOf, refuseBulk } from './place-blocks.ts';
import { acceptBody, refuseAny } from './refuse.ts';
import { writeRules } from './rules.ts';

const holdsChildren =
  /^(paragraph|heading_[1-4]|bulleted_list_item|numbered_list_item|to_do|toggle|quote|callout|synced_block|column_list|column|table|tab)$/;

/** `{type:"start"}`, `{type:"end"}` or `{type:"after_block", after_block:{id}}`. */
export const positionCheck: Check = positionOf('start', 'end');

/** The same with other words for start and end. */
export function positionOf(start: string, end: string): Check {
  const place = object({ type: oneOf([start, end]) });
  const after = object({ type: oneOf(['after_block']), after_block: object({ id: uuid }) });
  return (value, path, problems) => {
    const isAfter = isJsonObject(value) && (value.type === 'after_block' || value.after_block !== undefined);
    if (isAfter) after(value, path, problems);
    else if (isJsonObject(value)) place(value, path, problems);
    else problems.should(path, 'be an object', value);
  };
}

/** `PATCH /blocks/{block_id}/children` */
export function appendChildren(context: Context): JsonObject {
  const { body, params } = context;
  const container = seeBlock(context, params.block_id ?? '');
  const rules = writeRules(context.state);
  const holder = container.kind === 'block' ? container.type : 'page';
  acceptBody(body, { children: childrenCheck(holder, rules), position: optional(positionCheck) });
  if (Array.isArray(body.children)) {
    const { length } = body.children;
    refuseAny((problems) => problems.atLeast('body.children', 1, length));
  }
  refuseBulk(body.children);
  refuseTrashed(context, container);
  refuseChildless(container);
  refuseBlockLimit(context);
  const at = placeOf(context, container, body.position);
  const draft = newDraft(context);
  const drafts = draftBlocks(draft, body.children);
  if (container.kind === 'block' && container.type === 'table') {
    refuseRaggedRows(container.payload.table_width, drafts);
  }
  settle(draft);
  return append(context, container, drafts, at);
}

function append(
  context: Context,
  container: Page | Block,
  drafts: readonly BlockDraft[],
  at?: number,
): JsonObject {
  const added = placeBlocks(context, drafts, parentFor(container), at);
  markEdited(context, container);
  context.committed = { resourceId: container.id, childIds: added.map((block) => block.id) };
  if (at === undefined) return blockList(added.map((block) => renderBlock(context, block)));
  // Seen: the answer to a positioned append goes on with all siblings that follow.
  const siblings = visibleChildren(context.state, container);
  const first = siblings.findIndex((block) => block.id === added[0]?.id);
  return blockList(siblings.slice(first).map((block) => renderBlock(context, block)));
}

/** `PATCH /blocks/{block_id}` */
export function updateBlock(context: Context): JsonObject {
  const { body, params, state } = context;
  const block = seeBlock(context, params.block_id ?? '');
  const type = block.kind === 'block' ? block.type : block.kind === 'page' ? 'child_page' : 'child_database';
  refuseAny((problems) => checkBlockUpdate(body, type, problems));
  refuseWriteIntoTrash(context, block, body.in_trash === false);
  const draft = newDraft(context);
  if (block.kind === 'block' && isJsonObject(body[type])) {
    const payload = storePayload(draft, type, objectAt(body, type), block.payload);
    refuseMisplaced(context, block, payload, objectAt(body, type));
    block.payload = payload;
  }
  settle(draft);
  if (typeof body.in_trash === 'boolean') block.inTrash = body.in_trash;
  if (block.kind === 'block') markEdited(context, block);
  else touch(block, context.clock.now(), state.botId);
  context.committed = { resourceId: block.id };
  return renderBlock(context, block);
}

/** `DELETE /blocks/{block_id}`: into the trash. */
export function deleteBlock(context: Context): JsonObject {
  const block = seeBlock(context, context.params.block_id ?? '');
  refuseTrashed(context, block);
  block.inTrash = true;
  if (block.kind === 'block') markEdited(context, block);
  else touch(block, context.clock.now(), context.state.botId);
  context.committed = { resourceId: block.id };
  return renderBlock(context, block);
}

/**
 * Refuses every write to an object in the trash but the one that takes it out.
 * @throws ApiError 400 also when it lies there because of something above it
 */
export function refuseWriteIntoTrash(
  context: Context,
  object: Page | Block | Database,
  isRestoring: boolean,
): void {
  if (!isTrashed(context.state, object)) return;
  const above = parentOf(context.state, object);
  if (!isRestoring || (above !== undefined && isTrashed(context.state, above))) throw archivedEdit();
}

/** Free workspaces with several members stop taking blocks. @throws ApiError 403 */
export function refuseBlockLimit(context: Context): void {
  if (!writeRules(context.state).blockLimitReached) return;
  throw new ApiError(
    403,
    'restricted_resource',
    'This workspace has reached its block limit. Upgrade the plan to add more blocks.',
  );
}

function refuseChildless(container: Block | Page | Database): asserts container is Block | Page {
  if (container.kind === 'page') return;
  if (container.kind === 'database')
    throw validationError('Block type child_database does not support children.');
  const { type, payload } = container;
  const isPlainHeading = type.startsWith('heading_') && payload.is_toggleable !== true;
  const isCopy = type === 'synced_block' && payload.synced_from !== null;
  if (holdsChildren.test(type) && !isPlainHeading && !isCopy) return;
  throw validationError(`Block with ID ${container.id} of type ${type} does not support children.`);
}

/** Refuses updates that a block's place forbids. */
function refuseMisplaced(context: Context, block: Block, payload: JsonObject, given: JsonObject): void {
  const parent = parentOf(context.state, block);
  const holder = parent?.kind === 'block' ? parent : undefined;
  if (block.type === 'paragraph' && given.icon !== undefined && holder?.type !== 'tab') {
    refuseAny((problems) => problems.should('body.paragraph.icon', 'be not present', given.icon));
  }
  if (block.type === 'table_row' && holder !== undefined) {
    refuseRaggedRows(holder.payload.table_width, [{ type: block.type, payload, children: [] }]);
  }
  if (given.is_toggleable === false && block.children.length > 0) {
    throw validationError('A heading with children cannot be made not toggleable.');
  }
}
