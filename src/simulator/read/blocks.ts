/** `GET /blocks/…`: single blocks, children, meeting notes. */
import { ApiError, notFound, notPresent, unsupportedBlockType } from '../protocol/api-error.ts';
import type { Context, Route } from '../protocol/routes.ts';
import type { BlockLike } from '../render/block.ts';
import { findBlock, originalOf, renderBlock, visibleChildren } from '../render/block.ts';
import { isChosen } from '../render/content.ts';
import type { JsonObject } from '../workspace/json.ts';
import { isTrashed, isVisible } from '../workspace/state.ts';
import { checkQuery, list, listingName, liveSlice, pagingOfQuery } from './listing.ts';
import { deleteAfterListing } from './meddling.ts';
import { botOf, visibleBlock } from './objects.ts';

export const blockRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/blocks/{block_id}',
    effect: 'read',
    capability: 'read_content',
    handle: getBlock,
  },
  {
    method: 'GET',
    path: '/v1/blocks/{block_id}/children',
    effect: 'read',
    capability: 'read_content',
    handle: getChildren,
  },
  {
    method: 'POST',
    path: '/v1/blocks/meeting_notes/query',
    effect: 'read',
    capability: 'read_content',
    since: '2026-03-11',
    handle: queryMeetingNotes,
  },
];

function getBlock(context: Context): JsonObject {
  checkQuery(context, []);
  const block = visibleBlock(context, context.params.block_id ?? '');
  const isGone = block.kind === 'block' && isTrashed(context.state, block);
  if (isGone && isChosen(context, 'trashedBlock404', block.id))
    throw notFound('block', block.id, botOf(context));
  refuseUnsupported(context, block);
  return renderBlock(context, block);
}

/** @throws ApiError 400 for blocks that the fault says the API does not serve */
function refuseUnsupported(context: Context, block: BlockLike): void {
  if (block.kind !== 'block' || !context.faults.strikesAt('blockRefused', block.id)) return;
  throw unsupportedBlockType(block.type);
}

function getChildren(context: Context): JsonObject {
  const id = context.params.block_id ?? '';
  const paging = pagingOfQuery(context);
  const children = childrenOf(context, visibleBlock(context, id));
  const slice = liveSlice(context, listingName(context, 'children', id), paging, children);
  const results = slice.items.map((child) => renderBlock(context, child));
  const victim = slice.items[context.random.below(slice.items.length || 1)];
  if (victim !== undefined) deleteAfterListing(context, victim);
  return list('block', results, slice.nextCursor);
}

/** @throws ApiError where the API refuses to list: unsupported blocks, copies whose original is out of sight */
function childrenOf(context: Context, block: BlockLike): readonly BlockLike[] {
  if (block.kind === 'database') return [];
  if (block.kind === 'page') {
    if (isChosen(context, 'childPageWalkFails', block.id)) {
      throw new ApiError(500, 'internal_server_error', 'Unexpected error.');
    }
    return visibleChildren(context.state, block);
  }
  refuseUnsupported(context, block);
  if (block.type === 'unsupported') {
    const { block_type: type } = block.payload;
    throw unsupportedBlockType(typeof type === 'string' ? type : 'unsupported');
  }
  const originalId = originalOf(block);
  if (originalId === null) return visibleChildren(context.state, block);
  const original = findBlock(context.state, originalId);
  if (original?.kind === 'block' && isVisible(context.state, original)) {
    return visibleChildren(context.state, original);
  }
  if (context.faults.rates.syncedCopy404 === 0) return [];
  throw notFound('block', originalId, botOf(context));
}

/** Neither a cursor nor a list envelope is documented; filters are, and are refused here as long as nobody needs them. */
function queryMeetingNotes(context: Context): JsonObject {
  for (const [name, value] of Object.entries(context.body)) throw notPresent(`body.${name}`, value);
  const results: JsonObject[] = [];
  for (const block of context.state.blocks.values()) {
    if (block.type !== 'meeting_notes' || isTrashed(context.state, block)) continue;
    if (isVisible(context.state, block)) results.push(renderBlock(context, block));
  }
  return { results, has_more: false };
}
