import { expect, test } from 'vitest';
import type { CompareContext } from '../../src/document/compare/context.ts';
import { comparePages } from '../../src/document/compare/pages.ts';
import { sameId } from '../../src/document/compare/references.ts';
import type { BlockNode, Gap, PageDocument } from '../../src/document/documents.ts';
import type { JsonObject } from '../../src/document/json.ts';
import { pageHtml } from '../../src/document/render/html.ts';
import { pageMarkdown } from '../../src/document/render/markdown.ts';
import { noSchema } from '../../src/document/schema-names.ts';

const pageId = '1'.repeat(32);
const inPlace: CompareContext = {
  originalOf: sameId,
  destination: { isRestored: () => true, isPerson: () => true },
  unshown: new Set(),
  keptIds: true,
};

function text(content: string): JsonObject {
  return { type: 'text', text: { content, link: null }, annotations: {}, plain_text: content };
}
function block(type: string, words: string, children?: BlockNode[]): BlockNode {
  const own = { id: `id of ${words}`, type, [type]: { rich_text: [text(words)] } };
  return children === undefined ? own : { ...own, children };
}
function page(blocks: BlockNode[], gaps: Gap[] = [], properties: JsonObject = {}): PageDocument {
  const document: PageDocument = {
    kind: 'page',
    format: 1,
    page: { id: pageId, properties },
    blocks,
    comments: [],
  };
  return gaps.length === 0 ? document : { ...document, gaps };
}
function verdicts(original: PageDocument, copy: PageDocument, context = inPlace): string[] {
  return comparePages(original, copy, context)
    .filter(({ verdict }) => verdict !== 'exact')
    .map(({ verdict, what }) => `${verdict} ${what}`);
}
const unread: Gap = { what: 'blocks', id: 'id of Unread', reason: '404' };

test('blocks below an unread list of the original are unknown, and neither lost nor extra', () => {
  const original = page([block('toggle', 'Unread'), block('paragraph', 'after')], [unread]);
  const live = page([block('toggle', 'Unread', [block('paragraph', 'inner')]), block('paragraph', 'after')]);
  expect(verdicts(original, live)).toEqual(['unknown blocks']);
});

test('what stands beyond the end of a truncated list is unknown, what is lost before it is lost', () => {
  const cut: Gap = { what: 'blocks', id: pageId, reason: 'cut' };
  const [one, two, three] = ['one', 'two', 'three'].map((words) => block('paragraph', words));
  if (one === undefined || two === undefined || three === undefined) throw new Error('no block');
  expect(verdicts(page([one, two], [cut]), page([one, two, three]))).toEqual(['unknown blocks']);
  expect(verdicts(page([one, two], [cut]), page([two, three])).sort()).toEqual([
    'lost block paragraph',
    'unknown blocks',
  ]);
});

test('a copy that could not be read back is unknown, never exact and never lost', () => {
  const original = page([block('toggle', 'Unread', [block('paragraph', 'inner')])]);
  const copy = page([block('toggle', 'Unread')], [unread]);
  expect(verdicts(original, copy)).toEqual(['unknown blocks', 'unknown block paragraph']);
});

test('a value that was truncated is unknown, the values beside it are compared', () => {
  const number = (value: number) => ({ id: 'n', type: 'number', number: value });
  const long = (words: string) => ({ id: 'l', type: 'rich_text', rich_text: [text(words)] });
  const gap: Gap = { what: 'property Long', id: 'l', reason: '404' };
  const original = page([], [gap], { Long: long('a'), Count: number(1) });
  expect(verdicts(original, page([], [], { Long: long('a b'), Count: number(1) }))).toEqual([
    'unknown property Long',
  ]);
  expect(verdicts(original, page([], [], { Long: long('a b'), Count: number(2) }))).toEqual([
    'unknown property Long',
    'lost property',
  ]);
});

test('a file that was not fetched may be there or not: it is unknown', () => {
  const image = (file: JsonObject): BlockNode => ({ id: 'i', type: 'image', image: { type: 'file', file } });
  const gap: Gap = { what: 'media', id: 'https://x/a.png', reason: '404' };
  const original = page([image({ url: 'https://x/a.png', missing: '404' })], [gap]);
  const there = page([image({ url: 'https://x/a.png', path: 'files/a.png', size: 1, sha256: 'aa' })]);
  expect(verdicts(original, there)).toEqual(['unknown media']);
  expect(verdicts(original, page([]), { ...inPlace, keptIds: false })).toEqual(['unknown media']);
});

test('different words are lost, a different style is approximated', () => {
  const bold = block('paragraph', 'a');
  bold.paragraph = { rich_text: [{ ...text('a'), annotations: { bold: true } }] };
  expect(verdicts(page([bold]), page([block('paragraph', 'a')]))).toEqual(['approximated block paragraph']);
  expect(verdicts(page([bold]), page([block('paragraph', 'b')]))).toEqual(['lost block paragraph']);
});

test('values in place are compared by the ids of properties and options, whatever these are called', () => {
  const row = (name: string, option: string) =>
    page([], [], { [name]: { id: 'k', type: 'select', select: { id: 'o', name: option } } });
  const schema = {
    ...noSchema,
    properties: new Map([['k', 'Kind']]),
    options: new Map([['o', 'Duty']]),
  };
  expect(verdicts(row('Sort', 'Chore'), row('Kind', 'Duty'), { ...inPlace, schema })).toEqual([]);
  expect(verdicts(row('Sort', 'Chore'), row('Kind', 'Duty'), { ...inPlace, schema, keptIds: false })).toEqual(
    [],
  );
});

test('an option under a name that the API cannot write is expected under the one that it can', () => {
  const row = (option: string) =>
    page([], [], { Kind: { id: 'k', type: 'select', select: { id: 'o', name: option } } });
  const copied = { ...inPlace, keptIds: false };
  expect(verdicts(row('red, green'), row('red; green'), copied)).toEqual([
    'impossible value select under a name that the API cannot write',
  ]);
  expect(verdicts(row('red, green'), row('blue'), copied)).toContain('lost property');
  expect(verdicts(row('red, green'), row('red, green'))).toEqual([]);
});

test('Markdown and HTML show a note where something is missing, each gap once', () => {
  const gaps: Gap[] = [
    unread,
    { what: 'comments', id: pageId, reason: '500' },
    { what: 'property Long', id: 'l', reason: '404' },
    { what: 'a thing nobody knows', id: 'x', reason: 'odd' },
  ];
  const document = page([block('toggle', 'Unread'), block('paragraph', 'after')], gaps, {
    Long: { id: 'l', type: 'rich_text', rich_text: [text('a')] },
  });
  const links = { object: () => undefined };
  for (const shown of [pageMarkdown(document, links), pageHtml(document, links)]) {
    expect(shown).toMatch(
      /Long[\s\S]*\[not in the backup: the rest[\s\S]*Unread[\s\S]*\[not in the backup: the blocks below this toggle could not be read: 404\][\s\S]*after/,
    );
    expect(shown.match(/\[not in the backup: /g)).toHaveLength(4);
  }
});
