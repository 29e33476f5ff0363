import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/simulator/workspace/json.ts';
import { change, creation, database, names, refusal, row } from './database-desk.ts';
import { at, listAt, openDesk, textAt, words } from './desk.ts';

const nobody = '3f2b1c4d-0000-4000-8000-000000000000';

describe('creating a database', () => {
  it('makes its first data source and a table view named Default view', async () => {
    const desk = openDesk();
    const made = await database(desk, { Price: { number: { format: 'euro' } } }, 'Items');
    const source = await desk.get(`data_sources/${made.source}`);
    expect(at(source, 'parent')).toEqual({ type: 'database_id', database_id: made.id });
    expect(at(source, 'title', 0, 'plain_text')).toBe('Items');
    expect(at(source, 'properties', 'Price', 'number', 'format')).toBe('euro');
    const views = await desk.get(`views?database_id=${made.id}`);
    const view = await desk.get(`views/${textAt(views, 'results', 0, 'id')}`);
    expect([listAt(views, 'results').length, at(view, 'name'), at(view, 'type')]).toEqual([
      1,
      'Default view',
      'table',
    ]);
  });

  it('gives a database without a schema a title property, and reads untitled as New database', async () => {
    const desk = openDesk();
    const made = await desk.post('databases', { parent: { page_id: desk.page.id } });
    expect(at(made, 'title', 0, 'plain_text')).toBe('New database');
    const source = await desk.get(`data_sources/${textAt(made, 'data_sources', 0, 'id')}`);
    expect([names(source), at(source, 'title')]).toEqual([['Name'], []]);
  });

  it('stands on its page as a child_database block and moves the page’s time', async () => {
    const desk = openDesk();
    desk.clock.advance(600_000);
    const made = await database(desk, {}, 'Items');
    expect(desk.page.editedTime).toBe(desk.clock.now());
    const block = at(await desk.get(`blocks/${desk.page.id}/children`), 'results', 0);
    expect([at(block, 'id'), at(block, 'child_database', 'title'), at(block, 'has_children')]).toEqual([
      made.id,
      'Items',
      false,
    ]);
  });

  it('refuses parents that are blocks, and the top', async () => {
    const desk = openDesk();
    expect((await desk.ask('POST', 'databases', { parent: { block_id: nobody } })).message).toContain(
      'page_id should be defined',
    );
    expect((await desk.ask('POST', 'databases', { parent: { workspace: true } })).status).toBe(400);
  });

  it('refuses the schema of older versions and a null icon', async () => {
    const desk = openDesk();
    const parent = { page_id: desk.page.id };
    expect(
      (await desk.ask('POST', 'databases', { parent, properties: { Name: { title: {} } } })).message,
    ).toContain('body.properties should be not present');
    expect((await desk.ask('POST', 'databases', { parent, icon: null })).message).toContain(
      'body.icon should be an object or `undefined`',
    );
  });

  it('refuses no title property, and two', async () => {
    expect(await creation({ Price: { number: {} } })).toMatchObject({
      status: 400,
      message: 'Title is not provided',
    });
    expect((await creation({ A: { title: {} }, B: { title: {} } })).message).toContain('only one title');
  });

  it.each(['button', 'verification', 'location', 'last_visited_time', 'sorcery'])(
    'refuses to make a property of type %s',
    async (type) => {
      const reply = await creation({ Name: { title: {} }, X: { type, [type]: {} } });
      expect(reply.status).toBe(400);
      expect(reply.message).toContain('body.initial_data_source.properties.X.number should be defined');
    },
  );

  it.each<[string, JsonObject]>([
    ['number.format should be', { number: { format: 'doubloon' } }],
    ['should not contain commas', { select: { options: [{ name: 'a,b' }] } }],
    ['options[1].name should be unique', { select: { options: [{ name: 'A' }, { name: 'a' }] } }],
    ['color should be', { select: { options: [{ name: 'A', color: 'teal' }] } }],
    ['id should be not present', { select: { options: [{ name: 'A', id: nobody }] } }],
    [
      'options.length should be ≤ `100`',
      { multi_select: { options: Array.from({ length: 101 }, (_, n) => ({ name: `o${n}` })) } },
    ],
    ['rich_text.x should be not present', { rich_text: { x: 1 } }],
    ['id should be not present', { rich_text: {}, id: 'abcd' }],
    ['prefix should be', { unique_id: { prefix: 'to-do' } }],
    ['expression.length should be ≥ `1`', { formula: { expression: '' } }],
    ['description.length should be ≤ `280`', { rich_text: {}, description: 'x'.repeat(281) }],
  ])('refuses a definition: %s', async (message, definition) => {
    const reply = await creation({ Name: { title: {} }, X: definition });
    expect(reply.status).toBe(400);
    expect(reply.message).toContain(message);
  });

  it('lets every status land in To-do, whatever group is asked for', async () => {
    const desk = openDesk();
    const options = [{ name: 'A', group: 'Complete' }, { name: 'B' }];
    const made = await database(desk, {
      S: { status: { options, groups: [{ name: 'Complete', option_ids: [] }] } },
    });
    const status = at(await desk.get(`data_sources/${made.source}`), 'properties', 'S', 'status');
    expect(
      listAt(status, 'groups').map((group) => [at(group, 'name'), listAt(group, 'option_ids').length]),
    ).toEqual([
      ['To-do', 2],
      ['In progress', 0],
      ['Complete', 0],
    ]);
  });
});

describe('changing a database', () => {
  it('renames, describes, locks, moves, trashes and restores it', async () => {
    const desk = openDesk();
    const made = await database(desk, {});
    const other = textAt(
      await desk.post('pages', { parent: { page_id: desk.page.id }, properties: {} }),
      'id',
    );
    const path = `databases/${made.id}`;
    const changed = await desk.patch(path, {
      title: words('New'),
      description: words('About'),
      is_locked: true,
      is_inline: true,
      parent: { page_id: other },
    });
    expect([
      at(changed, 'title', 0, 'plain_text'),
      at(changed, 'is_locked'),
      at(changed, 'is_inline'),
      at(changed, 'parent', 'page_id'),
    ]).toEqual(['New', true, true, other]);
    expect(at(await desk.get(`data_sources/${made.source}`), 'description', 0, 'plain_text')).toBe('About');
    await desk.patch(path, { in_trash: true });
    expect((await desk.ask('PATCH', path, { title: words('x') })).status).toBe(400);
    expect(at(await desk.patch(path, { in_trash: false }), 'in_trash')).toBe(false);
  });

  it('sets the cover of its data source', async () => {
    const desk = openDesk();
    const made = await database(desk, {});
    await desk.patch(`databases/${made.id}`, { cover: { external: { url: 'https://example.com/c.png' } } });
    expect(at(await desk.get(`data_sources/${made.source}`), 'cover', 'external', 'url')).toBe(
      'https://example.com/c.png',
    );
  });

  it('takes another data source, which gets a view, and refuses descriptions of its properties', async () => {
    const desk = openDesk();
    const made = await database(desk, {});
    const parent = { database_id: made.id };
    const second = await desk.post('data_sources', {
      parent,
      properties: { Title: { title: {} } },
      title: words('Second'),
    });
    expect(at(second, 'database_parent', 'page_id')).toBe(desk.page.id);
    expect(listAt(await desk.get(`views?data_source_id=${textAt(second, 'id')}`), 'results')).toHaveLength(1);
    const described = { Title: { title: {}, description: 'x' } };
    expect((await desk.ask('POST', 'data_sources', { parent, properties: described })).message).toContain(
      'description should be not present',
    );
  });

  it('gives a data source away to another database', async () => {
    const desk = openDesk();
    const one = await database(desk, {});
    const other = await database(desk, {});
    const moved = await desk.patch(`data_sources/${one.source}`, { parent: { database_id: other.id } });
    expect(at(moved, 'parent', 'database_id')).toBe(other.id);
    expect(listAt(await desk.get(`databases/${other.id}`), 'data_sources')).toHaveLength(2);
  });
});

describe('changing a schema', () => {
  it('adds, renames by name or encoded id, and removes', async () => {
    const desk = openDesk();
    const { source } = await database(desk, { A: { number: {} }, B: { rich_text: {} } });
    const id = textAt(await desk.get(`data_sources/${source}`), 'properties', 'B', 'id');
    const changed = await change(desk, source, {
      A: { name: 'Alpha' },
      [id]: { name: 'Beta' },
      C: { type: 'date', date: {} },
    });
    expect(names(changed)).toEqual(['Alpha', 'Beta', 'C', 'Name']);
    expect(at(changed, 'properties', 'Beta', 'id')).toBe(id);
    expect(names(await change(desk, source, { Alpha: null, [id]: null }))).toEqual(['C', 'Name']);
  });

  it('takes a description beside a definition, and not beside a name alone', async () => {
    const desk = openDesk();
    const { source } = await database(desk, { A: { number: {} } });
    const described = await change(desk, source, { A: { number: {}, description: 'About A' } });
    expect(textAt(described, 'properties', 'A', 'description')).toBe('About A');
    for (const alone of [{ description: 'x' }, { name: 'B', description: 'x' }]) {
      const body = { properties: { A: alone } };
      expect((await desk.ask('PATCH', `data_sources/${source}`, body)).status).toBe(400);
    }
  });

  it('keeps values over a rename', async () => {
    const desk = openDesk();
    const { source } = await database(desk, { A: { number: {} } });
    const page = await row(desk, source, { A: { number: 7 } });
    await change(desk, source, { A: { name: 'B' } });
    expect(at(await desk.get(`pages/${textAt(page, 'id')}`), 'properties', 'B', 'number')).toBe(7);
  });

  it('nulls values when a type is changed', async () => {
    const desk = openDesk();
    const { source } = await database(desk, { A: { number: {} } });
    const page = await row(desk, source, { A: { number: 7 } });
    await change(desk, source, { A: { date: {} } });
    expect(at(await desk.get(`pages/${textAt(page, 'id')}`), 'properties', 'A', 'date')).toBeNull();
  });

  it('deletes options that are left out, with the values that named them', async () => {
    const desk = openDesk();
    const { source } = await database(desk, {
      S: { select: { options: [{ name: 'a', color: 'red' }, { name: 'b' }] } },
    });
    const page = await row(desk, source, { S: { select: { name: 'b' } } });
    const changed = await change(desk, source, {
      S: { select: { options: [{ name: 'a' }, { name: 'c' }] } },
    });
    expect(
      listAt(changed, 'properties', 'S', 'select', 'options').map((option) => at(option, 'name')),
    ).toEqual(['a', 'c']);
    expect(at(changed, 'properties', 'S', 'select', 'options', 0, 'color')).toBe('red');
    expect(at(await desk.get(`pages/${textAt(page, 'id')}`), 'properties', 'S', 'select')).toBeNull();
  });

  it('refuses to rename or recolour an option', async () => {
    const desk = openDesk();
    const { source } = await database(desk, { S: { select: { options: [{ name: 'a', color: 'red' }] } } });
    const id = textAt(
      await desk.get(`data_sources/${source}`),
      'properties',
      'S',
      'select',
      'options',
      0,
      'id',
    );
    expect(await refusal(desk, source, { S: { select: { options: [{ name: 'a', color: 'blue' }] } } })).toBe(
      'Cannot update color of select with name: a.',
    );
    expect(await refusal(desk, source, { S: { select: { options: [{ id, name: 'z' }] } } })).toContain(
      'Cannot update name of select',
    );
    expect(await refusal(desk, source, { S: { select: { options: [{ id: nobody }] } } })).toContain(
      'has no option with ID',
    );
  });

  it('refuses what is not there, what is there already, and the end of the title', async () => {
    const desk = openDesk();
    const { source } = await database(desk, { A: { number: {} } });
    expect(await refusal(desk, source, { Z: null })).toBe('Z is not a property that exists.');
    expect(await refusal(desk, source, { Z: { name: 'Y' } })).toBe('Z is not a property that exists.');
    expect(await refusal(desk, source, { A: { name: 'Name' } })).toContain('used more than once');
    expect(await refusal(desk, source, { Name: null })).toContain('cannot be removed');
    expect(await refusal(desk, source, { Name: { number: {} } })).toContain('cannot be changed');
    expect(await refusal(desk, source, { B: { title: {} } })).toContain('only one title');
  });

  it('refuses ids that are not the property’s own, and a status without options', async () => {
    const desk = openDesk();
    const { source } = await database(desk, { A: { number: {} }, S: { status: {} } });
    const id = textAt(await desk.get(`data_sources/${source}`), 'properties', 'A', 'id');
    expect(
      at(
        await change(desk, source, { A: { id, number: { format: 'euro' } } }),
        'properties',
        'A',
        'number',
        'format',
      ),
    ).toBe('euro');
    expect(await refusal(desk, source, { A: { id: 'zzzz', number: {} } })).toContain(
      'A.id should be the ID of A',
    );
    expect(await refusal(desk, source, { New: { id: 'zzzz', number: {} } })).toContain(
      'New.id should be the ID of New',
    );
    expect(await refusal(desk, source, { S: { status: { options: [] } } })).toContain(
      'needs at least one option',
    );
  });

  it('changes nothing when one of several changes is refused', async () => {
    const desk = openDesk();
    const { source } = await database(desk, { A: { number: {} } });
    await refusal(desk, source, { A: { name: 'B' }, Z: null });
    expect(names(await desk.get(`data_sources/${source}`))).toEqual(['A', 'Name']);
  });
});
