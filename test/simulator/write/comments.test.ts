import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/simulator/workspace/json.ts';
import { addComment, richText } from '../../../src/simulator/workspace/state.ts';
import type { Desk } from './desk.ts';
import { at, listAt, openDesk, paragraph, textAt, words } from './desk.ts';
import { upload } from './upload-desk.ts';

const nobody = '3f2b1c4d-0000-4000-8000-000000000000';

const comment = (desk: Desk, body: JsonObject) =>
  desk.ask('POST', 'comments', { rich_text: words('hi'), ...body });
const onPage = (desk: Desk) => ({ parent: { page_id: desk.page.id } });

describe('comments', () => {
  it('begin a discussion of their own on a page, and replies join it', async () => {
    const desk = openDesk();
    const first = await desk.post('comments', { ...onPage(desk), rich_text: words('one') });
    const reply = await desk.post('comments', {
      discussion_id: textAt(first, 'discussion_id'),
      rich_text: words('two'),
    });
    const other = await desk.post('comments', { ...onPage(desk), rich_text: words('three') });
    expect(at(reply, 'discussion_id')).toBe(at(first, 'discussion_id'));
    expect(at(reply, 'parent')).toEqual({ type: 'page_id', page_id: desk.page.id });
    expect(at(other, 'discussion_id')).not.toBe(at(first, 'discussion_id'));
    expect(listAt(await desk.get(`comments?block_id=${desk.page.id}`), 'results')).toHaveLength(3);
  });

  it('are written and changed in Markdown too', async () => {
    const desk = openDesk();
    const made = await desk.post('comments', { ...onPage(desk), markdown: 'Read **this**.' });
    expect(at(made, 'rich_text', 1)).toMatchObject({ plain_text: 'this', annotations: { bold: true } });
    const path = `comments/${textAt(made, 'id')}`;
    expect(at(await desk.patch(path, { markdown: '`code`' }), 'rich_text', 0, 'annotations', 'code')).toBe(
      true,
    );
    const both = await desk.ask('PATCH', path, { markdown: 'x', rich_text: words('x') });
    expect(both.message).toContain('body.markdown should be not present');
    expect((await desk.ask('POST', 'comments', onPage(desk))).message).toContain(
      'rich_text should be defined',
    );
  });

  it('stand on blocks too', async () => {
    const desk = openDesk();
    const block = textAt(
      await desk.patch(`blocks/${desk.page.id}/children`, { children: [paragraph('x')] }),
      'results',
      0,
      'id',
    );
    const made = await desk.post('comments', { parent: { block_id: block }, rich_text: words('x') });
    expect(at(made, 'parent')).toEqual({ type: 'block_id', block_id: block });
  });

  it('show the name of the connection, or the one they are given', async () => {
    const desk = openDesk();
    const plain = await comment(desk, onPage(desk));
    expect(at(plain.body, 'display_name')).toEqual({ type: 'integration', resolved_name: 'Kloset bot' });
    const custom = await comment(desk, {
      ...onPage(desk),
      display_name: { type: 'custom', custom: { name: 'Grace' } },
    });
    expect(at(custom.body, 'display_name')).toEqual({ type: 'custom', resolved_name: 'Grace' });
    expect((await comment(desk, { ...onPage(desk), display_name: { type: 'custom' } })).message).toContain(
      'custom should be defined',
    );
    expect((await comment(desk, { ...onPage(desk), display_name: { type: 'alias' } })).message).toContain(
      'display_name.type should be',
    );
  });

  it('refuse no place and two places', async () => {
    const desk = openDesk();
    expect((await comment(desk, {})).message).toContain('body.parent should be defined');
    expect((await comment(desk, { ...onPage(desk), discussion_id: nobody })).message).toContain(
      'body.discussion_id should be not present',
    );
    const both = { page_id: desk.page.id, block_id: desk.page.id };
    expect((await comment(desk, { parent: both })).message).toContain(
      'body.parent.block_id should be not present',
    );
  });

  it('refuse an empty text, and a date of their own', async () => {
    const desk = openDesk();
    expect((await comment(desk, { ...onPage(desk), rich_text: [] })).message).toContain(
      'rich_text.length should be ≥ `1`',
    );
    expect((await comment(desk, { ...onPage(desk), created_time: 'x' })).message).toContain(
      'created_time should be not present',
    );
  });

  it('answer 404 for discussions that are missing or resolved', async () => {
    const desk = openDesk();
    expect((await comment(desk, { discussion_id: nobody })).message).toContain(
      'Could not find discussion with ID',
    );
    const parent = { type: 'page_id', id: desk.page.id } as const;
    const resolved = addComment(desk.state, { parent, richText: richText('x'), isResolved: true });
    expect((await comment(desk, { discussion_id: resolved.discussionId })).status).toBe(404);
  });

  it('carry at most three attachments, uploads only', async () => {
    const desk = openDesk();
    const ids = [await upload(desk, 'a.png'), await upload(desk, 'a.pdf'), await upload(desk, 'a.txt')];
    const attachments = ids.map((file_upload_id) => ({ file_upload_id }));
    const made = await comment(desk, { ...onPage(desk), attachments });
    expect(listAt(made.body, 'attachments').map((item) => at(item, 'category'))).toEqual([
      'image',
      'pdf',
      'productivity',
    ]);
    expect(at(made.body, 'attachments', 0, 'file', 'url')).toContain('http://127.0.0.1:1/files/');
    const four = await comment(desk, {
      ...onPage(desk),
      attachments: [...attachments, ...attachments.slice(0, 1)],
    });
    expect(four.message).toContain('attachments.length should be ≤ `3`, instead was `4`');
  });

  it('can be changed and deleted by the connection that made them, and by it only', async () => {
    const desk = openDesk();
    const own = textAt((await comment(desk, onPage(desk))).body, 'id');
    expect(
      at(await desk.patch(`comments/${own}`, { rich_text: words('new') }), 'rich_text', 0, 'plain_text'),
    ).toBe('new');
    expect((await desk.ask('DELETE', `comments/${own}`)).status).toBe(200);
    expect((await desk.ask('DELETE', `comments/${own}`)).status).toBe(404);
    const parent = { type: 'page_id', id: desk.page.id } as const;
    const foreign = addComment(desk.state, { parent, richText: richText('x'), createdBy: desk.person.id });
    expect((await desk.ask('PATCH', `comments/${foreign.id}`, { rich_text: words('new') })).status).toBe(403);
  });

  it('do not move the page’s time', async () => {
    const desk = openDesk();
    const before = desk.page.editedTime;
    desk.clock.advance(600_000);
    await comment(desk, onPage(desk));
    expect(desk.page.editedTime).toBe(before);
  });
});
