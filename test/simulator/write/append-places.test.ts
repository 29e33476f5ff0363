import { describe, expect, it } from 'vitest';
import { accepted, append, block, refusal, text } from './block-desk.ts';
import { at, listAt, openDesk, paragraph, textAt, words } from './desk.ts';

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

  it('are 400 when their id is not a UUID', async () => {
    const reply = await append(openDesk(), [paragraph('x')], {}, '12345678-1234-1234-1234-123456789abc');
    expect(reply.message).toBe(
      'path failed validation: path.block_id should be a valid uuid, instead was `"12345678-1234-1234-1234-123456789abc"`.',
    );
  });
});
