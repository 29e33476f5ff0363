/** A simulated table with every type of property that filters can look at, its values and filters drawn at random. */

import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import type { Random } from '../../../src/simulator/workspace/random.ts';
import { seededRandom } from '../../../src/simulator/workspace/random.ts';
import type { DataSource, PropertySchema, State } from '../../../src/simulator/workspace/state.ts';
import {
  addDatabase,
  addDataSource,
  addPage,
  addUser,
  richText,
} from '../../../src/simulator/workspace/state.ts';
import { smallWorkspace } from '../../simulator/workspace.ts';

const dayMs = 86_400_000;
/** The time at which filters are asked: between two days, and not on the hour. */
export const nowMs = Date.UTC(2026, 5, 17, 13, 20, 7);

const words = ['', 'Ada', 'ada lovelace', 'Straße', 'ZÜRICH', '東京', 'a, b', 'lovelace'];
const optionNames = ['Red', 'Blue', 'a'];
const options = optionNames.map((name, index) => ({
  id: `o${index}`,
  name,
  color: 'red',
  description: null,
}));
const numbers = [-3, 0, 0.5, 2, 2, 40];
const moments = [-400, -31, -30, -29, -8, -7, -6, -4, -3, -1, 0, 1, 3, 4, 6, 7, 8, 29, 30, 365, 366].map(
  (days) => nowMs + days * dayMs,
);

export interface ValueTable {
  readonly state: State;
  readonly source: DataSource;
  readonly random: Random;
  /** People and related pages that values name. */
  readonly people: readonly string[];
  readonly pages: readonly string[];
}

/** A table of `count` rows. */
export function tableOfValues(seed: number, count: number): ValueTable {
  const random = seededRandom(seed);
  const { state, home } = smallWorkspace();
  const people = ['Ada', 'Bruno', 'Chen'].map((name) => addUser(state, { name }).id);
  const inHome = { parent: { type: 'page_id', id: home.id } } as const;
  const target = addDataSource(state, {
    databaseId: addDatabase(state, inHome).id,
    schema: [plain('title', 'title'), plain('weight', 'number'), plain('note', 'rich_text')],
  });
  const pages = words.map(
    (word) =>
      addPage(state, {
        parent: { type: 'data_source_id', id: target.id },
        values: { title: richText(word), weight: pick(random, numbers), note: richText(word) },
      }).id,
  );
  const source = addDataSource(state, {
    databaseId: addDatabase(state, inHome).id,
    schema: schema(target.id),
  });
  const table = { state, source, random, people, pages };
  for (let row = 0; row < count; row += 1) addRow(table, row);
  return table;
}

export function plain(id: string, type: string, config: JsonObject = {}): PropertySchema {
  return { id, name: `The ${id}`, description: null, type, config };
}

function schema(targetId: string): PropertySchema[] {
  const rollup = (id: string, of: string, name: string) =>
    plain(id, 'rollup', { relation_property_id: 'related', rollup_property_id: of, function: name });
  return [
    plain('title', 'title'),
    plain('t%:x', 'rich_text'),
    ...['number', 'checkbox', 'date', 'url', 'email', 'phone_number', 'people', 'files'].map((type) =>
      plain(type, type),
    ),
    ...['created_time', 'last_edited_time', 'created_by', 'last_edited_by', 'unique_id'].map((type) =>
      plain(type, type),
    ),
    ...['select', 'multi_select'].map((type) => plain(type, type, { options })),
    plain('status', 'status', { options, groups: [] }),
    plain('related', 'relation', { data_source_id: targetId, type: 'single_property', single_property: {} }),
    rollup('total', 'weight', 'sum'),
    rollup('weights', 'weight', 'show_original'),
    rollup('notes', 'note', 'show_original'),
    ...['string', 'number', 'boolean', 'date'].map((kind) =>
      plain(`f_${kind}`, 'formula', { expression: kind }),
    ),
  ];
}

function addRow({ state, source, random, people, pages }: ValueTable, row: number): void {
  const some = <T>(value: T): T | null => (random.chance(0.25) ? null : value);
  const text = () => richText(pick(random, words));
  const word = () => some(pick(random, words.slice(1)));
  const day = () => dateValue(random);
  const option = () => ({ id: pick(random, options).id });
  addPage(state, {
    parent: { type: 'data_source_id', id: source.id },
    createdTime: pick(random, moments),
    editedTime: pick(random, moments),
    createdBy: pick(random, people),
    editedBy: pick(random, people),
    isArchived: random.chance(0.05),
    values: {
      title: text(),
      't%:x': random.chance(0.2) ? [] : text(),
      number: some(pick(random, numbers)),
      checkbox: random.chance(0.5),
      date: some(day()),
      url: word(),
      email: word(),
      phone_number: word(),
      people: people.filter(() => random.chance(0.3)).map((id) => ({ object: 'user', id })),
      files: random.chance(0.5)
        ? []
        : [{ name: 'a', type: 'external', external: { url: 'https://a.example/' } }],
      unique_id: row + 1,
      select: some(option()),
      multi_select: options.filter(() => random.chance(0.4)).map(({ id }) => ({ id })),
      status: some(option()),
      related: pages.filter(() => random.chance(0.2)).map((id) => ({ id })),
      f_string: { type: 'string', string: word() },
      f_number: { type: 'number', number: some(pick(random, numbers)) },
      f_boolean: { type: 'boolean', boolean: random.chance(0.5) },
      f_date: { type: 'date', date: some(day()) },
    },
  });
}

function dateValue(random: Random): JsonObject {
  const moment = new Date(pick(random, moments) + random.below(dayMs));
  const start = random.chance(0.5)
    ? moment.toISOString().slice(0, 10)
    : moment.toISOString().replace('Z', '+00:00');
  return { start, end: null, time_zone: null };
}

/** A filter of at most two levels of `and` and `or`. */
export function someFilter(table: ValueTable, depth = 0): JsonObject {
  const { random } = table;
  if (depth === 2 || random.chance(depth === 0 ? 0.4 : 0.7)) return leaf(table);
  const parts = Array.from({ length: 1 + random.below(3) }, () => someFilter(table, depth + 1));
  return { [random.chance(0.5) ? 'and' : 'or']: parts };
}

function leaf(table: ValueTable): JsonObject {
  const { random, source } = table;
  if (random.chance(0.1)) {
    const timestamp = pick(random, ['created_time', 'last_edited_time']);
    return { timestamp, [timestamp]: dateCondition(random) };
  }
  const property = pick(random, source.schema);
  const key = random.chance(0.5) ? property.name : property.id;
  return { property: key, ...condition(property, table) };
}

function condition({ id, type }: PropertySchema, table: ValueTable): JsonObject {
  const { random } = table;
  const of = (kind: string) => plainCondition(kind, table);
  if (type === 'formula') {
    const kind = id === 'f_boolean' ? 'checkbox' : id.slice(2);
    return { formula: { [kind]: of(kind === 'string' ? 'rich_text' : kind) } };
  }
  if (id === 'total') return { rollup: { number: of('number') } };
  if (type === 'rollup') {
    const kind = id === 'weights' ? 'number' : 'rich_text';
    return { rollup: { [pick(random, ['any', 'every', 'none'])]: { [kind]: of(kind) } } };
  }
  const isText = ['title', 'url', 'email', 'phone_number'].includes(type);
  return { [isText && random.chance(0.3) ? 'rich_text' : type]: of(type) };
}

function plainCondition(type: string, { random, people, pages }: ValueTable): JsonObject {
  if (type !== 'checkbox' && (type === 'files' || random.chance(0.2)))
    return { [pick(random, ['is_empty', 'is_not_empty'])]: true };
  const one = (operators: string, operand: Json) => ({ [pick(random, operators.split(' '))]: operand });
  switch (type) {
    case 'number':
    case 'unique_id':
      return one(
        'equals does_not_equal greater_than less_than greater_than_or_equal_to less_than_or_equal_to',
        pick(random, numbers),
      );
    case 'checkbox':
      return one('equals does_not_equal', random.chance(0.5));
    case 'select':
    case 'status':
      return one('equals does_not_equal', pick(random, optionNames));
    case 'multi_select':
      return one('contains does_not_contain', pick(random, optionNames));
    case 'people':
    case 'created_by':
    case 'last_edited_by':
      return one('contains does_not_contain', pick(random, people));
    case 'relation':
      return one('contains does_not_contain', pick(random, pages));
    case 'date':
    case 'created_time':
    case 'last_edited_time':
      return dateCondition(random);
    default:
      return one(
        'equals does_not_equal contains does_not_contain starts_with ends_with',
        pick(random, words.slice(1)),
      );
  }
}

function dateCondition(random: Random): JsonObject {
  if (random.chance(0.4))
    return {
      [pick(random, 'this_week past_week past_month past_year next_week next_month next_year'.split(' '))]:
        {},
    };
  const moment = new Date(pick(random, moments)).toISOString();
  const operand = random.chance(0.5) ? moment.slice(0, 10) : moment;
  return { [pick(random, 'equals before after on_or_before on_or_after'.split(' '))]: operand };
}

/** One to three sorts. Options are left out: Notion sorts them by their place in the schema, the simulator by name. */
export function someSorts({ random, source }: ValueTable): JsonObject[] {
  const left = ['select', 'status', 'multi_select', 'relation', 'rollup'];
  const properties = source.schema.filter(({ id, type }) => !left.includes(type) || id === 'total');
  return Array.from({ length: 1 + random.below(3) }, () => {
    const direction = pick(random, ['ascending', 'descending']);
    return random.chance(0.2)
      ? { timestamp: pick(random, ['created_time', 'last_edited_time']), direction }
      : { property: pick(random, properties).id, direction };
  });
}

export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[random.below(items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}
