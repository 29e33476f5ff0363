import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import { setWriteRules } from '../../../src/simulator/write/rules.ts';
import { accepted, append, block, refusal, text } from './block-desk.ts';
import { openDesk, paragraph, textAt, words } from './desk.ts';

describe('nesting blocks', () => {
  it('refuses children under a heading that does not toggle', async () => {
    expect(await refusal([text('heading_1', { children: [paragraph('x')] })])).toContain(
      'heading_1.children should be not present',
    );
  });

  it('refuses children where no block takes any', async () => {
    expect(await refusal([block('divider', { children: [paragraph('x')] })])).toContain(
      'divider.children should be not present',
    );
    expect(await refusal([text('code', { language: 'c', children: [paragraph('x')] })])).toContain(
      'code.children should be not present',
    );
  });

  it('nests two levels and refuses the third', async () => {
    const two = paragraph('1', { children: [paragraph('2', { children: [paragraph('3')] })] });
    expect((await append(openDesk(), [two])).status).toBe(200);
    const three = paragraph('1', {
      children: [paragraph('2', { children: [paragraph('3', { children: [paragraph('4')] })] })],
    });
    expect(await refusal([three])).toContain(
      'body.children[0].paragraph.children[0].paragraph.children[0].paragraph.children should be not present',
    );
  });

  it('refuses columns below the first level and tables below the second', async () => {
    const columns = block('column_list', {
      children: [
        block('column', { children: [paragraph('a')] }),
        block('column', { children: [paragraph('b')] }),
      ],
    });
    expect(await refusal([text('toggle', { children: [columns] })])).toContain('should be defined');
    const table = block('table', { table_width: 1, children: [block('table_row', { cells: [[]] })] });
    expect((await append(openDesk(), [text('toggle', { children: [table] })])).status).toBe(200);
    expect(await refusal([text('toggle', { children: [text('toggle', { children: [table] })] })])).toContain(
      'should be defined',
    );
  });

  it('does not count columns as a level', async () => {
    const deep = text('toggle', { children: [paragraph('deep')] });
    const columns = block('column_list', {
      children: [block('column', { children: [deep] }), block('column', { children: [paragraph('b')] })],
    });
    expect((await append(openDesk(), [columns])).status).toBe(200);
  });

  it('refuses a bare list of columns, a single column, and a column without a list of children', async () => {
    expect(await refusal([block('column_list', {})])).toBe(
      'body failed validation: body.children[0].column_list.children should be defined, instead was `undefined`.',
    );
    const column = block('column', { children: [paragraph('x')] });
    expect(await refusal([block('column_list', { children: [column] })])).toContain(
      'column_list.children.length should be ≥ `2`',
    );
    expect(await refusal([block('column_list', { children: [column, block('column', {})] })])).toBe(
      'body failed validation: body.children[0].column_list.children[1].column.children should be defined, instead was `undefined`.',
    );
  });

  it('takes a column with an empty list of children, as recorded, unless told to follow the documentation', async () => {
    const empty = () => block('column', { children: [] });
    await accepted(openDesk(), [block('column_list', { children: [empty(), empty()] })]);
    const desk = openDesk();
    setWriteRules(desk.state, { allowsEmptyColumns: false });
    const reply = await append(desk, [block('column_list', { children: [empty(), empty()] })]);
    expect(reply.message).toContain('length should be ≥ `1`');
  });

  it('takes `children: []` on every tier and in updates, and nothing fuller below the third', async () => {
    const desk = openDesk();
    const nested = (children: Json[]) =>
      text('toggle', { children: [text('toggle', { children: [text('callout', { children })] })] });
    const [outer] = await accepted(desk, [nested([])]);
    await desk.patch(`blocks/${textAt(outer, 'id')}`, { toggle: { rich_text: words('y'), children: [] } });
    expect(await refusal([nested([paragraph('too deep')])])).toContain(
      'callout.children should be not present',
    );
  });

  it('refuses columns and rows outside their own container', async () => {
    expect(await refusal([block('column', { children: [paragraph('x')] })])).toContain(
      'column should be not present',
    );
    expect(await refusal([block('table_row', { cells: [[]] })])).toContain('table_row should be not present');
  });

  it('refuses a width outside 0 to 1', async () => {
    const column = (width_ratio: number) => block('column', { children: [paragraph('x')], width_ratio });
    expect(await refusal([block('column_list', { children: [column(1.5), column(0.5)] })])).toContain(
      'width_ratio should be between',
    );
  });

  it('refuses tables without rows and rows of another width', async () => {
    expect(await refusal([block('table', { table_width: 2, children: [] })])).toContain(
      'table.children.length should be ≥ `1`',
    );
    expect(
      await refusal([block('table', { table_width: 2, children: [block('table_row', { cells: [[]] })] })]),
    ).toContain('must match the table width');
    const desk = openDesk();
    const [table] = await accepted(desk, [
      block('table', { table_width: 1, children: [block('table_row', { cells: [[]] })] }),
    ]);
    const reply = await append(desk, [block('table_row', { cells: [[], []] })], {}, textAt(table, 'id'));
    expect(reply.status).toBe(400);
  });

  it('takes only paragraphs into a tab and refuses a tab that is empty', async () => {
    expect(await refusal([block('tab', {})])).toContain('tab.children should be defined');
    expect(await refusal([block('tab', { children: [] })])).toContain('tab.children.length should be ≥ `1`');
    expect(await refusal([block('tab', { children: [text('quote')] })])).toContain(
      'paragraph should be defined',
    );
    const desk = openDesk();
    const [tab] = await accepted(desk, [block('tab', { children: [paragraph('A')] })]);
    expect((await append(desk, [text('quote')], {}, textAt(tab, 'id'))).status).toBe(400);
  });

  it('takes a copy of an original and refuses copies of copies, of strangers, and with children', async () => {
    const desk = openDesk();
    const [original] = await accepted(desk, [
      block('synced_block', { synced_from: null, children: [paragraph('x')] }),
    ]);
    const copyOf = (block_id: string, more: JsonObject = {}) =>
      block('synced_block', { synced_from: { type: 'block_id', block_id }, ...more });
    const [copy] = await accepted(desk, [copyOf(textAt(original, 'id'), { children: [] })]);
    expect((await append(desk, [copyOf(textAt(copy, 'id'))])).status).toBe(400);
    expect((await append(desk, [copyOf('3f2b1c4d-0000-4000-8000-000000000000')])).status).toBe(404);
    expect(
      (await append(desk, [copyOf(textAt(original, 'id'), { children: [paragraph('x')] })])).status,
    ).toBe(400);
    expect((await append(desk, [paragraph('x')], {}, textAt(copy, 'id'))).status).toBe(400);
  });

  it('refuses links and media that lead nowhere', async () => {
    expect(
      await refusal([
        block('paragraph', { rich_text: [{ text: { content: 'x', link: { url: 'not a url' } } }] }),
      ]),
    ).toBe('Content creation Failed. Fix the following: Invalid URL for link.');
    expect(await refusal([block('image', { external: { url: 'https://example.com/page' } })])).toBe(
      'Content creation Failed. Fix the following: Invalid image url.',
    );
    expect(await refusal([block('bookmark', { url: '' })])).toContain('Invalid bookmark url');
    expect(await refusal([block('embed', { url: 'ftp' })])).toContain('Invalid embed url');
    expect(
      await refusal([block('image', { external: { url: `https://example.com/${'x'.repeat(2000)}.png` } })]),
    ).toContain('url.length should be ≤ `2000`');
  });

  it('refuses a hosted file as it is read', async () => {
    expect(
      await refusal([
        block('image', { type: 'file', file: { url: 'https://example.com/a.png', expiry_time: '' } }),
      ]),
    ).toContain('image.external should be defined');
  });
});
