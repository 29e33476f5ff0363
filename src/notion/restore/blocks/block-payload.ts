/**
 * Blocks of a snapshot as the blocks a request creates. One block may become several (texts too long for one), another
 * one (what no request can write), or none. How they are spread over requests is left to `block-waves.ts`.
 */
import type { BlockNode } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import type { Conversion, PendingFile } from '../requests/conversion.ts';
import { writableIcon } from '../requests/files.ts';
import { webUrl } from '../requests/links.ts';
import { boundedRuns, maxRuns, textRuns, writableRuns } from '../requests/rich-text.ts';
import { chunksOf } from '../requests/text-chunks.ts';
import type { Source } from './block-source.ts';
import { colourOf, lose, node } from './block-source.ts';
import { codeLanguages } from './code-languages.ts';
import { columns, table, tabs } from './container-payload.ts';
import { writableMedia } from './media-payload.ts';
import type { WriteNode } from './write-node.ts';
import { writeNode } from './write-node.ts';

/** The blocks to create for `blocks`, in order. */
export function convertBlocks(blocks: readonly BlockNode[], conversion: Conversion): WriteNode[] {
  return blocks.flatMap((block) => convertBlock(block, conversion));
}

/** The blocks to create for one block. */
export function convertBlock(block: BlockNode, conversion: Conversion): WriteNode[] {
  const files: PendingFile[] = [];
  const collecting: Conversion = { ...conversion, attach: (file) => files.push(file) };
  return writerOf(block.type)({
    block,
    type: stringAt(block, 'type') ?? '',
    id: compactId(stringAt(block, 'id') ?? ''),
    payload: objectAt(block, stringAt(block, 'type') ?? '') ?? {},
    conversion: collecting,
    files,
    convert: (blocks) => convertBlocks(blocks, conversion),
  });
}

type Writer = (source: Source) => WriteNode[];

const writers: { readonly [type: string]: Writer } = {
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
  callout: (source) => text(source, iconOf(source)),
  code,
  equation,
  divider: (source) => [plain(source, {})],
  breadcrumb: (source) => [plain(source, {})],
  table_of_contents: (source) => [plain(source, colourOf(source.payload))],
  template: (source) => asToggle(source, 'the API refuses template buttons: written as a toggle'),
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
};

function writerOf(type: Json | undefined): Writer {
  return (typeof type === 'string' ? writers[type] : undefined) ?? unsupported;
}

/** A text block: continuations of a text too long for one block follow it, or lead its children. */
function text(source: Source, settings: JsonObject): WriteNode[] {
  const runs = writableRuns(source.payload.rich_text, source.id, source.conversion);
  const children = source.convert(source.block.children ?? []);
  const [first = [], ...more] = chunksOf(runs);
  const rest = more.map((part) => paragraph(part, colourOf(source.payload)));
  if (rest.length > 0)
    source.conversion.note(
      'approximated',
      `block ${source.type}`,
      source.id,
      'its text is spread over several blocks',
    );
  const payload = { rich_text: first, ...colourOf(source.payload), ...settings };
  if (children.length === 0) return [node(source, payload, []), ...rest];
  return [node(source, payload, [...rest, ...children])];
}

function numbered(source: Source): WriteNode[] {
  const { list_start_index: start, list_format: format } = source.payload;
  if ((typeof start === 'number' && start !== 1) || (typeof format === 'string' && format !== 'numbers'))
    source.conversion.note(
      'approximated',
      'block numbered_list_item',
      source.id,
      'start and format of its numbers cannot be set',
    );
  return text(source, {});
}

function heading(source: Source): WriteNode[] {
  const toggles = source.payload.is_toggleable === true || (source.block.children ?? []).length > 0;
  return text(source, toggles ? { is_toggleable: true } : {});
}

function iconOf(source: Source): JsonObject {
  const icon = writableIcon(source.payload.icon, source.id, source.conversion);
  if (icon === undefined && source.type === 'callout')
    source.conversion.note(
      'approximated',
      'block callout',
      source.id,
      'a callout without an icon is given 💡 by Notion',
    );
  return icon === undefined ? {} : { icon };
}

function code(source: Source): WriteNode[] {
  const { payload, id, conversion } = source;
  const runs = writableRuns(payload.rich_text, id, conversion);
  const language = stringAt(payload, 'language') ?? 'plain text';
  if (!codeLanguages.has(language))
    conversion.note('approximated', 'block code', id, `the API refuses the language ${language}: plain text`);
  const [first = [], ...rest] = chunksOf(runs);
  if (rest.length > 0)
    conversion.note('approximated', 'block code', id, 'its text is spread over several blocks');
  const settings = { language: codeLanguages.has(language) ? language : 'plain text' };
  return [
    node(source, { rich_text: first, ...settings, ...captionOf(source) }, []),
    ...rest.map((part) => writeNode('code', { rich_text: part, ...settings })),
  ];
}

function equation(source: Source): WriteNode[] {
  const expression = stringAt(source.payload, 'expression') ?? '';
  if (expression !== '' && expression.length <= 1_000) return [plain(source, { expression })];
  source.conversion.note(
    'approximated',
    'block equation',
    source.id,
    'empty or longer than 1,000 characters: written as code',
  );
  return [
    plain(
      { ...source, type: 'code' },
      { rich_text: textRuns(expression).slice(0, maxRuns), language: 'latex' },
    ),
  ];
}

function asToggle(source: Source, reason: string): WriteNode[] {
  source.conversion.note('approximated', `block ${source.type}`, source.id, reason);
  return text({ ...source, type: 'toggle' }, {});
}

function synced(source: Source): WriteNode[] {
  const from = objectAt(source.payload, 'synced_from');
  const children = source.convert(source.block.children ?? []);
  if (from === undefined) return [node(source, { synced_from: null }, children)];
  const original = source.conversion.object(stringAt(from, 'block_id') ?? '');
  if (original !== undefined)
    return [node(source, { synced_from: { type: 'block_id', block_id: original } }, [])];
  if (children.length === 0) return lose(source, 'its original cannot be seen', 'synced block');
  source.conversion.note(
    'approximated',
    'block synced_block',
    source.id,
    'its original cannot be seen: the copy became an original',
  );
  return [node(source, { synced_from: null }, children)];
}

function linkToPage(source: Source): WriteNode[] {
  const { payload, conversion } = source;
  for (const key of ['page_id', 'database_id']) {
    const target = stringAt(payload, key);
    const object = target === undefined ? undefined : conversion.object(target);
    if (object !== undefined) return [plain(source, { type: key, [key]: object })];
  }
  const comment = stringAt(payload, 'comment_id');
  const link = comment === undefined ? undefined : conversion.commentLink(source.id, comment);
  if (link?.toOriginal === true)
    conversion.note(
      'approximated',
      'block link_to_page',
      source.id,
      'its comment is not restored: it leads to the original',
    );
  if (link !== undefined) return [plain(source, link.payload)];
  return lose(source, 'what it links to cannot be seen', 'link to page');
}

/** A page or database that stood inside a block: it lies at the end of its page now, with a link where it was. */
function childLink(source: Source, key: 'page_id' | 'database_id'): WriteNode[] {
  const object = source.conversion.object(source.id);
  if (object === undefined)
    return lose(source, 'the object it stands for is not in the snapshot', source.type.replace('_', ' '));
  source.conversion.note(
    'approximated',
    `block ${source.type}`,
    source.id,
    'objects cannot be made inside blocks: it lies on the page, with a link where it was',
  );
  return [writeNode('link_to_page', { type: key, [key]: object })];
}

function address(source: Source): WriteNode[] {
  const url = webUrl(stringAt(source.payload, 'url') ?? '');
  if (url !== undefined) return [plain(source, { url, ...captionOf(source) })];
  return lose(
    source,
    `its address does not lead to the web: ${stringAt(source.payload, 'url') ?? ''}`.slice(0, 300),
    source.type,
  );
}

function linkPreview(source: Source): WriteNode[] {
  source.conversion.note(
    'approximated',
    'block link_preview',
    source.id,
    'no request can write it: written as a bookmark',
  );
  return address({ ...source, type: 'bookmark' });
}

/** A toggle with the title, holding one toggle for each of summary, notes and transcript. */
function meetingNotes(source: Source): WriteNode[] {
  source.conversion.note(
    'approximated',
    `block ${source.type}`,
    source.id,
    'no request can write meeting notes: written as toggles',
  );
  const sections = Object.entries(isObject(source.block.sections) ? source.block.sections : {});
  const nested = sections.flatMap(([name, blocks]) => {
    const children = Array.isArray(blocks) ? source.convert(blocks) : [];
    return children.length === 0
      ? []
      : [writeNode('toggle', { rich_text: textRuns(sectionName(name)) }, { children })];
  });
  const children = [...nested, ...source.convert(source.block.children ?? [])];
  const title = boundedRuns(source.payload.title, source.id, source.conversion);
  return [
    node(
      { ...source, type: 'toggle' },
      { rich_text: title.length > 0 ? title : textRuns('Meeting notes') },
      children,
    ),
  ];
}

function sectionName(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1).replaceAll('_', ' ')}`;
}

function unsupported(source: Source): WriteNode[] {
  const kind = stringAt(source.payload, 'block_type');
  const what = kind === undefined ? source.type || 'unknown' : `${source.type} (${kind})`;
  const marker = lose(source, 'the API neither shows nor writes it', what);
  return [...marker, ...source.convert(source.block.children ?? [])];
}

function captionOf(source: Source): JsonObject {
  const caption = boundedRuns(source.payload.caption, source.id, source.conversion);
  return caption.length === 0 ? {} : { caption };
}

function plain(source: Source, payload: JsonObject): WriteNode {
  return node(source, payload, []);
}

function paragraph(runs: JsonObject[], colour: JsonObject): WriteNode {
  return writeNode('paragraph', { rich_text: runs, ...colour });
}
