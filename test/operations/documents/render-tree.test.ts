import { fromMarkdown } from 'mdast-util-from-markdown';
import { parse } from 'parse5';
import { expect, test } from 'vitest';
import { ObjectIndex } from '../../../src/operations/documents/object-index.ts';
import { treePage } from '../../../src/operations/documents/render-tree.ts';

const paths = [
  '/a~1',
  '/a~1/b~2',
  '/a~1/b~2/c~3',
  '/a~1/b~2/- d~4',
  '/a~1/1. e~5',
  '/<i>~6',
  '/*g*~7',
  '/*g*~7/h~8',
  '/i~9',
];
const title = (path: string) => path.slice(path.lastIndexOf('/') + 1).replace(/~.*/, '');
const wanted = 'a(b(c,- d),1. e),<i>,*g*(h),i';

function index(): ObjectIndex {
  const objects = new ObjectIndex(':memory:');
  for (const [number, path] of paths.entries()) objects.add({ id: String(number), path, title: title(path) });
  return objects;
}

async function contents(as: 'md' | 'html'): Promise<string> {
  const objects = index();
  let text = '';
  for await (const part of treePage(objects.all(), as, (path) => `${path}/x`)) text += part;
  objects.close();
  return text;
}

// biome-ignore lint/suspicious/noExplicitAny: trees of two kinds
type Any = any;

/** Lists as words: each item with what lies below it in brackets. */
function outline(
  list: Any,
  isItem: (node: Any) => boolean,
  isList: (node: Any) => boolean,
  words: (item: Any) => string,
): string {
  const items = (list.children ?? list.childNodes).filter(isItem);
  return items
    .map((item: Any) => {
      const below = (item.children ?? item.childNodes).filter(isList);
      expect(below.length).toBeLessThan(2);
      return below.length === 0 ? words(item) : `${words(item)}(${outline(below[0], isItem, isList, words)})`;
    })
    .join(',');
}

function textOf(node: Any): string {
  return node.value ?? (node.children ?? node.childNodes ?? []).map(textOf).join('');
}

test('the contents as Markdown are one list, nested as the pages are', async () => {
  const lists = fromMarkdown(await contents('md')).children.filter(({ type }) => type === 'list');
  expect(lists.length).toBe(1);
  const words = (item: Any) => textOf(item.children[0]);
  expect(
    outline(
      lists[0],
      ({ type }) => type === 'listItem',
      ({ type }) => type === 'list',
      words,
    ),
  ).toBe(wanted);
});

test('the contents as HTML are one list, nested as the pages are', async () => {
  const errors: string[] = [];
  const html = await contents('html');
  const find = (node: Any, name: string): Any[] => [
    ...(node.tagName === name ? [node] : []),
    ...(node.childNodes ?? []).flatMap((child: Any) => find(child, name)),
  ];
  const document = parse(html, {
    onParseError: ({ code }) => errors.push(code),
    sourceCodeLocationInfo: true,
  });
  expect(errors).toEqual([]);
  const isList = ({ tagName }: Any) => tagName === 'ul';
  const lists = find(document, 'main')[0].childNodes.filter(isList);
  expect(lists.length).toBe(1);
  const words = (item: Any) => textOf(find(item, 'a')[0]);
  expect(outline(lists[0], ({ tagName }) => tagName === 'li', isList, words)).toBe(wanted);
  expect(find(document, 'a').map(({ attrs }) => attrs[0].value)).toContain('a~1/b~2/c~3/x');
});

test('an index knows each object by its id and its place, and those beside it', () => {
  const objects = index();
  expect([...objects.all()].map(({ path }) => path)).toEqual(paths);
  expect(objects.at('/a~1/b~2')?.title).toBe('b');
  const { before, after } = objects.beside('0' as never);
  expect([before, after?.path]).toEqual([undefined, '/a~1/b~2']);
  expect(objects.beside('none' as never)).toEqual({ before: undefined, after: undefined });
  objects.close();
});
