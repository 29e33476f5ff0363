/** What a restore in place cannot bring back is told in its plan and found by its comparison; what it can comes back whole. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { purge } from '../../../src/simulator/workspace/state.ts';
import type { Page, Table, World } from '../../truth/world.ts';
import { about, at, failure, newWorld, optionsOf, propertyOf } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;
let snapshot: string;
let list: Page;
let firstBelow: Page;
let lastBelow: Page;
let left: Page;
let elsewhere: Page;
let purged: Page;
let unread: Page;
let tasks: Table;
let people: Table;
let task: Page;
let person: Page;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  list = world.page('List');
  firstBelow = world.below(list, 'First below');
  world.write(list, 'between');
  lastBelow = world.below(list, 'Last below');
  left = world.page('Left');
  world.write(left, 'left alone');
  elsewhere = world.page('Elsewhere');
  const holder = world.page('Holder');
  purged = world.below(holder, 'Purged');
  world.write(purged, 'gone for good', 'with this');
  unread = world.below(world.page('Shelf'), 'Unread');
  people = world.table('People', {});
  tasks = world.table('Tasks', { Kind: { type: 'select', config: optionsOf(world.state, 'Chore') } });
  relate(tasks, 'Owner', people, 'Owned');
  person = world.row(people, 'Ada');
  task = world.row(tasks, 'Wash', { Owner: [{ id: person.id }] });
  person.values = { ...person.values, [propertyOf(people.source, 'Owned').id]: [{ id: task.id }] };
  snapshot = await world.between.spoil(
    {
      before: ({ path }) =>
        path === `/v1/pages/${unread.id}` || path === `/v1/blocks/${unread.id}/children`
          ? failure(403, 'restricted_resource', 'Not for you.')
          : undefined,
    },
    () => world.backup([], 3),
  );
});
afterAll(() => world.close());

test('pages in another order are told in the plan, and are no lost pages afterwards: exit 3', async () => {
  list.children = [...list.children].reverse();
  world.edited(list);
  const plan = await world.plan(`${snapshot}:/Home/List`);
  expect(about(at(plan.json, 'plan', 'changes'), list.id)).toMatch(/position.*no request moves/);
  const done = await world.inPlace(`${snapshot}:/Home/List`);
  expect(done.code, done.said).toBe(3);
  expect(at(done.json, 'comparison', 'counts')).toMatchObject({ lost: 0, extra: 0, unknown: 0 });
  expect(about(at(done.json, 'comparison', 'findings'), 'position of child_page')).not.toBe('');
  list.children = [...list.children].reverse();
});

test('a page that was moved away comes back at the end of its parent, and the plan says so', async () => {
  world.move(firstBelow, elsewhere);
  const plan = await world.plan(`${snapshot}:/Home/List`);
  const told = about(at(plan.json, 'plan', 'changes'), firstBelow.id);
  expect(told).toMatch(/"moved"/);
  expect(told).toMatch(/"position".*end of its parent/);
  const done = await world.inPlace(`${snapshot}:/Home/List`);
  expect(done.code, done.said).toBe(3);
  expect(firstBelow.parent.id).toBe(list.id);
  expect(lastBelow.inTrash).toBe(false);
  expect(at(done.json, 'comparison', 'counts', 'lost')).toBe(0);
});

test('an option of another colour is told and left, and the comparison finds it', async () => {
  const kind = propertyOf(tasks.source, 'Kind');
  const before = kind.config;
  kind.config = JSON.parse(JSON.stringify(before).replace('"default"', '"red"'));
  world.edited(tasks.source);
  const plan = await world.plan(`${snapshot}:/Home/Tasks`);
  expect(about(at(plan.json, 'plan', 'changes'), 'option colour')).toMatch(/Chore: default.*Chore: red/);
  const done = await world.inPlace(`${snapshot}:/Home/Tasks`);
  expect(done.code, done.said).toBe(3);
  propertyOf(tasks.source, 'Kind').config = before;
});

test('an icon that no request clears is told, and everything else of its database comes back', async () => {
  tasks.database.icon = { type: 'emoji', emoji: '💀' };
  tasks.database.isLocked = true;
  world.edited(tasks.database);
  const plan = await world.plan(`${snapshot}:/Home/Tasks`);
  expect(about(at(plan.json, 'plan', 'changes'), 'icon')).toMatch(/no request clears/);
  await world.inPlace(`${snapshot}:/Home/Tasks`);
  expect(tasks.database.isLocked).toBe(false);
  tasks.database.icon = null;
});

test.each(['Owner', 'both sides'])(
  'a relation that shows on both sides does so again, with its values (removed: %s)',
  async (removed) => {
    drop(tasks, 'Owner');
    if (removed === 'Owner') loosen(people, 'Owned');
    else drop(people, 'Owned');
    const done = await world.inPlace(`${snapshot}:/Home`);
    expect(at(done.json, 'errors'), done.said).toEqual([]);
    const [owner, owned] = [propertyOf(tasks.source, 'Owner'), propertyOf(people.source, 'Owned')];
    expect(at(owner.config, 'dual_property', 'synced_property_id')).toBe(owned.id);
    expect(at(owned.config, 'dual_property', 'synced_property_id')).toBe(owner.id);
    expect(task.values[owner.id]).toEqual([{ id: person.id }]);
    expect(person.values[owned.id]).toEqual([{ id: task.id }]);
    expect([tasks, people].map(({ source }) => source.schema.length)).toEqual([3, 2]);
  },
);

test('an object that the backup failed to read is named, and stays as it is', async () => {
  const plan = await world.plan(`${snapshot}:/Home/Shelf`);
  expect(plan.code, plan.said).toBe(3);
  expect(about(at(plan.json, 'plan', 'not_in_snapshot'), unread.id)).not.toBe('');
  expect(at(plan.json, 'plan', 'added')).toEqual([]);
  const done = await world.inPlace(`${snapshot}:/Home/Shelf`, '--prune-added');
  expect(done.code, done.said).toBe(3);
  expect(unread.inTrash).toBe(false);
});

test('a page that was deleted for good is created once, however often the restore is repeated', async () => {
  purge(world.state, purged);
  await world.inPlace(`${snapshot}:/Home/Holder`);
  const writes = await world.writesOf(async () => {
    const again = await world.inPlace(`${snapshot}:/Home/Holder`);
    expect(at(again.json, 'comparison', 'counts'), again.said).toMatchObject({ lost: 0, extra: 0 });
    expect(at(again.json, 'changes')).toEqual([]);
    await world.inPlace(`${snapshot}:/Home/Holder/Purged`);
  });
  expect(writes).toEqual([]);
  const copies = [...world.state.pages.values()].filter(({ values }) =>
    JSON.stringify(values).includes('Purged'),
  );
  expect(copies.map((page) => world.texts(page))).toEqual([['gone for good', 'with this']]);
});

test('undo takes the newest restore: one in place is named with its way back, and nothing older is undone for it', async () => {
  const copied = await world.run(['restore', '--json', '--root-id', elsewhere.id, `${snapshot}:/Home/Left`]);
  expect(copied.code, copied.said).toBe(0);
  const [block] = left.children.flatMap((id) => world.state.blocks.get(id) ?? []);
  if (block !== undefined) world.reword(block, 'defaced');
  await world.inPlace(`${snapshot}:/Home/Left`);
  const writes = await world.writesOf(async () => {
    const undone = await world.run(['restore', '--undo', '--yes']);
    expect(undone.code, undone.said).toBe(64);
    expect(undone.said).toMatch(/in place.*Left[\s\S]*restore --in-place [0-9a-f]{8}/);
  });
  expect(writes).toEqual([]);
  const undone = await world.run(['restore', '--undo', '--yes', '--root-id', elsewhere.id]);
  expect(undone.code, undone.said).toBe(0);
  expect(undone.said).toContain('Left');
  expect(left.inTrash).toBe(false);
});

test('another workspace is not restored in place, and its token undoes nothing', async () => {
  const other = await newWorld({ seed: 78 }, new InProcessMachine());
  try {
    const env = { NOTION_API_URL: other.between.url, NOTION_TOKEN: other.simulator.token };
    const strange = await world.run(['restore', '--in-place', '--yes', snapshot], { env });
    expect(strange.code, strange.said).toBe(64);
    expect(strange.said).toContain('another workspace');
    const latest = await world.run(['restore', '--in-place', '--yes', 'latest'], { env });
    expect(latest.code, latest.said).toBe(66);
    const copied = await world.run([
      'restore',
      '--json',
      '--root-id',
      elsewhere.id,
      `${snapshot}:/Home/Left`,
    ]);
    expect(copied.code, copied.said).toBe(0);
    const undone = await world.run(['restore', '--undo', '--yes'], { env });
    expect(undone.code, undone.said).toBe(66);
    expect(undone.said).not.toContain('undone;');
  } finally {
    await other.close();
  }
});

function relate(from: Table, name: string, to: Table, mirror: string): void {
  const side = (id: string, own: string, source: Table, otherId: string, other: string) => ({
    id,
    name: own,
    description: null,
    type: 'relation',
    config: {
      database_id: source.database.id,
      data_source_id: source.source.id,
      type: 'dual_property',
      dual_property: { synced_property_name: other, synced_property_id: otherId },
    },
  });
  from.source.schema = [...from.source.schema, side('rel1', name, to, 'rel2', mirror)];
  to.source.schema = [...to.source.schema, side('rel2', mirror, from, 'rel1', name)];
}

function drop({ source }: Table, name: string): void {
  const { id } = propertyOf(source, name);
  source.schema = source.schema.filter((property) => property.id !== id);
  for (const row of source.rows.flatMap((each) => world.state.pages.get(each) ?? [])) {
    const { [id]: _gone, ...rest } = row.values;
    row.values = rest;
  }
}

/** Leaves a relation with one side only, as Notion does when the other side is deleted. */
function loosen({ source }: Table, name: string): void {
  const property = propertyOf(source, name);
  const { dual_property: _both, ...config } = property.config;
  property.config = { ...config, type: 'single_property', single_property: {} };
}
