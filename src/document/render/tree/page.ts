/** A whole page as one tree: title, properties, blocks, comments, notes on what is missing. */
import type { Root, RootContent } from 'mdast';
import { everyBlock } from '../../blocks.ts';
import type { CommentPlace } from '../../comment-places.ts';
import type { BlockNode, PageDocument } from '../../documents.ts';
import { arrayAt, objectAt, stringAt } from '../../json.ts';
import { printable } from '../../names.ts';
import { compactId } from '../../notion-id.ts';
import { plainText } from '../../rich-text.ts';
import { pageTitle, titleRuns } from '../../title.ts';
import { blockNodes } from './blocks.ts';
import { CommentMarks } from './comments.ts';
import type { PageHeading } from './context.ts';
import { notePage } from './gap-notes.ts';
import type { Links } from './links.ts';
import { note, paragraph, text } from './nodes.ts';
import { propertyNodes } from './properties.ts';
import { phrasing } from './rich-text.ts';

/** The tree of `document`. */
export function pageTree(document: PageDocument, links: Links, place: CommentPlace = 'footnotes'): Root {
  const noted = notePage(document);
  const id = stringAt(document.page, 'id') ?? '';
  const blocks = Array.from(everyBlock(noted.blocks), ({ node }) => node);
  const shown = new Set(blocks.map((block) => compactId(stringAt(block, 'id') ?? '')));
  const comments = new CommentMarks(document.comments, id, shown, { links, place });
  const headings = numbered(blocks.flatMap(headingOf));
  const properties = propertyNodes(document.page, noted.properties, links);
  return {
    type: 'root',
    children: [
      { type: 'heading', depth: 1, children: [...titleNodes(document, links), ...comments.of(id)] },
      ...(properties.length === 0 ? [] : [{ type: 'properties', children: properties } as const]),
      ...blockNodes(noted.blocks, { links, comments, headings, anchors: new Set() }),
      ...noted.rest.map((words): RootContent => paragraph([note(words)])),
      ...comments.notes(),
    ],
  };
}

function titleNodes(document: PageDocument, links: Links) {
  return printable(pageTitle(document.page)).trim() === ''
    ? [text('Untitled')]
    : phrasing(titleRuns(document.page), links);
}

function headingOf(block: BlockNode): PageHeading[] {
  const type = stringAt(block, 'type') ?? '';
  const level = /^heading_([1-4])$/.exec(type)?.[1];
  if (level === undefined) return [];
  const title = printable(plainText(arrayAt(objectAt(block, type), 'rich_text'))).trim();
  if (title === '') return [];
  return [{ id: stringAt(block, 'id') ?? '', level: Number(level), title, slug: slugOf(title) }];
}

function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');
}

/** Headings with equal titles get `-1`, `-2`, … */
function numbered(headings: readonly PageHeading[]): PageHeading[] {
  const seen = new Map<string, number>();
  return headings.map((heading) => {
    const count = seen.get(heading.slug) ?? 0;
    seen.set(heading.slug, count + 1);
    return count === 0 ? heading : { ...heading, slug: `${heading.slug}-${count}` };
  });
}
