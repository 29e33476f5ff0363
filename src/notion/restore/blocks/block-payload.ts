/**
 * Blocks of a snapshot as the blocks a request creates. One block may become several (texts too long for one), another
 * one (what no request can write), or none. How they are spread over requests is left to `request-batches.ts`.
 */
import type { KnownBlockType } from '../../../document/block-types.ts';
import { isKnownBlockType } from '../../../document/block-types.ts';
import type { BlockNode } from '../../../document/documents.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import type { Conversion, PendingFile } from '../requests/conversion.ts';
import type { Source } from './block-source.ts';
import { colourOf, leaf, unreadBelow } from './block-source.ts';
import { columns, table, tabs } from './container-payload.ts';
import { address, childLink, linkToPage, synced } from './link-payload.ts';
import { writableMedia } from './media-payload.ts';
import { linkPreview, meetingNotes, templateButton, unsupported } from './substitute-payload.ts';
import { callout, code, equation, heading, numbered, text } from './text-payload.ts';
import type { WriteNode } from './write-node.ts';

/** The blocks to create for `blocks`, in order. */
export function convertBlocks(blocks: readonly BlockNode[], conversion: Conversion): WriteNode[] {
  return blocks.flatMap((block) => convertBlock(block, conversion));
}

/** The blocks to create for one block. */
export function convertBlock(block: BlockNode, conversion: Conversion): WriteNode[] {
  const files: PendingFile[] = [];
  const collecting: Conversion = { ...conversion, attach: (file) => files.push(file) };
  const type = stringAt(block, 'type') ?? '';
  const write = isKnownBlockType(type) ? writers[type] : unsupported;
  const id = compactId(stringAt(block, 'id') ?? '');
  const written = write({
    block,
    type,
    id,
    payload: objectAt(block, type) ?? {},
    conversion: collecting,
    files,
    convert: (blocks) => convertBlocks(blocks, conversion),
  });
  return [...written, ...unreadBelow(type, id, conversion)];
}

type Writer = (source: Source) => WriteNode[];

const writers: Readonly<Record<KnownBlockType, Writer>> = {
  paragraph: (source) => text(source, {}),
  bulleted_list_item: (source) => text(source, {}),
  numbered_list_item: numbered,
  quote: (source) => text(source, {}),
  toggle: (source) => text(source, {}),
  to_do: (source) => text(source, { checked: source.payload.checked === true }),
  heading_1: heading,
  heading_2: heading,
  heading_3: heading,
  heading_4: heading,
  callout,
  code,
  equation,
  divider: (source) => [leaf(source, {})],
  breadcrumb: (source) => [leaf(source, {})],
  table_of_contents: (source) => [leaf(source, colourOf(source.payload))],
  template: templateButton,
  synced_block: synced,
  column_list: columns,
  column: (source) => source.convert(source.block.children ?? []),
  table,
  table_row: () => [],
  tab: tabs,
  link_to_page: linkToPage,
  embed: address,
  bookmark: address,
  link_preview: linkPreview,
  image: writableMedia,
  video: writableMedia,
  audio: writableMedia,
  pdf: writableMedia,
  file: writableMedia,
  child_page: (source) => childLink(source, 'page_id'),
  child_database: (source) => childLink(source, 'database_id'),
  meeting_notes: meetingNotes,
  transcription: meetingNotes,
  unsupported,
};
