import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/document/compare/block-diff.ts';
import type { CompareContext } from '../../src/document/compare/context.ts';
import { compareDatabases } from '../../src/document/compare/databases.ts';
import { comparePages } from '../../src/document/compare/pages.ts';
import { originalIds } from '../../src/document/compare/references.ts';
import type { BlockNode, DatabaseDocument, PageDocument } from '../../src/document/documents.ts';
import type { Json, JsonObject } from '../../src/document/json.ts';

const one = '11111111111141118111111111111111';
const two = '22222222222242228222222222222222';
const copyOf: CompareContext = {
  originalOf: originalIds([[one, two]]),
  destination: { isRestored: (id) => id === one, isPerson: () => true },
  unshown: new Set(),
};

function text(content: string, more: JsonObject = {}): JsonObject {
  return {
    type: 'text',
    text: { content, link: null },
    annotations: { bold: false, color: 'default' },
    plain_text: content,
    ...more,
  };
}
function block(type: string, payload: JsonObject, children?: BlockNode[]): BlockNode {
  return {
    object: 'block',
    id: `id of ${type}`,
    type,
    [type]: payload,
    ...(children === undefined ? {} : { children }),
  };
}
function paragraph(words: string): BlockNode {
  return block('paragraph', { rich_text: [text(words)], color: 'default' });
}
function page(blocks: BlockNode[], properties: JsonObject = {}, comments: JsonObject[] = []): PageDocument {
  return { kind: 'page', format: 1, page: { object: 'page', id: one, properties }, blocks, comments };
}
function notExact(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ verdict }) => verdict !== 'exact')
    .map(({ verdict, what, at }) => `${verdict} ${what} at ${at}`);
}

describe('pages', () => {
  test('a page equals itself', () => {
    const document = page([paragraph('a'), block('toggle', { rich_text: [text('b')] }, [paragraph('c')])]);
    expect(notExact(comparePages(document, document, copyOf))).toEqual([]);
  });

  test('runs cut elsewhere say the same', () => {
    const whole = page([block('paragraph', { rich_text: [text('one two')] })]);
    const cut = page([block('paragraph', { rich_text: [text('one '), text('two')] })]);
    expect(notExact(comparePages(whole, cut, copyOf))).toEqual([]);
  });

  test('text that no request can write is expected as the text that it shows', () => {
    const address = 'https://example.com/a?b=c';
    const mention = (type: string, payload: JsonObject, plain: string, href: string | null): JsonObject => ({
      type: 'mention',
      mention: { type, [type]: payload },
      plain_text: plain,
      href,
    });
    const expression = 'x'.repeat(1_001);
    const original = page([
      block('paragraph', {
        rich_text: [
          // As recorded: the plain text is the address, the app shows the title.
          mention('link_mention', { href: address, title: 'A title' }, address, address),
          mention('agent', { id: two }, '@Agent', null),
          { type: 'hologram', hologram: {}, plain_text: 'beam', href: null },
          { type: 'equation', equation: { expression }, plain_text: expression },
        ],
      }),
      block('equation', { expression }),
    ]);
    const copy = page([
      block('paragraph', {
        rich_text: [
          text('A title', { text: { content: 'A title', link: { url: address } } }),
          text('@Agentbeam'),
          text(expression, { annotations: { code: true } }),
        ],
      }),
      block('code', { rich_text: [text(expression)], caption: [], language: 'latex' }),
    ]);
    expect(notExact(comparePages(original, copy, copyOf)).sort()).toEqual([
      'impossible block equation that is empty or longer than 1,000 characters at blocks/1',
      'impossible equation that is empty or longer than 1,000 characters at blocks/0',
      'impossible mention agent at blocks/0',
      'impossible mention link_mention at blocks/0',
      'impossible text of the kind hologram at blocks/0',
    ]);
  });

  test('a lost annotation, colour, check mark or link is seen', () => {
    const pairs: [Json, Json][] = [
      [{ rich_text: [text('a', { annotations: { bold: true } })] }, { rich_text: [text('a')] }],
      [
        { rich_text: [text('a')], color: 'red' },
        { rich_text: [text('a')], color: 'default' },
      ],
      [
        { rich_text: [text('a')], checked: true },
        { rich_text: [text('a')], checked: false },
      ],
      [
        { rich_text: [text('a', { text: { content: 'a', link: { url: 'https://example.com' } } })] },
        { rich_text: [text('a')] },
      ],
    ];
    for (const [left, right] of pairs) {
      const findings = comparePages(
        page([block('to_do', left as JsonObject)]),
        page([block('to_do', right as JsonObject)]),
        copyOf,
      );
      expect(notExact(findings)).toEqual(['approximated block to_do at blocks/0']);
    }
  });

  test('a block that is gone, one in addition and two in another order are told apart', () => {
    const original = page([paragraph('a'), paragraph('b'), paragraph('c')]);
    expect(notExact(comparePages(original, page([paragraph('a'), paragraph('c')]), copyOf))).toEqual([
      'lost block paragraph at blocks/1',
    ]);
    expect(notExact(comparePages(original, page([...original.blocks, paragraph('d')]), copyOf))).toEqual([
      'extra block paragraph at blocks/+3',
    ]);
    expect(
      notExact(comparePages(original, page([paragraph('b'), paragraph('a'), paragraph('c')]), copyOf)),
    ).not.toEqual([]);
  });

  test('children count', () => {
    const original = page([block('toggle', { rich_text: [] }, [paragraph('hidden')])]);
    const copy = page([block('toggle', { rich_text: [] }, [])]);
    expect(notExact(comparePages(original, copy, copyOf))).toEqual([
      'lost block paragraph at blocks/0/children/0',
    ]);
  });

  test('what no request can write is impossible, not lost', () => {
    expect(notExact(comparePages(page([block('unsupported', {})]), page([]), copyOf))).toEqual([
      'impossible block unsupported at blocks/0',
    ]);
    const computed = page([], { Sum: { type: 'formula', formula: { type: 'number', number: 1 } } });
    expect(notExact(comparePages(computed, page([]), copyOf))).toEqual([
      'impossible property formula at properties/Sum',
    ]);
  });

  test('a mention of a restored page must point at the copy', () => {
    const mention = (id: string) =>
      page([
        block('paragraph', {
          rich_text: [{ type: 'mention', mention: { type: 'page', page: { id } }, plain_text: 'x' }],
        }),
      ]);
    expect(notExact(comparePages(mention(one), mention(two), copyOf))).toEqual([]);
    expect(notExact(comparePages(mention(one), mention('3'.repeat(32)), copyOf))).not.toEqual([]);
  });

  test('a page inside a column is expected on the page, with a link where it was', () => {
    const child: BlockNode = { id: one, type: 'child_page', child_page: { title: 'T' } };
    const columns = (inner: BlockNode) =>
      block('column_list', {}, [block('column', {}, [paragraph('a')]), block('column', {}, [inner])]);
    const link = block('link_to_page', { type: 'page_id', page_id: two });
    const moved: BlockNode = { id: two, type: 'child_page', child_page: { title: 'T' } };
    const verdicts = (copy: BlockNode[]) =>
      notExact(comparePages(page([columns(child)]), page(copy), copyOf)).filter(
        (finding) => !finding.startsWith('impossible'),
      );
    expect(verdicts([columns(link), moved])).toEqual([]);
    expect(verdicts([columns(link)])).toEqual(['lost block child_page at blocks/1']);
    expect(
      verdicts([
        block('column_list', {}, [block('column', {}, [paragraph('a')]), block('column', {}, [])]),
        moved,
      ]),
    ).toEqual(['lost block link_to_page at blocks/0/children/1/children/0']);
  });

  test('a mention of a stranger is expected as the words it showed', () => {
    const stranger = { ...copyOf, destination: { ...copyOf.destination, isPerson: () => false } };
    const mention = page([
      block('paragraph', {
        rich_text: [{ type: 'mention', mention: { type: 'user', user: { id: one } }, plain_text: '@Gus' }],
      }),
    ]);
    const words = page([block('paragraph', { rich_text: [text('@Gus')] })]);
    expect(notExact(comparePages(mention, words, stranger))).toEqual([
      'impossible mention user who is not in the workspace at blocks/0',
    ]);
    expect(notExact(comparePages(mention, page([paragraph('')]), stranger))).toContain(
      'lost block paragraph at blocks/0',
    );
  });

  test('a link between pages is judged by the page, not by its spelling', () => {
    const link = (url: string) =>
      page([block('paragraph', { rich_text: [text('x', { text: { content: 'x', link: { url } } })] })]);
    expect(
      notExact(comparePages(link(`/${one}`), link(`https://www.notion.so/Title-${two}`), copyOf)),
    ).toEqual([]);
    expect(notExact(comparePages(link(`/${one}`), link('https://example.com/'), copyOf))).not.toEqual([]);
  });

  test('files are judged by their bytes', () => {
    const image = (sha256: string, path: string) =>
      page([block('image', { type: 'file', file: { url: 'x', path, size: 1, sha256 } })]);
    expect(notExact(comparePages(image('aa', 'files/a.png'), image('aa', 'files/b.png'), copyOf))).toEqual(
      [],
    );
    expect(
      notExact(comparePages(image('aa', 'files/a.png'), image('bb', 'files/a.png'), copyOf)),
    ).not.toEqual([]);
  });

  test('property values are held against each other by name', () => {
    const select = (name: string) =>
      page([], { Status: { id: 'x', type: 'select', select: { id: name, name, color: 'red' } } });
    expect(notExact(comparePages(select('A'), select('A'), copyOf))).toEqual([]);
    expect(notExact(comparePages(select('A'), select('B'), copyOf))).toEqual([
      'lost property at property/Status',
    ]);
    expect(notExact(comparePages(select('A'), page([]), copyOf))).toEqual([
      'lost property at property/Status',
    ]);
  });

  test('properties named like members of every object are compared like any other', () => {
    const named = (name: string, words: string) =>
      page([], JSON.parse(`{"${name}":{"type":"url","url":"${words}"}}`) as JsonObject);
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const original = named(name, 'a');
      expect(notExact(comparePages(original, named(name, 'a'), copyOf))).toEqual([]);
      expect(notExact(comparePages(original, named(name, 'b'), copyOf))).toEqual([
        `lost property at property/${name}`,
      ]);
      expect(notExact(comparePages(original, page([]), copyOf))).toEqual([
        `lost property at property/${name}`,
      ]);
    }
  });

  test('a comment whose words came back is exact but for its author and time, another is lost', () => {
    const comment = (words: string): JsonObject => ({ object: 'comment', rich_text: [text(words)] });
    const original = page([], {}, [comment('first'), comment('second')]);
    expect(
      notExact(comparePages(original, page([], {}, [comment('Ann, 2026-01-01: first')]), copyOf)),
    ).toEqual([
      'impossible author and time of a comment at comments/0',
      'lost comment at comments/1',
      'impossible author and time of a comment at comments/1',
    ]);
  });
});

describe('databases', () => {
  const schema = (properties: JsonObject): DatabaseDocument => ({
    kind: 'database',
    format: 1,
    database: { object: 'database', id: one, title: [text('Tasks')] },
    data_sources: [{ object: 'data_source', id: one, title: [text('Tasks')], properties }],
    views: [],
  });

  test('a view of a type that no request creates is not expected, and the views after it keep their places', () => {
    const view = (name: string, type: string): JsonObject => ({ object: 'view', id: name, name, type });
    const original = { ...schema({}), views: [view('A', 'table'), view('B', 'hologram'), view('C', 'list')] };
    const copy = { ...schema({}), views: [view('A', 'table'), view('C', 'list')] };
    expect(notExact(compareDatabases(original, copy, copyOf))).toEqual([
      'impossible view hologram at view/1 B',
    ]);
    expect(notExact(compareDatabases(original, { ...copy, views: copy.views.slice(0, 1) }, copyOf))).toEqual([
      'lost view at view/1 C',
      'impossible view hologram at view/1 B',
    ]);
  });

  test('formulas spelt with tokens and with names are one', () => {
    const token = schema({
      Due: { id: 'ab%3D', type: 'date', date: {} },
      Late: {
        id: 'f',
        type: 'formula',
        formula: { expression: 'now() > {{notion:block_property:ab%3D:x:y}}' },
      },
    });
    const named = schema({
      Due: { id: 'zz', type: 'date', date: {} },
      Late: { id: 'g', type: 'formula', formula: { expression: 'now() > prop("Due")' } },
    });
    expect(notExact(compareDatabases(token, named, copyOf))).toEqual([]);
  });

  test('a missing property and a changed option are seen', () => {
    const original = schema({
      S: { id: 's', type: 'select', select: { options: [{ id: '1', name: 'A', color: 'red' }] } },
    });
    const changed = schema({
      S: { id: 's', type: 'select', select: { options: [{ id: '2', name: 'A', color: 'blue' }] } },
    });
    expect(notExact(compareDatabases(original, changed, copyOf))).toEqual([
      'approximated schema at schema/S',
    ]);
    expect(notExact(compareDatabases(original, schema({}), copyOf))).toEqual(['lost schema at schema/S']);
  });

  test('views are judged with property ids told as names', () => {
    const view = (id: string, property: string): DatabaseDocument => ({
      ...schema({ Due: { id: property, type: 'date', date: {} } }),
      views: [
        {
          object: 'view',
          id,
          name: 'Board',
          type: 'table',
          sorts: [{ property, direction: 'ascending' }],
          configuration: { properties: [{ property_id: property, visible: true }] },
        },
      ],
    });
    expect(notExact(compareDatabases(view('v1', 'ab'), view('v2', 'cd'), copyOf))).toEqual([]);
  });
});

describe('names and covers', () => {
  const comment = (words: string, display?: JsonObject): JsonObject => ({
    id: words,
    discussion_id: 'd',
    parent: { type: 'page_id', page_id: one },
    rich_text: [text(words)],
    ...(display === undefined ? {} : { display_name: display }),
  });

  test('a comment that shows another name is not the same', () => {
    const signed = (name: string) =>
      page([], {}, [comment('hello', { type: 'custom', resolved_name: name })]);
    const verdicts = (copy: PageDocument) =>
      comparePages(signed('Ada'), copy, copyOf)
        .filter(({ what }) => what === 'name of a comment')
        .map(({ verdict }) => verdict);
    expect(verdicts(signed('Ada'))).toEqual(['exact']);
    expect(verdicts(signed('Kloset bot'))).toEqual(['lost']);
    expect(verdicts(page([], {}, [comment('hello')]))).toEqual(['lost']);
  });

  test('the cover of the first data source is that of its database; others cannot be written', () => {
    const cover = (url: string): JsonObject => ({ type: 'external', external: { url } });
    const database = (own: Json, ...ofSources: Json[]): DatabaseDocument => ({
      kind: 'database',
      format: 1,
      database: { object: 'database', id: one, title: [], cover: own },
      data_sources: ofSources.map((each, index) => ({
        id: `${index}`,
        title: [],
        cover: each,
        properties: {},
      })),
      views: [],
    });
    const compare = (original: DatabaseDocument, copy: DatabaseDocument) =>
      notExact(compareDatabases(original, copy, copyOf));
    const [a, b] = [cover('https://a.example/a.png'), cover('https://b.example/b.png')];
    expect(compare(database(null, a), database(a, a))).toEqual([]);
    expect(compare(database(null, a), database(null, null))).toEqual(['lost cover at cover']);
    expect(compare(database(a, a, b), database(a, a, null))).toEqual([
      'impossible cover of a data source at data_sources/1',
    ]);
    expect(compare(database(a, b), database(a, a))).toEqual([
      'impossible cover of a data source at data_sources/0',
    ]);
  });
});
