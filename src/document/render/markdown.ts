/** The tree as Markdown (CommonMark and GFM, maths between dollars): what any editor shows. */
import type { Link, Nodes, Parents, PhrasingContent, Root, RootContent } from 'mdast';
import { gfmFootnoteToMarkdown } from 'mdast-util-gfm-footnote';
import { gfmStrikethroughToMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableToMarkdown } from 'mdast-util-gfm-table';
import { gfmTaskListItemToMarkdown } from 'mdast-util-gfm-task-list-item';
import { mathToMarkdown } from 'mdast-util-math';
import type { Info, Options, State } from 'mdast-util-to-markdown';
import { defaultHandlers, toMarkdown } from 'mdast-util-to-markdown';
import type { PageDocument } from '../documents.ts';
import { phrasingHtml } from './html-tree.ts';
import type { Links } from './tree/links.ts';
import type { Box, Details, Media, Properties } from './tree/nodes.ts';
import { paragraph, text } from './tree/nodes.ts';
import { pageTree } from './tree/page.ts';

/** The whole page. */
export function pageMarkdown(document: PageDocument, links: Links): string {
  return treeMarkdown(pageTree(document, links));
}

/** Nodes of the tree as a piece of Markdown. */
export function nodesMarkdown(nodes: readonly RootContent[]): string {
  return treeMarkdown({ type: 'root', children: [...nodes] });
}

/** Any tree. */
export function treeMarkdown(tree: Root): string {
  return toMarkdown(tree, options);
}

type Handle = NonNullable<Options['handlers']>[Nodes['type']];

const options: Options = {
  bullet: '-',
  emphasis: '*',
  fences: true,
  listItemIndent: 'one',
  rule: '-',
  // Without autolink literals: their rule would put a backslash into each address in the text.
  extensions: [
    gfmFootnoteToMarkdown(),
    gfmStrikethroughToMarkdown(),
    gfmTableToMarkdown({ tablePipeAlign: false }),
    gfmTaskListItemToMarkdown(),
    mathToMarkdown(),
  ],
  handlers: {
    // A table has no line breaks (GFM §4.10).
    break: (_node: Nodes, _parent: Parents | undefined, state: State) =>
      state.stack.includes('tableCell') ? '<br>' : state.stack.includes('headingAtx') ? ' ' : '\\\n',
    text: words,
    link(node: Link, parent: Parents | undefined, state: State, info: Info) {
      const url = node.data?.markdownUrl ?? node.url;
      return defaultHandlers.link({ ...node, url }, parent, state, info);
    },
    underline: (
      node: { children: PhrasingContent[] },
      _parent: Parents | undefined,
      state: State,
      info: Info,
    ) => wrapped('<u>', '</u>', node, state, info),
    colored: (
      node: { children: PhrasingContent[] },
      _parent: Parents | undefined,
      state: State,
      info: Info,
    ) => state.containerPhrasing({ type: 'paragraph', children: node.children }, info),
    details,
    box,
    media,
    properties,
  } as unknown as Record<string, Handle>,
} as Options;

function wrapped(
  before: string,
  after: string,
  node: { children: PhrasingContent[] },
  state: State,
  info: Info,
): string {
  const tracker = state.createTracker(info);
  let value = tracker.move(before);
  value += tracker.move(
    state.containerPhrasing(
      { type: 'paragraph', children: node.children },
      { ...tracker.current(), before: '>', after: '<' },
    ),
  );
  return value + tracker.move(after);
}

/** An address that GFM makes a link of by itself (GFM §6.9): nothing in it has a meaning, and nothing may be escaped. */
const address =
  /(?<![^\s*_~(])https?:\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?#][^\s<>[\]|`]*)?(?<![?!.,:*_~'")\]};&])/gi;

function words(node: { value: string }, _parent: Parents | undefined, state: State, info: Info): string {
  const isAlone = !state.stack.includes('label');
  const tracker = state.createTracker(info);
  let [value, from] = ['', 0];
  const escaped = (part: string, after: string) =>
    tracker.move(
      state.safe(part, { ...tracker.current(), before: value === '' ? info.before : value.slice(-1), after }),
    );
  for (const match of isAlone ? node.value.matchAll(address) : []) {
    if (match.index > from) value += escaped(node.value.slice(from, match.index), 'h');
    value += tracker.move(match[0]);
    from = match.index + match[0].length;
  }
  return from === node.value.length && from > 0 ? value : value + escaped(node.value.slice(from), info.after);
}

/** A foldable heading stays a heading. Else the words of the summary are HTML: Markdown is not read there. */
function details(node: Details, _parent: Parents | undefined, state: State, info: Info): string {
  const [summary, ...below] = node.children;
  const seen = summary.children[0];
  if (seen?.type === 'heading') return flow([seen, ...below], state, info);
  const inside = seen?.type === 'paragraph' ? seen.children : [];
  const words = phrasingHtml(inside.filter((word) => word.type !== 'footnoteReference'));
  const marks = inside.filter((word) => word.type === 'footnoteReference');
  const marked = marks.length === 0 ? below : [paragraph(marks), ...below];
  return enclosed(`<details><summary>${words}</summary>`, '</details>', marked, state, info);
}

/** Columns and tabs stand one below the other; a callout and blocks set in below a paragraph keep their bounds. */
function box(node: Box, _parent: Parents | undefined, state: State, info: Info): string {
  if (node.kind === 'callout') return enclosed('<aside>', '</aside>', node.children, state, info);
  if (node.kind === 'indented') return enclosed('<dl><dd>', '</dd></dl>', node.children, state, info);
  return flow(node.children, state, info);
}

function media(node: Media, _parent: Parents | undefined, state: State, info: Info): string {
  const words = node.caption.length === 0 ? [text(node.name)] : node.caption;
  if (node.kind !== 'image') {
    const link: Link = {
      type: 'link',
      url: node.value,
      children: words.filter(isLinkable) as Link['children'],
    };
    const rest = words.filter((word) => !isLinkable(word));
    return phrasing([link, ...rest], state, info);
  }
  const marks = node.caption.filter((word) => word.type === 'footnoteReference');
  const caption = node.caption.filter((word) => word.type !== 'footnoteReference');
  // The words of an image have no emphasis and no links: such a caption stands below.
  const isPlain = caption.every((word) => word.type === 'text');
  const image = { type: 'image', url: node.value, alt: (isPlain && wordsOf(caption)) || node.name } as const;
  const own = phrasing([image, ...marks], state, info);
  return isPlain ? own : `${own}\n\n${phrasing(caption, state, info)}`;
}

function isLinkable(word: PhrasingContent): boolean {
  return word.type !== 'footnoteReference' && word.type !== 'link';
}

function wordsOf(nodes: readonly Nodes[]): string {
  return nodes
    .map((node) =>
      'value' in node ? node.value : 'children' in node ? wordsOf(node.children as Nodes[]) : '',
    )
    .join('');
}

function properties(node: Properties, _parent: Parents | undefined, state: State, info: Info): string {
  const children = node.children.map(({ name, children: value }) => ({
    type: 'listItem' as const,
    spread: false,
    children: [
      {
        type: 'paragraph' as const,
        children: [{ type: 'strong' as const, children: [text(name)] }, text(': '), ...value],
      },
    ],
  }));
  return flow([{ type: 'list', ordered: false, spread: false, children }], state, info);
}

function flow(children: readonly RootContent[], state: State, info: Info): string {
  return state.containerFlow({ type: 'root', children: [...children] }, info);
}

function phrasing(children: readonly PhrasingContent[], state: State, info: Info): string {
  return state.containerPhrasing(
    { type: 'paragraph', children: [...children] },
    { ...info, before: '\n', after: '\n' },
  );
}

/** Empty lines around the contents let Markdown be read between the tags (CommonMark 0.31 §4.6). */
function enclosed(
  before: string,
  after: string,
  children: readonly RootContent[],
  state: State,
  info: Info,
): string {
  const below = flow(children, state, info);
  return [before, below, after].filter((part) => part !== '').join('\n\n');
}
