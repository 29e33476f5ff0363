/** In place brings back what lies in the trash, with what lies above and below it, and never claims it when it did not. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Block, Page, Table, World } from '../../truth/world.ts';
import { about, at, newWorld } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;
let snapshot: string;
let alone: Page;
let parent: Page;
let child: Page;
let grandchild: Page;
let deep: Page;
let deeper: Page;
let tasks: Table;
let row: Page;
let blocks: Page;
let toggle: Block;
let archived: Page;
let moved: Page;
let elsewhere: Page;
let ordered: Page;
let stubborn: Page;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  alone = world.page('Alone');
  world.write(alone, 'by itself');
  parent = world.page('Parent');
  child = world.below(parent, 'Child');
  grandchild = world.below(child, 'Grandchild');
  world.write(grandchild, 'deep text');
  deep = world.page('Deep');
  deeper = world.below(deep, 'Deeper');
  tasks = world.table('Tasks', {});
  row = world.row(tasks, 'A row');
  blocks = world.page('Blocks');
  toggle = world.toggle(blocks, 'A toggle');
  world.write(toggle, 'inside');
  archived = world.page('Archive me');
  moved = world.page('Move me');
  elsewhere = world.page('Elsewhere');
  ordered = world.page('Ordered');
  world.write(ordered, 'one', 'two', 'three', 'four');
  stubborn = world.page('Stubborn');
  snapshot = await world.backup();
});
afterAll(() => world.close());

test('a page that was trashed is listed in the plan, comes out of the trash, and exit 0 says so', async () => {
  world.trash(alone);
  const plan = await world.plan(`${snapshot}:/Home/Alone`);
  expect(about(at(plan.json, 'plan', 'changes'), 'Alone')).toMatch(/trash/);
  const done = await world.inPlace(`${snapshot}:/Home/Alone`);
  expect(done.code, done.said).toBe(0);
  expect(world.isTrashed(alone)).toBe(false);
});

test('the plan for a page below a trashed one names the ancestor that comes back with it', async () => {
  world.trash(parent);
  const plan = await world.run([
    'restore',
    '--in-place',
    '--dry-run',
    `${snapshot}:/Home/Parent/Child/Grandchild`,
  ]);
  expect(plan.stdout).toMatch(/Parent.*trash|trash.*Parent/);
  expect(world.isTrashed(grandchild)).toBe(true);
});

test('without --yes nothing of a page below a trashed one is touched where nobody can be asked', async () => {
  world.trash(parent);
  const writes = await world.writesOf(async () => {
    const done = await world.run(['restore', '--in-place', `${snapshot}:/Home/Parent/Child/Grandchild`]);
    expect(done.code).not.toBe(0);
    expect(done.said).toContain('--yes');
  });
  expect(writes).toEqual([]);
});

test('a page below a trashed one is out of the trash afterwards, ancestors and all', async () => {
  world.trash(parent, child);
  const done = await world.inPlace(`${snapshot}:/Home/Parent/Child/Grandchild`);
  expect(done.code, done.said).toBe(0);
  expect([parent, child, grandchild].map((page) => world.isTrashed(page))).toEqual([false, false, false]);
});

test('objects below the named one come out of the trash too', async () => {
  world.trash(deep, deeper);
  const done = await world.inPlace(`${snapshot}:/Home/Deep`);
  expect(done.code, done.said).toBe(0);
  expect(world.isTrashed(deeper)).toBe(false);
});

test('a database, its data source and its rows come out of the trash', async () => {
  world.trash(row, tasks.source, tasks.database);
  const done = await world.inPlace(`${snapshot}:/Home/Tasks`);
  expect(done.code, done.said).toBe(0);
  expect([tasks.database, tasks.source, row].map((each) => world.isTrashed(each))).toEqual([
    false,
    false,
    false,
  ]);
});

test('a row below a trashed database comes back with the database', async () => {
  world.trash(row, tasks.database);
  const done = await world.inPlace(`${snapshot}:/Home/Tasks/A row`);
  expect(done.code, done.said).toBe(0);
  expect(world.isTrashed(row)).toBe(false);
});

test('a trashed block comes back with what lies in it', async () => {
  world.trash(toggle, blocks);
  blocks.inTrash = false;
  const done = await world.inPlace(`${snapshot}:/Home/Blocks`);
  expect(done.code, done.said).toBe(0);
  expect(world.texts(blocks)).toEqual(['A toggle', 'inside']);
});

test('a page that was archived since is told in the plan and unarchived', async () => {
  archived.isArchived = true;
  world.edited(archived);
  const plan = await world.plan(`${snapshot}:/Home/Archive me`);
  expect(about(at(plan.json, 'plan', 'changes'), 'Archive me')).toMatch(/archive/);
  const done = await world.inPlace(`${snapshot}:/Home/Archive me`);
  expect(done.code, done.said).toBe(0);
  expect(archived.isArchived).toBe(false);
});

test('a page that was moved since is told in the plan and moved back', async () => {
  world.move(moved, elsewhere);
  const plan = await world.plan(`${snapshot}:/Home/Move me`);
  expect(about(at(plan.json, 'plan', 'changes'), 'Move me')).toMatch(/move/);
  const done = await world.inPlace(`${snapshot}:/Home/Move me`);
  expect(done.code, done.said).toBe(0);
  expect(moved.parent).toEqual({ type: 'page_id', id: world.home.id });
});

test('blocks that were put in another order are in their old order afterwards', async () => {
  ordered.children = [...ordered.children].reverse();
  world.edited(ordered);
  const done = await world.inPlace(`${snapshot}:/Home/Ordered`);
  expect(done.code, done.said).toBe(0);
  expect(world.texts(ordered)).toEqual(['one', 'two', 'three', 'four']);
});

test('a page that Notion leaves in the trash, though it answers otherwise, is named, with exit 3', async () => {
  world.trash(stubborn);
  const path = `/v1/pages/${stubborn.id}`;
  const done = await world.between.spoil(
    {
      after: (request, answer) => {
        if (request.path !== path || request.method !== 'PATCH') return undefined;
        stubborn.inTrash = true;
        return { ...answer, body: { ...answer.body, in_trash: false } };
      },
    },
    () => world.inPlace(`${snapshot}:/Home/Stubborn`),
  );
  expect(done.code, done.said).toBe(3);
  expect(done.said).toMatch(/Stubborn/);
  expect(done.said).toMatch(/trash/);
});
