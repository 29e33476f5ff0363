/**
 * The block types this program knows, with the facts about them that several places need (API reference, "Block type
 * objects"; SDK 5.26). Renderers, the writer and the comparison decide by type in tables `Record<KnownBlockType, …>`
 * of their own: a type added here does not compile until each of them has decided. Blocks of other types are kept as
 * the API gave them.
 */

export interface BlockType {
  /**
   * Blocks below it:
   * - `none`: it cannot have any;
   * - `optional`: it may have some;
   * - `required`: it consists of them alone, and cannot be created without;
   * - `sections`: several lists, whose parents its payload names;
   * - `own object`: it stands for a page or database, which is read and written as an object of its own;
   * - `hidden`: the API does not list them.
   */
  readonly children: 'none' | 'optional' | 'required' | 'sections' | 'own object' | 'hidden';
  /** No request can create it: a copy holds something else in its place. */
  readonly isReadOnly?: true;
  /** Its payload is a file object with a caption. */
  readonly isMedia?: true;
  /** Neighbours of its type form one list. */
  readonly isListItem?: true;
}

const leaf = { children: 'none' } as const;
const nestable = { children: 'optional' } as const;
const listItem = { children: 'optional', isListItem: true } as const;
const container = { children: 'required' } as const;
const media = { children: 'none', isMedia: true } as const;
const ownObject = { children: 'own object' } as const;

/** By the API's name. */
export const blockTypes = {
  paragraph: nestable,
  // A heading has children when it is toggleable.
  heading_1: nestable,
  heading_2: nestable,
  heading_3: nestable,
  heading_4: nestable,
  bulleted_list_item: listItem,
  numbered_list_item: listItem,
  to_do: listItem,
  toggle: nestable,
  quote: nestable,
  callout: nestable,
  code: leaf,
  equation: leaf,
  divider: leaf,
  breadcrumb: leaf,
  table_of_contents: leaf,
  // A copy reads as having the children of its original.
  synced_block: nestable,
  column_list: container,
  column: container,
  table: container,
  table_row: leaf,
  // Its children are paragraphs: their text is the label, their children are the contents.
  tab: container,
  link_to_page: leaf,
  embed: leaf,
  bookmark: leaf,
  image: media,
  video: media,
  audio: media,
  pdf: media,
  file: media,
  child_page: ownObject,
  child_database: ownObject,
  // Template buttons, deprecated: requests to create them are refused.
  template: { children: 'optional', isReadOnly: true },
  link_preview: { children: 'none', isReadOnly: true },
  meeting_notes: { children: 'sections', isReadOnly: true },
  // The name of meeting_notes before version 2026-03-11.
  transcription: { children: 'sections', isReadOnly: true },
  // Stands for every block the API does not show: buttons, forms, AI blocks.
  unsupported: { children: 'hidden', isReadOnly: true },
} as const satisfies Record<string, BlockType>;

export type KnownBlockType = keyof typeof blockTypes;

type TypesWith<Fact> = {
  [Type in KnownBlockType]: (typeof blockTypes)[Type] extends Fact ? Type : never;
}[KnownBlockType];

/** The types no request can create. */
export type ReadOnlyBlockType = TypesWith<{ isReadOnly: true }>;

/** The types requests can create; pages and databases have requests of their own. */
export type WritableBlockType = Exclude<KnownBlockType, ReadOnlyBlockType>;

export type ListItemBlockType = TypesWith<{ isListItem: true }>;

export function isKnownBlockType(type: string): type is KnownBlockType {
  return Object.hasOwn(blockTypes, type);
}

/** The facts about `type`; undefined when it is unknown. */
export function blockType(type: string): BlockType | undefined {
  return isKnownBlockType(type) ? blockTypes[type] : undefined;
}

/** True for the block that stands for a page or database. */
export function isOwnObjectBlockType(type: string): boolean {
  return blockType(type)?.children === 'own object';
}

export function isWritableBlockType(type: string): type is WritableBlockType {
  return isKnownBlockType(type) && !isReadOnlyBlockType(type);
}

export function isListItemBlockType(type: string): type is ListItemBlockType {
  return blockType(type)?.isListItem === true;
}

export function isReadOnlyBlockType(type: string): type is ReadOnlyBlockType {
  return blockType(type)?.isReadOnly === true;
}
