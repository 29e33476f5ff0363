/** A restore of a part refers to what lies outside it, as long as that is there, and the comparison expects that. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/document/json.ts';
import { InProcessMachine } from '../in-process-machine.ts';
import type { Page, Table, World } from '../world.ts';
import { newWorld, propertyOf } from '../world.ts';

let world: World;
let snapshot: string;
let named: Page;
let people: Table;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  named = world.page('Named');
  const naming = world.page('Naming');
  world.block(naming, 'paragraph', { rich_text: [mentionOf(named.id, 'Named')], color: 'default' });
  world.block(naming, 'link_to_page', { type: 'page_id', page_id: named.id });
  people = world.table('People', {});
  const person = world.row(people, 'Ada');
  const { source, database } = people;
  const teams = world.table('Teams', {
    Members: {
      type: 'relation',
      config: {
        database_id: database.id,
        data_source_id: source.id,
        type: 'single_property',
        single_property: {},
      },
    },
    Note: 'rich_text',
  });
  world.row(teams, 'Everybody', {
    Members: [{ id: person.id }],
    Note: [mentionOf(named.id, 'Named')],
  });
  snapshot = await world.backup();
});
afterAll(() => world.close());

function mentionOf(id: string, title: string): JsonObject {
  return {
    type: 'mention',
    mention: { type: 'page', page: { id } },
    annotations: {
      bold: false,
      italic: false,
      strikethrough: false,
      underline: false,
      code: false,
      color: 'default',
    },
    plain_text: title,
    href: `https://www.notion.so/${id.replaceAll('-', '')}`,
  };
}

test('a page alone keeps its mentions of pages that are there', async () => {
  for (const verify of ['fast', 'full']) {
    const target = world.page(`Copies of a page, ${verify}`);
    const done = await world.run([
      'restore',
      '--verify',
      verify,
      '--root-id',
      target.id,
      `${snapshot}:/Home/Naming`,
    ]);
    expect(done.code, done.said).toBe(0);
  }
});

test('a database alone keeps its relations to another and the mentions in its rows', async () => {
  const target = world.page('Copies of a database');
  const done = await world.run(['restore', '--root-id', target.id, `${snapshot}:/Home/Teams`]);
  expect(done.code, done.said).toBe(0);
  const copy = [...world.state.databases.values()].find(({ parent }) => parent.id === target.id);
  const source = world.state.dataSources.get(copy?.dataSources[0] ?? '');
  if (source === undefined) throw new Error('there is no copy');
  const row = world.state.pages.get(source.rows[0] ?? '');
  expect(row?.values[propertyOf(source, 'Members').id]).toEqual([{ id: people.source.rows[0] }]);
});
