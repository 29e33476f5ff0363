/**
 * Changes that the browser's page needs on what the one renderer gives: no inline style (the policy forbids it), comments beside
 * their block, a frame around a PDF. It works on elements; nothing is rendered a second time.
 */
import type { Element, ElementContent } from '../../elements.ts';
import { h } from '../../elements.ts';
import { words } from '../../words.ts';

/** The place at which the body is shown, when that is not the page's own address. */
export interface ShownPlace {
  /** Put before addresses of files. */
  readonly base: string;
  /** Put before every `id`: two versions of a page have the same ones. */
  readonly idPrefix: string;
}

/** The rendered body, dressed. */
export function dressed(
  body: readonly ElementContent[],
  { base = '', idPrefix = '' }: Partial<ShownPlace> = {},
): ElementContent[] {
  const comments = commentsIn(body);
  const own = body.filter((node) => !isFootnotes(node));
  return own.flatMap((node) => dress(node, { comments, base, idPrefix }));
}

interface Dressing extends ShownPlace {
  /** Contents of comments by the `id` of their note. */
  readonly comments: ReadonlyMap<string, readonly ElementContent[]>;
}

function dress(node: ElementContent, dressing: Dressing): ElementContent[] {
  if (node.type !== 'element') return [node];
  const own: Element = {
    ...node,
    tagName: changedTag(node) ?? node.tagName,
    properties: ownProperties(node, dressing),
    children: node.children.flatMap((child) => dress(child, dressing)),
  };
  const framed = pdfFrame(own);
  const marked = dressing.comments.size > 0 && isTextBlock(own) ? notesIn(node, dressing) : [];
  if (marked.length === 0) return framed;
  // The notes come first: they float beside the block. On a small screen the style puts them below it.
  return [h('div', { className: ['commented'] }, h('div', { className: ['comments'] }, marked), framed)];
}

/** Words that were added or removed say so to those who do not see colours. */
function changedTag({ tagName, properties }: Element): 'ins' | 'del' | undefined {
  if (tagName !== 'span' || !Array.isArray(properties.className)) return undefined;
  if (properties.className.includes('color-added-background')) return 'ins';
  return properties.className.includes('color-removed-background') ? 'del' : undefined;
}

function ownProperties(
  { tagName, properties }: Element,
  { base, idPrefix }: ShownPlace,
): Element['properties'] {
  // Most elements of a page of thousands.
  const isUsual = properties.style === undefined && tagName !== 'input';
  if (isUsual && base === '' && idPrefix === '') return properties;
  const { style, ...rest } = properties;
  const isBox = tagName === 'input' && rest.type === 'checkbox';
  const others: Element['properties'] = isBox
    ? { ...rest, ariaLabel: rest.checked === true ? words.database.checked : words.database.unchecked }
    : rest;
  const grow = /^flex-grow:([\d.]+)$/.exec(String(style ?? ''))?.[1];
  const classes = Array.isArray(properties.className) ? properties.className : [];
  const grown =
    grow === undefined
      ? {}
      : { className: [...classes, `grow-${Math.min(100, Math.max(5, Math.round(Number(grow) / 5) * 5))}`] };
  const address = tagName === 'a' ? 'href' : 'src';
  const value = others[address];
  const isAnchor = idPrefix !== '' && typeof value === 'string' && value.startsWith('#');
  const own = {
    ...(idPrefix !== '' && typeof others.id === 'string' ? { id: `${idPrefix}${others.id}` } : {}),
    ...(isAnchor ? { href: `#${idPrefix}${value.slice(1)}` } : {}),
  };
  const isRelative = typeof value === 'string' && base !== '' && !/^([a-z][a-z0-9+.-]*:|[/#?])/i.test(value);
  return { ...others, ...own, ...grown, ...(isRelative ? { [address]: `${base}${value}` } : {}) };
}

/** Elements that hold words themselves and before which a note can stand. */
function isTextBlock({ tagName }: Element): boolean {
  return /^(p|h[1-6])$/.test(tagName);
}

/** The notes of the marks in a block, in order. */
function notesIn(block: Element, { comments, idPrefix }: Dressing): Element[] {
  return marksIn(block).flatMap((id) => {
    const contents = comments.get(id);
    if (contents === undefined) return [];
    const number = Number(/\d+$/.exec(id)?.[0] ?? 0);
    return [
      h(
        'aside',
        { className: ['comment'], id: `${idPrefix}${id}`, ariaLabel: words.page.comment(number) },
        h('p', {}, contents),
      ),
    ];
  });
}

function marksIn(node: Element): string[] {
  return node.children.flatMap((child) => {
    if (child.type !== 'element') return [];
    const { href, dataFootnoteRef } = child.properties;
    return dataFootnoteRef !== undefined && typeof href === 'string' ? [href.slice(1)] : marksIn(child);
  });
}

function isFootnotes(node: ElementContent): node is Element {
  return node.type === 'element' && node.properties.dataFootnotes !== undefined;
}

/** The words of each note, without the way back to its mark. */
function commentsIn(body: readonly ElementContent[]): Map<string, readonly ElementContent[]> {
  const list = body.filter(isFootnotes).flatMap(({ children }) => children);
  const items = list.flatMap((node) =>
    node.type === 'element' && node.tagName === 'ol' ? node.children : [],
  );
  return new Map(
    items.flatMap((item): [string, readonly ElementContent[]][] => {
      if (item.type !== 'element' || typeof item.properties.id !== 'string') return [];
      const paragraphs = item.children.flatMap((child) =>
        child.type === 'element' && child.tagName === 'p' ? child.children : [],
      );
      return [[item.properties.id, paragraphs.filter((child) => !isWayBack(child))]];
    }),
  );
}

function isWayBack(node: ElementContent): boolean {
  return node.type === 'element' && node.properties.dataFootnoteBackref !== undefined;
}

/** A link to a kept PDF, with the document below it. The frame may run nothing of ours. */
function pdfFrame(node: Element): ElementContent[] {
  const classes = node.properties.className;
  if (node.tagName !== 'figure' || !Array.isArray(classes) || !classes.includes('file')) return [node];
  const link = node.children.find((child) => child.type === 'element' && child.tagName === 'a');
  const href = link?.type === 'element' ? link.properties.href : undefined;
  if (typeof href !== 'string' || !/\.pdf$/i.test(href)) return [node];
  const name = decodeURIComponent(href.slice(href.lastIndexOf('/') + 1));
  const frame = h('iframe', { className: ['pdf'], src: href, title: words.page.pdf(name), loading: 'lazy' });
  const preview = h('details', {}, h('summary', {}, words.page.preview), frame);
  return [{ ...node, children: [...node.children, preview] }];
}
