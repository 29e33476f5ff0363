/** Blocks of a request, checked already, as they are kept; nothing is put into the workspace yet. */
import { validationError } from '../../protocol/api-error.ts';
import type { Json, JsonObject } from '../../workspace/json.ts';
import { arrayAt, isJsonObject, objectAt, stringAt } from '../../workspace/json.ts';
import { childrenOf, typeOf } from '../check/blocks.ts';
import { isMediaUrl, isWebUrl } from '../check/urls.ts';
import type { Draft } from './draft.ts';
import { storeIcon } from './icons.ts';
import { dashed, missing, seeBlock, seeDatabase, seePage } from './reach.ts';
import { storeRichText } from './rich-text.ts';
import { attachUpload } from './uploads.ts';

/** A block about to be. */
export interface BlockDraft {
  readonly type: string;
  readonly payload: JsonObject;
  readonly children: readonly BlockDraft[];
}

/** @throws ApiError 400 or 404 for what only the workspace can tell: unknown people, dead links, misfit files */
export function draftBlocks(draft: Draft, children: Json | undefined): BlockDraft[] {
  if (!Array.isArray(children)) return [];
  return children.flatMap((child) => (isJsonObject(child) ? [draftBlock(draft, child)] : []));
}

function draftBlock(draft: Draft, block: JsonObject): BlockDraft {
  const type = typeOf(block);
  const payload = objectAt(block, type);
  const children = draftBlocks(draft, childrenOf(block));
  if (type === 'table') refuseRaggedRows(payload.table_width, children);
  return { type, payload: storePayload(draft, type, payload, {}), children };
}

/** Refuses rows that are not as wide as their table. @throws ApiError 400 */
export function refuseRaggedRows(width: Json | undefined, rows: readonly BlockDraft[]): void {
  if (rows.every((row) => row.type !== 'table_row' || arrayAt(row.payload, 'cells').length === width)) return;
  throw validationError(
    'Content creation Failed. Fix the following: Number of cells in table row must match the table width of the parent table.',
  );
}

/**
 * A block's payload as it is kept.
 * @param before what the block held so far: an update replaces only the fields it names
 */
export function storePayload(draft: Draft, type: string, given: JsonObject, before: JsonObject): JsonObject {
  // The target of a link is one choice: another kind of target takes the place of the old one.
  const known: JsonObject = { ...defaults(type), ...(type === 'link_to_page' ? {} : before) };
  const stored: JsonObject = { ...known };
  for (const [name, value] of Object.entries(given)) {
    if (name === 'children' || name === 'type') continue;
    Object.assign(stored, storeField(draft, type, name, value));
  }
  if (stored.external !== undefined && given.file_upload !== undefined) delete stored.external;
  if (given.external !== undefined) delete stored.file;
  if (type === 'file' && given.name === undefined && stored.name === undefined)
    stored.name = nameOf(draft, stored);
  return stored;
}

function storeField(draft: Draft, type: string, name: string, value: Json): JsonObject {
  switch (name) {
    case 'rich_text':
    case 'caption':
      return { [name]: storeRichText(draft, value) };
    case 'cells':
      return { cells: (Array.isArray(value) ? value : []).map((cell) => storeRichText(draft, cell)) };
    case 'icon':
      return { icon: storeIcon(draft, value, 'icon') };
    case 'external':
      return storeExternal(type, isJsonObject(value) ? (stringAt(value, 'url') ?? '') : '');
    case 'file_upload':
      return attachUpload(draft, isJsonObject(value) ? (stringAt(value, 'id') ?? '') : '', mediaPlace(type));
    case 'url':
      if (!isWebUrl(String(value))) throw invalidUrl(type);
      return { url: value };
    case 'synced_from':
      return { synced_from: isJsonObject(value) ? storeOriginal(draft, value) : null };
    case 'page_id':
    case 'database_id':
    case 'comment_id':
      return storeLink(draft, name, String(value));
    default:
      return { [name]: value };
  }
}

function storeExternal(type: string, url: string): JsonObject {
  const isJudged = type === 'image' || type === 'video' || type === 'audio';
  if (isJudged ? !isMediaUrl(type, url) : !isWebUrl(url)) throw invalidUrl(type);
  return { type: 'external', external: { url } };
}

/** A copy names an existing original, not another copy. */
function storeOriginal(draft: Draft, given: JsonObject): JsonObject {
  const id = dashed(stringAt(given, 'block_id') ?? '');
  const original = seeBlock(draft.context, id);
  if (
    original.kind !== 'block' ||
    original.type !== 'synced_block' ||
    original.payload.synced_from !== null
  ) {
    throw validationError(`Block with ID ${id} is not an original synced block.`);
  }
  return { type: 'block_id', block_id: id };
}

function storeLink(draft: Draft, type: 'page_id' | 'database_id' | 'comment_id', given: string): JsonObject {
  const id = dashed(given);
  if (type === 'page_id') seePage(draft.context, id);
  else if (type === 'database_id') seeDatabase(draft.context, id);
  else if (!draft.context.state.comments.has(id)) throw missing(draft.context, 'comment', id);
  return { type, [type]: id };
}

function invalidUrl(type: string): Error {
  return validationError(`Content creation Failed. Fix the following: Invalid ${type} url.`);
}

function mediaPlace(type: string): 'image' | 'video' | 'audio' | 'pdf' | 'file' {
  return type === 'image' || type === 'video' || type === 'audio' || type === 'pdf' ? type : 'file';
}

/** Fields a block has though the request leaves them out. */
function defaults(type: string): JsonObject {
  switch (type) {
    case 'paragraph':
      return { rich_text: [], icon: null, color: 'default' };
    case 'callout':
      return { rich_text: [], icon: { type: 'emoji', emoji: '💡' }, color: 'default' };
    case 'to_do':
      return { rich_text: [], checked: false, color: 'default' };
    case 'bulleted_list_item':
    case 'numbered_list_item':
    case 'toggle':
    case 'quote':
      return { rich_text: [], color: 'default' };
    case 'heading_1':
    case 'heading_2':
    case 'heading_3':
    case 'heading_4':
      return { rich_text: [], is_toggleable: false, color: 'default' };
    case 'code':
      return { caption: [], rich_text: [] };
    case 'embed':
    case 'bookmark':
    case 'image':
    case 'video':
    case 'pdf':
    case 'audio':
    case 'file':
      return { caption: [] };
    case 'table':
      return { has_column_header: false, has_row_header: false };
    case 'table_of_contents':
      return { color: 'default' };
    default:
      return {};
  }
}

/** The name of a file block that was given none: the upload's, or the last part of the URL. */
function nameOf(draft: Draft, payload: JsonObject): string {
  const key = stringAt(objectAt(payload, 'file'), 'key');
  if (key !== undefined) return draft.context.state.files.get(key)?.name ?? 'untitled';
  const url = stringAt(objectAt(payload, 'external'), 'url');
  if (url === undefined || !URL.canParse(url)) return 'untitled';
  return new URL(url).pathname.split('/').at(-1) || 'untitled';
}
