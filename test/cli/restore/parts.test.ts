/** Parts of a snapshot: one row, the values of one property, one block with what lies in it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Block, Page, Table, World } from '../../truth/world.ts';
import { failure, newWorld, optionOf, optionsOf, propertyOf, runs, textOf } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;
let snapshot: string;
let tasks: Table;
let first: Page;
let second: Page;
let other: Table;
let unlike: Table;
let page: Page;
let kept: Block;
let toggle: Block;

const number = { type: 'number', config: { format: 'number' } };

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  tasks = world.table('Tasks', { Count: number, Note: 'rich_text' });
  first = world.row(tasks, 'First', { Count: 1, Note: runs('one') });
  second = world.row(tasks, 'Second', { Count: 2, Note: runs('two') });
  world.write(first, 'the text of a row');
  other = world.table('Other', { Count: number, Note: 'rich_text' });
  unlike = world.table('Unlike', { Finished: 'checkbox' });
  page = world.page('Page');
  [kept] = world.write(page, 'kept as it is') as [Block];
  toggle = world.toggle(page, 'A toggle');
  world.write(toggle, 'inside one', 'inside two');
  snapshot = await world.backup();
});
afterAll(() => world.close());

test('one row is restored in place, and its neighbour stays as people left it', async () => {
  const count = propertyOf(tasks.source, 'Count').id;
  for (const row of [first, second]) row.values = { ...row.values, [count]: 99 };
  world.trash(first);
  world.edited(second);
  const done = await world.inPlace(`${snapshot}:/Home/Tasks/First`);
  expect(done.code, done.said).toBe(0);
  expect([first.inTrash, first.values[count], second.values[count]]).toEqual([false, 1, 99]);
});

test('a row is restored into another database of a compatible schema, named by its id', async () => {
  const done = await world.run([
    'restore',
    '--json',
    '--root-id',
    other.database.id,
    `${snapshot}:/Home/Tasks/First`,
  ]);
  expect(done.code, done.said).toBe(0);
  const [row] = other.source.rows.flatMap((id) => world.state.pages.get(id) ?? []);
  expect(textOf(row?.values.title)).toBe('First');
  expect(row?.values[propertyOf(other.source, 'Count').id]).toBe(1);
  expect(row === undefined ? [] : world.texts(row)).toEqual(['the text of a row']);
});

test('a status of its own, which the row knows nothing of, makes the copy in another database no other', async () => {
  const stages = { type: 'status', config: { ...optionsOf(world.state, 'Open'), groups: [] } };
  const staged = world.table('Staged', { Count: number, Note: 'rich_text', Stage: stages });
  const words = ['restore', '--json', '--root-id', staged.source.id, `${snapshot}:/Home/Tasks/First`];
  for (const mode of ['fast', 'full']) {
    const done = await world.run([...words, '--verify', mode]);
    expect(done.code, done.said).toBe(0);
    expect(done.json.comparison).toMatchObject({ counts: { lost: 0, extra: 0, unknown: 0 } });
  }
});

test('a row is restored into a data source named by its id', async () => {
  const before = other.source.rows.length;
  const done = await world.run([
    'restore',
    '--json',
    '--root-id',
    other.source.id,
    `${snapshot}:/Home/Tasks/First`,
  ]);
  expect(done.code, done.said).toBe(0);
  expect(other.source.rows).toHaveLength(before + 1);
});

test('a database without the properties that a row has values for is refused before the first write', async () => {
  const writes = await world.writesOf(async () => {
    const done = await world.run([
      'restore',
      '--json',
      '--root-id',
      unlike.database.id,
      `${snapshot}:/Home/Tasks/First`,
    ]);
    expect(done.code, done.said).toBe(64);
    expect(done.said).toMatch(/Count|Note/);
  });
  expect(writes).toEqual([]);
});

test('what does not fit into a database is refused, and the property named that differs; the dry run says so too', async () => {
  const relation = (target: Table) => ({
    type: 'relation',
    config: { data_source_id: target.source.id, single_property: {} },
  });
  const full = world.table('Full', {
    Stage: { type: 'status', config: optionsOf(world.state, 'Open', 'Closed') },
    Task: relation(tasks),
  });
  world.row(full, 'One', { Stage: optionOf(full, 'Stage', 'Closed'), Task: [{ id: first.id }] });
  const taken = await world.backup();
  const misfits: readonly [string, Table, RegExp][] = [
    ['One', world.table('No relation', { Stage: propertyOf(full.source, 'Stage') }), /no property "Task"/],
    [
      'One',
      world.table('Text', { Stage: 'rich_text', Task: relation(tasks) }),
      /"Stage" is of type rich_text/,
    ],
    ['One', elsewhere(relation(other)), /relation "Task" leads to another/],
    ['One', elsewhere(relation(tasks), 'Open'), /no status "Closed"/],
    ['', full, /not a row/],
  ];
  for (const [row, table, words] of misfits)
    for (const more of [['--dry-run'], []]) {
      const place = `${taken}:/Home/Full${row === '' ? '' : `/${row}`}`;
      const sent = await world.writesOf(async () => {
        const done = await world.run(['restore', '--root-id', table.database.id, ...more, place]);
        expect(done.code, done.said).toBe(64);
        expect(done.said).toMatch(words);
      });
      expect(sent).toEqual([]);
    }

  function elsewhere(task: ReturnType<typeof relation>, ...stages: readonly string[]): Table {
    const names = stages.length === 0 ? ['Open', 'Closed'] : stages;
    return world.table(`Elsewhere ${names.length}`, {
      Stage: { type: 'status', config: optionsOf(world.state, ...names) },
      Task: task,
    });
  }
});

test('a row whose answer was lost is found again by its title, and undone alone', async () => {
  const before = [...other.source.rows];
  const done = await world.between.spoil(
    {
      after: ({ method, path }) =>
        method === 'POST' && path === '/v1/pages' && other.source.rows.length === before.length + 1
          ? failure(502, 'bad_gateway', 'lost')
          : undefined,
    },
    () => world.run(['restore', '--json', '--root-id', other.source.id, `${snapshot}:/Home/Tasks/Second`]),
  );
  expect(done.code, done.said).toBe(0);
  const added = other.source.rows.filter((id) => !before.includes(id));
  expect(added).toHaveLength(1);
  expect((await world.run(['restore', '--undo', '--yes'])).code).toBe(0);
  expect(added.map((id) => world.state.pages.get(id)?.inTrash)).toEqual([true]);
  expect(before.map((id) => world.state.pages.get(id)?.inTrash)).not.toContain(true);
});

test('with --property only the values of that property are written', async () => {
  const count = propertyOf(tasks.source, 'Count').id;
  const note = propertyOf(tasks.source, 'Note').id;
  for (const row of [first, second]) row.values = { ...row.values, [count]: 77, [note]: runs('mine') };
  world.edited(first, second);
  const done = await world.inPlace(`${snapshot}:/Home/Tasks`, '--property', 'Count');
  expect(done.code, done.said).toBe(0);
  expect([first, second].map(({ values }) => values[count])).toEqual([1, 2]);
  expect([first, second].map(({ values }) => textOf(values[note]))).toEqual(['mine', 'mine']);
});

test('a property that the snapshot does not have is a usage error that names it', async () => {
  const done = await world.inPlace(`${snapshot}:/Home/Tasks`, '--property', 'Nowhere');
  expect(done.code, done.said).toBe(64);
  expect(done.said).toContain('Nowhere');
});

test('one block comes back with what lies in it, and the rest of the page stays as it is now', async () => {
  world.reword(kept, 'changed on purpose');
  const [one, two] = toggle.children.flatMap((id) => world.state.blocks.get(id) ?? []);
  if (one === undefined || two === undefined) throw new Error('no blocks');
  world.reword(one, 'defaced');
  world.trash(two);
  const done = await world.inPlace(`${snapshot}:/Home/Page#${toggle.id}`);
  expect(done.code, done.said).toBe(0);
  expect(world.texts(page)).toEqual(['changed on purpose', 'A toggle', 'inside one', 'inside two']);
});

test('a block that the page does not have in the snapshot is exit 66', async () => {
  const done = await world.inPlace(`${snapshot}:/Home/Page#11111111-2222-4333-8444-555555555555`);
  expect(done.code, done.said).toBe(66);
});
