/** Places among siblings: what requests can put back comes back, and the plan and the comparison tell the rest alike. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as records from '../../../../src/simulator/workspace/state.ts';
import { InProcessMachine } from '../../../cli/in-process-machine.ts';
import type { JsonMap, Page, World } from '../../../cli/world.ts';
import { at, mapsIn, newWorld, runs, textOf } from '../../../cli/world.ts';

let world: World;
let folder: Page;

beforeEach(async () => {
  world = await newWorld({}, new InProcessMachine());
  folder = world.page('Folder');
});
afterEach(() => world.close());

/** Words of the live children of the folder, in their order. */
function children(): string[] {
  const { pages, databases, blocks } = world.state;
  return folder.children.flatMap((id) => {
    const page = pages.get(id);
    if (page !== undefined) return page.inTrash ? [] : [textOf(page.values.title)];
    const database = databases.get(id);
    if (database !== undefined) return database.inTrash ? [] : [textOf(database.title)];
    const block = blocks.get(id);
    return block === undefined || block.inTrash ? [] : [textOf(block.payload.rich_text ?? []) || block.type];
  });
}

/** Places that a plan leaves, by the object or block it names them for. */
async function leftPlaces(place: string): Promise<JsonMap[]> {
  const { json } = await world.plan(place);
  return mapsIn(at(json, 'plan', 'changes')).flatMap(({ differences }) =>
    mapsIn(differences).filter(({ what, left }) => what === 'position' && typeof left === 'string'),
  );
}

function positionsIn(done: { readonly json: JsonMap }): unknown[] {
  const findings = mapsIn(at(done.json, 'comparison', 'findings'));
  return findings.filter(({ what }) => String(what).startsWith('position of')).map(({ what }) => what);
}

/** Turns the children of the folder into those of `order`. */
function arrange(...order: readonly { readonly id: string }[]): void {
  folder.children = order.map(({ id }) => id);
  world.edited(folder);
}

test('a page that was deleted for good comes back between neighbours that came out of the trash', async () => {
  const [before, gone, after] = ['Before', 'Gone', 'After'].map((title) => world.below(folder, title));
  const snapshot = await world.backup();
  if (before === undefined || gone === undefined || after === undefined) throw new Error('no pages');
  world.trash(before, after);
  records.purge(world.state, gone);
  expect(await leftPlaces(`${snapshot}:/Home/Folder`)).toEqual([]);
  const done = await world.inPlace(`${snapshot}:/Home/Folder`);
  expect(done.code, done.said).toBe(0);
  expect(children()).toEqual(['Before', 'Gone', 'After']);
  const again = await world.plan(`${snapshot}:/Home/Folder`);
  expect(at(again.json, 'plan', 'changes')).toEqual([]);
});

test('blocks in another order are put around one that no request can write again', async () => {
  const [one] = world.write(folder, 'one');
  const template = world.block(folder, 'template', { rich_text: runs('a template') });
  const [two] = world.write(folder, 'two');
  const snapshot = await world.backup();
  if (one === undefined || two === undefined) throw new Error('no blocks');
  arrange(two, template, one);
  const done = await world.inPlace(`${snapshot}:/Home/Folder`);
  expect(done.code, done.said).toBe(0);
  expect(children()).toEqual(['one', 'a template', 'two']);
  expect(positionsIn(done)).toEqual([]);
});

test('a block that no request can write again stays where it was moved, and plan and comparison say so', async () => {
  const template = world.block(folder, 'template', { rich_text: runs('a template') });
  const texts = world.write(folder, 'one', 'two', 'three');
  const snapshot = await world.backup();
  arrange(...texts, template);
  expect(await leftPlaces(`${snapshot}:/Home/Folder`)).toMatchObject([{ name: 'template a template' }]);
  const done = await world.inPlace(`${snapshot}:/Home/Folder`);
  expect(positionsIn(done)).toEqual(['position of template']);
  expect(done.code, done.said).toBe(3);
  expect(children()).toEqual(['one', 'two', 'three', 'a template']);
});

test('a database that was deleted for good comes to the end of its page, and plan and comparison say so', async () => {
  const { database, source } = world.table('Table', {}, { parent: { type: 'page_id', id: folder.id } });
  world.write(folder, 'below the table');
  const snapshot = await world.backup();
  records.purge(world.state, source);
  records.purge(world.state, database);
  expect(await leftPlaces(`${snapshot}:/Home/Folder`)).toHaveLength(1);
  const done = await world.inPlace(`${snapshot}:/Home/Folder`);
  expect(positionsIn(done)).toEqual(['position of child_database']);
  expect(children()).toEqual(['below the table', 'Table']);
  expect(await world.writesOf(() => world.inPlace(`${snapshot}:/Home/Folder`))).toEqual([]);
});

test('a page that was deleted for good and lay in a block comes to the end of its page, and plan and comparison say so', async () => {
  const toggle = world.toggle(folder, 'A toggle');
  const inner = world.below(folder, 'Inner');
  records.moveTo(world.state, inner, { type: 'block_id', id: toggle.id });
  world.write(folder, 'last');
  const snapshot = await world.backup();
  records.purge(world.state, inner);
  expect(await leftPlaces(`${snapshot}:/Home/Folder`)).toHaveLength(1);
  const done = await world.inPlace(`${snapshot}:/Home/Folder`);
  expect(children()).toEqual(['A toggle', 'last', 'Inner']);
  expect(positionsIn(done)).toEqual(['position of child_page']);
  expect(await world.writesOf(() => world.inPlace(`${snapshot}:/Home/Folder`))).toEqual([]);
});
