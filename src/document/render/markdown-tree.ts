/** The tree as one of what Markdown has: callouts, toggles, columns, media and colours exchanged for it. */
import type { BlockContent, ListItem, Nodes, PhrasingContent, Root, RootContent } from 'mdast';
import { phrasingHtml } from './html-tree.ts';
import type { Box, Details, Media, Properties } from './tree/nodes.ts';
import { linked, paragraph, text } from './tree/nodes.ts';

/** A tree of nodes that the writer of Markdown knows, and `underline`. */
export function markdownTree(tree: Root): Root {
  return { ...tree, children: blocks(tree.children) };
}

/**
 * Blocks as those Markdown has, the tree's own exchanged for them: what stands side by side afterwards is what the writer
 * sees, which gives neighbouring lists different bullets.
 */
function blocks(nodes: readonly RootContent[]): RootContent[] {
  return nodes.flatMap(block);
}

function block(node: RootContent): RootContent[] {
  switch (node.type) {
    case 'details':
      return details(node);
    case 'box':
      return box(node);
    case 'media':
      return media(node);
    case 'properties':
      return [properties(node)];
    // A paragraph without words would part lists and leave nothing to see.
    case 'paragraph':
      return node.children.length === 0 ? [] : [inWords(node)];
    case 'heading':
      return [inWords(node)];
    case 'table':
      return [
        {
          ...node,
          children: node.children.map((row) => ({ ...row, children: row.children.map(inWords) })),
        },
      ];
    case 'list':
      return [{ ...node, children: node.children.map(listItem) }];
    case 'blockquote':
    case 'footnoteDefinition':
      return [{ ...node, children: blocks(node.children) as BlockContent[] }];
    case 'math':
      return [{ ...node, value: withoutTags(node.value) }];
    default:
      return [node];
  }
}

/** Line breaks alone in a list item: `<br>` would begin a paragraph of its own there. */
function isBreak({ type }: PhrasingContent): boolean {
  return type === 'break';
}

/**
 * TeX that does not turn into HTML or a link where a reader knows no formulas: the same sign by its name, and a blank and
 * an empty group that TeX skips.
 */
function withoutTags(tex: string): string {
  return tex
    .replace(/<(?=[a-z/!?])/gi, '\\lt ')
    .replace(/\](?=[([])/g, '] ')
    .replaceAll('://', ':{}//')
    .replace(/(www)(?=\.)/gi, '$1{}');
}

/** An item's first paragraph holds its place, also without words: what follows would be no part of the item. */
function listItem(item: ListItem): ListItem {
  const [own, ...below] = item.children;
  if (own?.type !== 'paragraph') return { ...item, children: blocks(item.children) as BlockContent[] };
  const rest = blocks(below) as BlockContent[];
  const words = own.children.every(isBreak) ? { ...own, children: [] } : inWords(own);
  const isHeld = words.children.length > 0 || (rest.length === 0 && typeof item.checked !== 'boolean');
  const first = isHeld ? words : { ...own, children: [text(' ')] };
  return { ...item, spread: !rest.every(mayFollow), children: [first, ...rest] };
}

/** True for a list that ends the paragraph before it without an empty line (CommonMark 0.31 §5.2, §5.3). */
function mayFollow(node: RootContent): boolean {
  if (node.type !== 'list' || (node.ordered === true && node.start !== 1)) return false;
  const [own, ...below] = node.children[0]?.children ?? [];
  return own?.type === 'paragraph' && (own.children.length > 0 || below.length > 0);
}

/** A foldable heading stays a heading. Else the words of the summary are HTML: Markdown is not read there. */
function details({ children: [summary, ...below] }: Details): RootContent[] {
  const seen = summary.children[0];
  if (seen?.type === 'heading') return blocks([seen, ...below]);
  const inside = seen?.type === 'paragraph' ? seen.children : [];
  const words = phrasingHtml(inside.filter((word) => word.type !== 'footnoteReference'));
  const marks = inside.filter((word) => word.type === 'footnoteReference');
  const marked = marks.length === 0 ? below : [paragraph(marks), ...below];
  return enclosed(`<details><summary>${words}</summary>`, '</details>', marked);
}

/** Columns and tabs stand one below the other; a callout and blocks set in below a paragraph keep their bounds. */
function box(node: Box): RootContent[] {
  if (node.kind === 'callout') return enclosed('<aside>', '</aside>', node.children);
  if (node.kind === 'indented') return enclosed('<dl><dd>', '</dd></dl>', node.children);
  return blocks(node.children);
}

/** The library puts empty lines between blocks: Markdown is read between the tags (CommonMark 0.31 §4.6). */
function enclosed(before: string, after: string, children: readonly RootContent[]): RootContent[] {
  return [{ type: 'html', value: before }, ...blocks(children), { type: 'html', value: after }];
}

function media(node: Media): RootContent[] {
  const words = node.caption.length === 0 ? [text(node.name)] : node.caption;
  if (node.kind !== 'image') return blocks([paragraph([...linked(node.value, words), ...node.marks])]);
  // The words of an image have no emphasis and no links: such a caption stands below.
  const isPlain = node.caption.every(({ type }) => type === 'text' || type === 'break');
  const alt = (isPlain && wordsOf(node.caption).trim()) || node.name;
  const image = paragraph([{ type: 'image', url: node.value, alt }, ...node.marks]);
  const isShown = isPlain || wordsOf(node.caption).trim() === '';
  return blocks(isShown ? [image] : [image, paragraph(node.caption)]);
}

function wordsOf(nodes: readonly Nodes[]): string {
  return nodes
    .map((node) =>
      node.type === 'break'
        ? ' '
        : 'value' in node
          ? node.value
          : 'children' in node
            ? wordsOf(node.children as Nodes[])
            : '',
    )
    .join('');
}

function properties(node: Properties): RootContent {
  const children = node.children.map(({ name, children: value }) => ({
    type: 'listItem' as const,
    spread: false,
    children: [
      {
        type: 'paragraph' as const,
        children: [{ type: 'strong' as const, children: [text(name)] }, text(': '), ...joined(value)],
      },
    ],
  }));
  return { type: 'list', ordered: false, spread: false, children };
}

function inWords<T extends { children: PhrasingContent[] }>(node: T): T {
  return { ...node, children: joined(node.children) };
}

/** Words without colours, neighbours of one look under one node: `**a****b**` would be read otherwise. */
function joined(nodes: readonly PhrasingContent[]): PhrasingContent[] {
  const list: PhrasingContent[] = [];
  for (const node of uncolored(nodes)) {
    const last = list.at(-1);
    const both = last === undefined ? undefined : union(last, node);
    if (both !== undefined) list[list.length - 1] = both;
    else {
      // Nothing seen between two formulas keeps their dollars apart.
      if (last?.type === 'inlineMath' && node.type === 'inlineMath')
        list.push({ type: 'html', value: '<!---->' });
      list.push(node);
    }
  }
  return list.map((node) => {
    if (node.type === 'inlineMath') return { ...node, value: withoutTags(node.value) };
    return 'children' in node ? inWords(node) : node;
  });
}

function uncolored(nodes: readonly PhrasingContent[]): PhrasingContent[] {
  return nodes.flatMap((node) => (node.type === 'colored' ? uncolored(node.children) : [node]));
}

/** Two neighbours as one node; undefined when they differ. */
function union(a: PhrasingContent, b: PhrasingContent): PhrasingContent | undefined {
  if (a.type === 'text' && b.type === 'text') return { ...a, value: a.value + b.value };
  if (a.type === 'inlineCode' && b.type === 'inlineCode') return { ...a, value: a.value + b.value };
  if (a.type === 'link' && b.type === 'link' && a.url === b.url)
    return { ...a, children: [...a.children, ...b.children] };
  const isStyle =
    a.type === 'strong' || a.type === 'emphasis' || a.type === 'delete' || a.type === 'underline';
  if (!isStyle || a.type !== b.type) return undefined;
  return { ...a, children: [...a.children, ...b.children] };
}
