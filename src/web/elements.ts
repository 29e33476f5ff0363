/** Elements of our own pages as a tree: `h('a', { href }, 'words')`. Words are text, never markup. */
import type { Element, ElementContent, Properties } from 'hast';
import { printable } from '../document/names.ts';
import { markup } from '../document/render/html-tree.ts';

export type { Element, ElementContent } from 'hast';

/** Words, elements, lists of both; undefined for nothing. */
export type Child = ElementContent | string | undefined | readonly Child[];

/** An element. Words lose invisible and control characters, so that none of them hides or reorders what follows. */
export function h(tagName: string, properties: Properties, ...children: readonly Child[]): Element {
  const clean = Object.entries(properties).map(([name, value]) => [
    name,
    typeof value === 'string' ? printable(value) : value,
  ]);
  return { type: 'element', tagName, properties: Object.fromEntries(clean), children: contents(children) };
}

/** Children as nodes. */
export function contents(children: readonly Child[]): ElementContent[] {
  return children.flatMap((child): ElementContent[] => {
    if (child === undefined || child === '') return [];
    if (typeof child === 'string') return [{ type: 'text', value: printable(child) }];
    return isList(child) ? contents(child) : [child];
  });
}

function isList(child: Exclude<Child, string | undefined>): child is readonly Child[] {
  return Array.isArray(child);
}

/** Nodes as HTML text. */
export function htmlText(...children: readonly Child[]): string {
  return markup({ type: 'root', children: contents(children) });
}
