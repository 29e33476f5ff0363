import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import { database } from './database-desk.ts';
import type { Desk } from './desk.ts';
import { at, listAt, openDesk, paragraph, textAt } from './desk.ts';

const nobody = '3f2b1c4d-0000-4000-8000-000000000000';
const sort = { type: 'manual' };

interface Stage {
  readonly desk: Desk;
  readonly id: string;
  readonly source: string;
  /** Property ids by name, as answers write them. */
  readonly ids: { readonly [name: string]: string };
}

async function stage(): Promise<Stage> {
  const desk = openDesk();
  const { id, source } = await database(desk, {
    Kind: { select: { options: [{ name: 'a' }, { name: 'b' }] } },
    Day: { date: {} },
    Count: { number: {} },
  });
  const properties = at(await desk.get(`data_sources/${source}`), 'properties');
  const ids = Object.fromEntries(
    ['Name', 'Kind', 'Day', 'Count'].map((name) => [name, textAt(properties, name, 'id')]),
  );
  return { desk, id, source, ids };
}

function create({ desk, id, source }: Stage, body: JsonObject) {
  const home = ['database_id', 'view_id', 'create_database'].some((name) => name in body)
    ? {}
    : { database_id: id };
  return desk.ask('POST', 'views', { data_source_id: source, name: 'V', type: 'table', ...home, ...body });
}

async function made(where: Stage, body: JsonObject): Promise<JsonObject> {
  const reply = await create(where, body);
  expect(reply.message).toBe('');
  return reply.body;
}

async function refused(where: Stage, body: JsonObject): Promise<string> {
  const reply = await create(where, body);
  expect(reply.status).toBe(400);
  return reply.message;
}

const named = async ({ desk, id }: Stage) => {
  const list = listAt(await desk.get(`views?database_id=${id}`), 'results');
  return Promise.all(list.map(async (view) => at(await desk.get(`views/${textAt(view, 'id')}`), 'name')));
};

describe('creating a view', () => {
  it('takes each type with the configuration it needs', async () => {
    const where = await stage();
    const { Kind = '', Day = '', Count = '', Name = '' } = where.ids;
    const configurations: JsonObject[] = [
      {
        type: 'table',
        wrap_cells: true,
        frozen_column_index: 1,
        group_by: { type: 'select', property_id: Kind, sort },
      },
      {
        type: 'board',
        group_by: { type: 'select', property_id: Kind, sort, hide_empty_groups: true },
        cover: { type: 'page_cover' },
      },
      { type: 'list' },
      { type: 'calendar', date_property_id: Day, view_range: 'month' },
      { type: 'timeline', date_property_id: Day, preference: { zoom_level: 'month' }, show_table: true },
      { type: 'gallery', cover: null, cover_size: 'large' },
      { type: 'form', is_form_closed: true },
      {
        type: 'chart',
        chart_type: 'column',
        x_axis: { type: 'select', property_id: Kind, sort },
        y_axis: { aggregator: 'sum', property_id: Count },
      },
      { type: 'map', map_by: Name, height: 'small' },
    ];
    for (const configuration of configurations) {
      const view = await made(where, { type: configuration.type ?? '', configuration });
      expect(at(view, 'configuration', 'type')).toBe(configuration.type);
    }
    expect(at(await made(where, { type: 'dashboard' }), 'data_source_id')).toBeNull();
  });

  it.each(['board', 'calendar', 'timeline', 'chart'])(
    'refuses a %s without its configuration',
    async (type) => {
      const where = await stage();
      expect(await refused(where, { type })).toContain('body.configuration should be defined');
      expect(await refused(where, { type, configuration: { type } })).toContain(
        'should be defined, instead was `undefined`',
      );
    },
  );

  it.each<[string, (ids: Stage['ids']) => JsonObject]>([
    [
      'property_name should be not present',
      ({ Kind = '' }) => ({
        type: 'board',
        group_by: { type: 'select', property_id: Kind, property_name: 'Kind', sort },
      }),
    ],
    [
      'date_property_name should be not present',
      ({ Day = '' }) => ({ type: 'calendar', date_property_id: Day, date_property_name: 'Day' }),
    ],
    [
      'cover.type should be',
      ({ Kind = '' }) => ({
        type: 'board',
        group_by: { type: 'select', property_id: Kind, sort },
        cover: { type: 'page_content_first' },
      }),
    ],
    ['rows should be not present', () => ({ type: 'table', rows: [] })],
    ['configuration.type should be', () => ({ type: 'dashboard', rows: [] })],
    ['should be the ID of a property', () => ({ type: 'calendar', date_property_id: 'Day' })],
    [
      'should be the ID of a date property',
      ({ Kind = '' }) => ({ type: 'calendar', date_property_id: Kind }),
    ],
    [
      'group_by.type should be `"select"`',
      ({ Kind = '' }) => ({
        type: 'board',
        group_by: { type: 'status', property_id: Kind, sort, group_by: 'group' },
      }),
    ],
    [
      'group_by.sort should be defined',
      ({ Kind = '' }) => ({ type: 'board', group_by: { type: 'select', property_id: Kind } }),
    ],
    [
      'properties[0].property_id should be the ID of a property',
      () => ({ type: 'list', properties: [{ property_id: 'zzzz' }] }),
    ],
    [
      'listed more than once',
      ({ Kind = '' }) => ({ type: 'list', properties: [{ property_id: Kind }, { property_id: Kind }] }),
    ],
    [
      'properties[0].name should be not present',
      ({ Kind = '' }) => ({ type: 'list', properties: [{ property_id: Kind, name: 'Kind' }] }),
    ],
  ])('refuses a configuration: %s', async (message, configuration) => {
    const where = await stage();
    const given = configuration(where.ids);
    expect(
      await refused(where, {
        type: given.type === 'dashboard' ? 'table' : (given.type ?? ''),
        configuration: given,
      }),
    ).toContain(message);
  });

  it('refuses the configuration of another type', async () => {
    expect(await refused(await stage(), { type: 'table', configuration: { type: 'list' } })).toContain(
      'configuration.type should be `"table"`, instead was `"list"`',
    );
  });

  it('hides the properties a list leaves out', async () => {
    const where = await stage();
    const view = await made(where, {
      type: 'list',
      configuration: { type: 'list', properties: [{ property_id: where.ids.Day ?? '' }] },
    });
    const listed = listAt(view, 'configuration', 'properties');
    expect(listed[0]).toEqual({ property_id: where.ids.Day });
    expect(listed.slice(1).map((entry) => at(entry, 'visible'))).toEqual([false, false, false]);
  });

  it('takes filters and sorts of what exists, several values at once among them', async () => {
    const where = await stage();
    const view = await made(where, {
      filter: {
        and: [
          { property: 'Kind', select: { does_not_equal: ['a', 'b'] } },
          { timestamp: 'created_time', created_time: { past_week: {} } },
        ],
      },
      sorts: [
        { property: 'Count', direction: 'descending' },
        { timestamp: 'created_time', direction: 'ascending' },
      ],
      quick_filters: { Kind: { select: { equals: 'a' } } },
    });
    expect(at(view, 'sorts', 0, 'property')).toBe('Count');
  });

  it.each<[string, JsonObject]>([
    ['Could not find property', { filter: { property: 'Nope', number: { equals: 1 } } }],
    ['does not match filter', { filter: { property: 'Count', select: { equals: 'a' } } }],
    ['zzz', { filter: { property: 'Kind', select: { equals: 'zzz' } } }],
    ['zzz', { filter: { property: 'Kind', select: { does_not_equal: ['a', 'zzz'] } } }],
    ['Could not find sort property', { sorts: [{ property: 'Nope', direction: 'ascending' }] }],
    ['direction should be', { sorts: [{ property: 'Count', direction: 'up' }] }],
    ['Could not find property', { quick_filters: { Nope: { select: { equals: 'a' } } } }],
  ])('refuses a rule: %s', async (message, body) => {
    expect(await refused(await stage(), body)).toContain(message);
  });

  it('refuses no home, two homes, and places that belong to another', async () => {
    const where = await stage();
    const reply = await where.desk.ask('POST', 'views', {
      data_source_id: where.source,
      name: 'V',
      type: 'table',
    });
    expect(reply.message).toContain('body.database_id should be defined');
    expect(await refused(where, { database_id: where.id, view_id: nobody })).toContain(
      'body.view_id should be not present',
    );
    expect(await refused(where, { placement: { type: 'new_row' } })).toContain(
      'body.placement should be not present',
    );
    const linked = { create_database: { parent: { type: 'page_id', page_id: where.desk.page.id } } };
    expect(await refused(where, { ...linked, position: { type: 'start' } })).toContain(
      'body.position should be not present',
    );
  });

  it('refuses a data source of another database', async () => {
    const where = await stage();
    const other = await database(where.desk, {});
    expect(await refused(where, { database_id: other.id })).toContain('does not belong to database');
  });

  it('stands first, last, or behind another view', async () => {
    const where = await stage();
    const last = await made(where, { name: 'last' });
    await made(where, { name: 'first', position: { type: 'start' } });
    await made(where, { name: 'behind', position: { type: 'after_view', view_id: textAt(last, 'id') } });
    await made(where, { name: 'end', position: { type: 'end' } });
    expect(await named(where)).toEqual(['first', 'Default view', 'last', 'behind', 'end']);
    expect(await refused(where, { position: { type: 'after_view', view_id: nobody } })).toContain(
      'does not belong',
    );
    expect(await named(where)).toHaveLength(5);
  });

  it('becomes a linked view on a page, where asked', async () => {
    const where = await stage();
    const { desk } = where;
    const page = textAt(
      await desk.post('pages', {
        parent: { page_id: desk.page.id },
        properties: {},
        children: [paragraph('a'), paragraph('b')],
      }),
      'id',
    );
    const first = textAt(await desk.get(`blocks/${page}/children`), 'results', 0, 'id');
    const view = await made(where, {
      create_database: {
        parent: { type: 'page_id', page_id: page },
        position: { type: 'after_block', block_id: first },
      },
    });
    const blocks = listAt(await desk.get(`blocks/${page}/children`), 'results');
    expect(blocks.map((block) => at(block, 'type'))).toEqual(['paragraph', 'child_database', 'paragraph']);
    expect(at(blocks[1], 'id')).toBe(at(view, 'parent', 'database_id'));
    expect(at(view, 'data_source_id')).toBe(where.source);
  });

  it('becomes a widget of a dashboard, whose rows show it', async () => {
    const where = await stage();
    const dashboard = textAt(await made(where, { type: 'dashboard' }), 'id');
    const one = await made(where, { view_id: dashboard });
    await made(where, { view_id: dashboard, placement: { type: 'existing_row', row_index: 0 } });
    expect(at(one, 'dashboard_view_id')).toBe(dashboard);
    const rows = at(await where.desk.get(`views/${dashboard}`), 'configuration', 'rows');
    expect(listAt(rows, 0, 'widgets')).toHaveLength(2);
    expect(await refused(where, { view_id: textAt(one, 'id') })).toContain('is not a dashboard');
  });
});

describe('changing and deleting a view', () => {
  async function defaultView(where: Stage): Promise<string> {
    return textAt(await where.desk.get(`views?database_id=${where.id}`), 'results', 0, 'id');
  }

  it('renames it and replaces what is named, null clearing', async () => {
    const where = await stage();
    const path = `views/${await defaultView(where)}`;
    const filter = { property: 'Count', number: { greater_than: 1 } };
    await where.desk.patch(path, {
      name: 'New',
      filter,
      sorts: [{ property: 'Count', direction: 'ascending' }],
    });
    const changed = await where.desk.patch(path, {
      filter: null,
      configuration: { type: 'table', wrap_cells: true },
    });
    expect([
      at(changed, 'name'),
      at(changed, 'filter'),
      at(changed, 'sorts', 0, 'property'),
      at(changed, 'configuration', 'wrap_cells'),
    ]).toEqual(['New', null, 'Count', true]);
  });

  it('refuses another type, a home, and sorts by time', async () => {
    const where = await stage();
    const path = `views/${await defaultView(where)}`;
    const message = async (body: Json) => (await where.desk.ask('PATCH', path, body)).message;
    expect(await message({ type: 'list' })).toContain('body.type should be not present');
    expect(await message({ database_id: where.id })).toContain('body.database_id should be not present');
    expect(await message({ sorts: [{ timestamp: 'created_time', direction: 'ascending' }] })).toContain(
      'sorts[0].property should be defined',
    );
    expect(await message({ configuration: { type: 'list' } })).toContain(
      'configuration.type should be `"table"`',
    );
  });

  it('deletes it for good, but never the last', async () => {
    const where = await stage();
    const first = await defaultView(where);
    const second = await made(where, {});
    const gone = await where.desk.ask('DELETE', `views/${first}`);
    expect(gone.body).toMatchObject({ object: 'view', id: first, type: 'table' });
    expect((await where.desk.ask('GET', `views/${first}`)).status).toBe(404);
    expect((await where.desk.ask('DELETE', `views/${textAt(second, 'id')}`)).message).toContain(
      'Cannot delete the last view',
    );
  });

  it('answers 404 for views out of reach', async () => {
    const where = await stage();
    expect((await where.desk.ask('PATCH', `views/${nobody}`, { name: 'x' })).status).toBe(404);
  });
});
