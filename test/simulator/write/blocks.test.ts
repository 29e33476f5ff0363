import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/simulator/json.ts';
import type { Desk } from './desk.ts';
import { at, listAt, openDesk, paragraph, textAt, words } from './desk.ts';

const append = (desk: Desk, children: Json, more: JsonObject = {}, id = desk.page.id) =>
  desk.ask('PATCH', `blocks/${id}/children`, { children, ...more });

async function refusal(children: Json[], more: JsonObject = {}): Promise<string> {
  const reply = await append(openDesk(), children, more);
  expect(reply.status).toBe(400);
  expect(reply.body.code).toBe('validation_error');
  return reply.message;
}

async function accepted(desk: Desk, children: Json[], id = desk.page.id): Promise<Json[]> {
  const reply = await append(desk, children, {}, id);
  expect(reply.message).toBe('');
  return listAt(reply.body, 'results');
}

const block = (type: string, payload: JsonObject): JsonObject => ({ type, [type]: payload });
const text = (type: string, more: JsonObject = {}) => block(type, { rich_text: words('x'), ...more });

describe('appending blocks', () => {
  it('answers with the first level only, in the form blocks are read in', async () => {
    const desk = openDesk();
    const [made] = await accepted(desk, [paragraph('one', { children: [paragraph('two')] })]);
    expect(at(made, 'has_children')).toBe(true);
    expect(at(made, 'paragraph')).toEqual({
      rich_text: [
        {
          type: 'text',
          text: { content: 'one', link: null },
          annotations: {
            bold: false,
            italic: false,
            strikethrough: false,
            underline: false,
            code: false,
            color: 'default',
          },
          plain_text: 'one',
          href: null,
        },
      ],
      icon: null,
      color: 'default',
    });
    const below = await desk.get(`blocks/${textAt(made, 'id')}/children`);
    expect(at(below, 'results', 0, 'paragraph', 'rich_text', 0, 'plain_text')).toBe('two');
  });

  it.each([
    text('paragraph'),
    text('heading_1'),
    text('heading_4', { is_toggleable: true, children: [paragraph('in')] }),
    text('bulleted_list_item', { color: 'red_background' }),
    text('numbered_list_item'),
    text('to_do', { checked: true }),
    text('toggle'),
    text('quote'),
    text('callout', { icon: { type: 'emoji', emoji: '👩🏽‍💻' } }),
    text('code', { language: 'plain text', caption: words('c') }),
    block('equation', { expression: 'E=mc^2' }),
    block('divider', {}),
    block('breadcrumb', {}),
    block('table_of_contents', { color: 'gray' }),
    block('synced_block', { synced_from: null, children: [paragraph('in')] }),
    block('column_list', {
      children: [
        block('column', { children: [paragraph('a')], width_ratio: 0.25 }),
        block('column', { children: [paragraph('b')] }),
      ],
    }),
    block('table', {
      table_width: 2,
      has_column_header: true,
      children: [block('table_row', { cells: [words('a'), []] })],
    }),
    block('tab', {
      children: [paragraph('Label', { icon: { emoji: '📋' }, children: [paragraph('content')] })],
    }),
    block('embed', { url: 'https://example.com/x' }),
    block('bookmark', { url: 'https://example.com', caption: words('c') }),
    block('image', { external: { url: 'https://example.com/a.png' } }),
    block('video', { external: { url: 'https://www.youtube.com/watch?v=dQw4w9WgXcQ' } }),
    block('pdf', { type: 'external', external: { url: 'https://example.com/a.pdf' } }),
    block('audio', { external: { url: 'https://example.com/a.mp3' } }),
    block('file', { external: { url: 'https://example.com/a.txt' }, name: 'a.txt' }),
  ])('takes a well-formed $type', async (given) => {
    const desk = openDesk();
    const [made] = await accepted(desk, [given]);
    expect(at(made, 'type')).toBe(given.type);
    expect(at(made, 'parent', 'page_id')).toBe(desk.page.id);
  });

  it('takes a block without its type, told by its key', async () => {
    const [made] = await accepted(openDesk(), [{ object: 'block', heading_2: { rich_text: words('x') } }]);
    expect(at(made, 'type')).toBe('heading_2');
  });

  it('names every possible payload when there is none it knows', async () => {
    const message = await refusal([{ type: 'link_preview', link_preview: { url: 'https://example.com' } }]);
    expect(message.split('\n').slice(0, 2)).toEqual([
      'body failed validation. Fix one:',
      'body.children[0].embed should be defined, instead was `undefined`.',
    ]);
    expect(message).toContain('body.children[0].callout should be defined, instead was `undefined`.');
  });

  it.each([
    'child_page',
    'child_database',
    'unsupported',
    'meeting_notes',
    'transcription',
    'link_preview',
    'template',
    'ai_block',
  ])('refuses to make a %s', async (type) => {
    expect(await refusal([block(type, {})])).toContain('should be defined');
  });

  it('refuses a text of 2,001 characters, in the words of the API', async () => {
    expect(await refusal([paragraph('ok'), paragraph('x'.repeat(2001))])).toBe(
      'body failed validation: body.children[1].paragraph.rich_text[0].text.content.length should be ≤ `2000`, instead was `2001`.',
    );
  });

  it('refuses 101 pieces of rich text', async () => {
    const long = Array.from({ length: 101 }, () => ({ text: { content: 'x' } }));
    expect(await refusal([block('quote', { rich_text: long })])).toBe(
      'body failed validation: body.children[0].quote.rich_text.length should be ≤ `100`, instead was `101`.',
    );
  });

  it('refuses 101 blocks in one array', async () => {
    expect(await refusal(Array.from({ length: 101 }, () => paragraph('x')))).toBe(
      'body failed validation: body.children.length should be ≤ `100`, instead was `101`.',
    );
  });

  it('refuses 1,001 blocks in one request', async () => {
    const ten = Array.from({ length: 10 }, () => paragraph('x'));
    const hundred = Array.from({ length: 91 }, () => paragraph('x', { children: ten }));
    expect(await refusal(hundred)).toContain('should be ≤ `1000`, instead was `1001`');
    expect((await append(openDesk(), hundred.slice(1))).status).toBe(200);
  });

  it('refuses a request of more than 500 KB', async () => {
    const big = Array.from({ length: 3 }, () =>
      paragraph('', {
        rich_text: Array.from({ length: 90 }, () => ({ text: { content: 'x'.repeat(2000) } })),
      }),
    );
    const reply = await append(openDesk(), big);
    expect([400, 413]).toContain(reply.status);
  });

  it('refuses an empty list of children, and none', async () => {
    expect(await refusal([])).toContain('body.children.length should be ≥ `1`');
    const reply = await openDesk().ask('PATCH', `blocks/${openDesk().page.id}/children`, {});
    expect(reply.message).toBe(
      'body failed validation: body.children should be defined, instead was `undefined`.',
    );
  });

  it.each(['id', 'parent', 'created_time', 'last_edited_time', 'has_children', 'in_trash', 'archived'])(
    'refuses %s, which is only read',
    async (name) => {
      expect(await refusal([{ ...paragraph('x'), [name]: false }])).toBe(
        `body failed validation: body.children[0].${name} should be not present, instead was \`false\`.`,
      );
    },
  );

  it('refuses unknown fields inside a payload', async () => {
    expect(await refusal([text('numbered_list_item', { list_format: 'roman' })])).toBe(
      'body failed validation: body.children[0].numbered_list_item.list_format should be not present, instead was `"roman"`.',
    );
  });

  it('refuses the null icon a callout or paragraph reads with', async () => {
    expect(await refusal([text('callout', { icon: null })])).toBe(
      'body failed validation: body.children[0].callout.icon should be an object or `undefined`, instead was `null`.',
    );
    expect(await refusal([text('paragraph', { icon: null })])).toContain(
      'icon should be an object or `undefined`, instead was `null`',
    );
  });

  it('takes the icon of a paragraph inside a tab only', async () => {
    const icon = { type: 'emoji', emoji: '📋' };
    expect(await refusal([text('paragraph', { icon })])).toContain('paragraph.icon should be not present');
    const desk = openDesk();
    const [tab] = await accepted(desk, [block('tab', { children: [paragraph('A')] })]);
    const [item] = await accepted(desk, [text('paragraph', { icon })], textAt(tab, 'id'));
    expect(at(item, 'paragraph', 'icon')).toEqual(icon);
  });

  it('refuses a language that is not on the list', async () => {
    expect(await refusal([text('code', { language: 'klingon' })])).toContain(
      'code.language should be `"abap"`, `"abc"`',
    );
    expect(await refusal([text('code')])).toContain('code.language should be defined');
  });

  it('refuses colours that do not exist', async () => {
    expect(await refusal([text('paragraph', { color: 'teal' })])).toContain(
      'paragraph.color should be `"default"`',
    );
  });

  it('refuses an equation of more than 1,000 characters', async () => {
    expect(await refusal([block('equation', { expression: 'x'.repeat(1001) })])).toContain(
      'expression.length should be ≤ `1000`',
    );
  });

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

  it('refuses a bare list of columns, a single column, and a column with nothing in it', async () => {
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
    expect(
      await refusal([block('column_list', { children: [column, block('column', { children: [] })] })]),
    ).toContain('length should be ≥ `1`');
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

describe('the place of an append', () => {
  it('puts blocks at the start, after a block, and by default at the end', async () => {
    const desk = openDesk();
    const [a] = await accepted(desk, [paragraph('a'), paragraph('d')]);
    await append(desk, [paragraph('b'), paragraph('c')], {
      position: { type: 'after_block', after_block: { id: textAt(a, 'id') } },
    });
    await append(desk, [paragraph('0')], { position: { type: 'start' } });
    await append(desk, [paragraph('e')], { position: { type: 'end' } });
    const all = await desk.get(`blocks/${desk.page.id}/children`);
    expect(
      listAt(all, 'results')
        .map((item) => textAt(item, 'paragraph', 'rich_text', 0, 'plain_text'))
        .join(''),
    ).toBe('0abcde');
  });

  it('answers a positioned append with all siblings that follow', async () => {
    const desk = openDesk();
    await accepted(desk, [paragraph('b'), paragraph('c')]);
    const reply = await append(desk, [paragraph('a')], { position: { type: 'start' } });
    expect(
      listAt(reply.body, 'results').map((item) => textAt(item, 'paragraph', 'rich_text', 0, 'plain_text')),
    ).toEqual(['a', 'b', 'c']);
  });

  it('refuses `after`, which 2026-03-11 replaced', async () => {
    expect(await refusal([paragraph('x')], { after: '3f2b1c4d-0000-4000-8000-000000000000' })).toContain(
      'body.after should be not present',
    );
  });

  it('refuses a block to follow that is missing or lies elsewhere', async () => {
    const desk = openDesk();
    const [outer] = await accepted(desk, [paragraph('a', { children: [paragraph('b')] })]);
    const inner = desk.state.blocks.get(textAt(outer, 'id'))?.children[0] ?? '';
    const follow = (id: string) =>
      append(desk, [paragraph('x')], { position: { type: 'after_block', after_block: { id } } });
    expect((await follow(inner)).status).toBe(400);
    expect((await follow('3f2b1c4d-0000-4000-8000-000000000000')).status).toBe(404);
    expect((await follow('nonsense')).message).toContain(
      'after_block.id should be a valid uuid, instead was `"nonsense"`',
    );
  });

  it('follows a child page, whose id is the page’s', async () => {
    const desk = openDesk();
    const child = await desk.post('pages', {
      parent: { page_id: desk.page.id },
      properties: { title: words('child') },
    });
    await accepted(desk, [paragraph('z')]);
    await append(desk, [paragraph('y')], {
      position: { type: 'after_block', after_block: { id: textAt(child, 'id') } },
    });
    const all = await desk.get(`blocks/${desk.page.id}/children`);
    expect(listAt(all, 'results').map((item) => at(item, 'type'))).toEqual([
      'child_page',
      'paragraph',
      'paragraph',
    ]);
    expect(at(all, 'results', 1, 'paragraph', 'rich_text', 0, 'plain_text')).toBe('y');
  });
});

describe('containers', () => {
  it.each([
    ['a divider', block('divider', {})],
    ['a plain heading', text('heading_2')],
    ['a code block', text('code', { language: 'c' })],
    ['an image', block('image', { external: { url: 'https://example.com/a.png' } })],
  ])('%s takes no children', async (_, given) => {
    const desk = openDesk();
    const [made] = await accepted(desk, [given]);
    const reply = await append(desk, [paragraph('x')], {}, textAt(made, 'id'));
    expect(reply.status).toBe(400);
    expect(reply.message).toContain('does not support children');
  });

  it('are 404 when they are missing or not shared', async () => {
    const desk = openDesk();
    const reply = await append(desk, [paragraph('x')], {}, '3f2b1c4d-0000-4000-8000-000000000000');
    expect(reply.status).toBe(404);
    expect(reply.body.code).toBe('object_not_found');
    desk.state.shared.clear();
    expect((await append(desk, [paragraph('x')])).status).toBe(404);
  });

  it('are 400 when their id is no UUID', async () => {
    const reply = await append(openDesk(), [paragraph('x')], {}, '12345678-1234-1234-1234-123456789abc');
    expect(reply.message).toBe(
      'path failed validation: path.block_id should be a valid uuid, instead was `"12345678-1234-1234-1234-123456789abc"`.',
    );
  });
});

describe('updating and trashing blocks', () => {
  it('replaces the fields it names and keeps the others', async () => {
    const desk = openDesk();
    const [made] = await accepted(desk, [text('to_do', { checked: true, color: 'red' })]);
    const changed = await desk.patch(`blocks/${textAt(made, 'id')}`, { to_do: { rich_text: words('new') } });
    expect(at(changed, 'to_do', 'checked')).toBe(true);
    expect(at(changed, 'to_do', 'color')).toBe('red');
    expect(at(changed, 'to_do', 'rich_text', 0, 'plain_text')).toBe('new');
  });

  it('refuses another type, children, and nothing at all', async () => {
    const desk = openDesk();
    const [made] = await accepted(desk, [paragraph('x')]);
    const update = async (body: Json) =>
      (await desk.ask('PATCH', `blocks/${textAt(made, 'id')}`, body)).message;
    expect(await update({ quote: { rich_text: words('x') } })).toContain('body.quote should be not present');
    expect(await update({ type: 'quote' })).toContain('body.type should be `"paragraph"`');
    expect(await update({ paragraph: { children: [paragraph('x')] } })).toContain(
      'paragraph.children should be not present',
    );
    expect(await update({})).toContain('body.paragraph should be defined');
    expect(await update({ archived: true })).toContain('body.archived should be not present');
  });

  it('changes only the header flags of a table', async () => {
    const desk = openDesk();
    const [made] = await accepted(desk, [
      block('table', { table_width: 1, children: [block('table_row', { cells: [[]] })] }),
    ]);
    const path = `blocks/${textAt(made, 'id')}`;
    expect(at(await desk.patch(path, { table: { has_row_header: true } }), 'table', 'has_row_header')).toBe(
      true,
    );
    expect((await desk.ask('PATCH', path, { table: { table_width: 3 } })).message).toContain(
      'table_width should be not present',
    );
  });

  it('cannot update copies of synced blocks', async () => {
    const desk = openDesk();
    const [made] = await accepted(desk, [
      block('synced_block', { synced_from: null, children: [paragraph('x')] }),
    ]);
    expect(
      (await desk.ask('PATCH', `blocks/${textAt(made, 'id')}`, { synced_block: { synced_from: null } }))
        .status,
    ).toBe(400);
  });

  it('refuses every write into the trash but the one that takes it out', async () => {
    const desk = openDesk();
    const [made] = await accepted(desk, [paragraph('x')]);
    const path = `blocks/${textAt(made, 'id')}`;
    expect(at((await desk.ask('DELETE', path)).body, 'in_trash')).toBe(true);
    const archived = "Can't edit block that is archived. You must unarchive the block before editing.";
    expect(await desk.ask('DELETE', path)).toMatchObject({ status: 400, message: archived });
    expect((await desk.ask('PATCH', path, { paragraph: { rich_text: [] } })).message).toBe(archived);
    expect((await desk.ask('PATCH', `${path}/children`, { children: [paragraph('y')] })).message).toBe(
      archived,
    );
    expect(at(await desk.patch(path, { in_trash: false }), 'in_trash')).toBe(false);
  });

  it('refuses writes below a trashed page', async () => {
    const desk = openDesk();
    const [made] = await accepted(desk, [paragraph('x')]);
    await desk.patch(`pages/${desk.page.id}`, { in_trash: true });
    expect((await desk.ask('PATCH', `blocks/${textAt(made, 'id')}`, { in_trash: false })).status).toBe(400);
  });

  it('does not move the page’s time, as seen, unless it is told to', async () => {
    for (const bumps of [0, 1]) {
      const desk = openDesk({ blockEditsBumpPage: bumps });
      const before = desk.page.editedTime;
      desk.clock.advance(600_000);
      await accepted(desk, [paragraph('x')]);
      expect(desk.page.editedTime > before).toBe(bumps === 1);
    }
  });
});
