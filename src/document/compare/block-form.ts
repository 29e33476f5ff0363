/** Blocks in comparable form: type, text, settings, children; without ids, authors and times. */
import type { KnownBlockType } from '../block-types.ts';
import { blockType, isKnownBlockType } from '../block-types.ts';
import type { BlockNode } from '../documents.ts';
import { Gaps, isUnreadBlock } from '../gaps.ts';
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import { fileForm, iconForm, isMissing } from './file-form.ts';
import type { OriginalId } from './references.ts';
import { linkForm, richTextForm } from './rich-text-form.ts';

/** A block in comparable form. */
export interface BlockForm {
  readonly type: string;
  readonly data: JsonObject;
  readonly children: readonly BlockForm[];
  /**
   * Respects in which the copy may differ, because no request can set them: `identity` means that any block of the type
   * will do, `absence` that there may be none. `unknown`: it was not read, so nothing about it can be judged.
   */
  readonly loose?: readonly ('icon' | 'children' | 'identity' | 'absence' | 'unknown')[];
  /** True when the list of its children is not whole. */
  readonly isCut?: boolean;
  /** True when it has children and their list was not asked for: nothing about them can be judged. */
  readonly isUnlisted?: boolean;
}

/** Fields that have a form of their own, and fields that only Notion sets. */
const specialFields: ReadonlySet<string> = new Set([
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

/** The form of `block` and of the blocks below it; `gaps` are those of its page. */
export function blockForm(block: BlockNode, original: OriginalId, gaps = noGaps): BlockForm {
  const type = stringAt(block, 'type') ?? '';
  const payload = objectAt(block, type) ?? {};
  const children = type === 'synced_block' && isObject(payload.synced_from) ? [] : (block.children ?? []);
  const own = isKnownBlockType(type) ? contents[type](payload, original, block) : {};
  return {
    type,
    data: pruned({ ...settingsOf(payload), ...commonContent(payload, original), ...own }),
    children: children.map((child) => blockForm(child, original, gaps)),
    ...(isUnread(block, payload, type) ? { loose: ['unknown' as const] } : {}),
    ...(gaps.ofBlock(stringAt(block, 'id') ?? '') === undefined ? {} : { isCut: true }),
    ...(block.has_children === true && block.children === undefined ? { isUnlisted: true } : {}),
  };
}

/** True for a block that has no more than its id, and for one whose file is not in the snapshot. */
function isUnread(block: BlockNode, payload: JsonObject, type: string): boolean {
  return isUnreadBlock(block) || (blockType(type)?.isMedia === true && isMissing(fileForm(payload)));
}

const noGaps = new Gaps(null);

/** The other fields of a payload, as they are. */
function settingsOf(payload: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(payload).filter(([name]) => !specialFields.has(name)));
}

/** Fields that mean the same in blocks of any type. */
function commonContent(payload: JsonObject, original: OriginalId): JsonObject {
  return {
    text: richTextForm(arrayAt(payload, 'rich_text'), original),
    caption: richTextForm(arrayAt(payload, 'caption'), original),
    icon: iconForm(payload.icon ?? null),
    ...(typeof payload.url === 'string' ? { url: linkForm(payload.url, original) } : {}),
  };
}

type Content = (payload: JsonObject, original: OriginalId, block: BlockNode) => JsonObject;

const common: Content = () => ({});
const media: Content = (payload) => ({ media: fileForm(payload) });
const ownObject: Content = (_payload, original, block) => ({ object: original(stringAt(block, 'id') ?? '') });

/** The fields that mean something in blocks of one type, besides settings and common fields. */
const contents: Readonly<Record<KnownBlockType, Content>> = {
  paragraph: common,
  heading_1: common,
  heading_2: common,
  heading_3: common,
  heading_4: common,
  bulleted_list_item: common,
  numbered_list_item: common,
  to_do: common,
  toggle: common,
  quote: common,
  callout: common,
  code: common,
  equation: common,
  divider: common,
  breadcrumb: common,
  table_of_contents: common,
  synced_block: (payload, original) => ({ synced_from: syncedFrom(payload, original) }),
  column_list: common,
  column: common,
  table: common,
  table_row: (payload, original) => ({ cells: cellsOf(payload, original) }),
  tab: common,
  link_to_page: linkTarget,
  embed: common,
  bookmark: common,
  image: media,
  video: media,
  audio: media,
  pdf: media,
  file: (payload) => ({ media: fileForm(payload), name: payload.name ?? null }),
  child_page: ownObject,
  child_database: ownObject,
  template: common,
  link_preview: common,
  meeting_notes: common,
  transcription: common,
  unsupported: common,
};

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

/** Without null, false, defaults and empty lists: an answer may leave them out. */
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
