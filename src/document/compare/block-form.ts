/** Blocks by what a reader sees: type, text, settings, children; not by who wrote them or when. */
import type { BlockNode } from '../documents.ts';
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import { fileForm, iconForm } from './file-form.ts';
import type { OriginalId } from './references.ts';
import { linkForm, richTextForm } from './rich-text-form.ts';

/** A block in comparable form. */
export interface BlockForm {
  readonly type: string;
  readonly data: JsonObject;
  readonly children: readonly BlockForm[];
  /**
   * What the copy may differ in, because no request can settle it: `identity` means that any block of the type will do,
   * `absence` that there may be none.
   */
  readonly loose?: readonly ('icon' | 'children' | 'identity' | 'absence')[];
}

/** Fields of a block's payload that only Notion sets, or that only a list's rendering needs. */
const readOnlyFields = new Set([
  'rich_text',
  'caption',
  'icon',
  'file',
  'external',
  'type',
  'children',
  'cells',
  'list_start_index',
  'list_format',
  'name',
  'url',
]);

const mediaBlocks = new Set(['image', 'video', 'audio', 'pdf', 'file']);

/** The form of `block` and of what stands below it. */
export function blockForm(block: BlockNode, original: OriginalId): BlockForm {
  const type = stringAt(block, 'type') ?? '';
  const payload = objectAt(block, type) ?? {};
  const children = type === 'synced_block' && isObject(payload.synced_from) ? [] : (block.children ?? []);
  return {
    type,
    data: pruned({ ...settingsOf(payload), ...contentOf(type, block, payload, original) }),
    children: children.map((child) => blockForm(child, original)),
  };
}

/** Payload fields as they are, at least those that carry a choice of the writer's. */
function settingsOf(payload: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(payload).filter(([name]) => !readOnlyFields.has(name)));
}

function contentOf(type: string, block: BlockNode, payload: JsonObject, original: OriginalId): JsonObject {
  const content: JsonObject = {
    text: richTextForm(arrayAt(payload, 'rich_text'), original),
    caption: richTextForm(arrayAt(payload, 'caption'), original),
    icon: iconForm(payload.icon ?? null),
  };
  if (mediaBlocks.has(type)) content.media = fileForm(payload);
  if (type === 'file') content.name = payload.name ?? null;
  if (typeof payload.url === 'string') content.url = linkForm(payload.url, original);
  if (type === 'table_row') content.cells = cellsOf(payload, original);
  if (type === 'synced_block') content.synced_from = syncedFrom(payload, original);
  if (type === 'link_to_page') Object.assign(content, linkTarget(payload, original));
  if (type === 'child_page' || type === 'child_database')
    content.object = original(stringAt(block, 'id') ?? '');
  return content;
}

function cellsOf(payload: JsonObject, original: OriginalId): Json[] {
  return arrayAt(payload, 'cells').map((cell) => richTextForm(Array.isArray(cell) ? cell : [], original));
}

function syncedFrom(payload: JsonObject, original: OriginalId): Json {
  const source = objectAt(payload, 'synced_from');
  return source === undefined ? 'original' : original(stringAt(source, 'block_id') ?? '');
}

function linkTarget(payload: JsonObject, original: OriginalId): JsonObject {
  const target =
    stringAt(payload, 'page_id') ?? stringAt(payload, 'database_id') ?? stringAt(payload, 'comment_id') ?? '';
  return { page_id: null, database_id: null, comment_id: null, target: original(target) };
}

/** Without what says nothing: null, false, defaults and empty lists. */
function pruned(data: JsonObject): JsonObject {
  const kept = Object.entries(data).filter(
    ([, value]) =>
      value !== null &&
      value !== false &&
      value !== 'default' &&
      !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}
