import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/simulator/workspace/json.ts';
import { accepted, block, text } from './block-desk.ts';
import { at, openDesk, paragraph, textAt, words } from './desk.ts';

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
