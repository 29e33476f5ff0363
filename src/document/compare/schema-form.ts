/** Schemas in comparable form: by name, since every id of a copy is new. */
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, objectAt, stringAt } from '../json.ts';
import { decodedPropertyId } from '../notion-id.ts';
import type { KnownPropertyType } from '../property-types.ts';
import { isKnownPropertyType } from '../property-types.ts';
import type { OriginalId } from './references.ts';

/** Names of a data source's properties by id. */
export type PropertyNames = ReadonlyMap<string, string>;

export function propertyNames(dataSource: JsonObject): PropertyNames {
  const names = new Map<string, string>();
  for (const [name, property] of Object.entries(objectAt(dataSource, 'properties') ?? {})) {
    const id = stringAt(property, 'id');
    if (id === undefined) continue;
    names.set(id, name);
    names.set(decodedPropertyId(id), name);
  }
  return names;
}

/** Schema of a data source: per property name its type and the settings a request can give it. */
export function schemaForm(dataSource: JsonObject, original: OriginalId): JsonObject {
  const names = propertyNames(dataSource);
  const forms = Object.entries(objectAt(dataSource, 'properties') ?? {}).map(
    ([name, property]): [string, JsonObject] => {
      const type = stringAt(property, 'type') ?? '';
      const own = isKnownPropertyType(type)
        ? settings[type](objectAt(property, type) ?? {}, names, original)
        : {};
      return [type === 'title' ? `(title) ${name}` : name, { type, ...described(property), ...own }];
    },
  );
  return Object.fromEntries(forms);
}

function described(value: Json): JsonObject {
  const description = stringAt(value, 'description') ?? '';
  return description === '' ? {} : { description };
}

type Settings = (value: JsonObject, names: PropertyNames, original: OriginalId) => JsonObject;

const none: Settings = () => ({});
const chosen: Settings = (value) => ({ options: options(value) });

/** The settings a request can give a property, by its type. */
const settings: Readonly<Record<KnownPropertyType, Settings>> = {
  title: none,
  rich_text: none,
  number: (value) => ({ format: value.format ?? null }),
  select: chosen,
  multi_select: chosen,
  status: chosen,
  date: none,
  people: none,
  files: none,
  checkbox: none,
  url: none,
  email: none,
  phone_number: none,
  relation: (value, _names, original) => relation(value, original),
  rollup: (value) => ({
    relation: value.relation_property_name ?? null,
    target: value.rollup_property_name ?? null,
    function: value.function ?? null,
  }),
  formula: (value, names) => ({ expression: expression(stringAt(value, 'expression') ?? '', names) }),
  unique_id: (value) => ({ prefix: value.prefix ?? null }),
  created_time: none,
  created_by: none,
  last_edited_time: none,
  last_edited_by: none,
  place: none,
  button: none,
  verification: none,
  location: none,
  last_visited_time: none,
};

function options(value: JsonObject): Json[] {
  return arrayAt(value, 'options').map((option) => ({
    name: stringAt(option, 'name') ?? '',
    color: stringAt(option, 'color') ?? 'default',
    ...described(option),
  }));
}

/** Groups of a status property by name with the names of their options. It is not settled that requests can set them. */
export function groups(value: JsonObject): Json[] {
  const names = new Map(
    arrayAt(value, 'options').map((option) => [stringAt(option, 'id') ?? '', stringAt(option, 'name') ?? '']),
  );
  return arrayAt(value, 'groups').map((group) => ({
    name: stringAt(group, 'name') ?? '',
    options: arrayAt(group, 'option_ids').map((id) => names.get(String(id)) ?? ''),
  }));
}

function relation(value: JsonObject, original: OriginalId): JsonObject {
  const target = stringAt(value, 'data_source_id') ?? stringAt(value, 'database_id') ?? '';
  const dual = objectAt(value, 'dual_property');
  return {
    target: original(target),
    synced: dual === undefined ? null : (dual.synced_property_name ?? null),
  };
}

/** `{{notion:block_property:<id>:<data source>:<space>}}` as `prop("Name")`: both spell one reference. */
export function expression(text: string, names: PropertyNames): string {
  return text.replace(/\{\{notion:block_property:([^:}]*):[^}]*\}\}/g, (token, id: string) => {
    const name = names.get(id) ?? names.get(decodedPropertyId(id));
    return name === undefined ? token : `prop(${JSON.stringify(name)})`;
  });
}
