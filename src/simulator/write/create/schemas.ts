/** Property definitions of a request, checked already, as a data source keeps them. */
import { validationError } from '../../protocol/api-error.ts';
import type { Json, JsonObject } from '../../workspace/json.ts';
import { arrayAt, isJsonObject, objectAt, stringAt } from '../../workspace/json.ts';
import type { DataSource, PropertySchema, State } from '../../workspace/state.ts';
import type { Draft } from './draft.ts';
import { createOption } from './options.ts';
import { seeDataSource } from './reach.ts';

/** The type a definition names, by its key. */
export function definedType(given: JsonObject): string {
  const type = stringAt(given, 'type');
  if (type !== undefined) return type;
  return Object.keys(given).find((key) => !['name', 'description', 'id'].includes(key)) ?? '';
}

/** An id as Notion creates them: four characters, some of which answers must encode. */
export function newPropertyId(state: State, taken: readonly PropertySchema[]): string {
  const alphabet = ';:<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~';
  for (;;) {
    const id = Array.from({ length: 4 }, () => alphabet[state.random.below(alphabet.length)]).join('');
    if (taken.every((property) => property.id !== id)) return id;
  }
}

/**
 * Configuration under a new property's type. Relations, rollups and formulas are completed by `linkSchema`, once
 * every property of the request has its id.
 */
export function storeConfig(draft: Draft, type: string, given: JsonObject): JsonObject {
  const { state } = draft.context;
  switch (type) {
    case 'number':
      return { format: given.format ?? 'number' };
    case 'select':
    case 'multi_select':
      return {
        options: arrayAt(given, 'options')
          .filter(isJsonObject)
          .map((option) => createOption(state, option)),
      };
    case 'status':
      return statusConfig(state, arrayAt(given, 'options').filter(isJsonObject));
    case 'unique_id':
      return { prefix: given.prefix ?? null };
    case 'relation':
      return relationConfig(draft, given);
    default:
      return { ...given };
  }
}

/** Puts every option into To-do, whatever groups the request asks for; without options Notion creates three. */
export function statusConfig(state: State, given: readonly JsonObject[]): JsonObject {
  const isDefault = given.length === 0;
  const options = (isDefault ? usualStatuses : given).map((option) =>
    createOption(state, { color: 'default', ...option }),
  );
  const ids = options.map((option) => option.id ?? null);
  const share = (place: number): Json[] => (isDefault ? ids.slice(place, place + 1) : place === 0 ? ids : []);
  const groups = statusGroups.map(([name, color], place) => ({
    id: state.random.uuid(),
    name,
    color,
    option_ids: share(place),
  }));
  return { options, groups };
}

const usualStatuses: readonly JsonObject[] = [
  { name: 'Not started', color: 'default' },
  { name: 'In progress', color: 'blue' },
  { name: 'Done', color: 'green' },
];
const statusGroups = [
  ['To-do', 'gray'],
  ['In progress', 'blue'],
  ['Complete', 'green'],
] as const;

function relationConfig(draft: Draft, given: JsonObject): JsonObject {
  const source = seeDataSource(draft.context, stringAt(given, 'data_source_id') ?? '');
  const isDual = given.dual_property !== undefined;
  return {
    database_id: source.databaseId,
    data_source_id: source.id,
    ...(isDual
      ? { type: 'dual_property', dual_property: {} }
      : { type: 'single_property', single_property: {} }),
  };
}

/** Refuses a schema that no data source can have. @throws ApiError 400 */
export function refuseImpossible(schema: readonly PropertySchema[]): void {
  const titles = schema.filter(({ type }) => type === 'title').length;
  if (titles === 0) throw validationError('Title is not provided');
  if (titles > 1) throw validationError('A data source can have only one title property.');
  if (schema.filter(({ type }) => type === 'unique_id').length > 1) {
    throw validationError('A data source can have only one unique_id property.');
  }
  const names = new Set<string>();
  for (const { name } of schema) {
    if (names.has(name)) throw validationError(`Property name ${name} is used more than once.`);
    names.add(name);
  }
  const bytes = Buffer.byteLength(JSON.stringify(schema));
  if (bytes > maxSchemaBytes)
    throw validationError(`The schema should be at most ${maxSchemaBytes} bytes, instead was ${bytes}.`);
}

const maxSchemaBytes = 50_000;

/** The property of a schema with this id or name. */
export function propertyOf(
  schema: readonly PropertySchema[],
  key: { readonly id: string | undefined; readonly name: string | undefined },
): PropertySchema | undefined {
  return (
    schema.find(({ id }) => id === key.id || encodeURIComponent(id) === key.id) ??
    schema.find(({ name }) => name === key.name)
  );
}

/** The data source a relation leads to, the one being created included. */
export function relatedSource(draft: Draft, relation: PropertySchema, own: DataSource): DataSource {
  const id = stringAt(relation.config, 'data_source_id') ?? '';
  return id === own.id ? own : seeDataSource(draft.context, id);
}

/** The id of the mirror of a dual relation, if it is one. */
export function mirrorIdOf(property: PropertySchema): string | undefined {
  return property.type === 'relation'
    ? stringAt(objectAt(property.config, 'dual_property'), 'synced_property_id')
    : undefined;
}
