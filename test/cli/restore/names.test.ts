/** Rows are stored, compared and restored by property and option id: a new name costs no value, in any order of backups. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { moveTo } from '../../../src/simulator/workspace/state.ts';
import type { JsonMap, Page, Table, Told, World } from '../../truth/world.ts';
import {
  about,
  at,
  failure,
  isMap,
  mapsIn,
  newWorld,
  optionOf,
  optionsOf,
  propertyOf,
  runs,
  textOf,
} from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;
let first: Told;
let before: string;
let after: string;
let tasks: Table;
let rows: Page[];
let ids: { readonly count: string; readonly note: string };
let long: Page;
let odd: Table;
let oddRow: Page;

const number = { type: 'number', config: { format: 'number' } };

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  tasks = world.table('Tasks', {
    Count: number,
    Kind: { type: 'select', config: optionsOf(world.state, 'Chore', 'Errand') },
    Note: 'rich_text',
  });
  ids = { count: propertyOf(tasks.source, 'Count').id, note: propertyOf(tasks.source, 'Note').id };
  rows = [1, 2, 3].map((count) =>
    world.row(tasks, `Row ${count}`, {
      Count: count,
      Kind: optionOf(tasks, 'Kind', 'Chore'),
      Note: runs(`note ${count}`),
    }),
  );
  const manyRuns = Array.from({ length: 60 }, (_, index) => runs(`run ${index} `)).flat();
  const mentions = world.table('Long', { 'a/b\\c': { type: 'rich_text', id: 'a/\\b' } });
  long = world.row(mentions, 'Long row', { 'a/b\\c': manyRuns });
  odd = world.table('Odd', {
    Colours: { type: 'multi_select', config: optionsOf(world.state, 'red, green', 'Red', 'red') },
  });
  oddRow = world.row(odd, 'Odd row');
  const colours = propertyOf(odd.source, 'Colours');
  oddRow.values = {
    ...oddRow.values,
    [colours.id]: ['red, green', 'Red', 'red'].map((name) => optionOf(odd, 'Colours', name)),
  };
  first = await world.run(['backup', '--json']);
  before = String(first.json.snapshot);
  propertyOf(tasks.source, 'Count').name = 'Amount';
  const kind = propertyOf(tasks.source, 'Kind');
  kind.config = JSON.parse(JSON.stringify(kind.config).replace('"Chore"', '"Duty"'));
  for (const row of rows) row.values = { ...row.values, [kind.id]: optionOf(tasks, 'Kind', 'Duty') };
  world.edited(tasks.source);
  after = String((await world.run(['backup', '--json'])).json.snapshot);
});
afterAll(() => world.close());

test('rows that were reused after a rename are shown under the new names', async () => {
  const printed = await world.run(['cat', '--json', `${after}:/Home/Tasks/Row 1`]);
  expect(printed.stdout).toContain('Amount');
  expect(printed.stdout).not.toContain('"Count"');
  expect(printed.stdout).toContain('Duty');
  expect(printed.stdout).not.toContain('Chore');
});

test('a copy of a snapshot taken after a rename has every value, under the new names, and no old option', async () => {
  const target = world.page('Copies');
  const done = await world.run(['restore', '--json', '--root-id', target.id, `${after}:/Home/Tasks`]);
  expect(done.code, done.said).toBe(0);
  const copy = sourceBelow(target);
  const amount = propertyOf(copy.source, 'Amount').id;
  const kind = propertyOf(copy.source, 'Kind');
  const copies = rowsOf(copy);
  expect(copies.map(({ values }) => values[amount]).sort()).toEqual([1, 2, 3]);
  const optionIds = new Map(mapsIn(kind.config.options).map(({ id, name }) => [id, name]));
  const chosen = copies.map(({ values }) => at(values[kind.id], 'id'));
  expect(chosen.map((id) => optionIds.get(String(id)))).toEqual(['Duty', 'Duty', 'Duty']);
  expect(mapsIn(kind.config.options).map(({ name }) => name)).toEqual(['Duty', 'Errand']);
});

test('the snapshot from before the rename, restored in place, gives back names, options and all values', async () => {
  const count = ids.count;
  for (const row of rows) row.values = { ...row.values, [count]: 0 };
  world.edited(...rows);
  const done = await world.inPlace(`${before}:/Home/Tasks`);
  expect(done.code, done.said).toBe(0);
  expect(propertyOf(tasks.source, 'Count').id).toBe(count);
  expect(rows.map(({ values }) => values[count])).toEqual([1, 2, 3]);
  const kind = propertyOf(tasks.source, 'Kind');
  expect(mapsIn(kind.config.options).map(({ name }) => name)).toEqual(['Chore', 'Errand']);
});

test('one property that Notion refuses never drops the other values of a row', async () => {
  const { count, note } = ids;
  const [row] = rows;
  if (row === undefined) throw new Error('no row');
  row.values = { ...row.values, [count]: 0, [note]: [] };
  world.edited(row);
  const done = await world.between.spoil(
    {
      before: ({ method, path, body }) => {
        const isRefused = method === 'PATCH' && path === `/v1/pages/${row.id}`;
        const sent = isMap(body.properties) ? Object.keys(body.properties) : [];
        if (!isRefused || !sent.some((name) => name === 'Note' || decodeURIComponent(name) === note))
          return undefined;
        return failure(400, 'validation_error', 'body failed validation: Note is refused.');
      },
    },
    () => world.inPlace(`${before}:/Home/Tasks/Row 1`),
  );
  expect(row.values[count]).toBe(1);
  expect(done.code, done.said).toBe(3);
  expect(done.said).toContain('Note');
});

test('one property that Notion refuses drops neither the other values of a copy nor its blocks, and is told', async () => {
  const target = world.page('Copies with a refusal');
  const done = await world.between.spoil(
    {
      before: ({ method, path, body }) => {
        const isWrite = method !== 'GET' && path.startsWith('/v1/pages') && isMap(body.properties);
        const isRefused = isWrite && JSON.stringify(body.properties).includes('note 2');
        return isRefused
          ? failure(400, 'validation_error', 'body failed validation: it is refused.')
          : undefined;
      },
    },
    () => world.run(['restore', '--json', '--root-id', target.id, `${after}:/Home/Tasks`]),
  );
  expect(done.code, done.said).toBe(3);
  const copy = sourceBelow(target);
  const amount = propertyOf(copy.source, 'Amount').id;
  const note = propertyOf(copy.source, 'Note').id;
  const values = rowsOf(copy).map((row) => [row.values[amount], textOf(row.values[note] ?? [])]);
  expect(values.sort()).toEqual([
    [1, 'note 1'],
    [2, ''],
    [3, 'note 3'],
  ]);
  expect(about(at(done.json, 'comparison', 'findings'), 'note 2')).toContain('"lost"');
});

test('a long value under a property id with a slash and a backslash is read whole', async () => {
  const printed = await world.run(['cat', `${before}:/Home/Long/Long row`]);
  expect(printed.stdout).toContain('run 59 ');
  expect(about(first.json.errors, long.id)).toBe('');
  expect(first.code, first.said).toBe(0);
});

test('plan and comparison agree on options that the API cannot write: neither calls them exact', async () => {
  const target = world.page('Copies of odd options');
  const words = ['restore', '--json', '--root-id', target.id, `${before}:/Home/Odd`];
  const plan = await world.run([...words, '--dry-run']);
  expect(plan.said).toContain('red, green');
  const done = await world.run(words);
  expect(at(done.json, 'comparison', 'counts', 'lost'), done.said).toBe(0);
  const findings = about(at(done.json, 'comparison', 'findings'), 'red, green');
  expect(findings).not.toBe('');
  expect(findings).not.toContain('"exact"');
});

test('a wiki is restored as a database, its rows as rows', async () => {
  const wiki = world.table('Handbook', { Owner: 'people' }, { isWiki: true });
  const welcome = world.row(wiki, 'Welcome');
  world.write(welcome, 'Read me first.');
  const snapshot = String((await world.run(['backup', '--json'])).json.snapshot);
  const target = world.page('Copies of a wiki');
  const done = await world.run(['restore', '--json', '--root-id', target.id, `${snapshot}:/Home/Handbook`]);
  expect(done.code, done.said).toBe(0);
  const copies = rowsOf(sourceBelow(target));
  expect(copies.map(({ values }) => textOf(values.title))).toEqual(['Welcome']);
  expect(copies.flatMap((row) => world.texts(row))).toEqual(['Read me first.']);
});

test('groups of a status are tried once; when Notion refuses them, the database is restored without them', async () => {
  const statuses = (): JsonMap => {
    const given = optionsOf(world.state, 'Open', 'Done');
    const [first, second] = mapsIn(given.options).map(({ id }) => id ?? '');
    const group = (name: string, ...ids: JsonMap[string][]) => ({
      id: name,
      name,
      color: 'gray',
      option_ids: ids,
    });
    return { ...given, groups: [group('To-do', first ?? ''), group('Complete', second ?? '')] };
  };
  const home = world.page('Statuses');
  for (const title of ['First', 'Second']) {
    const table = world.table(title, { Stage: { type: 'status', config: statuses() } });
    moveTo(world.state, table.database, { type: 'page_id', id: home.id });
  }
  const snapshot = String((await world.run(['backup', '--json'])).json.snapshot);
  const target = world.page('Copies of statuses');
  const tried: string[] = [];
  const done = await world.between.spoil(
    {
      before: ({ method, path, body }) => {
        if (method !== 'POST' || path !== '/v1/databases') return undefined;
        const hasGroups = JSON.stringify(body).includes('"group"');
        tried.push(hasGroups ? 'with groups' : 'without');
        return hasGroups ? failure(400, 'validation_error', 'group should be not present.') : undefined;
      },
    },
    () => world.run(['restore', '--json', '--root-id', target.id, `${snapshot}:/Home/Statuses`]),
  );
  expect(done.code, done.said).toBe(0);
  expect(tried.sort()).toEqual(['with groups', 'without', 'without']);
  expect(at(done.json, 'comparison', 'counts', 'lost')).toBe(0);
});

/** The one database that was created below a page. */
function sourceBelow(page: Page): Table {
  for (const database of world.state.databases.values()) {
    if (database.parent.id !== page.id || database.inTrash) continue;
    const source = world.state.dataSources.get(database.dataSources[0] ?? '');
    if (source !== undefined) return { database, source };
  }
  throw new Error('no database was created');
}

function rowsOf({ source }: Table): Page[] {
  return source.rows.flatMap((id) => world.state.pages.get(id) ?? []);
}
