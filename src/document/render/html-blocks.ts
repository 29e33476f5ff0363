/** Blocks as HTML, one rendering per block type. */
import type { KnownBlockType, ListItemBlockType } from '../block-types.ts';
import { isKnownBlockType, isListItemBlockType } from '../block-types.ts';
import type { BlockNode } from '../documents.ts';
import { gapNote, missingFile } from '../gaps.ts';
import type { JsonObject } from '../json.ts';
import { arrayAt, objectAt, stringAt } from '../json.ts';
import { plainText } from '../rich-text.ts';
import { noteOf } from './gap-notes.ts';
import { anchor, escapeHtml, textHtml } from './html-text.ts';
import type { Links } from './links.ts';
import { fileHref, fileName, hrefOf } from './links.ts';

/** One block on its way into HTML. */
interface Part {
  readonly block: BlockNode;
  readonly payload: JsonObject;
  /** Its rich text. */
  readonly text: string;
  /** The blocks below it. */
  readonly below: string;
  readonly links: Links;
}

type Render = (part: Part) => string;

const render: Readonly<Record<KnownBlockType, Render>> = {
  paragraph: ({ text, below }) => `<p>${text}</p>${below}`,
  heading_1: heading('h2'),
  heading_2: heading('h3'),
  heading_3: heading('h4'),
  heading_4: heading('h5'),
  bulleted_list_item: ({ text, below }) => `<li>${text}${below}</li>`,
  numbered_list_item: ({ text, below }) => `<li>${text}${below}</li>`,
  to_do: ({ payload, text, below }) =>
    `<li><input type="checkbox" disabled${payload.checked === true ? ' checked' : ''}> ${text}${below}</li>`,
  toggle: ({ text, below }) => `<details><summary>${text}</summary>${below}</details>`,
  quote: ({ text, below }) => `<blockquote>${text}${below}</blockquote>`,
  callout: ({ text, below }) => `<aside>${text}${below}</aside>`,
  code: ({ payload }) => `<pre><code>${escapeHtml(plainText(payload.rich_text))}</code></pre>`,
  equation: ({ payload }) => `<p><code>${escapeHtml(stringAt(payload, 'expression') ?? '')}</code></p>`,
  divider: () => '<hr>',
  breadcrumb: contents,
  table_of_contents: contents,
  synced_block: contents,
  column_list: ({ below }) => `<div class="columns">${below}</div>`,
  column: ({ below }) => `<div>${below}</div>`,
  table,
  // Rows are rendered by their table.
  table_row: contents,
  tab: contents,
  link_to_page: linkToPage,
  embed: address,
  bookmark: address,
  image: (part) =>
    media('image', part, ({ source, caption }) => {
      return `<figure><img src="${source}" alt=""><figcaption>${caption}</figcaption></figure>`;
    }),
  video: (part) => media('video', part, player('video')),
  audio: (part) => media('audio', part, player('audio')),
  pdf: (part) => media('pdf', part, download),
  file: (part) => media('file', part, download),
  child_page: childLink,
  child_database: childLink,
  template: contents,
  link_preview: address,
  meeting_notes: contents,
  transcription: contents,
  unsupported: () => '<p><em>A block that Notion’s API does not give.</em></p>',
};

const listTags: Readonly<Record<ListItemBlockType, 'ul' | 'ol'>> = {
  bulleted_list_item: 'ul',
  numbered_list_item: 'ol',
  to_do: 'ul',
};

/** Blocks one below the other; neighbouring list items of one type are one list. */
export function blocksHtml(blocks: readonly BlockNode[], links: Links): string {
  let html = '';
  let open: { readonly type: string; readonly tag: string } | undefined;
  for (const block of blocks) {
    const type = stringAt(block, 'type') ?? '';
    const tag = isListItemBlockType(type) ? listTags[type] : undefined;
    if (open !== undefined && open.type !== type) {
      html += `</${open.tag}>`;
      open = undefined;
    }
    if (open === undefined && tag !== undefined) {
      html += `<${tag}>`;
      open = { type, tag };
    }
    html += blockHtml(block, type, links);
  }
  return open === undefined ? html : `${html}</${open.tag}>`;
}

function blockHtml(block: BlockNode, type: string, links: Links): string {
  const note = noteOf(block);
  if (note !== undefined) return `<p>${noteHtml(note)}</p>`;
  const payload = objectAt(block, type) ?? {};
  const text = textHtml(arrayAt(payload, 'rich_text'), links);
  const below = blocksHtml(block.children ?? [], links);
  // A type unknown to us shows what blocks of any type have: text and blocks below.
  const renderType = isKnownBlockType(type) ? render[type] : contents;
  return renderType({ block, payload, text, below, links });
}

/** Text, sections and children, without a form of their own. */
function contents({ block, text, below, links }: Part): string {
  const sections = Object.values(block.sections ?? {}).map((section) => blocksHtml(section, links));
  return `${text === '' ? '' : `<p>${text}</p>`}${sections.join('')}${below}`;
}

function heading(tag: string): Render {
  return ({ text, below }) => {
    const title = `<${tag}>${text}</${tag}>`;
    return below === '' ? title : `<details open><summary>${title}</summary>${below}</details>`;
  };
}

function table({ block, payload, links }: Part): string {
  const children = block.children ?? [];
  const rows = children.filter((row) => noteOf(row) === undefined);
  const lines = rows.map((row, rowIndex) => {
    const cells = arrayAt(objectAt(row, 'table_row'), 'cells').map((cell, column) => {
      const isHeader =
        (payload.has_column_header === true && rowIndex === 0) ||
        (payload.has_row_header === true && column === 0);
      const tag = isHeader ? 'th' : 'td';
      return `<${tag}>${textHtml(Array.isArray(cell) ? cell : [], links)}</${tag}>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  const notes = children.flatMap((row) => noteOf(row) ?? []).map((note) => `<p>${noteHtml(note)}</p>`);
  return `<table>${lines.join('')}</table>${notes.join('')}`;
}

function childLink({ block, payload, links }: Part): string {
  const title = escapeHtml(stringAt(payload, 'title') || 'Untitled');
  const id = stringAt(block, 'id') ?? '';
  return `<p>${anchor(links.object(id), title)}${unreadNote(id, links)}</p>`;
}

function linkToPage({ payload, links }: Part): string {
  const id = stringAt(payload, 'page_id') ?? stringAt(payload, 'database_id') ?? '';
  return `<p>${anchor(links.object(id), 'Linked page')}${unreadNote(id, links)}</p>`;
}

function unreadNote(id: string, links: Links): string {
  const unread = links.unread?.(id);
  return unread === undefined ? '' : ` ${noteHtml(gapNote('this page could not be read', unread))}`;
}

function address({ payload, links }: Part): string {
  const url = stringAt(payload, 'url') ?? '';
  return `<p>${anchor(hrefOf(url, links), escapeHtml(url))}</p>`;
}

/** A file that can be shown. All but `href` are HTML. */
interface Media {
  readonly href: string;
  readonly source: string;
  readonly caption: string;
  /** The caption, or the file's name. */
  readonly name: string;
}

function media(kind: string, { payload, links }: Part, show: (media: Media) => string): string {
  const missing = missingFile(payload);
  const href = fileHref(payload, links);
  const caption = textHtml(arrayAt(payload, 'caption'), links);
  const name = caption === '' ? escapeHtml(fileName(payload)) : caption;
  if (missing !== undefined)
    return `<p>${noteHtml(gapNote(`this ${kind} was not kept`, missing))} <em>${name}</em></p>`;
  if (href === undefined) return `<p><em>${kind} not kept: ${name}</em></p>`;
  return show({ href, source: escapeHtml(href), caption, name });
}

function player(tag: 'video' | 'audio'): (media: Media) => string {
  return ({ source, name }) => `<${tag} controls src="${source}"></${tag}><p>${name}</p>`;
}

function download({ href, name }: Media): string {
  return `<p>${anchor(href, name)}</p>`;
}

/** A note on what is missing, set apart from the words of the page. */
export function noteHtml(note: string): string {
  return `<strong>${escapeHtml(note)}</strong>`;
}
