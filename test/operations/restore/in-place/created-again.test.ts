/** A copy of something that was deleted for good has another id: what leads to it follows in the same run, and later runs know it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pageMention } from '../../../../src/simulator/sample/parts/text.ts';
import * as records from '../../../../src/simulator/workspace/state.ts';
import { InProcessMachine } from '../../../cli/in-process-machine.ts';
import type { Page, World } from '../../../cli/world.ts';
import { at, mapsIn, newWorld, propertyOf, runs, textOf } from '../../../cli/world.ts';

let world: World;
let folder: Page;

beforeEach(async () => {
  world = await newWorld({}, new InProcessMachine());
  folder = world.page('Folder');
});
afterEach(() => world.close());

/** Differences that the plan tells of the object called so. */
async function told(place: string, title: string): Promise<unknown[]> {
  const { json } = await world.plan(place);
  const changes = mapsIn(at(json, 'plan', 'changes'));
  const found = changes.find(({ path }) => String(path).split('/').at(-1)?.startsWith(`${title}~`));
  return mapsIn(found?.differences).map(({ what }) => what);
}

/** The page called so that is there now. */
function pageCalled(title: string): Page | undefined {
  return [...world.state.pages.values()].find((page) => !page.inTrash && textOf(page.values.title) === title);
}

function mentioned(value: unknown): unknown[] {
  return mapsIn(value).flatMap((run) => at(run, 'mention', 'page', 'id') ?? []);
}

test('mentions in titles, values and descriptions lead to the page that was created again', async () => {
  const gone = world.below(folder, 'Gone');
  const mention = [...runs('see '), pageMention(gone.id, 'Gone')];
  const page = world.below(folder, 'Page', {
    values: { title: [...runs('Page'), pageMention(gone.id, 'Gone')] },
  });
  const table = world.table('Table', { Note: 'rich_text' }, { description: mention });
  const row = world.row(table, 'Row', { Note: mention });
  const snapshot = await world.backup();
  const place = `${snapshot}:/Home`;
  records.purge(world.state, gone);
  expect(await told(place, 'Table')).toEqual(['description']);
  expect(await told(place, 'Row')).toEqual(['value']);

  const done = await world.inPlace(place);
  expect(done.code, done.said).toBe(0);
  const again = pageCalled('Gone')?.id;
  expect(again).not.toBe(undefined);
  const { id: note } = propertyOf(table.source, 'Note');
  expect([page.values.title, row.values[note], table.database.description].map(mentioned)).toEqual([
    [again],
    [again],
    [again],
  ]);
  expect(await world.writesOf(() => world.inPlace(place))).toEqual([]);
});

test('a copy of a synced block whose original was deleted for good leads to the original written again', async () => {
  const home = world.below(folder, 'Originals');
  const original = world.block(home, 'synced_block', { synced_from: null });
  world.write(original, 'shared words');
  const page = world.below(folder, 'Copies');
  world.write(page, 'before');
  world.block(page, 'synced_block', { synced_from: { type: 'block_id', block_id: original.id } });
  world.write(page, 'after');
  const snapshot = await world.backup();
  const place = `${snapshot}:/Home/Folder`;
  for (const id of original.children) {
    const inner = world.state.blocks.get(id);
    if (inner !== undefined) records.purge(world.state, inner);
  }
  records.purge(world.state, original);
  expect(await told(place, 'Copies')).toEqual(['block added', 'block removed']);

  const done = await world.inPlace(place);
  expect(done.code, done.said).toBe(0);
  const [again] = home.children;
  const blocks = page.children.flatMap((id) => {
    const block = world.state.blocks.get(id);
    return block === undefined || block.inTrash ? [] : [block];
  });
  expect(blocks.map(({ type }) => type)).toEqual(['paragraph', 'synced_block', 'paragraph']);
  expect(at(blocks[1]?.payload, 'synced_from', 'block_id')).toBe(again);
  expect(again).not.toBe(original.id);
  expect(await world.writesOf(() => world.inPlace(place))).toEqual([]);
});

test('a property that a restore created again is the same one when people rename it', async () => {
  const { source, ...rest } = world.table('Table', { Site: 'url', Note: 'rich_text' });
  const row = world.row({ source, ...rest }, 'Row', { Site: 'https://example.com/kept' });
  const snapshot = await world.backup();
  const place = `${snapshot}:/Home`;
  const site = propertyOf(source, 'Site');
  source.schema = source.schema.filter(({ id }) => id !== site.id);
  row.values = Object.fromEntries(Object.entries(row.values).filter(([id]) => id !== site.id));
  expect((await world.inPlace(place)).code).toBe(0);
  const fresh = propertyOf(source, 'Site').id;

  source.schema = source.schema.map((each) => (each.id === fresh ? { ...each, name: 'Renamed' } : each));
  expect(await told(place, 'Table')).toEqual(['property renamed']);
  const done = await world.inPlace(place);
  expect(done.code, done.said).toBe(0);
  expect(source.schema.map(({ name }) => name).sort()).toEqual(['Name', 'Note', 'Site']);
  expect(propertyOf(source, 'Site').id).toBe(fresh);
  expect(row.values[fresh]).toBe('https://example.com/kept');
});

test('a view that a restore created again is the same one when people rename it and delete its database', async () => {
  const { database, source } = world.table('Table', {});
  const view = records.addView(world.state, {
    databaseId: database.id,
    dataSourceId: source.id,
    type: 'list',
    name: 'Second',
    createdTime: world.later(),
    configuration: { type: 'list' },
  });
  const snapshot = await world.backup();
  const place = `${snapshot}:/Home`;
  database.views = database.views.filter((id) => id !== view.id);
  world.state.views.delete(view.id);
  expect((await world.inPlace(place)).code).toBe(0);
  const shown = () => database.views.flatMap((id) => world.state.views.get(id) ?? []);
  const again = shown().find(({ name }) => name === 'Second');
  expect(again?.id).not.toBe(undefined);

  if (again !== undefined) again.name = 'Renamed';
  database.inTrash = true;
  const done = await world.inPlace(place);
  expect(done.code, done.said).toBe(0);
  expect(shown().map(({ name, id }) => [name, id === again?.id])).toEqual([
    ['Default view', false],
    ['Second', true],
  ]);
  expect(await world.writesOf(() => world.inPlace(place))).toEqual([]);
});
