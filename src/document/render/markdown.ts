/** A page as Markdown people can read in any editor: text, media, links to other pages, comments as footnotes. */
import type { PageDocument } from '../documents.ts';
import type { JsonObject } from '../json.ts';
import { stringAt } from '../json.ts';
import { Footnotes } from './footnotes.ts';
import { notePage } from './gap-notes.ts';
import type { Links } from './links.ts';
import { blocksMarkdown, noteMarkdown } from './markdown-blocks.ts';
import { escapeMarkdown } from './markdown-text.ts';
import { pageTitle, shownProperties } from './property-text.ts';

/** The whole page: title, properties, blocks, comments. */
export function pageMarkdown(document: PageDocument, links: Links): string {
  const noted = notePage(document);
  const footnotes = new Footnotes(document.comments);
  const title = escapeMarkdown(pageTitle(document.page)) || 'Untitled';
  const parts = [
    `# ${title}${footnotes.marksOf(stringAt(document.page, 'id') ?? '')}`,
    propertyList(document.page, noted.properties),
    blocksMarkdown(noted.blocks, { links, footnotes }),
    footnotes.text(),
    noted.rest.map(noteMarkdown).join('\n\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function propertyList(page: JsonObject, notes: ReadonlyMap<string, string>): string {
  return shownProperties(page, notes)
    .map(([name, text]) => {
      const note = notes.get(name);
      const value = escapeMarkdown(text).replaceAll('\n', ' ');
      return `- **${escapeMarkdown(name)}**: ${value}${note === undefined ? '' : ` ${noteMarkdown(note)}`}`;
    })
    .join('\n');
}
