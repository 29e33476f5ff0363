// Larger worlds and ten thousand hard pages: test/torture/markdown-round-trip.test.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BlockNode } from '../../../src/document/documents.ts';
import { pageMarkdown } from '../../../src/document/render/markdown.ts';
import { generateWorkspace } from '../../../src/simulator/sample/generated/generate.ts';
import { recordingsFolder } from '../../replay/recording.ts';
import { compareFacts } from './compare-facts.ts';
import { documentsOf, smallWorld } from './documents-of.ts';
import { hardDocument, pageOf } from './hard-documents.ts';

/** What is said, how it looks and what lies in what, in the document and in its Markdown as a parser reads it. */
function expectSameFacts(name: string, page: Parameters<typeof compareFacts>[0]): void {
  expect([name, ...compareFacts(page).differences]).toEqual([name]);
}

test('pages of generated worlds come back from Markdown with every fact', async () => {
  for (const seed of [1, 2]) {
    const { pages } = await documentsOf(generateWorkspace(smallWorld(seed)));
    expect(pages.length).toBeGreaterThan(4);
    for (const page of pages) expectSameFacts(`${seed} ${String(page.page.id)}`, page);
  }
});

test('pages of what Markdown finds hard come back with every fact', () => {
  for (let seed = 1; seed <= 60; seed += 1) expectSameFacts(`seed ${seed}`, hardDocument(seed));
});

const recordings = recordingsFolder() ?? '';

describe.skipIf(recordings === '')('recorded answers of Notion', () => {
  test('every recorded list of blocks comes back with every fact', () => {
    let lists = 0;
    for (const name of readdirSync(recordings, { recursive: true, encoding: 'utf8' })) {
      if (!/children.*\.json$/.test(name)) continue;
      const { body } = JSON.parse(readFileSync(join(recordings, name), 'utf8')).response ?? {};
      const blocks: BlockNode[] = (Array.isArray(body?.results) ? body.results : []).filter(
        ({ type }: BlockNode) => typeof type === 'string',
      );
      if (blocks.length === 0) continue;
      lists += 1;
      expectSameFacts(name, pageOf(blocks));
    }
    expect(lists).toBeGreaterThan(100);
  });
});

const run = (content: string, style: object = {}, url?: string) => ({
  type: 'text',
  text: { content, link: url === undefined ? null : { url } },
  annotations: { ...style },
  plain_text: content,
});
const block = (type: string, payload: object, children: BlockNode[] = []): BlockNode =>
  ({ id: `b-${type}`, type, [type]: payload, children }) as unknown as BlockNode;
const paragraph = (...runs: object[]) => block('paragraph', { rich_text: runs });
const item = (type: string, text: string, children: BlockNode[] = [], more: object = {}) =>
  block(type, { rich_text: text === '' ? [] : [run(text)], ...more }, children);
const bold = { bold: true };
const table = (...cells: object[][]) => block('table', {}, [block('table_row', { cells })]);

/** Each by its name: what the blocks are, and text that the Markdown has. */
const cases: readonly [name: string, blocks: BlockNode[], markdown?: string][] = [
  ['emphasis beside letters', [paragraph(run('un'), run('believ', bold), run('able'))], 'un**believ**able'],
  ['emphasis beside CJK punctuation', [paragraph(run('他说'), run('「你好」', bold), run('吗'))]],
  ['blanks at the ends of emphasis', [paragraph(run('a'), run(' b ', bold), run('c'))], 'a **b** c'],
  [
    'two kinds of emphasis that overlap',
    [paragraph(run('a', bold), run('b', { bold: true, italic: true }), run('c', { italic: true }))],
  ],
  ['a bar in code in a table', [table([run('a|b', { code: true })], [run('c')])], '| `a\\|b` | c |'],
  [
    'a bar in a formula in a table',
    [table([{ type: 'equation', equation: { expression: '|x|' }, annotations: {}, plain_text: '|x|' }])],
  ],
  [
    'dollars in words and in formulas',
    [paragraph(run('$5 and $6')), block('equation', { expression: 'a$b' })],
    '\\$5',
  ],
  [
    'text that begins like blocks',
    ['  a', '- a', '# a', '1. a', '\ta', '> a', '---', '    a', '+ a', '* a'].map((words) =>
      paragraph(run(words)),
    ),
  ],
  ['a text of a mark alone', ['-', '#', '1.', '>', '*', '=', '```'].map((words) => paragraph(run(words)))],
  ['backslashes', [paragraph(run('C:\\new\\_x \\* \\\\'))]],
  [
    'underscores in words and addresses',
    [paragraph(run('snake_case_word https://example.com/a_b_c and more'))],
    'https://example.com/a_b_c and',
  ],
  ['HTML in the text', [paragraph(run('<script>alert(1)</script> &amp; <!-- x -->'))]],
  [
    'a paragraph, code, a table and a callout in a list',
    [
      item('bulleted_list_item', 'a', [
        paragraph(run('b')),
        block('code', { rich_text: [run('c\n\n  d')], language: 'python' }),
        table([run('e')], [run('f')]),
        block('callout', { rich_text: [run('g')] }),
        item('bulleted_list_item', 'h', [paragraph(run('i'))]),
      ]),
    ],
  ],
  [
    'a list that starts at 7',
    [item('numbered_list_item', 'a', [], { list_start_index: 7 }), item('numbered_list_item', 'b')],
    '7. a\n8. b',
  ],
  [
    'a list that starts at 7 in another',
    [item('bulleted_list_item', 'a', [item('numbered_list_item', 'b', [], { list_start_index: 7 })])],
  ],
  [
    'adjacent lists',
    [
      item('bulleted_list_item', 'a'),
      item('to_do', 'b', [], { checked: true }),
      item('bulleted_list_item', 'c'),
      item('numbered_list_item', 'd'),
      item('numbered_list_item', 'e', [], { list_start_index: 1 }),
    ],
  ],
  [
    'lists with an empty paragraph between',
    [item('bulleted_list_item', 'a'), paragraph(), item('bulleted_list_item', 'b')],
  ],
  [
    'empty items',
    [
      item('bulleted_list_item', ''),
      item('bulleted_list_item', 'a', [item('bulleted_list_item', '')]),
      item('to_do', ''),
      item('bulleted_list_item', '', [paragraph(run('b'))]),
      item('to_do', '', [item('to_do', 'c')]),
    ],
  ],
  ['empty headings', [item('heading_1', ''), item('heading_3', '', [paragraph(run('a'))])]],
  ['a heading of two lines', [item('heading_1', 'a\nb'), item('heading_3', 'a\nb')]],
  [
    'links around emphasis',
    [paragraph(run('a', bold, 'https://example.com/x'), run('b', {}, 'https://example.com/x'))],
    '[**a**b](https://example.com/x)',
  ],
  [
    'links with blanks, parentheses and brackets',
    ['a b', '(a)', ')', '[x]', '<y>', '"z"', '\\'].map((end) =>
      paragraph(run('a]b', {}, `https://example.com/${end}`)),
    ),
  ],
  [
    'line ends of every kind',
    [paragraph(run('a\r\nb\nc\rd\n')), block('code', { rich_text: [run('a\r\nb')], language: 'plain text' })],
  ],
  ['control characters', [paragraph(run('a\u0007b\u001b[31m\u202ec'))]],
  [
    'captions of everything',
    ['image', 'file', 'video', 'audio', 'pdf', 'bookmark', 'embed'].map((type) =>
      block(type, {
        type: 'external',
        external: { url: 'https://example.com/x.y' },
        url: 'https://example.com/x.y',
        caption: [run('a '), run('b', bold)],
      }),
    ),
  ],
  ['a caption of code', [block('code', { rich_text: [run('x')], language: 'c', caption: [run('why')] })]],
  [
    'a title and sections of meeting notes in their order',
    [
      {
        ...block('meeting_notes', { title: [run('Weekly')] }),
        sections: {
          transcript: [paragraph(run('c'))],
          notes: [paragraph(run('b'))],
          summary: [paragraph(run('a'))],
        },
      } as BlockNode,
    ],
    '**Weekly**\n\n*Summary*\n\na\n\n*Notes*\n\nb\n\n*Transcript*\n\nc',
  ],
  ['synced blocks', [block('synced_block', {}, [paragraph(run('a')), item('bulleted_list_item', 'b')])]],
  [
    'columns and tabs with lists',
    [
      block('column_list', {}, [
        block('column', {}, [item('bulleted_list_item', 'a')]),
        block('column', {}, [item('bulleted_list_item', 'b')]),
      ]),
      block('tab', {}, [
        item('paragraph', 'One', [item('bulleted_list_item', 'c')]),
        item('paragraph', 'Two', [paragraph(run('d'))]),
      ]),
    ],
  ],
  [
    'toggles with markup in the summary',
    [block('toggle', { rich_text: [run('a *b* <c> '), run('d', bold)] }, [paragraph(run('e'))])],
    '<summary>a *b* &#x3C;c> <strong>d</strong></summary>',
  ],
  [
    'lines of a summary that begin with blanks',
    [
      block('toggle', {
        rich_text: [run('a\n  b\n\t'), run('c\n  d', bold), run('\n'), run('  e', { underline: true })],
      }),
    ],
    '<summary>a<br>  b<br>\t<strong>c<br>  d</strong><br><u>  e</u></summary>',
  ],
  [
    'a backslash before a bar in code in a table',
    [table([run('a\\|b', { code: true })], [run('c\\\\|', { code: true })])],
  ],
  ['an address before blanks that end a paragraph', [paragraph(run('see www.example.com. '))]],
  [
    'a quote is not a callout',
    [
      block('quote', { rich_text: [run('a')] }, [paragraph(run('b'))]),
      block('callout', { rich_text: [run('c')], icon: { type: 'emoji', emoji: '💡' } }),
    ],
  ],
  [
    'code beside code of another look',
    [paragraph(run('a', { code: true, color: 'red' }), run('b', { code: true }))],
  ],
  [
    'bold beside bold of another colour',
    [paragraph(run('a', { bold: true, color: 'red' }), run('b', bold))],
    '**ab**',
  ],
  [
    'text under a paragraph',
    [item('paragraph', 'a', [paragraph(run('b')), item('bulleted_list_item', 'c')])],
  ],
];

test.each(cases)('%s', (_name, blocks, markdown) => {
  const { differences, text } = compareFacts(pageOf(blocks, [run('T')]));
  expect(differences).toEqual([]);
  if (markdown !== undefined) expect(text).toContain(markdown);
});

test('a title of signs that are not shown is Untitled', () => {
  expect(compareFacts(pageOf([], [run('\u200b', { code: true })])).text).toMatch(/^# Untitled$/m);
});

test('marks of comments keep their places in headings, tables, toggles and beside files', () => {
  const comment = (id: string) => ({
    parent: { type: 'block_id', block_id: id },
    created_time: '2026-01-05',
    display_name: { resolved_name: 'Ann' },
    rich_text: [run(`on ${id}`)],
  });
  const blocks = [
    item('heading_1', 'a'),
    block('toggle', { rich_text: [run('b')] }, [paragraph(run('c'))]),
    { ...table([run('d')]), id: 'b-table' },
    block('image', { type: 'external', external: { url: 'https://example.com/x.png' } }),
    block('file', { type: 'external', external: { url: 'https://example.com/y.zip' } }),
  ] as BlockNode[];
  const page = pageOf(
    blocks,
    [run('T')],
    ['b-heading_1', 'b-toggle', 'b-table', 'b-image', 'b-file'].map(comment),
  );
  const { differences, text } = compareFacts(page);
  expect(differences).toEqual([]);
  for (const mark of [
    '## a[^1]',
    '</summary>\n\n[^2]',
    '[^3]',
    'x.png)[^4]',
    '[y.zip](https://example.com/y.zip)[^5]',
  ])
    expect(text).toContain(mark);
});

const mention = (type: string, payload: object, plain: string) => ({
  type: 'mention',
  mention: { type, [type]: payload },
  annotations: {},
  plain_text: plain,
  href: null,
});

test('mentions of every type are words, those of pages are links', () => {
  const id = '11111111-1111-4111-8111-111111111111';
  const { differences, text } = compareFacts(
    pageOf([
      paragraph(
        mention('user', { id }, '@Ada'),
        mention('date', { start: '2026-01-01' }, '2026-01-01'),
        mention('page', { id }, 'Home'),
        mention('database', { id }, 'Tasks'),
        mention('link_preview', { url: 'https://example.com' }, 'https://example.com'),
        mention('template_mention', {}, '@Today'),
        mention('custom_emoji', { id }, ':x:'),
        mention('page', { id }, ''),
      ),
    ]),
  );
  expect(differences).toEqual([]);
  expect(text).toContain('@Ada2026-01-01[HomeTasks](../111111~1/page.md)');
});

test('what is mentioned, or lies on the page, has the title that it has itself', () => {
  const id = '11111111-1111-4111-8111-111111111111';
  const child = { ...block('child_page', { title: 'Old' }), id };
  const page = pageOf([
    paragraph(mention('page', { id }, 'Old'), run(' and '), mention('database', { id }, 'Old')),
    child,
  ]);
  const title = (asked: string) => (asked === id ? 'New' : undefined);
  expect(pageMarkdown(page, { object: () => undefined, title })).toContain('\nNew and New\n\nNew\n');
  const untitled = pageMarkdown(page, { object: () => undefined, title: () => '' });
  expect(untitled).toContain('\nOld and Old\n\nOld\n');
});
