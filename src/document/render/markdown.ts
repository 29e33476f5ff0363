/** A page as Markdown people can read in any editor: text, media, links to other pages, comments as footnotes. */
import type { PageDocument } from '../documents.ts';
import type { JsonObject } from '../json.ts';
import { stringAt } from '../json.ts';
import { Footnotes } from './footnotes.ts';
import type { Links } from './links.ts';
import { blocksMarkdown } from './markdown-blocks.ts';
import { escapeMarkdown } from './markdown-text.ts';
import { pageTitle, shownProperties } from './property-text.ts';

/** The whole page: title, properties, blocks, comments. */
export function pageMarkdown(document: PageDocument, links: Links): string {
  const footnotes = new Footnotes(document.comments);
  const title = escapeMarkdown(pageTitle(document.page)) || 'Untitled';
  const parts = [
    `# ${title}${footnotes.marksOf(stringAt(document.page, 'id') ?? '')}`,
    propertyList(document.page),
    blocksMarkdown(document.blocks, { links, footnotes }),
    footnotes.text(),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function propertyList(page: JsonObject): string {
  return shownProperties(page)
    .map(([name, text]) => `- **${escapeMarkdown(name)}**: ${escapeMarkdown(text).replaceAll('\n', ' ')}`)
    .join('\n');
}
