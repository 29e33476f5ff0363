/**
 * Names of properties and options by their ids, from the schema of a snapshot. Rows may have been read before or after a
 * renaming; the schema's names are the ones that count.
 */
import type { DatabaseDocument } from './documents.ts';
import type { Json, JsonObject } from './json.ts';
import { arrayAt, isObject, objectAt, stringAt } from './json.ts';
import { compactId, decodedPropertyId } from './notion-id.ts';
import { writableOptionName, writableOptionNames } from './option-names.ts';
import { isKnownPropertyType, propertyTypes } from './property-types.ts';

/** The schema that a row's values follow. */
export interface SchemaNames {
  /** Names of properties by decoded id. */
  readonly properties: ReadonlyMap<string, string>;
  /** Names of options by id. */
  readonly options: ReadonlyMap<string, string>;
  /** The names under which a request can write options, by the name of the property and the option's own. */
  readonly writable: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export const noSchema: SchemaNames = { properties: new Map(), options: new Map(), writable: new Map() };

/** The names in the schema of the data source that `row` lies in. */
export function schemaNames(database: DatabaseDocument, row: JsonObject): SchemaNames {
  const parent = objectAt(row, 'parent');
  const source = compactId(stringAt(parent, 'data_source_id') ?? '');
  const own = database.data_sources.filter((each) => compactId(stringAt(each, 'id') ?? '') === source);
  const sources = own.length > 0 ? own : database.data_sources;
  const properties = sources.flatMap((each) => Object.entries(objectAt(each, 'properties') ?? {}));
  return {
    properties: new Map(properties.map(([name, property]) => [propertyIdOf(property), name])),
    options: new Map(
      properties.flatMap(([, property]) =>
        optionsOf(property).map((option) => [stringAt(option, 'id') ?? '', stringAt(option, 'name') ?? '']),
      ),
    ),
    writable: new Map(properties.map(([name, property]) => [name, writableNames(property)])),
  };
}

/** The options of a property in a schema. */
export function optionsOf(property: Json): Json[] {
  return arrayAt(objectAt(property, stringAt(property, 'type') ?? ''), 'options');
}

/** The names under which a request can write the options of `property`, by their own. */
export function writableNames(property: Json): Map<string, string> {
  const options = optionsOf(property);
  const writable = writableOptionNames(options);
  return new Map(options.map((option, index) => [stringAt(option, 'name') ?? '', writable[index] ?? '']));
}

/** `page` with the names that the schema gives its properties and their options. */
export function named(page: JsonObject, schema: SchemaNames): JsonObject {
  const properties = Object.entries(objectAt(page, 'properties') ?? {}).map(
    ([name, property]): [string, Json] => {
      const id = decodedPropertyId(stringAt(property, 'id') ?? '');
      return [schema.properties.get(id) ?? name, withOptions(property, (option) => ownName(option, schema))];
    },
  );
  return { ...page, properties: Object.fromEntries(properties) };
}

function ownName(option: JsonObject, { options }: SchemaNames): string {
  return options.get(stringAt(option, 'id') ?? '') ?? stringAt(option, 'name') ?? '';
}

/** A value whose options have the names that a request can write; `changed` is called for each that differs. */
export function withWritableOptions(
  name: string,
  property: Json,
  schema: SchemaNames,
  changed: (option: string) => void,
): Json {
  return withOptions(property, (option) => {
    const own = stringAt(option, 'name') ?? '';
    const writable = schema.writable.get(name)?.get(own) ?? writableOptionName(own);
    if (writable !== own) changed(own);
    return writable;
  });
}

function withOptions(property: Json, rename: (option: JsonObject) => string): Json {
  const type = stringAt(property, 'type') ?? '';
  if (!isObject(property) || !isKnownPropertyType(type) || !('hasOptions' in propertyTypes[type]))
    return property;
  const renamed = (option: Json): Json => (isObject(option) ? { ...option, name: rename(option) } : option);
  const value = property[type] ?? null;
  return { ...property, [type]: Array.isArray(value) ? value.map(renamed) : renamed(value) };
}

/** The properties of a data source, each with its name. */
export function namedProperties(source: JsonObject): JsonObject[] {
  return Object.entries(objectAt(source, 'properties') ?? {}).flatMap(([name, property]): JsonObject[] =>
    isObject(property) ? [{ name, ...property }] : [],
  );
}

/** The decoded id of a property; empty when it has none. */
export function propertyIdOf(property: Json): string {
  return decodedPropertyId(stringAt(property, 'id') ?? '');
}
