/** Properties as the data source of a copy has them: found by id, whatever a row calls them and their options. */
import type { Json, JsonObject } from '../../../document/json.ts';
import { stringAt } from '../../../document/json.ts';
import { writableOptionName, writableOptionNames } from '../../../document/option-names.ts';
import { propertyIdOf } from '../../../document/schema-names.ts';
import { maxOptions } from '../databases/schema.ts';
import { optionsOf } from '../databases/schema-levels.ts';
import type { Schema } from '../journal/tables/data-sources.ts';

/** A property of the copy's data source. */
export interface TargetProperty {
  readonly name: string;
  readonly type: string;
  /** An option as the copy has it; undefined when its schema lacks it. */
  readonly option: (option: Json) => TargetOption | undefined;
}

/** An option of a property of the copy. */
export interface TargetOption {
  readonly name: string;
  /** False when the API does not take the name it had. */
  readonly isExact: boolean;
}

/** Finds the property of a row's value by its id; undefined when `schema` does not have it. */
export function targetProperties(schema: Schema): (property: JsonObject) => TargetProperty | undefined {
  const known = new Map<string, TargetProperty>();
  for (const property of schema) known.set(propertyIdOf(property), targetProperty(property));
  return (property) =>
    propertyIdOf(property) === '' ? anyProperty(property) : known.get(propertyIdOf(property));
}

/** The property under which a value is written where nothing is known of the schema. */
export function anyProperty(property: JsonObject): TargetProperty {
  return {
    name: stringAt(property, 'name') ?? '',
    type: stringAt(property, 'type') ?? '',
    option: (option) => optionAs(stringAt(option, 'name') ?? '', writableOptionName),
  };
}

function optionAs(name: string, written: (name: string) => string): TargetOption {
  return { name: written(name), isExact: written(name) === name };
}

function targetProperty(property: JsonObject): TargetProperty {
  const options = optionsOf(property);
  const names = writableOptionNames(options);
  const [byId, byName] = [new Map<string, TargetOption>(), new Map<string, TargetOption>()];
  // Values cannot create statuses: those that the request for the schema has no room for do not exist.
  for (const [index, option] of options
    .slice(0, property.type === 'status' ? maxOptions : undefined)
    .entries()) {
    const [id, name] = [stringAt(option, 'id'), stringAt(option, 'name') ?? ''];
    const written = optionAs(name, () => names[index] ?? '');
    if (id !== undefined) byId.set(id, written);
    if (!byName.has(name)) byName.set(name, written);
  }
  return {
    name: stringAt(property, 'name') ?? '',
    type: stringAt(property, 'type') ?? '',
    option: (option) => byId.get(stringAt(option, 'id') ?? '') ?? byName.get(stringAt(option, 'name') ?? ''),
  };
}
