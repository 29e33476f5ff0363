import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import { database, row } from './database-desk.ts';
import { at, listAt, openDesk, textAt, words } from './desk.ts';

const nobody = '3f2b1c4d-0000-4000-8000-000000000000';

describe('values of a row', () => {
  const schema: JsonObject = {
    Text: { rich_text: {} },
    Number: { number: {} },
    Select: { select: { options: [{ name: 'a', color: 'red' }] } },
    Multi: { multi_select: {} },
    Status: { status: { options: [{ name: 'Todo' }, { name: 'Done' }] } },
    Date: { date: {} },
    People: { people: {} },
    Files: { files: {} },
    Check: { checkbox: {} },
    Url: { url: {} },
    Email: { email: {} },
    Phone: { phone_number: {} },
    Place: { place: {} },
    ID: { unique_id: { prefix: 'T' } },
    Created: { created_time: {} },
    Formula: { formula: { expression: '1' } },
  };

  async function written(properties: JsonObject): Promise<JsonObject> {
    const desk = openDesk();
    return row(desk, (await database(desk, schema)).source, properties);
  }

  async function unwritable(properties: JsonObject): Promise<string> {
    const desk = openDesk();
    const { source } = await database(desk, schema);
    const reply = await desk.ask('POST', 'pages', { parent: { data_source_id: source }, properties });
    expect(reply.status).toBe(400);
    return reply.message;
  }

  it('are read back as they were set', async () => {
    const desk = openDesk();
    const { source } = await database(desk, schema);
    const properties = at(
      await row(desk, source, {
        Name: { title: words('n') },
        Text: { rich_text: words('t') },
        Number: { number: 4.5 },
        Select: { select: { name: 'A' } },
        Multi: { multi_select: [{ name: 'x' }, { name: 'y' }, { name: 'x' }] },
        Status: { status: { name: 'Done' } },
        Date: { date: { start: '2026-01-02' } },
        People: { people: [{ id: desk.person.id }] },
        Files: { files: [{ name: 'f', external: { url: 'https://example.com/f' } }] },
        Check: { checkbox: true },
        Url: { url: 'https://example.com' },
        Email: { email: 'a@example.com' },
        Phone: { phone_number: '+1' },
        Place: { place: { lat: 52.5, lon: 13.4 } },
      }),
      'properties',
    );
    expect(at(properties, 'Select', 'select')).toMatchObject({ name: 'a', color: 'red' });
    expect(listAt(properties, 'Multi', 'multi_select').map((option) => at(option, 'name'))).toEqual([
      'x',
      'y',
    ]);
    expect(at(properties, 'Status', 'status', 'name')).toBe('Done');
    expect(at(properties, 'Date', 'date')).toEqual({ start: '2026-01-02', end: null, time_zone: null });
    expect(at(properties, 'People', 'people', 0, 'name')).toBe('Ada');
    expect(at(properties, 'ID', 'unique_id')).toEqual({ prefix: 'T', number: 1 });
    expect(at(properties, 'Place', 'place')).toEqual({
      lat: 52.5,
      lon: 13.4,
      name: null,
      address: null,
      aws_place_id: null,
      google_place_id: null,
    });
  });

  it.each([
    [{ start: '2026-06-27T17:57:32.424991', time_zone: 'Europe/London' }, '2026-06-27T17:57:00.000+01:00'],
    [{ start: '2026-07-21T18:58:04.659200', time_zone: 'Europe/Berlin' }, '2026-07-21T18:58:00.000+02:00'],
    [{ start: '2026-07-25T16:57:28.513237Z', time_zone: 'UTC' }, '2026-07-25T16:57:00.000+00:00'],
    [{ start: '2026-01-01T00:00:00-03:30' }, '2026-01-01T00:00:00.000-03:30'],
    [{ start: '2026-01-01T10:00' }, '2026-01-01T10:00:00.000+00:00'],
  ])('read the date %j to the minute with its offset inside, as recorded', async (date, start) => {
    expect(at(await written({ Date: { date } }), 'properties', 'Date', 'date')).toEqual({
      start,
      end: null,
      time_zone: null,
    });
  });

  it.each<JsonObject>([
    { start: 'yesterday' },
    { start: '2026-02-30' },
    { start: '2026-01-01T10:00:00+02:00', time_zone: 'Europe/Berlin' },
    { start: '2026-01-01T10:00:00Z', time_zone: 'Europe/Berlin' },
    { start: '2026-01-01T10:00:00', time_zone: 'Middle-earth/Shire' },
    { start: '2026-01-01', time_zone: 'UTC' },
    { start: '2026-01-02', end: '2026-01-01' },
    { start: '2026-01-02', end: '2026-01-03T10:00:00' },
    { end: '2026-01-01' },
    { start: '2026-01-01', reminder: {} },
  ])('refuse the date %j', async (date) => {
    expect(await unwritable({ Date: { date } })).toContain('body.properties.Date.date');
  });

  it('make options of unknown select names and refuse unknown statuses', async () => {
    expect(
      at(
        await written({ Select: { select: { name: 'new', color: 'pink' } } }),
        'properties',
        'Select',
        'select',
      ),
    ).toMatchObject({ name: 'new', color: 'pink' });
    expect(await unwritable({ Status: { status: { name: 'Unheard of' } } })).toBe(
      'Invalid status option. Status option "Unheard of" does not exist".',
    );
  });

  it('refuse commas in options, unknown option ids, and another colour', async () => {
    expect(await unwritable({ Select: { select: { name: 'a,b' } } })).toBe(
      'Invalid select option, commas not allowed: a,b',
    );
    expect(await unwritable({ Select: { select: { id: 'zzzz' } } })).toContain('has no option with ID zzzz');
    expect(await unwritable({ Select: { select: { name: 'a', color: 'blue' } } })).toBe(
      'Cannot update color of select with name: a.',
    );
    expect(await unwritable({ Select: { select: {} } })).toContain('select.id should be defined');
  });

  it.each([
    'formula',
    'rollup',
    'unique_id',
    'created_time',
    'created_by',
    'last_edited_time',
    'last_edited_by',
    'button',
  ])('refuse a value of type %s, which is only read', async (type) => {
    expect(await unwritable({ Created: { type, [type]: {} } })).toContain('Created.title should be defined');
  });

  it('are told every form a value can have when they are computed, names with spaces left bare', async () => {
    const desk = openDesk();
    const { source } = await database(desk, { 'Days left': { formula: { expression: '1' } } });
    const properties = { 'Days left': { formula: { type: 'number', number: 1 } } };
    const reply = await desk.ask('POST', 'pages', { parent: { data_source_id: source }, properties });
    const [head, ...alternatives] = reply.message.split('\n');
    expect(head).toBe('body failed validation. Fix one:');
    expect(alternatives).toHaveLength(21);
    expect(alternatives[0]).toBe(
      'body.properties.Days left.title should be defined, instead was `undefined`.',
    );
    expect(alternatives.slice(-5).map((line) => /Days left\.(\w+)/.exec(line)?.[1])).toEqual([
      'id',
      'name',
      'start',
      'lat',
      'state',
    ]);
  });

  it('may be written short, without the name of their type', async () => {
    const page = await written({
      Select: { name: 'a' },
      Status: { name: 'Done' },
      Date: { start: '2026-01-02' },
      Place: { lat: 1, lon: 2 },
    });
    expect(at(page, 'properties', 'Select', 'select', 'name')).toBe('a');
    expect(at(page, 'properties', 'Status', 'status', 'name')).toBe('Done');
    expect(at(page, 'properties', 'Date', 'date', 'start')).toBe('2026-01-02');
    expect(at(page, 'properties', 'Place', 'place', 'lat')).toBe(1);
    expect(await unwritable({ Number: { name: 'a' } })).toBe('Number is expected to be number.');
  });

  it('name people by id, and refuse the whole user that reading shows, as recorded', async () => {
    const desk = openDesk();
    const { source } = await database(desk, { People: { people: {} } });
    const { id } = desk.person;
    const page = await row(desk, source, { People: { people: [{ object: 'user', id }] } });
    const [read] = listAt(page, 'properties', 'People', 'people');
    const reply = await desk.ask('PATCH', `pages/${textAt(page, 'id')}`, {
      properties: { People: { people: [read ?? null] } },
    });
    expect(reply.message).toBe(
      'body failed validation: body.properties.People.people[0].object should be `"group"` or `undefined`, instead was `"user"`.',
    );
  });

  it('never leave a status empty', async () => {
    const desk = openDesk();
    const { source } = await database(desk, schema);
    for (const properties of [{}, { Status: { status: null } }]) {
      const page = await row(desk, source, properties);
      expect(at(page, 'properties', 'Status', 'status', 'name')).toBe('Todo');
    }
    const done = await row(desk, source, { Status: { status: { name: 'Done' } } });
    const cleared = await desk.patch(`pages/${textAt(done, 'id')}`, {
      properties: { Status: { status: null } },
    });
    expect(at(cleared, 'properties', 'Status', 'status', 'name')).toBe('Todo');
  });

  it('refuse unknown properties, other types, and values that read with an id', async () => {
    expect(await unwritable({ Nope: { number: 1 } })).toBe('Nope is not a property that exists.');
    expect(await unwritable({ Number: { rich_text: words('1') } })).toBe('Number is expected to be number.');
    expect(await unwritable({ Number: { id: 'abcd', type: 'number', number: 1 } })).toContain(
      'Number.id should be not present',
    );
  });

  it.each<[string, JsonObject]>([
    ['number should be a number', { Number: { number: '1' } }],
    ['checkbox should be a boolean', { Check: { checkbox: null } }],
    ['url.length should be ≥ `1`', { Url: { url: '' } }],
    ['url.length should be ≤ `2000`', { Url: { url: 'x'.repeat(2001) } }],
    ['email.length should be ≤ `200`', { Email: { email: 'x'.repeat(201) } }],
    ['phone_number.length should be ≤ `200`', { Phone: { phone_number: '1'.repeat(201) } }],
    [
      'multi_select.length should be ≤ `100`',
      { Multi: { multi_select: Array.from({ length: 101 }, (_, n) => ({ name: `${n}` })) } },
    ],
    [
      'files.length should be ≤ `100`',
      {
        Files: {
          files: Array.from({ length: 101 }, () => ({ name: 'f', external: { url: 'https://example.com' } })),
        },
      },
    ],
    ['files[0].name should be defined', { Files: { files: [{ external: { url: 'https://example.com' } }] } }],
    [
      'is not a file of this property',
      { Files: { files: [{ name: 'f', file: { url: 'https://example.com/elsewhere' } }] } },
    ],
    ['Could not find group', { People: { people: [{ id: nobody, name: 'Ada' }] } }],
    ['Could not find group', { People: { people: [{ id: nobody, object: 'group' }] } }],
    ['Could not find user with ID', { People: { people: [{ id: nobody }] } }],
    ['place.lat should be', { Place: { place: { lat: 91, lon: 0 } } }],
  ])('refuse a value: %s', async (message, properties) => {
    expect(await unwritable(properties)).toContain(message);
  });

  it('clear with null, and with an empty array', async () => {
    const desk = openDesk();
    const { source } = await database(desk, schema);
    const page = textAt(
      await row(desk, source, {
        Number: { number: 1 },
        Multi: { multi_select: [{ name: 'x' }] },
        Select: { select: { name: 'a' } },
      }),
      'id',
    );
    const cleared = await desk.patch(`pages/${page}`, {
      properties: { Number: { number: null }, Multi: { multi_select: [] }, Select: { select: null } },
    });
    expect([
      at(cleared, 'properties', 'Number', 'number'),
      at(cleared, 'properties', 'Multi', 'multi_select'),
      at(cleared, 'properties', 'Select', 'select'),
    ]).toEqual([null, [], null]);
  });

  it('refuse more than 100 related pages, strangers, and pages of another data source', async () => {
    const desk = openDesk();
    const target = await database(desk, {});
    const { source } = await database(desk, {
      R: { relation: { data_source_id: target.source, single_property: {} } },
    });
    const relate = (relation: Json) =>
      desk.ask('POST', 'pages', { parent: { data_source_id: source }, properties: { R: { relation } } });
    const many = Array.from({ length: 101 }, () => ({ id: nobody }));
    expect((await relate(many)).message).toContain('relation.length should be ≤ `100`, instead was `101`');
    expect((await relate([{ id: nobody }])).status).toBe(404);
    expect((await relate([{ id: desk.page.id }])).message).toContain(
      'is not in the data source R relates to',
    );
    const other = await row(desk, (await database(desk, {})).source, {});
    expect((await relate([{ id: textAt(other, 'id') }])).message).toContain(
      'is not in the data source R relates to',
    );
  });

  it('refuse verification outside a wiki', async () => {
    expect(await unwritable({ Check: { verification: { state: 'verified' } } })).toBe(
      'Check is expected to be checkbox.',
    );
  });

  it('give rows their numbers in order and the first status of To-do', async () => {
    const desk = openDesk();
    const { source } = await database(desk, schema);
    await row(desk, source, {});
    const second = await row(desk, source, {});
    expect([
      at(second, 'properties', 'ID', 'unique_id', 'number'),
      at(second, 'properties', 'Status', 'status', 'name'),
    ]).toEqual([2, 'Todo']);
  });

  it('do not make options when the request is refused', async () => {
    const desk = openDesk();
    const { source } = await database(desk, schema);
    await desk.ask('POST', 'pages', {
      parent: { data_source_id: source },
      properties: { Select: { select: { name: 'new' } }, People: { people: [{ id: nobody }] } },
    });
    expect(
      listAt(await desk.get(`data_sources/${source}`), 'properties', 'Select', 'select', 'options'),
    ).toHaveLength(1);
  });
});

it('verification is set on pages of a wiki, and names the connection', async () => {
  const desk = openDesk();
  const { id, source } = await database(desk, {});
  const wiki = desk.state.databases.get(id);
  const record = desk.state.dataSources.get(source);
  if (wiki === undefined || record === undefined) throw new Error('no wiki');
  const verification = { id: 'vrfy', name: 'Verified', description: null, type: 'verification', config: {} };
  record.schema = [...record.schema, verification];
  const properties = { Verified: { verification: { state: 'verified', date: { start: '2026-01-01' } } } };
  const reply = await desk.ask('POST', 'pages', { parent: { data_source_id: source }, properties });
  expect(reply.message).toBe('Verification can only be set on pages of a wiki.');
  wiki.isWiki = true;
  const page = await row(desk, source, properties);
  expect(at(page, 'properties', 'Verified', 'verification', 'state')).toBe('verified');
  expect(at(page, 'properties', 'Verified', 'verification', 'date', 'start')).toBe('2026-01-01');
});
