import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../src/simulator/workspace/json.ts';
import type { DataSource, Page, State } from '../../src/simulator/workspace/state.ts';
import { addDatabase, addDataSource, addPage, richText } from '../../src/simulator/workspace/state.ts';
import type { Send } from './workspace.ts';
import { arrayOf, everything, smallWorkspace, someTime, withSimulator } from './workspace.ts';

const plain = (id: string, type: string, config: JsonObject = {}) => ({
  id,
  name: id,
  description: null,
  type,
  config,
});
const options = [
  { id: 'o1', name: 'Red', color: 'red', description: null },
  { id: 'o2', name: 'Blue', color: 'blue', description: null },
];

interface Table {
  readonly state: State;
  readonly source: DataSource;
  readonly rows: readonly Page[];
}

/** Three rows with a value of every common type, related to thirty others. */
function table(): Table {
  const { state, home } = smallWorkspace();
  const other = addDatabase(state, { parent: { type: 'page_id', id: home.id } });
  const target = addDataSource(state, { databaseId: other.id, schema: [plain('weight', 'number')] });
  const targets = Array.from({ length: 30 }, (_, number) =>
    addPage(state, { parent: { type: 'data_source_id', id: target.id }, values: { weight: number } }),
  );
  const database = addDatabase(state, { parent: { type: 'page_id', id: home.id } });
  const source = addDataSource(state, {
    databaseId: database.id,
    schema: [
      plain('title', 'title'),
      plain('text', 'rich_text'),
      plain('number', 'number'),
      plain('done', 'checkbox'),
      plain('colour', 'select', { options }),
      plain('tags', 'multi_select', { options }),
      plain('day', 'date'),
      plain('site', 'url'),
      plain('owner', 'people'),
      plain('files', 'files'),
      plain('related', 'relation', {
        data_source_id: target.id,
        type: 'single_property',
        single_property: {},
      }),
      plain('total', 'rollup', {
        relation_property_id: 'related',
        rollup_property_id: 'weight',
        function: 'sum',
      }),
      plain('weights', 'rollup', {
        relation_property_id: 'related',
        rollup_property_id: 'weight',
        function: 'show_original',
      }),
      plain('sum', 'formula', { expression: '1+1' }),
      plain('created', 'created_time'),
      plain('n', 'unique_id', { prefix: 'T' }),
    ],
  });
  const rows = [0, 1, 2].map((number) =>
    addPage(state, {
      parent: { type: 'data_source_id', id: source.id },
      createdTime: someTime + number * 3_600_000,
      editedTime: someTime + number * 86_400_000,
      values: {
        title: richText(`Row ${'abc'[number]}`),
        text: richText(number === 0 ? '' : 'Some Words'),
        ...(number === 0 ? {} : { number: number * 10 }),
        done: number === 2,
        colour: number === 0 ? null : { id: `o${number}` },
        tags: number === 2 ? [{ id: 'o1' }, { id: 'o2' }] : [],
        day: number === 0 ? null : { start: `2026-06-0${number}`, end: null, time_zone: null },
        site: number === 1 ? 'https://example.com' : null,
        owner: number === 1 ? [{ object: 'user', id: state.botId }] : [],
        related: targets.slice(0, number * 15).map(({ id }) => ({ id })),
        sum: { type: 'number', number },
        n: number + 1,
      },
    }),
  );
  return { state, source, rows };
}

async function titles(send: Send, source: DataSource, body: JsonObject): Promise<string> {
  const rows = await everything(
    send,
    'POST',
    `data_sources/${source.id}/query?filter_properties=title`,
    body,
  );
  const letters = rows.map((row) => arrayOf(valueIn(row, 'title').title)[0]?.plain_text);
  return letters.map((title) => String(title).slice(-1)).join('');
}

function valueIn(page: JsonObject, name: string): JsonObject {
  const property = isJsonObject(page.properties) ? page.properties[name] : undefined;
  return isJsonObject(property) ? property : {};
}

describe('filters', () => {
  const cases: readonly [string, JsonObject, string][] = [
    ['title', { title: { contains: 'ROW B' } }, 'b'],
    ['text', { rich_text: { is_empty: true } }, 'a'],
    ['text', { rich_text: { starts_with: 'some' } }, 'bc'],
    ['number', { number: { greater_than_or_equal_to: 20 } }, 'c'],
    ['number', { number: { is_empty: true } }, 'a'],
    ['number', { number: { does_not_equal: 10 } }, 'ac'],
    ['done', { checkbox: { equals: false } }, 'ab'],
    ['colour', { select: { equals: 'Red' } }, 'b'],
    ['colour', { select: { is_not_empty: true } }, 'bc'],
    ['tags', { multi_select: { contains: 'Blue' } }, 'c'],
    ['day', { date: { on_or_after: '2026-06-02' } }, 'c'],
    ['day', { date: { equals: '2026-06-01' } }, 'b'],
    ['day', { date: { past_week: {} } }, 'b'],
    ['day', { date: { next_week: {} } }, 'c'],
    ['site', { url: { ends_with: '.com' } }, 'b'],
    ['owner', { people: { is_empty: true } }, 'ac'],
    ['files', { files: { is_empty: true } }, 'abc'],
    ['related', { relation: { is_not_empty: true } }, 'bc'],
    ['total', { rollup: { number: { greater_than: 200 } } }, 'c'],
    ['weights', { rollup: { any: { number: { equals: 20 } } } }, 'c'],
    ['weights', { rollup: { none: { number: { equals: 20 } } } }, 'ab'],
    ['sum', { formula: { number: { less_than: 1 } } }, 'a'],
    ['created', { created_time: { before: '2026-05-20T09:00:00Z' } }, 'a'],
    ['n', { unique_id: { equals: 3 } }, 'c'],
  ];

  it.each(cases)('on %s with %j find "%s"', (property, condition, expected) => {
    const { state, source } = table();
    return withSimulator({ state }, async (_, send) => {
      const sorts = [{ timestamp: 'created_time', direction: 'ascending' }];
      expect(await titles(send, source, { filter: { property, ...condition }, sorts })).toBe(expected);
    });
  });

  it('join by and and or, two deep and no deeper', () => {
    const { state, source } = table();
    return withSimulator({ state }, async (_, send) => {
      const number = (equals: number) => ({ property: 'number', number: { equals } });
      const done = { property: 'done', checkbox: { equals: true } };
      expect(await titles(send, source, { filter: { and: [{ or: [number(10), number(20)] }, done] } })).toBe(
        'c',
      );
      const deep = { and: [{ or: [{ and: [done] }] }] };
      const refused = await send('POST', `data_sources/${source.id}/query`, { filter: deep });
      expect(refused.status).toBe(400);
    });
  });

  it('see timestamps floored to the minute', () => {
    const { state, source } = table();
    const filter = (moment: string) => ({
      filter: { timestamp: 'last_edited_time', last_edited_time: { on_or_after: moment } },
      sorts: [{ timestamp: 'last_edited_time', direction: 'descending' }],
    });
    return withSimulator({ state }, async (_, send) => {
      expect(await titles(send, source, filter('2026-05-21T08:30:00.000Z'))).toBe('cb');
      // The edit was at 08:30:12, but shows as 08:30:00.
      expect(await titles(send, source, filter('2026-05-21T08:30:01.000Z'))).toBe('c');
    });
  });

  const refusals: readonly [string, JsonObject][] = [
    ['an unknown property', { property: 'Nothing', number: { equals: 1 } }],
    ['a condition of another type', { property: 'number', checkbox: { equals: true } }],
    ['an unknown operator', { property: 'number', number: { resembles: 1 } }],
    ['an operand of the wrong kind', { property: 'number', number: { equals: 'one' } }],
    ['an option that does not exist', { property: 'colour', select: { equals: 'Mauve' } }],
    ['no condition', { property: 'number' }],
    ['an unknown timestamp', { timestamp: 'birth', birth: { before: '2026-01-01' } }],
    ['no date', { property: 'day', date: { equals: 'soon' } }],
  ];

  it.each(refusals)('are refused for %s', (_, filter) => {
    const { state, source } = table();
    return withSimulator({ state }, async (_simulator, send) => {
      const reply = await send('POST', `data_sources/${source.id}/query`, { filter });
      expect(reply).toMatchObject({ status: 400, body: { code: 'validation_error' } });
    });
  });
});

describe('sorts', () => {
  it.each([
    [[{ property: 'number', direction: 'descending' }], 'cba'],
    [[{ property: 'title', direction: 'descending' }], 'cba'],
    [[{ property: 'day', direction: 'ascending' }], 'bca'],
    [
      [
        { property: 'done', direction: 'descending' },
        { property: 'number', direction: 'ascending' },
      ],
      'cba',
    ],
    [[{ timestamp: 'created_time', direction: 'ascending' }], 'abc'],
  ])('%j give "%s"', (sorts, expected) => {
    const { state, source } = table();
    return withSimulator({ state }, async (_, send) => {
      expect(await titles(send, source, { sorts })).toBe(expected);
    });
  });

  it('are refused for what does not exist, and trashed rows cannot be asked for', () => {
    const { state, source } = table();
    return withSimulator({ state }, async (_, send) => {
      const path = `data_sources/${source.id}/query`;
      for (const body of [
        { sorts: [{ property: 'Nothing', direction: 'ascending' }] },
        { sorts: [{ property: 'number', direction: 'up' }] },
        { sorts: {} },
        { in_trash: true },
      ] satisfies JsonObject[]) {
        expect((await send('POST', path, body)).status).toBe(400);
      }
    });
  });
});

describe('long values', () => {
  it('show 25 references, and the rest at the property itself', () => {
    const { state, rows } = table();
    const row = rows[2];
    if (row === undefined) throw new Error('no row');
    return withSimulator({ state }, async (_, send) => {
      const page = await send('GET', `pages/${row.id}`);
      const short = valueIn(page.body, 'related');
      expect([arrayOf(short.relation).length, short.has_more]).toEqual([25, true]);
      const sum = (count: number) => (count * (count - 1)) / 2;
      expect(valueIn(page.body, 'total').rollup).toEqual({
        type: 'number',
        number: sum(25),
        function: 'sum',
      });
      const whole = await everything(send, 'GET', `pages/${row.id}/properties/related?page_size=20`);
      expect(whole).toHaveLength(30);
      expect(whole[0]).toMatchObject({ object: 'property_item', type: 'relation', id: 'related' });
    });
  });

  it('leave out what filter_properties does not name, and refuse names that are not there', () => {
    const { state, rows } = table();
    return withSimulator({ state }, async (_, send) => {
      const some = await send('GET', `pages/${rows[1]?.id}?filter_properties=number&filter_properties=title`);
      expect(isJsonObject(some.body.properties) ? Object.keys(some.body.properties) : []).toEqual([
        'title',
        'number',
      ]);
      expect((await send('GET', `pages/${rows[1]?.id}?filter_properties=nothing`)).status).toBe(400);
    });
  });

  it('give a rollup only on the last page', () => {
    const { state, rows } = table();
    const path = `pages/${rows[2]?.id}/properties/total`;
    return withSimulator({ state }, async (_, send) => {
      const first = await send('GET', `${path}?page_size=20`);
      expect(first.body.property_item).toMatchObject({ type: 'rollup', rollup: { type: 'incomplete' } });
      const last = await send('GET', `${path}?page_size=20&start_cursor=${first.body.next_cursor}`);
      expect(last.body.property_item).toMatchObject({
        next_url: null,
        rollup: { type: 'number', number: 435 },
      });
    });
  });

  it('give single values as one item, and refuse a property that is not there', () => {
    const { state, rows } = table();
    return withSimulator({ state }, async (_, send) => {
      const item = await send('GET', `pages/${rows[1]?.id}/properties/number`);
      expect(item.body).toMatchObject({ object: 'property_item', type: 'number', id: 'number', number: 10 });
      expect((await send('GET', `pages/${rows[1]?.id}/properties/nothing`)).status).toBe(404);
    });
  });

  it('forget options that were deleted, and show the others as they are called now', () => {
    const { state, source, rows } = table();
    const changed = source.schema.map((property) =>
      property.id === 'tags'
        ? { ...property, config: { options: [{ id: 'o2', name: 'Navy', color: 'blue' }] } }
        : property,
    );
    return withSimulator({ state }, async (_, send) => {
      source.schema = changed;
      const page = await send('GET', `pages/${rows[2]?.id}`);
      const tags: Json | undefined = valueIn(page.body, 'tags').multi_select;
      expect(tags).toEqual([{ id: 'o2', name: 'Navy', color: 'blue' }]);
    });
  });
});
