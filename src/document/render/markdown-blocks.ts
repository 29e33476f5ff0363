/** Blocks as Markdown, one rendering per block type. */
import type { KnownBlockType } from '../block-types.ts';
import { isKnownBlockType, isListItemBlockType } from '../block-types.ts';
import type { BlockNode } from '../documents.ts';
import { gapNote, missingFile } from '../gaps.ts';
import type { JsonObject } from '../json.ts';
import { arrayAt, objectAt, stringAt } from '../json.ts';
import { printableLines } from '../names.ts';
import { plainText } from '../rich-text.ts';
import type { Footnotes } from './footnotes.ts';
import { noteOf } from './gap-notes.ts';
import type { Links } from './links.ts';
import { fileHref, fileName, hrefOf } from './links.ts';
import { escapeMarkdown, markdownText } from './markdown-text.ts';

export interface MarkdownContext {
  readonly links: Links;
  readonly footnotes: Footnotes;
}

/** One block on its way into Markdown. */
interface Part {
  readonly id: string;
  readonly payload: JsonObject;
  /** Its rich text, with the marks of its comments. */
  readonly text: string;
  readonly children: readonly BlockNode[];
  /** Lists of blocks that its payload names. */
  readonly sections: readonly BlockNode[][];
  /** Its place in a numbered list, from 1. */
  readonly number: number;
  readonly context: MarkdownContext;
}

type Render = (part: Part) => string;

const render: Readonly<Record<KnownBlockType, Render>> = {
  paragraph: ({ text, children, context }) => stacked([text, indented(children, '  ', context)]),
  heading_1: heading('##'),
  heading_2: heading('###'),
  heading_3: heading('####'),
  heading_4: heading('#####'),
  bulleted_list_item: (part) => item('- ', part),
  numbered_list_item: (part) => item(`${part.number}. `, part),
  to_do: (part) => item(part.payload.checked === true ? '- [x] ' : '- [ ] ', part),
  toggle: ({ text, children, context }) =>
    `<details><summary>${oneLine(text)}</summary>\n\n${blocksMarkdown(children, context)}\n\n</details>`,
  quote: quoted,
  callout: quoted,
  code: ({ payload }) =>
    fenced(printableLines(plainText(payload.rich_text)), stringAt(payload, 'language') ?? ''),
  equation: ({ payload }) => `$$\n${stringAt(payload, 'expression') ?? ''}\n$$`,
  divider: () => '---',
  breadcrumb: contents,
  table_of_contents: contents,
  synced_block: contents,
  column_list: contents,
  column: contents,
  table,
  // Rows are rendered by their table.
  table_row: contents,
  tab: contents,
  link_to_page: ({ payload, context }) =>
    objectLink(stringAt(payload, 'page_id') ?? stringAt(payload, 'database_id') ?? '', '', context),
  embed: address,
  bookmark: address,
  image: (part) => media('image', '!', part),
  video: (part) => media('video', '', part),
  audio: (part) => media('audio', '', part),
  pdf: (part) => media('pdf', '', part),
  file: (part) => media('file', '', part),
  child_page: childLink,
  child_database: childLink,
  template: contents,
  link_preview: address,
  meeting_notes: contents,
  transcription: contents,
  unsupported: ({ payload }) =>
    `*(a ${escapeMarkdown(stringAt(payload, 'block_type') ?? 'kind of')} block that Notion’s API does not give)*`,
};

/** Blocks one below the other; neighbouring list items stay one list. */
export function blocksMarkdown(blocks: readonly BlockNode[], context: MarkdownContext): string {
  let text = '';
  let number = 0;
  let previous = '';
  for (const block of blocks) {
    const type = stringAt(block, 'type') ?? '';
    number = type === 'numbered_list_item' && previous === type ? number + 1 : 1;
    const own = blockMarkdown(block, type, number, context);
    if (own === '') continue;
    const isTight = isListItemBlockType(type) && isListItemBlockType(previous);
    text += text === '' ? own : `${isTight ? '\n' : '\n\n'}${own}`;
    previous = type;
  }
  return text;
}

function blockMarkdown(block: BlockNode, type: string, number: number, context: MarkdownContext): string {
  const note = noteOf(block);
  if (note !== undefined) return noteMarkdown(note);
  const payload = objectAt(block, type) ?? {};
  const id = stringAt(block, 'id') ?? '';
  const text = markdownText(arrayAt(payload, 'rich_text'), context.links) + context.footnotes.marksOf(id);
  const [children, sections] = [block.children ?? [], Object.values(block.sections ?? {})];
  // A type unknown to us shows what blocks of any type have: text and blocks below.
  const renderType = isKnownBlockType(type) ? render[type] : contents;
  return renderType({ id, payload, text, children, sections, number, context });
}

/** Text, sections and children, without a form of their own. */
function contents({ text, sections, children, context }: Part): string {
  return stacked([
    text,
    ...sections.map((section) => blocksMarkdown(section, context)),
    blocksMarkdown(children, context),
  ]);
}

function heading(marks: string): Render {
  return ({ text, children, context }) =>
    stacked([`${marks} ${oneLine(text)}`, blocksMarkdown(children, context)]);
}

function item(marker: string, { text, children, context }: Part): string {
  const below = indented(children, ' '.repeat(marker.startsWith('- ') ? 2 : marker.length), context);
  return `${marker}${text}${below === '' ? '' : `\n${below}`}`;
}

function indented(children: readonly BlockNode[], indent: string, context: MarkdownContext): string {
  return blocksMarkdown(children, context)
    .split('\n')
    .map((line) => (line === '' ? '' : indent + line))
    .join('\n');
}

function quoted({ text, children, context }: Part): string {
  return stacked([text, blocksMarkdown(children, context)])
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}

/** A fence longer than any run of backticks inside (CommonMark §4.5). */
function fenced(text: string, language: string): string {
  const maxTicks = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(maxTicks + 1);
  return `${fence}${language.replaceAll(/[^\w +#.-]/g, '')}\n${text}\n${fence}`;
}

function table({ children, context }: Part): string {
  const rows = children.filter((row) => noteOf(row) === undefined);
  const notes = children.flatMap((row) => noteOf(row) ?? []).map(noteMarkdown);
  const lines = rows.map((row) => {
    const cells = cellsOf(row).map((cell) =>
      oneLine(markdownText(Array.isArray(cell) ? cell : [], context.links)),
    );
    return `| ${cells.join(' | ')} |`;
  });
  const width = cellsOf(rows[0]).length;
  lines.splice(1, 0, `|${' --- |'.repeat(width)}`);
  return stacked([lines.join('\n'), ...notes]);
}

function cellsOf(row: BlockNode | undefined) {
  return arrayAt(objectAt(row, 'table_row'), 'cells');
}

function childLink({ id, payload, context }: Part): string {
  return objectLink(id, stringAt(payload, 'title') ?? '', context);
}

function objectLink(id: string, title: string, { links }: MarkdownContext): string {
  const link = linked(escapeMarkdown(title) || 'Untitled', links.object(id));
  const unread = links.unread?.(id);
  return unread === undefined
    ? link
    : `${link} ${noteMarkdown(gapNote('this page could not be read', unread))}`;
}

function address({ payload, context: { links } }: Part): string {
  const url = stringAt(payload, 'url') ?? '';
  const caption = markdownText(arrayAt(payload, 'caption'), links);
  return linked(caption === '' ? escapeMarkdown(url) : caption, hrefOf(url, links));
}

function linked(text: string, href: string | undefined): string {
  return href === undefined ? text : `[${text}](<${href}>)`;
}

function media(kind: string, mark: '!' | '', { payload, context: { links } }: Part): string {
  const caption = markdownText(arrayAt(payload, 'caption'), links);
  const missing = missingFile(payload);
  if (missing !== undefined) return notKept(kind, payload, caption, missing);
  const href = fileHref(payload, links);
  const name = caption === '' ? escapeMarkdown(fileName(payload)) : caption;
  return href === undefined ? `*(${kind} not kept: ${name})*` : `${mark}[${name}](<${href}>)`;
}

/** The note in the place of a file whose bytes are not in the snapshot. */
function notKept(kind: string, payload: JsonObject, caption: string, reason: string): string {
  const note = gapNote(`this ${kind} was not kept`, reason);
  const url = stringAt(objectAt(payload, 'file'), 'url') ?? '';
  const name = caption === '' ? escapeMarkdown(fileName({ ...payload, external: { url } })) : caption;
  return `${noteMarkdown(note)} *${name}*`;
}

/** A note keeps its brackets: they stand for no link. */
export function noteMarkdown(note: string): string {
  return `**[${escapeMarkdown(note.slice(1, -1))}]**`;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}

/** The parts that say something, with an empty line between them. */
function stacked(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
