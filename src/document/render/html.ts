/** A page as one HTML file that needs nothing but its folder: no script, no external style. */
import type { PageDocument } from '../documents.ts';
import type { JsonObject } from '../json.ts';
import { stringAt } from '../json.ts';
import { plainText } from '../rich-text.ts';
import { authorOf } from './comment-author.ts';
import { notePage } from './gap-notes.ts';
import { blocksHtml, noteHtml } from './html-blocks.ts';
import { escapeHtml } from './html-text.ts';
import type { Links } from './links.ts';
import { pageTitle, shownProperties } from './property-text.ts';

const style =
  'body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:16px/1.5 system-ui,sans-serif}img,video{max-width:100%}' +
  'pre{background:#f4f4f4;padding:1rem;overflow:auto}blockquote,aside{border-left:3px solid #ccc;margin-left:0;padding-left:1rem}' +
  'table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.25rem .5rem;text-align:left}.columns{display:flex;gap:1rem}.columns>div{flex:1}';

/** The whole page. The policy in its head keeps a hostile page from loading or running anything. */
export function pageHtml(document: PageDocument, links: Links): string {
  const title = escapeHtml(pageTitle(document.page) || 'Untitled');
  const noted = notePage(document);
  return htmlFile(title, [
    `<h1>${title}</h1>`,
    properties(document.page, noted.properties),
    blocksHtml(noted.blocks, links),
    comments(document.comments),
    noted.rest.map((note) => `<p>${noteHtml(note)}</p>`).join(''),
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

function properties(page: JsonObject, notes: ReadonlyMap<string, string>): string {
  const rows = shownProperties(page, notes).map(([name, text]) => {
    const note = notes.get(name);
    const value = `${escapeHtml(text)}${note === undefined ? '' : ` ${noteHtml(note)}`}`;
    return `<tr><th>${escapeHtml(name)}</th><td>${value}</td></tr>`;
  });
  return rows.length === 0 ? '' : `<table>${rows.join('')}</table>`;
}

function comments(list: readonly JsonObject[]): string {
  const items = list.map((comment) => {
    const [author, time] = [
      escapeHtml(authorOf(comment)),
      escapeHtml(stringAt(comment, 'created_time') ?? ''),
    ];
    return `<li><b>${author}</b>, ${time}: ${escapeHtml(plainText(comment.rich_text))}</li>`;
  });
  return items.length === 0 ? '' : `<hr><h2>Comments</h2><ol>${items.join('')}</ol>`;
}
