/** The tree as Markdown (CommonMark and GFM, maths between dollars): what any editor shows. */
import type { InlineCode, Link, Nodes, Parents, PhrasingContent, Root, RootContent } from 'mdast';
import { gfmFootnoteToMarkdown } from 'mdast-util-gfm-footnote';
import { gfmStrikethroughToMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableToMarkdown } from 'mdast-util-gfm-table';
import { gfmTaskListItemToMarkdown } from 'mdast-util-gfm-task-list-item';
import { mathToMarkdown } from 'mdast-util-math';
import type { Info, Options, State } from 'mdast-util-to-markdown';
import { defaultHandlers, toMarkdown } from 'mdast-util-to-markdown';
import type { CommentPlace } from '../comment-places.ts';
import type { PageDocument } from '../documents.ts';
import { printableLines } from '../names.ts';
import { markdownTree } from './markdown-tree.ts';
import type { Links } from './tree/links.ts';
import { pageTree } from './tree/page.ts';

/** The whole page. */
export function pageMarkdown(
  document: PageDocument,
  links: Links,
  comments: Exclude<CommentPlace, 'margin'> = 'footnotes',
): string {
  return treeMarkdown(pageTree(document, links, comments));
}

/** Nodes of the tree as a piece of Markdown. */
export function nodesMarkdown(nodes: readonly RootContent[]): string {
  return treeMarkdown({ type: 'root', children: [...nodes] });
}

/** Any tree. */
export function treeMarkdown(tree: Root): string {
  return printableLines(toMarkdown(markdownTree(tree), options));
}

const table = gfmTableToMarkdown({ tablePipeAlign: false });

type Write = (...all: unknown[]) => string;
const { inlineMath } = mathToMarkdown().handlers as unknown as { inlineMath: Write };
const { inlineCode } = table.handlers as unknown as { inlineCode: Write };

/** The same formula without the character. */
function withoutBars(tex: string): string {
  return tex.replaceAll('\\|', '\\Vert ').replaceAll('|', '\\vert ');
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
    table,
    gfmTaskListItemToMarkdown(),
    mathToMarkdown(),
  ],
  handlers: {
    // A table and a heading have no line breaks (GFM §4.10, CommonMark 0.31 §4.2), and none stands at the end (§6.7).
    break: (_node: Nodes, _parent: Parents | undefined, state: State, info: Info) =>
      state.stack.includes('tableCell') || state.stack.includes('headingAtx') || info.after === '\n'
        ? '<br>'
        : '\\\n',
    text: words,
    // A bar parts the cells of a table; not all readers of maths take a backslash before it away.
    inlineMath: (
      node: { type: 'inlineMath'; value: string },
      parent: Parents | undefined,
      state: State,
      info: Info,
    ) =>
      inlineMath(
        state.stack.includes('tableCell') ? { ...node, value: withoutBars(node.value) } : node,
        parent,
        state,
        info,
      ),
    // In a table `\|` in code is a bar alone (GFM §4.10): nothing seen keeps the two signs apart.
    inlineCode: (node: InlineCode, parent: Parents | undefined, state: State, info: Info) => {
      const parts = state.stack.includes('tableCell') ? node.value.split(/(?<=\\)(?=\|)/) : [node.value];
      return parts.map((value) => inlineCode({ ...node, value }, parent, state, info)).join('<!---->');
    },
    link(node: Link, parent: Parents | undefined, state: State, info: Info) {
      const url = node.data?.markdownUrl ?? node.url;
      return defaultHandlers.link({ ...node, url, children: unlikeAddress(node) }, parent, state, info);
    },
    underline: (
      node: { children: PhrasingContent[] },
      _parent: Parents | undefined,
      state: State,
      info: Info,
    ) => wrapped('<u>', '</u>', node, state, info),
  } as unknown as Record<string, Handle>,
} as Options;

/** Words of a link to a mailbox that are none: the library would write `<words>`, which may be an address of another kind. */
function unlikeAddress({ url, children }: Link): Link['children'] {
  const [only] = children;
  if (only?.type !== 'text' || url.toLowerCase() !== `mailto:${only.value.toLowerCase()}`) return children;
  if (/^[^\s:]+@[^\s:]+$/.test(only.value)) return children;
  // Before the words: after them it would stand between a backslash and the bracket that it must not escape.
  return [{ type: 'text', value: '' }, ...children];
}

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

/**
 * Addresses that GFM makes links of by itself (GFM §6.9). Between blanks nothing in them has a meaning, and nothing may be
 * escaped; the common characters alone, since readers differ in the others.
 */
const address =
  /(?<=^|[\s(])(?:(?:https?:\/\/|www\.)[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?#](?:[a-z0-9/?#=&%+.,:~-]|(?<=[a-z0-9])_(?=[a-z0-9]))*)?(?<![?.,:~&])|[a-z0-9]+(?:[._-][a-z0-9]+)*@[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?=[.,!?:)]*(?:\s|$))/gi;

/** Text: an address stands as it is where its bounds are sure, and anywhere else is kept from becoming a link. */
function words(node: { value: string }, _parent: Parents | undefined, state: State, info: Info): string {
  const isInLink = state.stack.includes('label') || state.stack.includes('autolink');
  const tracker = state.createTracker(info);
  let [value, from] = ['', 0];
  const escaped = (part: string, after: string) => {
    const safe = state.safe(part, {
      ...tracker.current(),
      before: value === '' ? info.before : value.slice(-1),
      after,
    });
    return tracker.move(isInLink ? safe : withoutAddresses(safe));
  };
  for (const match of isInLink ? [] : node.value.matchAll(address)) {
    const end = match.index + match[0].length;
    if (match.index === 0 && /\S/.test(info.before)) continue;
    const rest = node.value.slice(end);
    if (/^[.,!?:)]*$/.test(rest) && /\S/.test(info.after)) continue;
    // A blank at the end of a line is written as `&#x20;`, which would be read as a part of the address.
    if (/^[.,!?:)]*\s+$/.test(rest) && info.after === '\n') continue;
    if (match.index > from) value += escaped(node.value.slice(from, match.index), match[0].charAt(0));
    value += tracker.move(match[0]);
    from = end;
  }
  return from === node.value.length && from > 0 ? value : value + escaped(node.value.slice(from), info.after);
}

/** The text of an address without its being one: in a link of GFM's making an escape would be seen. */
function withoutAddresses(safe: string): string {
  return safe
    .replace(/(https?)(:\/\/)/gi, '$1\\$2')
    .replace(/(www)(\.)/gi, '$1\\$2')
    .replace(/(?<=[a-z0-9._+-])@(?=[a-z0-9])/gi, '\\@');
}
