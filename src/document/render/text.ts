/** The tree as words alone, for a terminal: no markup, blocks set in below what they lie in. */
import type { ListItem, Nodes, PhrasingContent, RootContent, Table } from 'mdast';
import type { CommentPlace } from '../comment-places.ts';
import type { PageDocument } from '../documents.ts';
import { printableLines } from '../names.ts';
import type { Links } from './tree/links.ts';
import { pageTree } from './tree/page.ts';

/** The whole page. */
export function pageText(
  document: PageDocument,
  links: Links,
  comments: Exclude<CommentPlace, 'margin'> = 'footnotes',
): string {
  return nodesText(pageTree(document, links, comments).children);
}

/** Nodes of the tree as text. */
export function nodesText(nodes: readonly RootContent[]): string {
  return `${printableLines(blocks(nodes).join('\n\n'))}\n`;
}

/** One text for each block that has words. */
function blocks(nodes: readonly Nodes[]): string[] {
  return nodes.map(block).filter((text) => text !== '');
}

function block(node: Nodes): string {
  switch (node.type) {
    case 'paragraph':
    case 'heading':
      return words(node.children);
    case 'list':
      return node.children
        .map((item, index) => listItem(item, node.ordered === true ? `${(node.start ?? 1) + index}.` : '-'))
        .join('\n');
    case 'blockquote':
      return setIn(blocks(node.children).join('\n\n'), '  ');
    case 'code':
    case 'math':
      return setIn(node.value, '    ');
    case 'thematicBreak':
      return '-----';
    case 'table':
      return table(node);
    case 'details': {
      const [summary, ...below] = node.children;
      const inside = setIn(blocks(below).join('\n\n'), '  ');
      return [...blocks(summary.children), ...(inside === '' ? [] : [inside])].join('\n\n');
    }
    case 'box': {
      const inside = blocks(node.children).join('\n\n');
      return node.kind === 'callout' || node.kind === 'indented' ? setIn(inside, '  ') : inside;
    }
    case 'media':
      return [`${words(node.caption).trim() || node.name} (${node.value})`, words(node.marks)].join('');
    case 'properties':
      return node.children.map(({ name, children }) => `${name}: ${words(children)}`).join('\n');
    case 'footnoteDefinition':
      return `[${node.label ?? node.identifier}] ${blocks(node.children).join('\n')}`;
    default:
      return '';
  }
}

function listItem({ checked, children }: ListItem, bullet: string): string {
  const mark = checked === true ? '[x]' : checked === false ? '[ ]' : bullet;
  const inside = children.map(block).join('\n').replace(/\n+$/, '');
  return `${mark} ${setIn(inside, ' '.repeat(mark.length + 1)).trimStart()}`.trimEnd();
}

function table({ children }: Table): string {
  return children
    .map((row) => row.children.map((cell) => words(cell.children).replace(/\s+/g, ' ')).join('\t'))
    .join('\n');
}

/** `text` with every line set in. */
function setIn(text: string, margin: string): string {
  return text.replace(/^(?=.)/gm, margin);
}

/** Words; a link shows where it leads when its words do not. */
function words(nodes: readonly PhrasingContent[]): string {
  return nodes.map(word).join('');
}

function word(node: PhrasingContent): string {
  switch (node.type) {
    case 'text':
    case 'inlineCode':
    case 'inlineMath':
      return node.value;
    case 'break':
      return '\n';
    case 'footnoteReference':
      return `[${node.label ?? node.identifier}]`;
    case 'link': {
      const inside = words(node.children);
      const isShown = inside === node.url || `mailto:${inside}` === node.url || node.url.startsWith('#');
      return isShown ? inside : `${inside} (${node.url})`;
    }
    default:
      return 'children' in node ? words(node.children as PhrasingContent[]) : '';
  }
}
