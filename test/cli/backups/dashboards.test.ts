/** Widgets of dashboards are captured by their ids where the list of views does not name them, or told as a gap. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OddWorkspace } from '../../../src/simulator/sample/odd/odd-workspace.ts';
import { oddWorkspace } from '../../../src/simulator/sample/odd/odd-workspace.ts';
import type { World } from '../../truth/world.ts';
import { about, failure, newWorld } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;
let odd: OddWorkspace;
let snapshot: string;

beforeAll(async () => {
  odd = oddWorkspace();
  world = await newWorld({ state: odd.state, faults: { widgetsUnlisted: 1 } }, new InProcessMachine());
  snapshot = String((await world.run(['backup', '--json'])).json.snapshot);
});
afterAll(() => world.close());

test('a widget that the list of views leaves out is in the snapshot', async () => {
  const printed = await world.run(['cat', `${snapshot}:/Odd things/Figures`]);
  for (const { name } of odd.dashboard.widgets) expect(printed.stdout).toContain(name);
});

test('a widget that cannot be read is a gap, named with its database', async () => {
  const [widget] = odd.dashboard.widgets;
  const done = await world.between.spoil(
    {
      before: ({ path }) =>
        path === `/v1/views/${widget?.id}`
          ? failure(404, 'object_not_found', 'Could not find view.')
          : undefined,
    },
    () => world.run(['backup', '--json', '--full']),
  );
  expect(done.code, done.said).toBe(3);
  expect(about(done.json.errors, widget?.id ?? 'none')).not.toBe('');
});

test('a copy of a database with a dashboard has the dashboard and its widgets', async () => {
  const target = world.page('Copies');
  const done = await world.run([
    'restore',
    '--json',
    '--root-id',
    target.id,
    `${snapshot}:/Odd things/Figures`,
  ]);
  expect(done.code, done.said).toBe(0);
  const copies = [...world.state.views.values()].filter(
    ({ databaseId }) => databaseId !== odd.dashboard.dashboard.databaseId,
  );
  const dashboard = copies.find(({ type }) => type === 'dashboard');
  const widgets = copies.filter(({ dashboardViewId }) => dashboardViewId === dashboard?.id);
  expect(widgets.map(({ name }) => name).sort()).toEqual(
    odd.dashboard.widgets.map(({ name }) => name).sort(),
  );
});

test('a comment under a name of its own keeps that name in a copy', async () => {
  const target = world.page('Signed copies');
  await world.run(['restore', '--json', '--root-id', target.id, `${snapshot}:/Odd things`]);
  const [copy] = target.children.flatMap((id) => world.state.pages.get(id) ?? []);
  const names = [...world.state.comments.values()]
    .filter(({ parent }) => parent.id === copy?.id)
    .map(({ displayName }) => displayName.resolvedName ?? '');
  expect(names.some((name) => name.includes('Grace Hopper'))).toBe(true);
  expect(names.some((name) => name.includes('Ada Lovelace (1843)'))).toBe(true);
});
