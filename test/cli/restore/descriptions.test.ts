/** Descriptions of properties come back: requests take one beside a definition alone. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PropertySchema } from '../../../src/simulator/workspace/records.ts';
import { addDataSource } from '../../../src/simulator/workspace/state.ts';
import { InProcessMachine } from '../in-process-machine.ts';
import type { Table, World } from '../world.ts';
import { newWorld, optionsOf } from '../world.ts';

let world: World;
let snapshot: string;
let tasks: Table;
const wanted = (name: string) => `what ${name} means`;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  tasks = world.table('Tasks', {
    Count: { type: 'number', config: { format: 'euro' } },
    Kind: { type: 'select', config: optionsOf(world.state, 'Chore', 'Errand') },
    Key: { type: 'unique_id', config: { prefix: 'KEY' } },
    Sum: { type: 'formula', config: { expression: '1 + 1' } },
    Note: 'rich_text',
  });
  describe(tasks.source.schema, wanted);
  const { id } = addDataSource(world.state, {
    databaseId: tasks.database.id,
    schema: tasks.source.schema.map((property) => ({ ...property })),
    title: tasks.source.title,
    createdTime: world.later(),
  });
  tasks.database.dataSources = [tasks.source.id, id];
  snapshot = await world.backup();
});
afterAll(() => world.close());

function describe(schema: readonly PropertySchema[], words: (name: string) => string | null): void {
  for (const property of schema) property.description = words(property.name);
}

function descriptions(schema: readonly PropertySchema[] | undefined): { [name: string]: string | null } {
  return Object.fromEntries((schema ?? []).map(({ name, description }) => [name, description]));
}

test('a restore in place gives each property its description back, whatever its type', async () => {
  const before = descriptions(tasks.source.schema);
  const options = JSON.stringify(tasks.source.schema.map(({ config }) => config));
  describe(tasks.source.schema, () => null);
  world.edited(tasks.source, tasks.database);
  const done = await world.inPlace(`${snapshot}:/Home/Tasks`);
  expect(done.code, done.said).toBe(0);
  expect(descriptions(tasks.source.schema)).toEqual(before);
  expect(JSON.stringify(tasks.source.schema.map(({ config }) => config))).toBe(options);
});

test('a copy has the descriptions of both of its data sources', async () => {
  const target = world.page('Copies');
  const done = await world.run(['restore', '--json', '--root-id', target.id, `${snapshot}:/Home/Tasks`]);
  expect(done.code, done.said).toBe(0);
  const copy = [...world.state.databases.values()].find(({ parent }) => parent.id === target.id);
  const sources = (copy?.dataSources ?? []).map((id) => world.state.dataSources.get(id)?.schema);
  expect(sources.map(descriptions)).toEqual([1, 2].map(() => descriptions(tasks.source.schema)));
});
