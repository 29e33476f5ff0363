/** A page as one HTML file that needs nothing but its folder: no script, nothing from the network. */
import type { ElementContent } from 'hast';
import type { RootContent } from 'mdast';
import type { CommentPlace } from '../comment-places.ts';
import type { PageDocument } from '../documents.ts';
import { objectAt, stringAt } from '../json.ts';
import { printable } from '../names.ts';
import { pageTitle } from '../title.ts';
import { style } from './html-style.ts';
import type { HtmlHelpers } from './html-tree.ts';
import { element, markup, treeElements, words } from './html-tree.ts';
import { icon } from './tree/icon.ts';
import type { LinkedPage, Links } from './tree/links.ts';
import { pathToUrl } from './tree/links.ts';
import { paragraph } from './tree/nodes.ts';
import { pageTree } from './tree/page.ts';
import { trailWords } from './tree/trail.ts';

/** The whole page. */
export function pageHtml(
  document: PageDocument,
  links: Links,
  helpers: HtmlHelpers = {},
  comments: CommentPlace = 'footnotes',
): string {
  const body = treeElements(pageTree(document, links, comments), helpers).children as ElementContent[];
  const hasMargin = comments === 'margin' && document.comments.length > 0;
  const title = printable(pageTitle(document.page)).trim() || 'Untitled';
  return htmlFile(
    title,
    [...cover(document), ...trail(links), ...pageIcon(document), ...body, ...pager(links)],
    hasMargin ? 'with-margin' : undefined,
  );
}

/** Nodes of the tree as HTML elements, for files that are no page. */
function elementsOf(nodes: readonly RootContent[], helpers: HtmlHelpers = {}): ElementContent[] {
  return treeElements({ type: 'root', children: [...nodes] }, helpers).children as ElementContent[];
}

/** Elements as a piece of HTML. */
export function elementsText(elements: readonly ElementContent[]): string {
  return markup({ type: 'root', children: [...elements] });
}

/** Nodes of the tree as a piece of HTML. */
export function nodesHtml(nodes: readonly RootContent[]): string {
  return markup({ type: 'root', children: elementsOf(nodes) });
}

/** A complete file around `body`. The policy in its head keeps a hostile page from loading or running anything. */
export function htmlFile(title: string, body: readonly ElementContent[], bodyClass?: string): string {
  const { head, tail } = htmlFrame(title, bodyClass);
  return `${head}${markup({ type: 'root', children: [...body] })}${tail}`;
}

/** The parts before and after the body of a file, for bodies that are written piece by piece. */
export function htmlFrame(
  title: string,
  bodyClass?: string,
): { readonly head: string; readonly tail: string } {
  const policy =
    "default-src 'none'; img-src 'self' file:; media-src 'self' file:; style-src 'unsafe-inline'";
  const head = element('head', {}, [
    element('meta', { charSet: 'utf-8' }, []),
    element('meta', { httpEquiv: ['Content-Security-Policy'], content: policy }, []),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }, []),
    element('title', {}, [{ type: 'text', value: title }]),
    element('style', {}, [{ type: 'text', value: style }]),
  ]);
  const opened = bodyClass === undefined ? '<body>' : `<body class="${bodyClass}">`;
  return {
    head: `<!doctype html>\n<html lang="und">${markup(head)}${opened}<main>\n`,
    tail: '\n</main></body></html>\n',
  };
}

function cover(document: PageDocument): ElementContent[] {
  const path = stringAt(objectAt(objectAt(document.page, 'cover'), 'file'), 'path');
  return path === undefined
    ? []
    : [element('img', { className: ['cover'], src: pathToUrl(path), alt: '' }, [])];
}

function pageIcon(document: PageDocument): ElementContent[] {
  const mark = icon(document.page.icon ?? null);
  return mark.length === 0
    ? []
    : elementsOf([paragraph(mark, { hProperties: { className: ['page-icon'] } })]);
}

/** Links to the pages before and after. */
function pager(links: Links): ElementContent[] {
  const { before, after } = links.neighbours?.() ?? {};
  if (before === undefined && after === undefined) return [];
  const link = (page: LinkedPage | undefined, arrow: (title: ElementContent) => ElementContent[]) =>
    page === undefined
      ? [element('span', {}, [])]
      : [element('a', { href: page.href }, arrow(element('span', {}, [words(printable(page.title))])))];
  // The arrow stands outside of the words that are cut where they are too long.
  const both = [
    ...link(before, (title) => [words('← '), title]),
    ...link(after, (title) => [title, words(' →')]),
  ];
  return [element('nav', { className: ['pager'] }, both)];
}

/** The way to the page as a piece of HTML. */
export function trailHtml(links: Links): string {
  return elementsText(trail(links));
}

/** The way from the top of the workspace to the page. */
function trail(links: Links): ElementContent[] {
  const trailed = trailWords(links);
  return trailed.length === 0 ? [] : [element('nav', {}, elementsOf([paragraph(trailed)]))];
}
