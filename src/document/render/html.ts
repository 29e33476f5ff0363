/** A page as one HTML file that needs nothing but its folder: no script, no style from elsewhere. */
import { plainText } from '../compare/rich-text-form.ts';
import type { BlockNode, PageDocument } from '../documents.ts';
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import { printableLines } from '../names.ts';
import type { Links } from './links.ts';
import { fileHref, fileName, hrefOf } from './links.ts';
import { pageTitle, propertyText } from './property-text.ts';

const style =
  'body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:16px/1.5 system-ui,sans-serif}img,video{max-width:100%}' +
  'pre{background:#f4f4f4;padding:1rem;overflow:auto}blockquote,aside{border-left:3px solid #ccc;margin-left:0;padding-left:1rem}' +
  'table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.25rem .5rem;text-align:left}.columns{display:flex;gap:1rem}.columns>div{flex:1}';

/** Text as HTML text and attribute values. */
export function escapeHtml(text: string): string {
  const entities: { [character: string]: string } = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return printableLines(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** The whole page. The policy in its head keeps a hostile page from loading or running anything. */
export function pageHtml(document: PageDocument, links: Links): string {
  const title = escapeHtml(pageTitle(document.page) || 'Untitled');
  return htmlFile(title, [
    `<h1>${title}</h1>`,
    properties(document.page),
    blocksHtml(document.blocks, links),
    comments(document.comments),
  ]);
}

/** A complete file around `parts`. `title` is HTML already. */
export function htmlFile(title: string, parts: readonly string[]): string {
  const policy =
    "default-src 'none'; img-src 'self' file: https:; media-src 'self' file: https:; style-src 'unsafe-inline'";
  return [
    '<!doctype html>',
    '<html><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style></head><body>`,
    ...parts.filter((part) => part !== ''),
    '</body></html>\n',
  ].join('\n');
}

function properties(page: JsonObject): string {
  const rows = Object.entries(objectAt(page, 'properties') ?? {})
    .filter(([, property]) => stringAt(property, 'type') !== 'title')
    .map(([name, property]) => [name, propertyText(property)] as const)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(text)}</td></tr>`);
  return rows.length === 0 ? '' : `<table>${rows.join('')}</table>`;
}

function comments(list: readonly JsonObject[]): string {
  const items = list.map((comment) => {
    const author =
      stringAt(objectAt(comment, 'display_name'), 'resolved_name') ??
      stringAt(objectAt(comment, 'created_by'), 'id') ??
      '';
    const words = escapeHtml(plainText(arrayAt(comment, 'rich_text')));
    return `<li><b>${escapeHtml(author)}</b>, ${escapeHtml(stringAt(comment, 'created_time') ?? '')}: ${words}</li>`;
  });
  return items.length === 0 ? '' : `<hr><h2>Comments</h2><ol>${items.join('')}</ol>`;
}

const listTags: { readonly [type: string]: string } = {
  bulleted_list_item: 'ul',
  numbered_list_item: 'ol',
  to_do: 'ul',
};

function blocksHtml(blocks: readonly BlockNode[], links: Links): string {
  let html = '';
  let open = '';
  for (const block of blocks) {
    const tag = listTags[stringAt(block, 'type') ?? ''] ?? '';
    const key = tag === '' ? '' : `${tag}:${stringAt(block, 'type')}`;
    if (key !== open) {
      if (open !== '') html += `</${open.split(':')[0]}>`;
      if (tag !== '') html += `<${tag}>`;
      open = key;
    }
    html += blockHtml(block, links);
  }
  return open === '' ? html : `${html}</${open.split(':')[0]}>`;
}

function blockHtml(block: BlockNode, links: Links): string {
  const type = stringAt(block, 'type') ?? '';
  const payload = objectAt(block, type) ?? {};
  const text = textHtml(arrayAt(payload, 'rich_text'), links);
  const below = blocksHtml(block.children ?? [], links);
  switch (type) {
    case 'paragraph':
      return `<p>${text}</p>${below}`;
    case 'heading_1':
    case 'heading_2':
    case 'heading_3':
    case 'heading_4':
      return heading(Number(type.at(-1)) + 1, text, below);
    case 'bulleted_list_item':
    case 'numbered_list_item':
      return `<li>${text}${below}</li>`;
    case 'to_do':
      return `<li><input type="checkbox" disabled${payload.checked === true ? ' checked' : ''}> ${text}${below}</li>`;
    case 'toggle':
      return `<details><summary>${text}</summary>${below}</details>`;
    case 'quote':
      return `<blockquote>${text}${below}</blockquote>`;
    case 'callout':
      return `<aside>${text}${below}</aside>`;
    case 'code':
      return `<pre><code>${escapeHtml(plainText(arrayAt(payload, 'rich_text')))}</code></pre>`;
    case 'equation':
      return `<p><code>${escapeHtml(stringAt(payload, 'expression') ?? '')}</code></p>`;
    case 'divider':
      return '<hr>';
    case 'column_list':
      return `<div class="columns">${below}</div>`;
    case 'column':
      return `<div>${below}</div>`;
    case 'table':
      return tableHtml(block.children ?? [], payload, links);
    case 'child_page':
    case 'child_database':
      return `<p>${anchor(links.object(stringAt(block, 'id') ?? ''), escapeHtml(stringAt(payload, 'title') || 'Untitled'))}</p>`;
    case 'link_to_page':
      return `<p>${anchor(links.object(stringAt(payload, 'page_id') ?? stringAt(payload, 'database_id') ?? ''), 'Linked page')}</p>`;
    case 'bookmark':
    case 'embed':
    case 'link_preview':
      return `<p>${anchor(hrefOf(stringAt(payload, 'url') ?? '', links), escapeHtml(stringAt(payload, 'url') ?? ''))}</p>`;
    case 'image':
    case 'video':
    case 'audio':
    case 'pdf':
    case 'file':
      return mediaHtml(type, payload, links);
    case 'unsupported':
      return '<p><em>A block that Notion’s API does not give.</em></p>';
    default:
      return `${text === '' ? '' : `<p>${text}</p>`}${Object.values(block.sections ?? {})
        .map((list) => blocksHtml(list, links))
        .join('')}${below}`;
  }
}

function heading(level: number, text: string, below: string): string {
  const title = `<h${level}>${text}</h${level}>`;
  return below === '' ? title : `<details open><summary>${title}</summary>${below}</details>`;
}

function tableHtml(rows: readonly BlockNode[], payload: JsonObject, links: Links): string {
  const lines = rows.map((row, rowIndex) => {
    const cells = arrayAt(objectAt(row, 'table_row') ?? {}, 'cells').map((cell, column) => {
      const isHeader =
        (payload.has_column_header === true && rowIndex === 0) ||
        (payload.has_row_header === true && column === 0);
      const tag = isHeader ? 'th' : 'td';
      return `<${tag}>${textHtml(Array.isArray(cell) ? cell : [], links)}</${tag}>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<table>${lines.join('')}</table>`;
}

function mediaHtml(type: string, payload: JsonObject, links: Links): string {
  const href = fileHref(payload, links);
  const caption = textHtml(arrayAt(payload, 'caption'), links);
  const name = caption === '' ? escapeHtml(fileName(payload)) : caption;
  if (href === undefined) return `<p><em>${type} not kept: ${name}</em></p>`;
  const source = escapeHtml(href);
  if (type === 'image')
    return `<figure><img src="${source}" alt=""><figcaption>${caption}</figcaption></figure>`;
  if (type === 'video' || type === 'audio')
    return `<${type} controls src="${source}"></${type}><p>${name}</p>`;
  return `<p>${anchor(href, name)}</p>`;
}

function anchor(href: string | undefined, html: string): string {
  return href === undefined ? html : `<a href="${escapeHtml(href)}" rel="noreferrer">${html}</a>`;
}

function textHtml(runs: readonly Json[], links: Links): string {
  return runs
    .filter(isObject)
    .map((run) => runHtml(run, links))
    .join('');
}

const annotationTags: readonly (readonly [name: string, tag: string])[] = [
  ['code', 'code'],
  ['bold', 'b'],
  ['italic', 'i'],
  ['strikethrough', 's'],
  ['underline', 'u'],
];

function runHtml(run: JsonObject, links: Links): string {
  const words =
    stringAt(objectAt(run, 'text'), 'content') ??
    stringAt(objectAt(run, 'equation'), 'expression') ??
    stringAt(run, 'plain_text') ??
    '';
  const annotations = objectAt(run, 'annotations') ?? {};
  let html = escapeHtml(words).replaceAll('\n', '<br>');
  for (const [name, tag] of annotationTags) if (annotations[name] === true) html = `<${tag}>${html}</${tag}>`;
  const mention = objectAt(run, 'mention');
  const target = stringAt(objectAt(mention, 'page') ?? objectAt(mention, 'database'), 'id');
  const url = stringAt(objectAt(objectAt(run, 'text'), 'link'), 'url') ?? stringAt(run, 'href') ?? '';
  return anchor((target === undefined ? undefined : links.object(target)) ?? hrefOf(url, links), html);
}
