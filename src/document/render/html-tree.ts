/** The tree as HTML elements. */
import type { Element, ElementContent, Root as HtmlRoot } from 'hast';
import { toHtml } from 'hast-util-to-html';
import type { PhrasingContent, Root, Table } from 'mdast';
import type { Handlers, State } from 'mdast-util-to-hast';
import { toHast } from 'mdast-util-to-hast';
import type { Media, Properties } from './tree/nodes.ts';

/** Helpers that are loaded only when a page needs them. */
export interface HtmlHelpers {
  /** TeX as MathML; undefined for what cannot be read. */
  readonly math?: (tex: string, isBlock: boolean) => ElementContent[] | undefined;
  /** Code with its words marked; undefined for a language that is not known. */
  readonly highlight?: (code: string, language: string) => ElementContent[] | undefined;
}

/** Any tree as HTML text. */
export function treeHtml(tree: Root, helpers: HtmlHelpers = {}): string {
  return markup(treeElements(tree, helpers));
}

/** Elements as text. Nodes `raw` are the MathML of `math-markup.ts`: nothing else makes them. */
export function markup(node: HtmlRoot | Element): string {
  // HTML has no control characters (HTML Standard §13.1.4), wherever they came from.
  return toHtml(node, { allowDangerousHtml: true }).replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|[\ufdd0-\ufdef]/g,
    ' ',
  );
}

/** Any tree as HTML elements. */
export function treeElements(tree: Root, helpers: HtmlHelpers = {}): HtmlRoot {
  const root = toHast(tree, {
    handlers: handlers(helpers),
    clobberPrefix: 'comment-',
    footnoteLabel: 'Comments',
    footnoteLabelProperties: {},
    footnoteBackLabel: 'Back to the text',
  });
  return root.type === 'root' ? root : { type: 'root', children: [root as Element] };
}

/** Words as HTML, where Markdown is not read. */
export function phrasingHtml(words: readonly PhrasingContent[]): string {
  return treeHtml({ type: 'root', children: [{ type: 'paragraph', children: keepBlanks(words) }] })
    .replace(/^<p>/, '')
    .replace(/<\/p>$/, '')
    .replaceAll('\n', '');
}

/** The library takes away the blanks that follow a line break; an empty text between keeps them. */
function keepBlanks(words: readonly PhrasingContent[]): PhrasingContent[] {
  return words.flatMap((word): PhrasingContent[] => {
    if (word.type === 'break') return [word, { type: 'text', value: '' }];
    return ['children' in word ? { ...word, children: keepBlanks(word.children) } : word];
  });
}

/** Words, emphasis and links as elements. */
export function phrasingElements(nodes: readonly PhrasingContent[]): ElementContent[] {
  if (nodes.length === 0) return [];
  const root = treeElements({ type: 'root', children: [{ type: 'paragraph', children: [...nodes] }] });
  const [block] = root.children;
  return block?.type === 'element' ? block.children : [];
}

function handlers(helpers: HtmlHelpers): Handlers {
  return {
    media,
    properties,
    table,
    link(state: State, node: { url: string; children: PhrasingContent[] }) {
      return element('a', { href: node.url, rel: ['noreferrer'] }, state.all(node as never));
    },
    code(_state: State, node: { value: string; lang?: string | null }) {
      const language = node.lang ?? '';
      const marked = language === '' ? undefined : helpers.highlight?.(node.value, language);
      const name = language === '' ? {} : { className: [`language-${language}`] };
      return element('pre', {}, [element('code', name, marked ?? [words(node.value)])]);
    },
    math(_state: State, node: { value: string }) {
      const shown = helpers.math?.(node.value, true);
      return element('div', { className: ['equation'] }, shown ?? [element('code', {}, [words(node.value)])]);
    },
    inlineMath(_state: State, node: { value: string }) {
      const shown = helpers.math?.(node.value, false);
      return element(
        'span',
        { className: ['equation'] },
        shown ?? [element('code', {}, [words(node.value)])],
      );
    },
  };
}

/** A kept file is shown; one that lies elsewhere is a link: a page opens without the network. */
function media(state: State, node: Media): Element {
  const marks = state.all({ type: 'paragraph', children: node.marks });
  const caption = state.all({ type: 'paragraph', children: node.caption });
  const link = element('a', { href: node.value, rel: ['noreferrer'] }, [words(node.name)]);
  const below = [...caption, ...marks];
  const note = below.length === 0 ? [] : [element('figcaption', {}, below)];
  if (!node.isKept) return element('figure', { className: ['elsewhere', node.kind] }, [link, ...note]);
  if (node.kind === 'image') {
    const alt = plain(caption).trim() || node.name;
    return element('figure', {}, [element('img', { src: node.value, alt, loading: 'lazy' }, []), ...note]);
  }
  if (node.kind === 'video' || node.kind === 'audio') {
    const player = element(node.kind, { src: node.value, controls: true, preload: 'none' }, [link]);
    const label = node.caption.length === 0 ? [words(node.name)] : caption;
    return element('figure', {}, [player, element('figcaption', {}, [...label, ...marks])]);
  }
  return element('figure', { className: ['file'] }, [link, ...note]);
}

function properties(state: State, node: Properties): Element {
  const rows = node.children.map((property) =>
    element('tr', {}, [
      element('th', { scope: 'row' }, [words(property.name)]),
      element('td', {}, state.all({ type: 'paragraph', children: property.children })),
    ]),
  );
  return element('table', { className: ['properties'] }, [element('tbody', {}, rows)]);
}

/** Header cells are those that Notion shows as such; Markdown's first row is not always one. */
function table(state: State, node: Table): Element {
  const { columnHeader, rowHeader } = node.data ?? {};
  const rows = node.children.map((row, line) =>
    element(
      'tr',
      {},
      row.children.map((cell, column) => {
        const scope =
          columnHeader === true && line === 0
            ? 'col'
            : rowHeader === true && column === 0
              ? 'row'
              : undefined;
        return element(
          scope === undefined ? 'td' : 'th',
          scope === undefined ? {} : { scope },
          state.all(cell),
        );
      }),
    ),
  );
  const [head, ...body] = rows;
  if (columnHeader !== true || head === undefined)
    return element('div', { className: ['table'] }, [element('table', {}, [element('tbody', {}, rows)])]);
  const parts = [element('thead', {}, [head]), ...(body.length === 0 ? [] : [element('tbody', {}, body)])];
  return element('div', { className: ['table'] }, [element('table', {}, parts)]);
}

/** An element of HTML. */
export function element(
  tagName: string,
  properties: Element['properties'],
  children: ElementContent[],
): Element {
  return { type: 'element', tagName, properties, children };
}

/** Words as a node of HTML. */
export function words(value: string): ElementContent {
  return { type: 'text', value };
}

function plain(nodes: readonly ElementContent[]): string {
  return nodes
    .map((node) => (node.type === 'text' ? node.value : node.type === 'element' ? plain(node.children) : ''))
    .join('');
}
