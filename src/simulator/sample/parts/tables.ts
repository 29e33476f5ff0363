/** Building parts of the sample's databases: properties, data sources, rows and views. */
import type { Json, JsonObject } from '../../workspace/json.ts';
import type { Database, DataSource, New, Page, Parent, PropertySchema, View } from '../../workspace/state.ts';
import { addDatabase, addDataSource, addPage, addView } from '../../workspace/state.ts';
import type { Sample } from './sample.ts';
import { rich } from './text.ts';

const idDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz:;<=>?@[\\]^_`{|}~';

/** A property with a short odd id, as Notion gives them. */
export function property(
  sample: Sample,
  name: string,
  type: string,
  config: JsonObject = {},
  description: string | null = null,
): PropertySchema {
  const { random } = sample.state;
  const fresh = Array.from({ length: 4 }, () => idDigits[random.below(idDigits.length)]).join('');
  const id = type === 'title' || type === 'verification' ? type : fresh;
  return { id, name, description, type, config };
}

/** Options of a select, multi-select or status property: `name`, `name:color` or `name:color:description`. */
export function options(sample: Sample, ...each: readonly string[]): JsonObject[] {
  return each.map((line) => {
    const [name = '', color = 'default', description = null] = line.split(':');
    return { id: sample.state.random.uuid(), name, color, description };
  });
}

/** A status property's options in its three groups. */
export function statusConfig(
  sample: Sample,
  groups: { readonly [group: string]: readonly string[] },
): JsonObject {
  const colours: { readonly [group: string]: string } = {
    'To-do': 'gray',
    'In progress': 'blue',
    Complete: 'green',
  };
  const all: JsonObject[] = [];
  const grouped = Object.entries(groups).map(([name, members]) => {
    const created = options(sample, ...members);
    all.push(...created);
    const ids = created.map((option) => option.id ?? null);
    return { id: sample.state.random.uuid(), name, color: colours[name] ?? 'default', option_ids: ids };
  });
  return { options: all, groups: grouped };
}

/** A formula's reference to a property, as answers write it. */
export function propertyToken(sample: Sample, sourceId: string, propertyId: string): string {
  return `{{notion:block_property:${encodeURIComponent(propertyId)}:${sourceId}:${sample.state.workspaceId}}}`;
}

export function rollupConfig(relation: PropertySchema, target: PropertySchema, name: string): JsonObject {
  return {
    relation_property_id: relation.id,
    relation_property_name: relation.name,
    rollup_property_id: target.id,
    rollup_property_name: target.name,
    function: name,
  };
}

/** Adds a database; an empty title leaves it untitled. */
export function sampleDatabase(
  sample: Sample,
  parent: Parent,
  title: string,
  more: Partial<Database> = {},
): Database {
  const createdTime = sample.nextTime();
  return addDatabase(sample.state, {
    id: sample.nextId('page'),
    parent,
    title: title === '' ? [] : rich(title),
    createdTime,
    createdBy: sample.people.ada,
    ...more,
  });
}

/** Adds a data source called as its database, unless `more` says otherwise. */
export function sampleSource(
  sample: Sample,
  database: Database,
  schema: readonly PropertySchema[],
  more: Partial<New<DataSource, never>> = {},
): DataSource {
  const createdTime = sample.nextTime();
  return addDataSource(sample.state, {
    id: sample.nextId('data_source'),
    databaseId: database.id,
    title: database.title,
    icon: database.icon,
    cover: database.cover,
    schema,
    createdTime,
    createdBy: sample.people.ada,
    ...more,
  });
}

/** A row's values by property name; text stands for a title or a rich text of one run. */
export type Cells = { readonly [name: string]: Json };

/** Adds a row. Unique ids count up by themselves. */
export function sampleRow(sample: Sample, source: DataSource, cells: Cells, more: Partial<Page> = {}): Page {
  const createdTime = sample.nextTime();
  return addPage(sample.state, {
    id: sample.nextId('page'),
    parent: { type: 'data_source_id', id: source.id },
    createdTime,
    editedTime: createdTime + 41 * 60_000,
    createdBy: sample.people.bruno,
    editedBy: sample.people.ada,
    values: valuesOf(source, cells),
    ...more,
  });
}

function valuesOf(source: DataSource, cells: Cells): Page['values'] {
  const values: { [propertyId: string]: Json } = {};
  for (const [name, cell] of Object.entries(cells)) {
    const found = source.schema.find((each) => each.name === name);
    if (found === undefined) throw new Error(`the sample names a property that is not there: ${name}`);
    values[found.id] = cellValue(found, cell);
  }
  for (const each of source.schema) {
    if (each.type !== 'unique_id') continue;
    values[each.id] = source.nextUniqueId;
    source.nextUniqueId += 1;
  }
  return values;
}

function cellValue(schema: PropertySchema, cell: Json): Json {
  if (typeof cell !== 'string') return cell;
  switch (schema.type) {
    case 'title':
    case 'rich_text':
      return cell === '' ? [] : rich(cell);
    case 'select':
    case 'status':
      return { name: cell };
    default:
      return cell;
  }
}

/** Adds a view of `source`, or of nothing for a dashboard. */
export function sampleView(
  sample: Sample,
  database: Database,
  source: DataSource | null,
  name: string,
  configuration: JsonObject & { type: string },
  more: Partial<View> = {},
): View {
  const createdTime = sample.nextTime();
  return addView(sample.state, {
    id: sample.nextId('view'),
    databaseId: database.id,
    dataSourceId: source?.id ?? null,
    type: configuration.type,
    name,
    createdTime,
    createdBy: sample.people.ada,
    configuration,
    ...more,
  });
}

/** A date value. */
export function date(start: string, end: string | null = null): JsonObject {
  return { start, end, time_zone: null };
}

/** A person as values name them. */
export function person(id: string): JsonObject {
  return { object: 'user', id };
}

/** Related pages as values name them. */
export function related(pages: readonly { readonly id: string }[]): JsonObject[] {
  return pages.map(({ id }) => ({ id }));
}
