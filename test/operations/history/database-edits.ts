/** Edits of databases: their schemas, options, views and words. */
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../../src/simulator/workspace/json.ts';
import type { Database, DataSource, PropertySchema, View } from '../../../src/simulator/workspace/state.ts';
import { addView } from '../../../src/simulator/workspace/state.ts';
import type { Edit, EditedWorld } from './edited-world.ts';
import { edit } from './edited-world.ts';
import { asText, optionsOf } from './page-edits.ts';

export const databaseEdits: { readonly [name: string]: Edit } = {
  'property added': (world) => {
    const source = world.some(world.sources());
    if (source === undefined) return undefined;
    const id = `n${world.random.below(1e6)}`;
    const type = world.some(['checkbox', 'number', 'rich_text', 'files', 'email']) ?? 'number';
    source.schema = [...source.schema, { id, name: world.words(), description: null, type, config: {} }];
    world.edited(source);
    world.added.add(id);
    return [edit(source.databaseId, 'property', 'added', id)];
  },
  'property removed': (world) => {
    const found = takeProperty(world, ({ name }) => name === 'Remark' || name === 'Who');
    if (found === undefined) return undefined;
    const { source, schema } = found;
    source.schema = source.schema.filter(({ id }) => id !== schema.id);
    world.edited(source);
    return [edit(source.databaseId, 'property', 'removed', schema.id)];
  },
  'property renamed': (world) =>
    property(
      world,
      'name',
      () => true,
      (schema) => ({ ...schema, name: world.words() }),
      'renamed',
      'words',
    ),
  'property described': (world) =>
    property(
      world,
      'config',
      () => true,
      (schema) => ({ ...schema, description: world.words() }),
      'changed',
      'description',
    ),
  'number format': (world) =>
    property(
      world,
      'config',
      ({ type }) => type === 'number',
      (schema) => ({ ...schema, config: { format: 'euro' } }),
      'changed',
      'format',
    ),
  'property retyped': (world) => {
    const found = takeProperty(world, ({ type }) => type === 'url');
    if (found === undefined) return undefined;
    const { source, schema } = found;
    replace(source, schema, { ...schema, type: 'rich_text', config: {} });
    for (const id of source.rows) {
      const row = world.state.pages.get(id);
      if (row !== undefined) row.values = { ...row.values, [schema.id]: asText(row.values[schema.id]) };
    }
    world.edited(source);
    return [edit(source.databaseId, 'property', 'changed', schema.id, 'type')];
  },
  'option added': (world) => {
    const id = world.state.random.uuid();
    return options(
      world,
      (all) => [...all, { id, name: world.words(), color: 'red' }],
      () => [['added', id]],
    );
  },
  'option removed': (world) =>
    // A row has none of those that were added by `unused`.
    options(
      world,
      (all) => all.filter(({ name }) => !isUnused(name)),
      (all) => all.filter(({ name }) => isUnused(name)).map(({ id }) => ['removed', String(id)]),
    ),
  'option renamed': (world) =>
    options(
      world,
      ([first, ...rest]) => (first === undefined ? [] : [{ ...first, name: world.words() }, ...rest]),
      ([first]) => [['renamed', String(first?.id), 'words']],
    ),
  'option recoloured': (world) =>
    options(
      world,
      ([first, ...rest]) =>
        first === undefined ? [] : [{ ...first, color: world.otherColour(first.color) }, ...rest],
      ([first]) => [['changed', String(first?.id), 'color']],
    ),
  'options reordered': (world) =>
    options(
      world,
      ([first, ...rest]) => (first === undefined ? [] : [...rest, first]),
      ([first]) => [['moved', String(first?.id)]],
      3,
    ),
  'database renamed': (world) => {
    const database = world.take(world.databases(), ({ id }) => [`title ${id}`]);
    if (database === undefined) return undefined;
    database.title = world.text();
    world.edited(database);
    return [edit(database.id, 'title', 'renamed', database.id, 'words')];
  },
  'data source renamed': (world) => {
    const source = world.take(world.sources(), ({ id }) => [`title ${id}`]);
    if (source === undefined) return undefined;
    source.title = world.text();
    world.edited(source);
    return [edit(source.databaseId, 'title', 'renamed', source.id, 'words')];
  },
  'database described': (world) =>
    database(world, 'description', 'description changed words', (each) => {
      each.description = world.text();
    }),
  'database locked': (world) =>
    database(world, 'lock', 'lock changed is_locked', (each) => {
      each.isLocked = !each.isLocked;
    }),
  'database inline': (world) =>
    database(world, 'inline', 'page setting;changed is_inline', (each) => {
      each.isInline = !each.isInline;
    }),
  'database cover': (world) =>
    database(world, 'cover', 'cover changed cover', (each) => {
      each.cover = { type: 'external', external: { url: 'https://example.com/table.png' } };
    }),
  'view added': (world) => {
    const source = world.some(world.sources());
    if (source === undefined) return undefined;
    const added = addView(world.state, {
      databaseId: source.databaseId,
      dataSourceId: source.id,
      type: 'list',
      name: world.words(),
      configuration: { type: 'list' },
      createdTime: Date.now(),
    });
    world.edited(source, world.state.databases.get(source.databaseId));
    world.added.add(added.id);
    return [edit(source.databaseId, 'view', 'added', added.id)];
  },
  'view removed': (world) => {
    const view = takeView(world, 'whole');
    const owner = view === undefined ? undefined : world.state.databases.get(view.databaseId);
    if (view === undefined || owner === undefined) return undefined;
    owner.views = owner.views.filter((id) => id !== view.id);
    world.state.views.delete(view.id);
    world.edited(owner);
    return [edit(view.databaseId, 'view', 'removed', view.id)];
  },
  'view renamed': (world) =>
    view(world, 'renamed', 'words', (each) => {
      each.name = world.words();
    }),
  'view sorted': (world) =>
    view(world, 'changed', 'sorts', (each) => {
      each.sorts = [{ property: 'title', direction: 'descending' }];
    }),
};

function isUnused(name: Json | undefined): boolean {
  return name === 'Never';
}

/** Gives one select of each data source an option that no row has. To be done before the first backup. */
export function addUnusedOptions(world: EditedWorld): void {
  for (const source of world.sources())
    for (const schema of source.schema)
      if (schema.type === 'select')
        schema.config = {
          ...schema.config,
          options: [...optionsOf(schema), { id: world.state.random.uuid(), name: 'Never', color: 'gray' }],
        };
}

function takeProperty(
  world: EditedWorld,
  isFit: (schema: PropertySchema) => boolean,
  what = 'whole',
): { source: DataSource; schema: PropertySchema } | undefined {
  const all = world.sources().flatMap((source) =>
    source.schema
      .filter((schema) => isFit(schema) && !world.added.has(schema.id))
      .filter(({ id }) => what !== 'whole' || !world.valued.has(id))
      .map((schema) => ({ source, schema })),
  );
  return world.take(all, ({ source, schema }) => [`${what} ${source.id} ${schema.id}`]);
}

function property(
  world: EditedWorld,
  what: string,
  isFit: (schema: PropertySchema) => boolean,
  change: (schema: PropertySchema) => PropertySchema,
  kind: string,
  name: string,
): string[] | undefined {
  const isKept = ({ name: own }: PropertySchema) => !['Remark', 'Who', 'Site'].includes(own);
  const found = takeProperty(world, (schema) => isFit(schema) && isKept(schema), what);
  if (found === undefined) return undefined;
  const { source, schema } = found;
  replace(source, schema, change(schema));
  world.edited(source);
  return [edit(source.databaseId, 'property', kind, schema.id, name)];
}

function replace(source: DataSource, old: PropertySchema, fresh: PropertySchema): void {
  source.schema = source.schema.map((each) => (each.id === old.id ? fresh : each));
}

/** One edit of the options of one select. */
function options(
  world: EditedWorld,
  change: (all: JsonObject[]) => JsonObject[],
  expected: (all: JsonObject[]) => string[][],
  min = 1,
): string[] | undefined {
  const found = takeProperty(
    world,
    (schema) => schema.type === 'select' && optionsOf(schema).length >= min,
    'options',
  );
  if (found === undefined) return undefined;
  const { source, schema } = found;
  const all = optionsOf(schema);
  const edits = expected(all).map(([kind = '', id = '', ...what]) =>
    edit(source.databaseId, 'option', kind, id, ...what),
  );
  replace(source, schema, { ...schema, config: { ...schema.config, options: change(all) } });
  nameById(world, source, schema, all);
  world.edited(source);
  return edits;
}

/** Values name their options; after a renaming they are found by id. */
function nameById(world: EditedWorld, source: DataSource, schema: PropertySchema, old: JsonObject[]): void {
  for (const id of source.rows) {
    const row = world.state.pages.get(id);
    const value = row?.values[schema.id];
    if (row === undefined || !isJsonObject(value)) continue;
    const option = old.find(({ name, id: own }) =>
      value.id === undefined ? name === value.name : own === value.id,
    );
    if (option !== undefined) row.values = { ...row.values, [schema.id]: { id: option.id ?? null } };
  }
}

function database(
  world: EditedWorld,
  name: string,
  what: string,
  change: (database: Database) => void,
): string[] | undefined {
  const found = world.take(world.databases(), ({ id }) => [`${name} ${id}`]);
  if (found === undefined) return undefined;
  change(found);
  world.edited(found);
  const [part = '', kind = '', ...rest] = what.includes(';')
    ? what.split(';').flatMap((each, index) => (index === 0 ? [each] : each.split(' ')))
    : what.split(' ');
  return [edit(found.id, part, kind, found.id, ...rest)];
}

function takeView(world: EditedWorld, what: string): View | undefined {
  const views = [...world.state.views.values()].filter(({ id, databaseId }) => {
    const owner = world.state.databases.get(databaseId);
    return owner !== undefined && world.isLive(owner) && owner.views.length > 1 && !world.added.has(id);
  });
  return world.take(views, ({ id }) =>
    what === 'whole' ? ['renamed', 'changed'].map((each) => `${each} ${id}`) : [`${what} ${id}`],
  );
}

function view(
  world: EditedWorld,
  kind: string,
  name: string,
  change: (view: View) => void,
): string[] | undefined {
  const found = takeView(world, kind);
  if (found === undefined) return undefined;
  change(found);
  world.edited(world.state.databases.get(found.databaseId));
  return [edit(found.databaseId, 'view', kind, found.id, name)];
}
