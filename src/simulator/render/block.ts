/** Block objects, the blocks that stand for pages and databases among them. */
import type { Json, JsonObject } from '../workspace/json.ts';
import type { Block, Database, Page, State } from '../workspace/state.ts';
import { isTrashed, isVisible } from '../workspace/state.ts';
import type { RenderContext } from './content.ts';
import { isChosen, minuteTime, partialUser, renderContent, trashMembers } from './content.ts';
import { databaseTitle, hasVisibleSource } from './database.ts';
import { pageTitle } from './page.ts';
import { renderParent } from './parent.ts';

/** Any object that can stand among a block's children. */
export type BlockLike = Block | Page | Database;

/** The block with this id: a real one, a page or a database. */
export function findBlock(state: State, id: string): BlockLike | undefined {
  return state.blocks.get(id) ?? state.pages.get(id) ?? state.databases.get(id);
}

/** A block as `GET /blocks/{id}` shows it. */
export function renderBlock(context: RenderContext, block: BlockLike): JsonObject {
  const { type, payload } = renderPayload(context, block);
  return {
    object: 'block',
    id: block.id,
    parent: renderParent(context, block.id, block.parent),
    created_time: minuteTime(block.createdTime),
    last_edited_time: minuteTime(block.editedTime),
    created_by: partialUser(block.createdBy),
    last_edited_by: partialUser(block.editedBy),
    has_children: hasChildren(context.state, block),
    ...trashMembers(context, isTrashed(context.state, block)),
    type,
    [type]: payload,
  };
}

/** The children the bot may see and nobody trashed, in order. */
export function visibleChildren(state: State, parent: Block | Page): BlockLike[] {
  return parent.children.flatMap((id) => {
    const child = findBlock(state, id);
    if (child === undefined || child.inTrash || state.hidden.has(id)) return [];
    return isVisible(state, child) ? [child] : [];
  });
}

/** The id of the block a synced block copies; null for an original and for other blocks. */
export function originalOf(block: BlockLike): string | null {
  if (block.kind !== 'block' || block.type !== 'synced_block') return null;
  const from = block.payload.synced_from;
  return typeof from === 'object' &&
    from !== null &&
    !Array.isArray(from) &&
    typeof from.block_id === 'string'
    ? from.block_id
    : null;
}

function hasChildren(state: State, block: BlockLike): boolean {
  if (block.kind === 'database') return false;
  if (originalOf(block) !== null) return true;
  return visibleChildren(state, block).length > 0;
}

function renderPayload(context: RenderContext, block: BlockLike): { type: string; payload: Json } {
  if (block.kind === 'page') return { type: 'child_page', payload: { title: pageTitle(block) } };
  if (block.kind === 'database') {
    const title = hasVisibleSource(context.state, block) ? databaseTitle(context.state, block) : '';
    return { type: 'child_database', payload: { title } };
  }
  if (isChosen(context, 'unknownBlockType', block.id)) {
    return { type: 'hologram', payload: { beam: 'blue', text: block.payload.rich_text ?? null } };
  }
  const isOldMeeting = block.type === 'meeting_notes' && context.version < '2026-03-11';
  return {
    type: isOldMeeting ? 'transcription' : block.type,
    payload: renderContent(context, { ...defaultsOf(block), ...block.payload }),
  };
}

const textTypes =
  /^(paragraph|heading_[1-4]|bulleted_list_item|numbered_list_item|to_do|toggle|quote|callout)$/;

/** Members every answer has, whatever the stored payload left out. */
function defaultsOf(block: Block): JsonObject {
  const { type } = block;
  const defaults: JsonObject = {};
  if (textTypes.test(type)) Object.assign(defaults, { rich_text: [], color: 'default' });
  if (type.startsWith('heading_')) defaults.is_toggleable = false;
  if (type === 'paragraph' || type === 'callout') defaults.icon = null;
  if (type === 'to_do') defaults.checked = false;
  if (type === 'table_of_contents') defaults.color = 'default';
  if (type === 'code') Object.assign(defaults, { caption: [], rich_text: [], language: 'plain text' });
  if (/^(image|video|pdf|audio|file|embed|bookmark)$/.test(type)) defaults.caption = [];
  if (type === 'synced_block') defaults.synced_from = null;
  if (type === 'table') Object.assign(defaults, { has_column_header: false, has_row_header: false });
  return defaults;
}
