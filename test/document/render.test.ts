import { expect, test } from 'vitest';
import type { BlockNode, PageDocument } from '../../src/document/documents.ts';
import type { JsonObject } from '../../src/document/json.ts';
import { csvField, csvLine } from '../../src/document/render/csv.ts';
import { pageHtml } from '../../src/document/render/html.ts';
import { pageMarkdown } from '../../src/document/render/markdown.ts';
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

test('comments stand as footnotes where they were made', () => {
  const comment = {
    parent: { type: 'block_id', block_id: 'b-paragraph' },
    rich_text: [run('why?')],
    created_time: '2026-01-01',
    display_name: { resolved_name: 'Ann' },
  };
  const text = pageMarkdown(page([block('paragraph', { rich_text: [run('so')] })], 'T', [comment]), links);
  expect(text).toContain('so[^1]');
  expect(text).toContain('[^1]: Ann, 2026-01-01: why?');
});

test('csv quotes what RFC 4180 says and lets no field run as a formula', () => {
  expect(csvLine(['a', 'b,c', 'd"e', 'f\ng'])).toBe('a,"b,c","d""e","f\ng"\r\n');
  expect(csvField('=HYPERLINK("x")')).toBe('"\'=HYPERLINK(""x"")"');
  expect(csvField('-12.5')).toBe('-12.5');
});
