/** Facts of Markdown, as a parser of CommonMark, GFM and maths reads it; HTML in it is read by parse5. */
import type { Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { mathFromMarkdown } from 'mdast-util-math';
import { gfm } from 'micromark-extension-gfm';
import { math } from 'micromark-extension-math';
import { parseFragment } from 'parse5';
import { tex } from './document-facts.ts';
import type { Fact, Stretch } from './facts.ts';
import { isBlank, trimmed } from './facts.ts';

interface Built {
  readonly kind: string;
  words: Stretch[];
  children: Built[];
}

/** The facts of a page without its list of properties and without notes on what is missing. */
export function markdownFacts(markdown: string, { hasProperties = false } = {}): Fact[] {
  const root: Root = fromMarkdown(markdown, {
    extensions: [gfm(), math()],
    mdastExtensions: [gfmFromMarkdown(), mathFromMarkdown()],
  });
  const second = root.children[1];
  const isList = second?.type === 'list' && /^- \*\*/.test(markdown.slice(second.position?.start.offset));
  const nodes = hasProperties && isList ? root.children.filter((_, index) => index !== 1) : root.children;
  return flow(nodes, markdown);
}

/** Blocks, with the HTML among them as the bounds of what lies in it. */
function flow(nodes: readonly Nodes[], source: string): Built[] {
  const root: Built = { kind: 'root', words: [], children: [] };
  const open: Built[] = [root];
  const top = () => open.at(-1) ?? root;
  for (const node of nodes) {
    if (node.type !== 'html') {
      const facts = block(node, source);
      top().children.push(...facts);
      continue;
    }
    const summary = /^<details[^>]*><summary>(.*)<\/summary>$/s.exec(node.value);
    if (summary !== null) open.push(added(top(), 'details', html(summary[1] ?? '')));
    else if (node.value === '<aside>') open.push(added(top(), 'callout', []));
    else if (node.value === '<dl><dd>') open.push(added(top(), 'indented', []));
    else if (node.value === '<br>') added(top(), 'paragraph', [{ text: '\n', marks: [] }]);
    else if (/^<\/(details|aside|dd><\/dl)>$/.test(node.value) && open.length > 1) open.pop();
    else if (node.value !== '<!---->') added(top(), `html ${node.value}`, []);
  }
  if (open.length > 1) added(root, 'html that is not closed', []);
  return root.children;
}

function added(parent: Built, kind: string, words: Stretch[]): Built {
  const built: Built = { kind, words, children: [] };
  parent.children.push(built);
  return built;
}

function block(node: Nodes, source: string): Built[] {
  const inside = () => ('children' in node ? phrasing(node.children as Nodes[], source) : []);
  const one = (kind: string, words: Stretch[], children: Built[] = []): Built[] => [
    { kind, words, children },
  ];
  switch (node.type) {
    case 'heading':
      return one(`heading ${node.depth}`, inside());
    case 'paragraph': {
      const words = inside();
      if (
        words
          .map(({ text }) => text)
          .join('')
          .startsWith('[not in the backup')
      )
        return [];
      const images = words.filter(({ marks }) => marks.some((mark) => mark.startsWith('image=')));
      const [alone] = node.children;
      if (images.length === 1 && words.length === 1 && alone?.type === 'image')
        return one(`image ${alone.alt}`, words);
      return words.length === 0 ? [] : one('paragraph', words);
    }
    case 'list':
      return one(
        node.ordered === true ? `list ${node.start ?? 1}` : 'list',
        [],
        node.children.map((item): Built => {
          const [first, ...rest] = item.children;
          const own = first?.type === 'paragraph' ? phrasing(first.children, source) : [];
          const below = first?.type === 'paragraph' ? rest : item.children;
          const kind = item.checked === true ? 'task x' : item.checked === false ? 'task -' : 'item';
          return { kind, words: isBlank(own) ? [] : own, children: flow(below, source) };
        }),
      );
    case 'blockquote':
      return one('quote', [], flow(node.children, source));
    case 'code':
      return one(`code ${[node.lang, node.meta].filter((part) => typeof part === 'string').join(' ')}`, [
        { text: node.value, marks: [] },
      ]);
    case 'math':
      return one('equation', [{ text: tex(node.value), marks: [] }]);
    case 'thematicBreak':
      return one('rule', []);
    case 'table':
      return one(
        'table',
        [],
        node.children.map(
          (row): Built => ({
            kind: 'row',
            words: [],
            children: row.children.map(
              (cell): Built => ({
                kind: 'cell',
                words: trimmed(phrasing(cell.children, source)),
                children: [],
              }),
            ),
          }),
        ),
      );
    case 'footnoteDefinition': {
      const [first, ...rest] = flow(node.children, source);
      const words = withoutHead(first?.words ?? []);
      return one('comment', words, rest);
    }
    default:
      return one(`unexpected ${node.type}`, []);
  }
}

/** A comment's words after its author and time. */
function withoutHead(words: readonly Stretch[]): Stretch[] {
  const [first, ...rest] = words;
  if (first === undefined) return [];
  const text = first.text.replace(/^.*?, \d{4}-[\d-]+(?: \d\d:\d\d UTC)?: /s, '');
  return text === '' ? rest : [{ ...first, text }, ...rest];
}

/** Words with their marks; HTML among them opens and closes marks. */
function phrasing(nodes: readonly Nodes[], source: string, marks: readonly string[] = []): Stretch[] {
  let under = 0;
  return nodes.flatMap((node): Stretch[] => {
    const own = under > 0 ? [...marks, 'underline'] : marks;
    switch (node.type) {
      case 'text':
        return [{ text: node.value.replaceAll('\n', '\n(soft)'), marks: own }];
      case 'break':
        return [{ text: '\n', marks: own }];
      case 'inlineCode':
        return [{ text: node.value, marks: [...own, 'code'] }];
      case 'inlineMath':
        return [{ text: tex(node.value), marks: [...own, 'math'] }];
      case 'strong':
        return phrasing(node.children, source, [...own, 'bold']);
      case 'emphasis':
        return phrasing(node.children, source, [...own, 'italic']);
      case 'delete':
        return phrasing(node.children, source, [...own, 'strike']);
      case 'link': {
        // An address in the words is a link of the reader's making.
        const start = node.position?.start.offset;
        const isLiteral = start === undefined || !/[[<]/.test(source.charAt(start));
        const url = node.url.startsWith('#') ? '#' : node.url;
        return phrasing(node.children, source, isLiteral ? own : [...own, `link=${url}`]);
      }
      case 'image': {
        const image = { text: '\ufffc', marks: [...own, `image=${node.url}`] };
        return [image];
      }
      case 'footnoteReference':
        return [];
      case 'html':
        if (node.value === '<br>') return [{ text: '\n', marks: own }];
        if (node.value === '<u>') under += 1;
        else if (node.value === '</u>') under -= 1;
        else if (node.value !== '<!---->') return [{ text: node.value, marks: ['html'] }];
        return [];
      default:
        return [{ text: '', marks: [`unexpected ${node.type}`] }];
    }
  });
}

const htmlMarks: { readonly [tag: string]: string } = {
  strong: 'bold',
  em: 'italic',
  del: 'strike',
  u: 'underline',
  code: 'code',
};

interface HtmlNode {
  readonly nodeName: string;
  readonly value?: string;
  readonly attrs?: readonly { readonly name: string; readonly value: string }[];
  readonly childNodes?: readonly HtmlNode[];
}

/** The words of a summary. */
function html(text: string): Stretch[] {
  return htmlWords(parseFragment(text) as unknown as HtmlNode, []);
}

function htmlWords(node: HtmlNode, marks: readonly string[]): Stretch[] {
  const attribute = (name: string) => node.attrs?.find((each) => each.name === name)?.value ?? '';
  if (node.nodeName === '#text') return [{ text: node.value ?? '', marks }];
  if (node.nodeName === 'br') return [{ text: '\n', marks }];
  if (node.nodeName === 'img') return [{ text: '\ufffc', marks: [...marks, `image=${attribute('src')}`] }];
  if (attribute('class') === 'equation') {
    const [code] = node.childNodes ?? [];
    return [{ text: tex(code?.childNodes?.[0]?.value ?? ''), marks: [...marks, 'math'] }];
  }
  const mark = node.nodeName === 'a' ? `link=${attribute('href')}` : htmlMarks[node.nodeName];
  return (node.childNodes ?? []).flatMap((child) =>
    htmlWords(child, mark === undefined ? marks : [...marks, mark]),
  );
}
