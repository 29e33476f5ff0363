/** Databases of a generated workspace: their schemas, and the values of their rows, created when they are asked for. */
import type { Json, JsonObject } from '../../workspace/json.ts';
import type { Random } from '../../workspace/random.ts';
import type { DataSource, Parent, PropertySchema } from '../../workspace/state.ts';
import type { Sample } from '../parts/sample.ts';
import {
  date,
  options,
  property,
  related,
  rollupConfig,
  sampleDatabase,
  sampleSource,
  sampleView,
  statusConfig,
} from '../parts/tables.ts';
import { text } from '../parts/text.ts';
import { phrase, pick, richWords, title } from './words.ts';

/** A generated data source and what its rows' values are created with. */
export interface GeneratedTable {
  readonly source: DataSource;
  readonly relation: PropertySchema;
  /** The properties as they were generated: a row that nobody wrote to keeps its values when the schema changes. */
  readonly schema: readonly PropertySchema[];
}

/** Adds `count` databases under `parents`, each related to the next one, with `views` views each. */
export function addTables(
  sample: Sample,
  count: number,
  views: number,
  parentOf: (table: number) => Parent,
): GeneratedTable[] {
  const tables = Array.from({ length: count }, (_, number) =>
    addTable(sample, parentOf(number), number, views),
  );
  for (const [number, { source, relation }] of tables.entries()) {
    const target = tables[(number + 1) % count]?.source ?? source;
    relation.config = { data_source_id: target.id, type: 'single_property', single_property: {} };
    const amount = target.schema.find(({ name }) => name === 'Amount');
    if (amount === undefined) continue;
    const sum = property(sample, 'Sum', 'rollup', rollupConfig(relation, amount, 'sum'));
    source.schema = [...source.schema, sum];
  }
  return tables.map((table) => ({ ...table, schema: table.source.schema }));
}

function addTable(
  sample: Sample,
  parent: Parent,
  number: number,
  views: number,
): Omit<GeneratedTable, 'schema'> {
  const database = sampleDatabase(sample, parent, `Table ${number + 1}`, { isInline: number % 3 === 0 });
  const relation = property(sample, 'Next', 'relation');
  const colours = options(sample, 'Red:red', 'Green:green', 'Blue:blue', 'None');
  const source = sampleSource(sample, database, [
    property(sample, 'Name', 'title'),
    property(sample, 'Amount', 'number', { format: 'number' }),
    property(sample, 'Colour', 'select', { options: colours }),
    property(sample, 'Marks', 'multi_select', { options: options(sample, 'a', 'b:blue', 'c:pink') }),
    property(sample, 'State', 'status', {
      ...statusConfig(sample, { 'To-do': ['Open'], 'In progress': ['Doing'], Complete: ['Closed'] }),
    }),
    property(sample, 'When', 'date'),
    property(sample, 'Done', 'checkbox'),
    property(sample, 'Remark', 'rich_text'),
    property(sample, 'Site', 'url'),
    property(sample, 'Who', 'people'),
    property(sample, 'Made', 'created_time'),
    relation,
  ]);
  for (let view = 0; view < views; view += 1) {
    const type = ['table', 'list', 'gallery'][view % 3] ?? 'table';
    sampleView(sample, database, source, `View ${view + 1}`, { type });
  }
  return { source, relation };
}

/** Objects that the values of a row may refer to. */
export interface RowSurroundings {
  readonly userIds: readonly string[];
  /** Id of some row of the related table; undefined when it has none. */
  someRelatedId(random: Random): string | undefined;
  /** Number of pages the row's relation names. */
  readonly relations: number;
}

/** The values of a row. */
export function rowValues(
  table: GeneratedTable,
  random: Random,
  around: RowSurroundings,
): { readonly [propertyId: string]: Json } {
  const values: { [propertyId: string]: Json } = {};
  for (const schema of table.schema) {
    const value = schema.id === table.relation.id ? relations(random, around) : cell(schema, random, around);
    if (value !== undefined) values[schema.id] = value;
  }
  return values;
}

function cell(schema: PropertySchema, random: Random, around: RowSurroundings): Json | undefined {
  switch (schema.type) {
    case 'title':
      return richWords(random, 1, 6);
    case 'rich_text':
      return random.chance(0.5) ? richWords(random, 3, 30) : [];
    case 'number':
      return random.chance(0.1) ? null : random.below(1_000_000) / 100;
    case 'select':
      return random.chance(0.2) ? null : { name: pick(random, ['Red', 'Green', 'Blue', 'None']) };
    case 'multi_select':
      return ['a', 'b', 'c'].filter(() => random.chance(0.4)).map((name) => ({ name }));
    case 'status':
      return { name: pick(random, ['Open', 'Doing', 'Closed']) };
    case 'date':
      return random.chance(0.3) ? null : date(`2026-0${1 + random.below(9)}-${10 + random.below(18)}`);
    case 'checkbox':
      return random.chance(0.5);
    case 'url':
      return random.chance(0.7) ? null : `https://example.com/${encodeURIComponent(phrase(random, 1, 2))}`;
    case 'people':
      return around.userIds.filter(() => random.chance(0.2)).map((id) => ({ object: 'user', id }));
    default:
      return undefined;
  }
}

function relations(random: Random, around: RowSurroundings): JsonObject[] {
  const ids = new Set<string>();
  for (let draw = 0; draw < around.relations * 3 && ids.size < around.relations; draw += 1) {
    const id = around.someRelatedId(random);
    if (id !== undefined) ids.add(id);
  }
  return related([...ids].map((id) => ({ id })));
}

/** The values of a page outside a database. */
export function pageValues(random: Random): { readonly [propertyId: string]: Json } {
  return { title: [text(title(random))] };
}
