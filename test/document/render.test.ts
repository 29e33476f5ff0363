import { describe, expect, test } from 'vitest';
import type { BlockNode, DatabaseDocument, PageDocument } from '../../src/document/documents.ts';
import type { JsonObject } from '../../src/document/json.ts';
import { csvField, csvLine, csvTables, rowFields } from '../../src/document/render/csv.ts';
import { pageHtml } from '../../src/document/render/html.ts';
import { pageMarkdown } from '../../src/document/render/markdown.ts';
import { pageText } from '../../src/document/render/text.ts';
import type { Links } from '../../src/document/render/tree/links.ts';

const id = '11111111111141118111111111111111';
const links: Links = {
  object: (wanted) => (wanted.replaceAll('-', '') === id ? '../Home~1/page.md' : undefined),
};

function run(content: string, more: JsonObject = {}): JsonObject {
  return { type: 'text', text: { content, link: null }, plain_text: content, annotations: {}, ...more };
}
function block(type: string, payload: JsonObject, children: BlockNode[] = []): BlockNode {
  return { id: `b-${type}`, type, [type]: payload, children };
}
function page(blocks: BlockNode[], title = 'Title', comments: JsonObject[] = []): PageDocument {
  return {
    kind: 'page',
    format: 1,
    page: { id: 'p', properties: { t: { id: 'title', type: 'title', title: [run(title)] } } },
    blocks,
    comments,
  };
}

test('markdown keeps structure: headings, nested lists, tasks, quotes, code, tables', () => {
  const text = pageMarkdown(
    page([
      block('heading_1', { rich_text: [run('One')] }),
      block('bulleted_list_item', { rich_text: [run('a')] }, [
        block('bulleted_list_item', { rich_text: [run('b')] }),
      ]),
      block('numbered_list_item', { rich_text: [run('first')] }),
      block('numbered_list_item', { rich_text: [run('second')] }),
      block('to_do', { rich_text: [run('done')], checked: true }),
      block('quote', { rich_text: [run('said')] }),
      block('code', { rich_text: [run('```\nx')], language: 'javascript' }),
      block('table', { table_width: 2 }, [block('table_row', { cells: [[run('x')], [run('y|z')]] })]),
    ]),
    links,
  );
  expect(text).toContain('# Title\n');
  expect(text).toContain('## One\n');
  expect(text).toContain('- a\n  - b\n');
  expect(text).toContain('1. first\n2. second\n');
  expect(text).toContain('- [x] done');
  expect(text).toContain('> said');
  expect(text).toContain('````javascript\n```\nx\n````');
  expect(text).toContain('| x | y\\|z |\n| - | - |');
});

test('text that looks like markup stays text', () => {
  const hostile = '# not a heading <script>alert(1)</script> [x](javascript:y)';
  expect(pageMarkdown(page([block('paragraph', { rich_text: [run(hostile)] })]), links)).not.toMatch(
    /^# not|[^\\]<script|[^\\]\]\(javascript/m,
  );
  const html = pageHtml(page([block('paragraph', { rich_text: [run(hostile)] })], '</title><script>'), links);
  expect(html).not.toContain('<script>');
});

test('a link that would run code is shown without being one', () => {
  const link = run('click', { text: { content: 'click', link: { url: 'javascript:alert(1)' } } });
  expect(pageHtml(page([block('paragraph', { rich_text: [link] })]), links)).not.toContain('javascript:');
  expect(pageMarkdown(page([block('paragraph', { rich_text: [link] })]), links)).not.toContain('javascript:');
});

test('a link mention shows its title, and leads to its address', () => {
  const href = 'https://example.com/a';
  const mention = {
    type: 'mention',
    mention: { type: 'link_mention', link_mention: { href, title: 'A title' } },
    plain_text: href,
    href,
    annotations: {},
  };
  const document = page([block('paragraph', { rich_text: [mention] })]);
  expect(pageMarkdown(document, links)).toContain(`[A title](${href})`);
});

test('mentions and links to pages of the snapshot lead to their files', () => {
  const mention = {
    type: 'mention',
    plain_text: 'Home',
    annotations: {},
    mention: { type: 'page', page: { id } },
  };
  const document = page([
    block('paragraph', { rich_text: [mention] }),
    block('link_to_page', { type: 'page_id', page_id: id }),
  ]);
  expect(pageMarkdown(document, links)).toContain('[Home](../Home~1/page.md)');
  expect(pageHtml(document, links)).toContain('href="../Home~1/page.md"');
});

test('media point at the bytes beside the page, what was not kept says so', () => {
  const kept = block('image', {
    type: 'file',
    file: { url: 'https://x/a.png', path: 'files/a b.png', size: 1, sha256: 'aa' },
  });
  expect(pageMarkdown(page([kept]), links)).toContain('](files/a%20b.png)');
  const gone = block('image', { type: 'file', file: { missing: '404' } });
  expect(pageMarkdown(page([gone]), links)).toContain('not kept');
});

describe('comments', () => {
  const comment = {
    parent: { type: 'block_id', block_id: 'b-paragraph' },
    rich_text: [run('why?')],
    created_time: '2026-01-01',
    display_name: { resolved_name: 'Ann' },
  };
  const commented = page([block('paragraph', { rich_text: [run('so')] })], 'T', [comment]);

  test('stand as footnotes where they were made', () => {
    const text = pageMarkdown(commented, links);
    expect(text).toContain('so[^1]');
    expect(text).toContain('[^1]: Ann, 2026-01-01: why?');
    expect(pageHtml(commented, links)).toMatch(/so<sup>[\s\S]*<section[^>]*class="footnotes"[\s\S]*why\?/);
  });

  test('stand in the margin of HTML, beside the words they are on', () => {
    const html = pageHtml(commented, links, {}, 'margin');
    expect(html).toContain('<p>so<span class="margin-note">Ann, 2026-01-01: why?</span></p>');
    expect(html).toContain('<body class="with-margin">');
    expect(html).not.toContain('class="footnotes"');
    expect(pageHtml(page([]), links, {}, 'margin')).toContain('<body>');
  });

  test('are left out where nobody wants them, and what could not be read of them is still told', () => {
    const gap = { what: 'comments', id: 'b-paragraph', reason: 'refused' };
    const lacking: PageDocument = { ...commented, gaps: [gap] };
    for (const text of [
      pageMarkdown(lacking, links, 'none'),
      pageText(lacking, links, 'none'),
      pageHtml(lacking, links, {}, 'none'),
    ]) {
      expect(text).not.toMatch(/why|Ann|\[\^?1\]|<sup>/);
      expect(text).toContain('comments could not be read: refused');
    }
  });
});

test('csv quotes what RFC 4180 says and lets no field run as a formula', () => {
  expect(csvLine(['a', 'b,c', 'd"e', 'f\ng'])).toBe('a,"b,c","d""e","f\ng"\r\n');
  expect(csvField('=HYPERLINK("x")')).toBe('"\'=HYPERLINK(""x"")"');
  expect(csvField('-12.5')).toBe('-12.5');
});

const property = (id: string, type: string): JsonObject => ({ id, type });
const sources = [
  {
    id: 's1',
    title: [run('Books')],
    properties: { Pages: property('p', 'number'), Name: property('title', 'title') },
  },
  {
    id: 's2',
    title: [run('books')],
    properties: { Name: property('title', 'title'), Length: property('l', 'number') },
  },
];
const view = (name: string, source: string, ...shown: string[]): JsonObject => ({
  name,
  data_source_id: source,
  configuration: { properties: shown.map((id) => ({ property_id: id, visible: true })) },
});
const database = (count: number, views: JsonObject[] = []): DatabaseDocument =>
  ({
    kind: 'database',
    database: {},
    data_sources: sources.slice(0, count),
    views,
  }) as unknown as DatabaseDocument;

test('each data source is a table of its own, with its rows', () => {
  const tables = csvTables(database(2));
  expect(tables.map(({ name, columns }) => [name, ...columns])).toEqual([
    ['Books.csv', 'Name', 'Pages'],
    ['books 2.csv', 'Name', 'Length'],
  ]);
  const row = (source: string) => ({ parent: { type: 'data_source_id', data_source_id: source } });
  expect(tables.map(({ holds }) => ['s1', 's2', 'other'].map((source) => holds(row(source))))).toEqual([
    [true, false, true],
    [false, true, false],
  ]);
  expect(csvTables(database(1)).map(({ name }) => name)).toEqual(['database.csv']);
});

test('a view gives the columns and their order, of its own source, and the title in any case', () => {
  const named = database(1, [view('Short', 's1', 'p', 'title')]);
  expect(csvTables(named, 'Short')[0]?.columns).toEqual(['Pages', 'Name']);
  expect(csvTables(named, 'Other')[0]?.columns).toEqual(['Name', 'Pages']);
  const both = database(2, [view('Short', 's2', 'l')]);
  expect(csvTables(both, 'Short').map(({ columns }) => columns)).toEqual([
    ['Name', 'Pages'],
    ['Name', 'Length'],
  ]);
});

test('fields name people, related pages and zones', () => {
  const properties: JsonObject = {
    Who: {
      type: 'people',
      people: [
        { id: 'u', name: 'Ann' },
        { id: 'v', name: 'Bo' },
      ],
    },
    Next: { type: 'relation', relation: [{ id }] },
    All: { type: 'rollup', rollup: { type: 'array', array: [{ type: 'relation', relation: [{ id }] }] } },
    When: { type: 'date', date: { start: '2026-01-02T09:00:00', end: null, time_zone: 'Europe/Vienna' } },
    Go: { type: 'button', button: {} },
  };
  const fields = rowFields({ id: 'r', properties }, Object.keys(properties), new Map(), () => 'Home');
  expect(fields).toEqual(['Ann, Bo', 'Home', 'Home', '2026-01-02T09:00:00 Europe/Vienna', '', 'r']);
});

test('text has the words of a page without markup', () => {
  const text = pageText(
    page(
      [
        block('heading_1', { rich_text: [run('One')] }),
        block('paragraph', {
          rich_text: [
            run('a', { annotations: { bold: true } }),
            run(' b_c', { href: 'https://example.com' }),
          ],
        }),
        block('to_do', { rich_text: [run('done')], checked: true }, [
          block('bulleted_list_item', { rich_text: [run('in')] }),
        ]),
        block('toggle', { rich_text: [run('open')] }, [
          block('code', { rich_text: [run('x\ny')], language: 'c' }),
        ]),
        block('table', {}, [block('table_row', { cells: [[run('c')], [run('d|e')]] })]),
      ],
      'Title',
      [
        {
          parent: { page_id: 'p' },
          created_time: '2026-01-01T10:00:00.000Z',
          display_name: { resolved_name: 'Ann' },
          rich_text: [run('why')],
        },
      ],
    ),
    links,
  );
  expect(text).toBe(
    'Title[1]\n\nOne\n\na b_c (https://example.com)\n\n[x] done\n    - in\n\nopen\n\n      x\n      y\n\nc\td|e\n\n[1] Ann, 2026-01-01 10:00 UTC: why\n',
  );
});
