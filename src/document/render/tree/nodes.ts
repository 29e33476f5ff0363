/**
 * The tree that every rendering starts from: mdast (https://github.com/syntax-tree/mdast) with GFM and maths, and a few nodes
 * for what Markdown has no words for. `data.hName` and `data.hProperties` say what a node is in HTML, as mdast-util-to-hast
 * reads them; Markdown gives the new nodes a form of its own (`markdown.ts`).
 */
import type { BlockContent, Data, Literal, Parent, PhrasingContent, RootContent } from 'mdast';

/** Words with a line below. */
export interface Underline extends Parent {
  type: 'underline';
  children: PhrasingContent[];
}

/** Words in a colour of Notion's: `red`, `red_background`. */
export interface Colored extends Parent {
  type: 'colored';
  children: PhrasingContent[];
}

/** A comment in the margin, beside the words it follows. HTML alone has a margin. */
export interface MarginNote extends Parent {
  type: 'marginNote';
  children: PhrasingContent[];
}

/** Something that opens: its first child is what is always seen. */
export interface Details extends Parent {
  type: 'details';
  children: [Summary, ...RootContent[]];
}

/** The part of `details` that is always seen: words, or one heading. */
export interface Summary extends Parent {
  type: 'summary';
  children: RootContent[];
}

/** A box of blocks: a callout, columns, tabs, blocks set in below a paragraph. */
export interface Box extends Parent {
  type: 'box';
  kind: 'callout' | 'columns' | 'column' | 'tabs' | 'tab' | 'indented';
  children: RootContent[];
}

/** A file that can be shown or fetched. */
export interface Media extends Literal {
  type: 'media';
  kind: 'image' | 'video' | 'audio' | 'pdf' | 'file';
  /** Its URL. */
  value: string;
  /** The bytes lie beside the page: nothing is fetched from the network. */
  isKept: boolean;
  name: string;
  caption: PhrasingContent[];
  /** The marks of its comments. */
  marks: PhrasingContent[];
}

/** The values of a page. */
export interface Properties extends Parent {
  type: 'properties';
  children: Property[];
}

/** One value with the name of its property. */
export interface Property extends Parent {
  type: 'property';
  name: string;
  children: PhrasingContent[];
}

export type { List as ListNode, RootContent } from 'mdast';

declare module 'mdast' {
  interface PhrasingContentMap {
    underline: Underline;
    colored: Colored;
    marginNote: MarginNote;
  }
  interface RootContentMap {
    underline: Underline;
    colored: Colored;
    marginNote: MarginNote;
    details: Details;
    summary: Summary;
    box: Box;
    media: Media;
    properties: Properties;
    property: Property;
  }
  interface LinkData {
    /** The target in Markdown, where it is another one: headings have ids of their own there. */
    markdownUrl?: string;
  }
  interface TableData {
    columnHeader?: boolean;
    rowHeader?: boolean;
  }
}

/** `data` of an element with a class. */
export function withClass(hName: string, ...className: readonly string[]): Data {
  return { hName, hProperties: { className: [...className] } };
}

/** Words alone as a node. */
export function text(value: string): PhrasingContent {
  return { type: 'text', value };
}

/** A paragraph of `children`. */
export function paragraph(children: readonly PhrasingContent[], data?: Data): RootContent {
  return { type: 'paragraph', children: [...children], ...(data === undefined ? {} : { data }) };
}

/** A list of one item. */
export function listOf(item: RootContent): RootContent {
  return { type: 'list', spread: false, children: [{ type: 'listItem', children: [item as BlockContent] }] };
}

/** `children` as a link; as they are when there is nothing to link to. */
export function linked(href: string | undefined, children: readonly PhrasingContent[]): PhrasingContent[] {
  if (href === undefined) return [...children];
  return [{ type: 'link', url: href, children: withoutLinks(children) }];
}

/** A link holds no other link, at any depth (CommonMark 0.31 §6.3). */
function withoutLinks(nodes: readonly PhrasingContent[]): PhrasingContent[] {
  return nodes.flatMap((node) => {
    if (node.type === 'link') return withoutLinks(node.children);
    return 'children' in node ? [{ ...node, children: withoutLinks(node.children) }] : [node];
  });
}

/** A note on what is missing, set apart from the words of the page. */
export function note(words: string): PhrasingContent {
  return { type: 'strong', children: [text(words)], data: withClass('strong', 'missing') };
}
