/** A page as Markdown people can read in any editor: text, media, links to other pages, comments as footnotes. */

import { plainText } from '../compare/rich-text-form.ts';
import type { BlockNode, PageDocument } from '../documents.ts';
import type { JsonObject } from '../json.ts';
import { arrayAt, objectAt, stringAt } from '../json.ts';
import { printableLines } from '../names.ts';
import type { Links } from './links.ts';
import { fileHref, fileName, hrefOf } from './links.ts';
import { escapeMarkdown, markdownText } from './markdown-text.ts';
import { pageTitle, propertyText } from './property-text.ts';

/** The whole page, front to footnotes. */
export function pageMarkdown(document: PageDocument, links: Links): string {
  const footnotes = new Footnotes(document.comments);
  const body = blocksMarkdown(document.blocks, { links, footnotes });
  const heading = `# ${escapeMarkdown(pageTitle(document.page)) || 'Untitled'}${footnotes.marksOf(stringAt(document.page, 'id') ?? '')}`;
  return `${[heading, propertyTable(document.page), body, footnotes.text()].filter((part) => part !== '').join('\n\n')}\n`;
}

/** The properties a person would look for; a page that is no row has only its title. */
function propertyTable(page: JsonObject): string {
  const rows = Object.entries(objectAt(page, 'properties') ?? {})
    .filter(([, property]) => stringAt(property, 'type') !== 'title')
    .map(([name, property]) => [name, propertyText(property)] as const)
    .filter(([, text]) => text !== '');
  return rows
    .map(([name, text]) => `- **${escapeMarkdown(name)}**: ${escapeMarkdown(text).replaceAll('\n', ' ')}`)
    .join('\n');
}

interface Context {
  readonly links: Links;
  readonly footnotes: Footnotes;
}

/** Blocks one below the other; neighbouring list items stay one list. */
function blocksMarkdown(blocks: readonly BlockNode[], context: Context): string {
  let text = '';
  let number = 0;
  let previous = '';
  for (const block of blocks) {
    const type = stringAt(block, 'type') ?? '';
    number = type === 'numbered_list_item' && previous === type ? number + 1 : 1;
    const own = blockMarkdown(block, number, context);
    if (own === '') continue;
    const tight = isListItem(type) && isListItem(previous);
    text += text === '' ? own : `${tight ? '\n' : '\n\n'}${own}`;
    previous = type;
  }
  return text;
}

function isListItem(type: string): boolean {
  return type === 'bulleted_list_item' || type === 'numbered_list_item' || type === 'to_do';
}

function blockMarkdown(block: BlockNode, number: number, context: Context): string {
  const type = stringAt(block, 'type') ?? '';
  const payload = objectAt(block, type) ?? {};
  const text =
    markdownText(arrayAt(payload, 'rich_text'), context.links) +
    context.footnotes.marksOf(stringAt(block, 'id') ?? '');
  const children = block.children ?? [];
  switch (type) {
    case 'paragraph':
      return [text, indented(children, '  ', context)].filter(Boolean).join('\n\n');
    case 'heading_1':
    case 'heading_2':
    case 'heading_3':
    case 'heading_4':
      return [`${'#'.repeat(Number(type.at(-1)) + 1)} ${oneLine(text)}`, blocksMarkdown(children, context)]
        .filter(Boolean)
        .join('\n\n');
    case 'bulleted_list_item':
      return item('- ', text, children, context);
    case 'numbered_list_item':
      return item(`${number}. `, text, children, context);
    case 'to_do':
      return item(payload.checked === true ? '- [x] ' : '- [ ] ', text, children, context);
    case 'toggle':
      return `<details><summary>${oneLine(text)}</summary>\n\n${blocksMarkdown(children, context)}\n\n</details>`;
    case 'quote':
    case 'callout':
      return quoted([text, blocksMarkdown(children, context)].filter(Boolean).join('\n\n'));
    case 'code':
      return fenced(
        printableLines(plainText(arrayAt(payload, 'rich_text'))),
        stringAt(payload, 'language') ?? '',
      );
    case 'equation':
      return `$$\n${stringAt(payload, 'expression') ?? ''}\n$$`;
    case 'divider':
      return '---';
    case 'table':
      return table(children, context);
    case 'child_page':
    case 'child_database':
      return objectLink(stringAt(block, 'id') ?? '', stringAt(payload, 'title') ?? '', context);
    case 'link_to_page': {
      const id = stringAt(payload, 'page_id') ?? stringAt(payload, 'database_id') ?? '';
      return objectLink(id, '', context);
    }
    case 'bookmark':
    case 'embed':
    case 'link_preview':
      return link(stringAt(payload, 'url') ?? '', payload, context);
    case 'image':
    case 'video':
    case 'audio':
    case 'pdf':
    case 'file':
      return media(type, payload, context);
    case 'unsupported':
      return `*(a ${escapeMarkdown(stringAt(payload, 'block_type') ?? 'kind of')} block that Notion’s API does not give)*`;
    default:
      return [
        text,
        ...sections(block).map((list) => blocksMarkdown(list, context)),
        blocksMarkdown(children, context),
      ]
        .filter(Boolean)
        .join('\n\n');
  }
}

function sections(block: BlockNode): BlockNode[][] {
  return Object.values(block.sections ?? {});
}

function item(marker: string, text: string, children: readonly BlockNode[], context: Context): string {
  const below = indented(children, ' '.repeat(marker.startsWith('- ') ? 2 : marker.length), context);
  return `${marker}${text}${below === '' ? '' : `\n${below}`}`;
}

function indented(children: readonly BlockNode[], indent: string, context: Context): string {
  return blocksMarkdown(children, context)
    .split('\n')
    .map((line) => (line === '' ? '' : indent + line))
    .join('\n');
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}

function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language.replaceAll(/[^\w +#.-]/g, '')}\n${text}\n${fence}`;
}

function table(rows: readonly BlockNode[], context: Context): string {
  const lines = rows.map((row) => {
    const cells = arrayAt(objectAt(row, 'table_row') ?? {}, 'cells');
    return `| ${cells.map((cell) => oneLine(markdownText(Array.isArray(cell) ? cell : [], context.links))).join(' | ')} |`;
  });
  const width = arrayAt(objectAt(rows[0] ?? null, 'table_row') ?? {}, 'cells').length;
  lines.splice(1, 0, `|${' --- |'.repeat(width)}`);
  return lines.join('\n');
}

function objectLink(id: string, title: string, { links }: Context): string {
  const href = links.object(id);
  const text = escapeMarkdown(title) || 'Untitled';
  return href === undefined ? text : `[${text}](<${href}>)`;
}

function link(url: string, payload: JsonObject, { links }: Context): string {
  const caption = markdownText(arrayAt(payload, 'caption'), links);
  const href = hrefOf(url, links);
  const text = caption === '' ? escapeMarkdown(url) : caption;
  return href === undefined ? text : `[${text}](<${href}>)`;
}

function media(type: string, payload: JsonObject, { links }: Context): string {
  const caption = markdownText(arrayAt(payload, 'caption'), links);
  const href = fileHref(payload, links);
  const name = caption === '' ? escapeMarkdown(fileName(payload)) : caption;
  if (href === undefined) return `*(${type} not kept: ${name})*`;
  return `${type === 'image' ? '!' : ''}[${name}](<${href}>)`;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}

/** Comments of one page: `[^1]` where they belong, their words at the end. */
class Footnotes {
  readonly #comments: readonly JsonObject[];

  constructor(comments: readonly JsonObject[]) {
    this.#comments = comments;
  }

  marksOf(id: string): string {
    return this.#comments
      .map((comment, index) => (parentOf(comment) === id && id !== '' ? `[^${index + 1}]` : ''))
      .join('');
  }

  text(): string {
    return this.#comments.map((comment, index) => `[^${index + 1}]: ${commentLine(comment)}`).join('\n');
  }
}

function parentOf(comment: JsonObject): string {
  const parent = objectAt(comment, 'parent');
  return stringAt(parent, 'page_id') ?? stringAt(parent, 'block_id') ?? '';
}

/** Who, when, what. */
export function commentLine(comment: JsonObject): string {
  const author =
    stringAt(objectAt(comment, 'display_name'), 'resolved_name') ??
    stringAt(objectAt(comment, 'created_by'), 'id') ??
    '';
  const words = escapeMarkdown(plainText(arrayAt(comment, 'rich_text'))).replaceAll('\n', ' ');
  return `${escapeMarkdown(author)}, ${stringAt(comment, 'created_time') ?? ''}: ${words}`;
}
