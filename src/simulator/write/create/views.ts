/** View configurations, filters and sorts of a request, judged against the schema they show. */
import { validationError } from '../../protocol/api-error.ts';
import type { Context } from '../../protocol/routes.ts';
import { compileFilter } from '../../query/filter.ts';
import { encodedId, isProperty } from '../../render/schema.ts';
import type { Json, JsonObject } from '../../workspace/json.ts';
import { arrayAt, isJsonObject, stringAt } from '../../workspace/json.ts';
import type { DataSource, PropertySchema } from '../../workspace/state.ts';

const dateTypes = ['date', 'created_time', 'last_edited_time', 'formula', 'rollup'];
const referenceKeys = /^(property_id|map_by|toggle_column_id|\w+_property_id)$/;

/**
 * A configuration with its property ids as answers write them; properties a list leaves out are hidden.
 * @throws ApiError 400 for ids the schema does not have, and groupings that do not fit their property
 */
export function storeConfiguration(given: JsonObject, source: DataSource): JsonObject {
  const stored = storeReferences(given, source, 'body.configuration');
  for (const key of ['date_property_id', 'end_date_property_id']) refuseUndated(given, key, source);
  for (const key of ['properties', 'table_properties']) {
    if (Array.isArray(stored[key])) stored[key] = withHidden(arrayAt(stored, key), source);
  }
  return stored;
}

function storeReferences(given: JsonObject, source: DataSource, path: string): JsonObject {
  const stored: JsonObject = {};
  for (const [key, value] of Object.entries(given)) {
    stored[key] = storeReference(key, value, source, `${path}.${key}`);
  }
  if (given.sort !== undefined && typeof given.property_id === 'string')
    refuseMisgrouped(given, source, path);
  return stored;
}

function storeReference(key: string, value: Json, source: DataSource, path: string): Json {
  if (referenceKeys.test(key) && typeof value === 'string')
    return encodedId(propertyById(source, value, path).id);
  if (Array.isArray(value)) {
    return value.map((item, place) =>
      isJsonObject(item) ? storeReferences(item, source, `${path}[${place}]`) : item,
    );
  }
  return isJsonObject(value) ? storeReferences(value, source, path) : value;
}

/** Configurations name properties by id, never by name. */
function propertyById(source: DataSource, id: string, path: string): PropertySchema {
  const property = source.schema.find((candidate) => candidate.id === id || encodedId(candidate.id) === id);
  if (property !== undefined) return property;
  throw validationError(
    `body failed validation: ${path} should be the ID of a property, instead was \`${JSON.stringify(id)}\`.`,
  );
}

/** A grouping's type is its property's; `person` and `text` are called otherwise there. */
function refuseMisgrouped(group: JsonObject, source: DataSource, path: string): void {
  const property = propertyById(source, stringAt(group, 'property_id') ?? '', `${path}.property_id`);
  const names: { readonly [type: string]: string } = { people: 'person', rich_text: 'text' };
  const expected = names[property.type] ?? property.type;
  if (group.type === undefined || group.type === expected) return;
  throw validationError(
    `body failed validation: ${path}.type should be \`"${expected}"\`, instead was \`${JSON.stringify(group.type)}\`.`,
  );
}

function refuseUndated(given: JsonObject, key: string, source: DataSource): void {
  const id = stringAt(given, key);
  if (id === undefined) return;
  const property = propertyById(source, id, `body.configuration.${key}`);
  if (dateTypes.includes(property.type)) return;
  throw validationError(
    `body.configuration.${key} should be the ID of a date property, instead was of type ${property.type}.`,
  );
}

function withHidden(listed: readonly Json[], source: DataSource): Json[] {
  const ids = listed.map((entry) => (isJsonObject(entry) ? entry.property_id : undefined));
  const twice = ids.find((id, place) => ids.indexOf(id) !== place);
  if (twice !== undefined) throw validationError(`Property ${String(twice)} is listed more than once.`);
  const hidden = source.schema
    .map(({ id }) => encodedId(id))
    .filter((id) => !ids.includes(id))
    .map((id) => ({ property_id: id, visible: false }));
  return [...listed, ...hidden];
}

/** @throws ApiError 400 for what the schema does not have, options included */
export function refuseFilter(context: Context, source: DataSource, filter: Json | undefined): void {
  if (filter === undefined || filter === null) return;
  for (const leaf of leavesOf(filter)) compileFilter(context, source, leaf);
  compileFilter(context, source, firstOnly(filter));
}

/** @throws ApiError 400 */
export function refuseQuickFilters(context: Context, source: DataSource, filters: Json | undefined): void {
  if (!isJsonObject(filters)) return;
  for (const [property, condition] of Object.entries(filters)) {
    if (condition === null) continue;
    if (!isJsonObject(condition))
      throw validationError(`body.quick_filters.${property} should be an object.`);
    refuseFilter(context, source, { property, ...condition });
  }
}

/** @throws ApiError 400 for a sort by a property that is not there */
export function refuseSorts(source: DataSource, sorts: Json | undefined): void {
  for (const sort of Array.isArray(sorts) ? sorts : []) {
    const wanted = isJsonObject(sort) ? stringAt(sort, 'property') : undefined;
    if (wanted === undefined || source.schema.some((property) => isProperty(property, wanted))) continue;
    throw validationError(`Could not find sort property with name or id: ${wanted}`);
  }
}

/** Every condition of a filter by itself; in views one condition may list several values. */
function leavesOf(filter: Json): Json[] {
  if (!isJsonObject(filter)) return [filter];
  const parts = filter.and ?? filter.or;
  if (Array.isArray(parts)) return parts.flatMap(leavesOf);
  const most = Math.max(1, ...valuesOf(filter).map((list) => list.length));
  return Array.from({ length: most }, (_, place) => nth(filter, place));
}

/** The filter with lists of values cut to their first. */
function firstOnly(filter: Json): Json {
  if (!isJsonObject(filter)) return filter;
  for (const joint of ['and', 'or']) {
    const parts = filter[joint];
    if (Array.isArray(parts)) return { ...filter, [joint]: parts.map(firstOnly) };
  }
  return nth(filter, 0);
}

function valuesOf(filter: JsonObject): Json[][] {
  return Object.values(filter).flatMap((condition) =>
    isJsonObject(condition) ? Object.values(condition).filter((value) => Array.isArray(value)) : [],
  );
}

function nth(filter: JsonObject, place: number): JsonObject {
  return Object.fromEntries(
    Object.entries(filter).map(([key, condition]) => [
      key,
      isJsonObject(condition)
        ? Object.fromEntries(
            Object.entries(condition).map(([name, value]) => [
              name,
              Array.isArray(value) ? (value[place] ?? value[0] ?? null) : value,
            ]),
          )
        : condition,
    ]),
  );
}
