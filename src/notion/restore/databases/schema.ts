/** Property definitions for requests, from the properties of a stored data source. */

import type { JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId, decodedPropertyId } from '../../../document/notion-id.ts';
import { writableOptionNames } from '../../../document/option-names.ts';
import type { LinkedPropertyType, PlainPropertyType } from '../../../document/property-types.ts';
import { isLinkedPropertyType, isPlainPropertyType, propertyType } from '../../../document/property-types.ts';
import type { Schema } from '../journal/tables/data-sources.ts';
import type { Conversion } from '../requests/conversion.ts';
import { optionColour } from '../requests/options.ts';
import { translatedExpression } from './formulas.ts';
import { numberFormats } from './number-formats.ts';
import { optionsOf } from './schema-levels.ts';

/** Max number of options one request may give a property. Further ones are created by the values that name them. */
export const maxOptions = 100;
const maxDescription = 280;

/** The id or name by which requests name a property. */
export interface PropertyHandle {
  readonly id: string | undefined;
  readonly name: string;
}

/** The rest of the restore as property definitions see it. */
export interface SchemaContext {
  readonly conversion: Conversion;
  /** The stored schema of a restored data source. */
  readonly schemaOf: (source: CompactId) => Schema;
  /** The id to write for a data source: the copy's, or the same one when it still exists. */
  readonly sourceId: (source: CompactId) => string | undefined;
  /** True when a relation shows on both sides in the copy. */
  readonly isMirrored: (source: CompactId, property: string) => boolean;
  /** A property as requests may name it; undefined when it does not exist. */
  readonly property: (source: CompactId, property: string) => PropertyHandle | undefined;
  /** The data source a relation of `source` leads to. */
  readonly targetOf: (source: CompactId, property: string) => CompactId | undefined;
}

/** Properties that name no others, by name: a data source is created with them. */
export function plainProperties(schema: Schema, source: string, conversion: Conversion): JsonObject {
  const properties: JsonObject = {};
  for (const property of schema) {
    const name = stringAt(property, 'name') ?? '';
    const definition = plainDefinition(property, `${source}/${name}`, conversion);
    if (definition !== undefined) define(properties, name, { ...definition, ...descriptionOf(property) });
  }
  if (!schema.some((property) => property.type === 'title')) properties.Name = { title: {} };
  return properties;
}

/** Names are people's: `__proto__` is one like any other. */
export function define(object: JsonObject, name: string, value: JsonObject): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}

/** `{description}` of a property that has one. */
export function descriptionOf(property: JsonObject): JsonObject {
  const description = stringAt(property, 'description');
  return description === undefined || description === ''
    ? {}
    : { description: description.slice(0, maxDescription) };
}

/** True when a property can be created with its data source, since it names no other. */
export function isPlain(property: JsonObject): boolean {
  const schema = propertyType(stringAt(property, 'type') ?? '')?.schema;
  return schema !== 'linked' && schema !== 'never';
}

/** True when a property names others, and is created once they exist. */
export function isLinked(property: JsonObject): boolean {
  return isLinkedPropertyType(stringAt(property, 'type') ?? '');
}

function plainDefinition(property: JsonObject, id: string, conversion: Conversion): JsonObject | undefined {
  const type = stringAt(property, 'type') ?? '';
  if (isLinked(property)) return undefined;
  if (isPlainPropertyType(type)) return { type, [type]: settings[type](property, id, conversion) };
  const isNever = propertyType(type)?.schema === 'never';
  const reason = isNever ? 'no request can create it' : 'the API does not know its type';
  conversion.note('lost', `property ${type}`, id, reason);
  return undefined;
}

type Settings = (property: JsonObject, id: string, conversion: Conversion) => JsonObject;

const none: Settings = () => ({});
const optionSettings: Settings = (property, id, conversion) => ({
  options: options(property, id, conversion),
});

/** Settings that the definition of a property has besides its type. */
const settings: Readonly<Record<PlainPropertyType, Settings>> = {
  title: none,
  rich_text: none,
  number: numberSettings,
  select: optionSettings,
  multi_select: optionSettings,
  status: (property, id, conversion) => ({ options: statusOptions(property, id, conversion) }),
  date: none,
  people: none,
  files: none,
  checkbox: none,
  url: none,
  email: none,
  phone_number: none,
  unique_id: prefixOf,
  created_time: none,
  created_by: none,
  last_edited_time: none,
  last_edited_by: none,
  place: none,
};

function numberSettings(property: JsonObject, id: string, conversion: Conversion): JsonObject {
  const format = stringAt(objectAt(property, 'number'), 'format') ?? 'number';
  if (numberFormats.has(format)) return { format };
  conversion.note('approximated', 'property number', id, `the API refuses the format ${format}: number`);
  return { format: 'number' };
}

function options(property: JsonObject, id: string, conversion: Conversion): JsonObject[] {
  const given = optionsOf(property);
  if (given.length > maxOptions)
    conversion.note(
      'approximated',
      `property ${stringAt(property, 'type')}`,
      id,
      `only ${maxOptions} of its ${given.length} options keep colour and order`,
    );
  const names = writableOptionNames(given);
  return given.slice(0, maxOptions).flatMap((option, index): JsonObject[] => {
    const [was, name] = [stringAt(option, 'name') ?? '', names[index] ?? ''];
    if (name === '') return [];
    if (name !== was)
      conversion.note(
        'approximated',
        `property ${stringAt(property, 'type')}`,
        id,
        `the API does not take the option ${was}: written as ${name}`,
      );
    return [{ name, ...optionColour(option.color), ...descriptionOf(option) }];
  });
}

/** Options with the group each belongs to, should the API take it: the documentation says so, live tests did not. */
function statusOptions(property: JsonObject, id: string, conversion: Conversion): JsonObject[] {
  const groupOf = new Map<string, string>();
  const groups = objectAt(property, 'status')?.groups;
  for (const group of Array.isArray(groups) ? groups : []) {
    const ids = isObject(group) && Array.isArray(group.option_ids) ? group.option_ids : [];
    for (const option of ids) groupOf.set(String(option), stringAt(group, 'name') ?? '');
  }
  if ([...groupOf.values()].some((name) => name !== 'To-do'))
    conversion.note(
      'approximated',
      'property status',
      id,
      'the API has been seen to put every option into To-do',
    );
  const given = optionsOf(property);
  const names = writableOptionNames(given);
  const byName = new Map(given.map((option, index) => [names[index] ?? '', stringAt(option, 'id') ?? '']));
  return options(property, id, conversion).map((option) => {
    const group = groupOf.get(byName.get(stringAt(option, 'name') ?? '') ?? '');
    return group !== undefined && knownGroups.has(group) ? { ...option, group } : option;
  });
}

const knownGroups: ReadonlySet<string> = new Set(['To-do', 'In progress', 'Complete']);

function prefixOf(property: JsonObject, id: string, conversion: Conversion): JsonObject {
  const prefix = stringAt(objectAt(property, 'unique_id'), 'prefix');
  if (prefix === undefined) return {};
  if (/^[A-Za-z][A-Za-z0-9]{0,9}$/.test(prefix)) return { prefix };
  conversion.note('approximated', 'property unique_id', id, `the API refuses the prefix ${prefix}`);
  return {};
}

/** The definition of a property that names others, once those exist; undefined when it cannot be created. */
export function linkedDefinition(
  property: JsonObject,
  source: CompactId,
  context: SchemaContext,
): JsonObject | undefined {
  const type = stringAt(property, 'type') ?? '';
  return isLinkedPropertyType(type) ? linked[type](property, source, context) : undefined;
}

type Definition = (property: JsonObject, source: CompactId, context: SchemaContext) => JsonObject | undefined;

const linked: Readonly<Record<LinkedPropertyType, Definition>> = { relation, rollup, formula };

function relation(property: JsonObject, source: CompactId, context: SchemaContext): JsonObject | undefined {
  const id = `${source}/${stringAt(property, 'name')}`;
  const settings = objectAt(property, 'relation') ?? {};
  const target = context.sourceId(compactId(stringAt(settings, 'data_source_id') ?? ''));
  if (target === undefined) {
    context.conversion.note('lost', 'property relation', id, 'the data source it leads to cannot be seen');
    return undefined;
  }
  const wasDual = isObject(settings.dual_property);
  const isDual = wasDual && context.isMirrored(source, decodedPropertyId(stringAt(property, 'id') ?? ''));
  if (wasDual && !isDual)
    context.conversion.note(
      'approximated',
      'property relation',
      id,
      'its other side is not restored: it shows on one side only',
    );
  return {
    type: 'relation',
    relation: {
      data_source_id: target,
      ...(isDual
        ? { type: 'dual_property', dual_property: {} }
        : { type: 'single_property', single_property: {} }),
    },
    ...descriptionOf(property),
  };
}

function rollup(property: JsonObject, source: CompactId, context: SchemaContext): JsonObject | undefined {
  const settings = objectAt(property, 'rollup') ?? {};
  const lose = (reason: string): undefined => {
    context.conversion.note('lost', 'property rollup', `${source}/${stringAt(property, 'name')}`, reason);
  };
  const relationId = decodedPropertyId(stringAt(settings, 'relation_property_id') ?? '');
  const gatheredId = decodedPropertyId(stringAt(settings, 'rollup_property_id') ?? '');
  const through = context.property(source, relationId);
  const target = context.targetOf(source, relationId);
  const gathered = target === undefined ? undefined : context.property(target, gatheredId);
  if (through === undefined) return lose('the relation it follows does not exist');
  if (gathered === undefined) return lose('the property it gathers does not exist');
  return {
    type: 'rollup',
    rollup: {
      ...reference('relation_property', through),
      ...reference('rollup_property', gathered),
      function: stringAt(settings, 'function') ?? 'show_original',
    },
    ...descriptionOf(property),
  };
}

/** By id where the copy's is known, else by name, which both share. */
function reference(key: string, { id, name }: PropertyHandle): JsonObject {
  return id === undefined ? { [`${key}_name`]: name } : { [`${key}_id`]: id };
}

function formula(property: JsonObject, source: CompactId, context: SchemaContext): JsonObject | undefined {
  const stored = stringAt(objectAt(property, 'formula'), 'expression') ?? '';
  const expression = translatedExpression(stored, (home, id) => {
    const isKnown = context.schemaOf(home).length > 0;
    return context.property(isKnown ? home : source, id)?.name;
  });
  if (expression !== undefined && expression !== '')
    return { type: 'formula', formula: { expression }, ...descriptionOf(property) };
  context.conversion.note(
    'lost',
    'property formula',
    `${source}/${stringAt(property, 'name')}`,
    'it names a property that does not exist',
  );
  return undefined;
}
