/** Parts of a snapshot: one row, the values of one property, one block with what lies in it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Block, Page, Table, World } from './world.ts';
import { newWorld, propertyOf, runs, textOf } from './world.ts';

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
  world = await newWorld();
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
