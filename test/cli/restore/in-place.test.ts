/** The plan of a restore in place names what differs, a dry run writes nothing, and what people changed comes back. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addView } from '../../../src/simulator/workspace/state.ts';
import type { Page, Table, World } from '../../truth/world.ts';
import { about, at, newWorld, optionOf, optionsOf, propertyOf, runs, textOf } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;
let snapshot: string;
let words: Page;
let locked: Page;
let unlocked: Page;
let still: Page;
let tasks: Table;
let first: Page;
let viewed: Table;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  words = world.page('Words');
  world.write(words, 'first words', 'second words', 'third words');
  locked = world.page('Locked before', { isLocked: true });
  world.write(locked, 'under lock');
  unlocked = world.page('Locked since');
  world.write(unlocked, 'without lock');
  still = world.page('Untouched');
  world.write(still, 'as ever');
  tasks = world.table('Tasks', {
    Count: { type: 'number', config: { format: 'number' } },
    Kind: { type: 'select', config: optionsOf(world.state, 'Chore', 'Errand') },
    Note: 'rich_text',
  });
  first = world.row(tasks, 'First', {
    Count: 1,
    Kind: optionOf(tasks, 'Kind', 'Chore'),
    Note: runs('a note'),
  });
  world.row(tasks, 'Second', { Count: 2, Kind: optionOf(tasks, 'Kind', 'Errand') });
  viewed = world.table('Viewed', {});
  addView(world.state, {
    databaseId: viewed.database.id,
    dataSourceId: viewed.source.id,
    type: 'list',
    name: 'My list',
    createdTime: world.later(),
    configuration: { type: 'list' },
  });
  snapshot = await world.backup();
});
afterAll(() => world.close());

test('a dry run shows each changed block and title, and writes nothing to Notion, the store or the data folder', async () => {
  const [one, two] = blocksOf(words);
  if (one !== undefined && two !== undefined) {
    world.reword(one, 'defaced words');
    world.trash(two);
  }
  world.write(words, 'graffiti');
  world.retitle(words, 'Worse words');
  const before = kept(world);
  const writes = await world.writesOf(async () => {
    const plan = await world.plan(`${snapshot}:/Home/Words`);
    const change = about(at(plan.json, 'plan', 'changes'), words.id);
    expect(change).toMatch(/first words/);
    expect(change).toMatch(/defaced words/);
    expect(change).toMatch(/second words/);
    expect(change).toMatch(/graffiti/);
    expect(change).toMatch(/Worse words/);
  });
  expect(writes).toEqual([]);
  expect(kept(world)).toEqual(before);
});

test('the plan for people reads as a short list of differences', async () => {
  const { stdout } = await world.run(['restore', '--in-place', '--dry-run', `${snapshot}:/Home/Words`]);
  expect(stdout).toMatch(/Words/);
  expect(stdout).toMatch(/defaced words/);
  expect(stdout).toMatch(/graffiti/);
  expect(stdout).toMatch(/title/i);
});

test('the words, their order and the title are again what they were', async () => {
  const done = await world.inPlace(`${snapshot}:/Home/Words`);
  expect(done.code, done.said).toBe(0);
  expect(world.texts(words)).toEqual(['first words', 'second words', 'third words']);
  expect(textOf(words.values.title)).toBe('Words');
});

test('an undamaged page is restored without a single write, and its plan is empty', async () => {
  const writes = await world.writesOf(async () => {
    const done = await world.inPlace(`${snapshot}:/Home/Untouched`);
    expect(done.code, done.said).toBe(0);
  });
  expect(writes).toEqual([]);
  const plan = await world.plan(`${snapshot}:/Home/Untouched`);
  expect(at(plan.json, 'plan', 'changes')).toEqual([]);
});

test('a lock that was set since is lifted, and is told in the plan', async () => {
  unlocked.isLocked = true;
  const [block] = blocksOf(unlocked);
  if (block !== undefined) world.reword(block, 'defaced');
  const plan = await world.plan(`${snapshot}:/Home/Locked since`);
  expect(about(at(plan.json, 'plan', 'changes'), 'Locked since')).toMatch(/lock/);
  const done = await world.inPlace(`${snapshot}:/Home/Locked since`);
  expect(done.code, done.said).toBe(0);
  expect(world.texts(unlocked)).toEqual(['without lock']);
  expect(unlocked.isLocked).toBe(false);
});

test('a lock that the original had is set again after its words were mended', async () => {
  locked.isLocked = false;
  const [block] = blocksOf(locked);
  if (block !== undefined) world.reword(block, 'defaced');
  const done = await world.inPlace(`${snapshot}:/Home/Locked before`);
  expect(done.code, done.said).toBe(0);
  expect(world.texts(locked)).toEqual(['under lock']);
  expect(locked.isLocked).toBe(true);
});

test('a renamed property and a renamed option get their names back, by id, and no value is lost', async () => {
  const count = propertyOf(tasks.source, 'Count');
  count.name = 'Amount';
  const kind = propertyOf(tasks.source, 'Kind');
  const before = kind.config;
  kind.config = renamed(before, 'Chore', 'Duty');
  first.values = { ...first.values, [kind.id]: optionOf(tasks, 'Kind', 'Duty') };
  world.edited(tasks.source, first);
  const plan = await world.plan(`${snapshot}:/Home/Tasks`);
  const change = about(at(plan.json, 'plan', 'changes'), 'Tasks');
  expect(change).toMatch(/Amount/);
  expect(change).toMatch(/Duty/);
  const done = await world.inPlace(`${snapshot}:/Home/Tasks`);
  expect(done.code, done.said).toBe(0);
  expect(propertyOf(tasks.source, 'Count').id).toBe(count.id);
  expect(JSON.stringify(kindOf(tasks).config)).toContain('Chore');
  expect(JSON.stringify(kindOf(tasks).config)).not.toContain('Duty');
  expect(first.values[count.id]).toBe(1);
  // Written through the API, a value holds the id of its option alone.
  expect(first.values[kind.id]).toMatchObject({ id: optionOf(tasks, 'Kind', 'Chore').id });
});

test('a removed property comes back with its values', async () => {
  const note = propertyOf(tasks.source, 'Note');
  tasks.source.schema = tasks.source.schema.filter(({ name }) => name !== 'Note');
  const { [note.id]: _gone, ...rest } = first.values;
  first.values = rest;
  world.edited(tasks.source, first);
  const done = await world.inPlace(`${snapshot}:/Home/Tasks`);
  expect(done.code, done.said).toBe(0);
  const again = propertyOf(tasks.source, 'Note');
  expect(textOf(first.values[again.id])).toBe('a note');
});

test('added properties and rows are told and left, and go only with --prune-added', async () => {
  const added = {
    id: 'extr',
    name: 'Extra',
    description: null,
    type: 'number',
    config: { format: 'number' },
  };
  tasks.source.schema = [...tasks.source.schema, added];
  const row = world.row(tasks, 'Added row');
  world.edited(tasks.source);
  const left = await world.inPlace(`${snapshot}:/Home/Tasks`);
  expect(left.said).toMatch(/Added row/);
  expect(left.said).toMatch(/Extra/);
  expect(row.inTrash).toBe(false);
  expect(tasks.source.schema.map(({ name }) => name)).toContain('Extra');
  const pruned = await world.inPlace(`${snapshot}:/Home/Tasks`, '--prune-added');
  expect(pruned.code, pruned.said).toBe(0);
  expect(row.inTrash).toBe(true);
  expect(first.inTrash).toBe(false);
  expect(tasks.source.schema.map(({ name }) => name)).not.toContain('Extra');
});

test('a view that was renamed is renamed back, and one that was deleted is created again', async () => {
  const views = viewed.database.views.flatMap((id) => world.state.views.get(id) ?? []);
  const [table, list] = views;
  if (table === undefined || list === undefined) throw new Error('no views');
  table.name = 'Hidden table';
  viewed.database.views = [table.id];
  world.state.views.delete(list.id);
  world.edited(table, viewed.database);
  const plan = await world.plan(`${snapshot}:/Home/Viewed`);
  expect(about(at(plan.json, 'plan', 'changes'), 'Viewed')).toMatch(/view/);
  const done = await world.inPlace(`${snapshot}:/Home/Viewed`);
  expect(done.code, done.said).toBe(0);
  const names = viewed.database.views.map((id) => world.state.views.get(id)?.name);
  expect(names.sort()).toEqual(['Default view', 'My list']);
  expect(table.name).toBe('Default view');
});

function kindOf({ source }: Table) {
  return propertyOf(source, 'Kind');
}

function renamed(config: object, from: string, to: string) {
  return JSON.parse(JSON.stringify(config).replace(`"${from}"`, `"${to}"`));
}

function blocksOf(page: Page) {
  return page.children.flatMap((id) => world.state.blocks.get(id) ?? []);
}

/** Digests of all files that outlive a run: the store, the configuration, the journals. */
function kept({ machine }: World): string[] {
  return ['store', 'config', 'data'].flatMap((name) => {
    const folder = machine.path(name);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => `${path} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`)
      .sort();
  });
}
