/** Blocks as nodes of the tree, one form per block type. */
import type { Heading, List, ListItem, PhrasingContent, RootContent } from 'mdast';
import type { KnownBlockType } from '../../block-types.ts';
import { isKnownBlockType, isListItemBlockType } from '../../block-types.ts';
import type { BlockNode } from '../../documents.ts';
import { gapNote } from '../../gaps.ts';
import type { Json, JsonObject } from '../../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../json.ts';
import { printable, printableLines } from '../../names.ts';
import { plainText } from '../../rich-text.ts';
import { tableOfContents } from './contents.ts';
import type { PageContext } from './context.ts';
import { noteOf } from './gap-notes.ts';
import { icon } from './icon.ts';
import { address, media } from './media.ts';
import type { Box } from './nodes.ts';
import { linked, note, paragraph, text } from './nodes.ts';
import type { Part } from './part.ts';
import { anchorOf, blockContent } from './part.ts';
import { colorClass, phrasing } from './rich-text.ts';
import { table } from './tables.ts';
import { trailWords } from './trail.ts';

type Form = (part: Part) => RootContent[];

const forms: Readonly<Record<KnownBlockType, Form>> = {
  paragraph: (part) => [...ownParagraph(part), ...box('indented', part.below)],
  heading_1: heading(2),
  heading_2: heading(3),
  heading_3: heading(4),
  heading_4: heading(5),
  // Items are joined into lists by `blockNodes`.
  bulleted_list_item: contents,
  numbered_list_item: contents,
  to_do: contents,
  toggle: (part) => [details([paragraph(part.words)], part, false)],
  quote: (part) => [
    { type: 'blockquote', children: blockContent([...ownParagraph(part), ...part.below]), data: look(part) },
  ],
  callout: (part) => {
    const mark = icon(part.payload.icon ?? null);
    const words = [...mark, ...(mark.length > 0 && part.words.length > 0 ? [text(' ')] : []), ...part.words];
    const own = words.length === 0 ? [] : [paragraph(words)];
    return box('callout', [...own, ...part.below], look(part));
  },
  code: (part) => [
    {
      type: 'code',
      lang: language(stringAt(part.payload, 'language') ?? ''),
      value: printableLines(plainText(part.payload.rich_text).replace(/\r\n?/g, '\n')),
    },
    ...caption(part),
  ],
  equation: ({ payload, marks }) => [
    { type: 'math', value: stringAt(payload, 'expression') ?? '' },
    ...(marks.length === 0 ? [] : [paragraph(marks)]),
  ],
  divider: () => [{ type: 'thematicBreak' }],
  breadcrumb,
  table_of_contents: tableOfContents,
  synced_block: contents,
  column_list: ({ below }) => box('columns', below),
  column: ({ below, payload }) => {
    const ratio = payload.width_ratio;
    const style =
      typeof ratio === 'number' && ratio > 0 && ratio <= 1 ? { style: `flex-grow:${ratio * 100}` } : {};
    return [
      {
        type: 'box',
        kind: 'column',
        children: below,
        data: { hProperties: { className: ['column'], ...style } },
      },
    ];
  },
  table,
  // Rows are rendered by their table.
  table_row: contents,
  tab: tabs,
  link_to_page: (part) => linkTo(targetOf(part.payload), '', part),
  embed: ({ payload, context, marks }) => address(payload, context.links, marks),
  bookmark: ({ payload, context, marks }) => address(payload, context.links, marks),
  image: ({ payload, context, marks }) => media('image', payload, context.links, marks),
  video: ({ payload, context, marks }) => media('video', payload, context.links, marks),
  audio: ({ payload, context, marks }) => media('audio', payload, context.links, marks),
  pdf: ({ payload, context, marks }) => media('pdf', payload, context.links, marks),
  file: ({ payload, context, marks }) => media('file', payload, context.links, marks),
  child_page: (part) => linkTo(part.id, stringAt(part.payload, 'title') ?? '', part),
  child_database: (part) => linkTo(part.id, stringAt(part.payload, 'title') ?? '', part),
  template: contents,
  link_preview: ({ payload, context, marks }) => address(payload, context.links, marks),
  meeting_notes: meeting,
  transcription: meeting,
  unsupported: ({ payload }) => [
    paragraph([
      {
        type: 'emphasis',
        children: [
          text(
            `a ${printable(stringAt(payload, 'block_type') ?? 'kind of')} block that Notion’s API does not give`,
          ),
        ],
      },
    ]),
  ],
};

/** Blocks one below the other; neighbouring list items of one type are one list. */
export function blockNodes(blocks: readonly BlockNode[], context: PageContext): RootContent[] {
  const nodes: RootContent[] = [];
  let open: { readonly type: string; readonly list: List } | undefined;
  for (const block of blocks) {
    const type = stringAt(block, 'type') ?? '';
    if (!isListItemBlockType(type) || noteOf(block) !== undefined) {
      open = undefined;
      nodes.push(...blockNode(block, type, context));
      continue;
    }
    const part = partOf(block, type, context);
    const start = startOf(part.payload);
    if (open?.type !== type || (start !== undefined && start !== expectedStart(open.list))) {
      open = { type, list: newList(type, part.payload, start) };
      nodes.push(open.list);
    }
    open.list.children.push(listItem(type, part));
  }
  return nodes;
}

function blockNode(block: BlockNode, type: string, context: PageContext): RootContent[] {
  const missing = noteOf(block);
  if (missing !== undefined) return [paragraph([note(missing)])];
  // A type unknown to us shows what blocks of any type have: text and blocks below.
  const form = isKnownBlockType(type) ? forms[type] : contents;
  return form(partOf(block, type, context));
}

function partOf(block: BlockNode, type: string, context: PageContext): Part {
  const payload = objectAt(block, type) ?? {};
  const id = stringAt(block, 'id') ?? '';
  const marks = context.comments.of(id);
  const words = [...phrasing(arrayAt(payload, 'rich_text'), context.links), ...marks];
  // The children of a table and of tabs have forms of their own.
  const below = type === 'table' || type === 'tab' ? [] : blockNodes(block.children ?? [], context);
  return { block, id, payload, words, marks, below, context };
}

/** Text, sections and children, without a form of their own. */
function contents(part: Part): RootContent[] {
  return [...ownParagraph(part), ...sections(part), ...part.below];
}

function ownParagraph(part: Part): RootContent[] {
  return part.words.length === 0 ? [] : [paragraph(part.words, look(part))];
}

/** The lists that a meeting names, in the order Notion shows them, each below its name. */
function meeting(part: Part): RootContent[] {
  const title = phrasing(bold(arrayAt(part.payload, 'title')), part.context.links);
  const own = title.length === 0 ? [] : [paragraph([...title, ...part.marks])];
  return [...own, ...ownParagraph(part), ...sections(part), ...part.below];
}

const sectionOrder = ['summary', 'notes', 'transcript'];

function sections({ block, context }: Part): RootContent[] {
  const named = Object.entries(block.sections ?? {});
  // Lists of names nobody knows come last.
  const rank = (name: string) =>
    sectionOrder.includes(name) ? sectionOrder.indexOf(name) : sectionOrder.length;
  return named
    .toSorted(([a], [b]) => rank(a) - rank(b))
    .flatMap(([name, blocks]) => {
      const below = blockNodes(blocks, context);
      const label = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      return below.length === 0 ? [] : [paragraph([{ type: 'emphasis', children: [text(label)] }]), ...below];
    });
}

function heading(depth: Heading['depth']): Form {
  return (part) => {
    const data = look(part);
    const [id, { anchors }] = [anchorOf(part.id), part.context];
    const anchor = anchors.has(id) ? {} : { id };
    anchors.add(id);
    const title: Heading = {
      type: 'heading',
      depth,
      children: part.words,
      data: { ...data, hProperties: { ...data.hProperties, ...anchor } },
    };
    return part.below.length === 0 && part.payload.is_toggleable !== true
      ? [title]
      : [details([title], part, true)];
  };
}

function details(seen: RootContent[], part: Part, isOpen: boolean): RootContent {
  const data = look(part);
  return {
    type: 'details',
    children: [{ type: 'summary', children: seen, data: { hName: 'summary' } }, ...part.below],
    data: { ...data, hName: 'details', hProperties: { ...data.hProperties, open: isOpen } },
  };
}

/** A box, when there is something in it. */
function box(
  kind: Box['kind'],
  children: readonly RootContent[],
  data: NonNullable<Box['data']> = {},
): RootContent[] {
  if (children.length === 0) return [];
  const className = [kind, ...classesOf(data)];
  return [
    {
      type: 'box',
      kind,
      children: [...children],
      data: { hName: kind === 'callout' ? 'aside' : 'div', hProperties: { className } },
    },
  ];
}

function classesOf(data: NonNullable<Box['data']>): string[] {
  const names = data.hProperties?.className;
  return Array.isArray(names) ? names : [];
}

/** The colour of a block. */
function look({ payload }: Part): NonNullable<Box['data']> {
  const color = colorClass(payload.color ?? null);
  return color === undefined ? {} : { hProperties: { className: [color] } };
}

function caption({ payload, marks, context }: Part): RootContent[] {
  const words = [...phrasing(arrayAt(payload, 'caption'), context.links), ...marks];
  return words.length === 0 ? [] : [paragraph(words, { hProperties: { className: ['caption'] } })];
}

/** Notion's name of a language as an info string (CommonMark 0.31 §4.5); plain text has none. */
function language(name: string): string | null {
  const word = printable(name)
    .trim()
    .toLowerCase()
    .replace(/[\s`]+/g, '-');
  return word === '' || word === 'plain-text' ? null : word;
}

function newList(type: string, payload: JsonObject, start: number | undefined): List {
  const ordered = type === 'numbered_list_item';
  const form = { letters: 'a', roman: 'i' }[stringAt(payload, 'list_format') ?? ''];
  return {
    type: 'list',
    ordered,
    ...(ordered ? { start: start ?? 1 } : {}),
    spread: false,
    children: [],
    ...(form === undefined ? {} : { data: { hProperties: { type: form } } }),
  };
}

/** The number at which a list says that it starts. */
function startOf(payload: JsonObject): number | undefined {
  const start = payload.list_start_index;
  return typeof start === 'number' && Number.isInteger(start) && start >= 0 && start < 1e9
    ? start
    : undefined;
}

function expectedStart(list: List): number {
  return (list.start ?? 1) + list.children.length;
}

function listItem(type: string, part: Part): ListItem {
  const own = paragraph(part.words, look(part));
  return {
    type: 'listItem',
    ...(type === 'to_do' ? { checked: part.payload.checked === true } : {}),
    spread: part.below.some((node) => node.type !== 'list'),
    children: blockContent([own, ...part.below]),
  };
}

/** Tabs: the text of each child is its label, the children of that child its contents. */
function tabs({ block, context }: Part): RootContent[] {
  const list = (block.children ?? []).flatMap((child): RootContent[] => {
    if (noteOf(child) !== undefined) return blockNode(child, '', context);
    const type = stringAt(child, 'type') ?? '';
    const part = partOf(child, type, context);
    const label = [...tabLabel(part), ...part.marks];
    return box('tab', [...(label.length === 0 ? [] : [paragraph(label)]), ...part.below]);
  });
  return box('tabs', list);
}

/** An icon that is text is as bold as the words: they become one. */
function tabLabel({ payload, context: { links } }: Part): PhrasingContent[] {
  const [mark] = icon(payload.icon ?? null);
  const runs = arrayAt(payload, 'rich_text');
  if (mark?.type === 'text') return phrasing(bold([{ plain_text: `${mark.value} ` }, ...runs]), links);
  return [...(mark === undefined ? [] : [mark, text(' ')]), ...phrasing(bold(runs), links)];
}

/** Rich text with every run bold. */
function bold(runs: readonly Json[]): JsonObject[] {
  return runs
    .filter(isObject)
    .map((run) => ({ ...run, annotations: { ...objectAt(run, 'annotations'), bold: true } }));
}

function targetOf(payload: JsonObject): string {
  return (
    stringAt(payload, 'page_id') ?? stringAt(payload, 'database_id') ?? stringAt(payload, 'comment_id') ?? ''
  );
}

function linkTo(id: string, title: string, { context: { links }, marks }: Part): RootContent[] {
  const words = printable(links.title?.(id) || title) || 'Untitled';
  const unread = links.unread?.(id);
  const missing =
    unread === undefined ? [] : [text(' '), note(gapNote('this page could not be read', unread))];
  return [paragraph([...linked(links.object(id), [text(words)]), ...missing, ...marks])];
}

function breadcrumb({ context: { links } }: Part): RootContent[] {
  const words = trailWords(links);
  return words.length === 0 ? [] : [paragraph(words, { hProperties: { className: ['breadcrumb'] } })];
}
