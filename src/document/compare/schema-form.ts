/** Schemas and views by name, since every id of a copy is new. */
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import type { OriginalId } from './references.ts';

/** Names of a data source's properties by id. */
export type PropertyNames = ReadonlyMap<string, string>;

export function propertyNames(dataSource: JsonObject): PropertyNames {
  const names = new Map<string, string>();
  for (const [name, property] of Object.entries(objectAt(dataSource, 'properties') ?? {})) {
    const id = stringAt(property, 'id');
    if (id === undefined) continue;
    names.set(id, name);
    names.set(decoded(id), name);
  }
  return names;
}

/** Property ids come URL-encoded in some answers and plain in others. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** Schema of a data source: per property name its type and the settings a request can give it. */
export function schemaForm(dataSource: JsonObject, original: OriginalId): JsonObject {
  const names = propertyNames(dataSource);
  const form: JsonObject = {};
  for (const [name, property] of Object.entries(objectAt(dataSource, 'properties') ?? {})) {
    const type = stringAt(property, 'type') ?? '';
    const key = type === 'title' ? `(title) ${name}` : name;
    form[key] = {
      type,
      ...described(property),
      ...settings(type, objectAt(property, type) ?? {}, names, original),
    };
  }
  return form;
}

function described(value: Json): JsonObject {
  const description = stringAt(value, 'description') ?? '';
  return description === '' ? {} : { description };
}

function settings(type: string, value: JsonObject, names: PropertyNames, original: OriginalId): JsonObject {
  switch (type) {
    case 'number':
      return { format: value.format ?? null };
    case 'select':
    case 'multi_select':
      return { options: options(value) };
    case 'status':
      return { options: options(value) };
    case 'relation':
      return relation(value, original);
    case 'rollup':
      return {
        relation: value.relation_property_name ?? null,
        target: value.rollup_property_name ?? null,
        function: value.function ?? null,
      };
    case 'formula':
      return { expression: expression(stringAt(value, 'expression') ?? '', names) };
    case 'unique_id':
      return { prefix: value.prefix ?? null };
    default:
      return {};
  }
}

function options(value: JsonObject): Json[] {
  return arrayAt(value, 'options').map((option) => ({
    name: stringAt(option, 'name') ?? '',
    color: stringAt(option, 'color') ?? 'default',
    ...described(option),
  }));
}

/** Groups of a status property by name with the names of their options; whether requests can set them is unsettled. */
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
    const name = names.get(id) ?? names.get(decoded(id));
    return name === undefined ? token : `prop(${JSON.stringify(name)})`;
  });
}

/** Keys of a view that only Notion sets, and ids that a copy cannot share. */
const viewKeys = new Set(['filter', 'sorts', 'quick_filters', 'configuration', 'name', 'type']);

/** A view with property ids told as names and object ids as the original's. */
export function viewForm(view: JsonObject, names: PropertyNames, original: OriginalId): JsonObject {
  const kept = Object.entries(view).filter(([key]) => viewKeys.has(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, viewValue(value, names, original)]));
}

function viewValue(value: Json, names: PropertyNames, original: OriginalId): Json {
  if (Array.isArray(value))
    return value.filter((item) => !isHidden(item)).map((item) => viewValue(item, names, original));
  if (isObject(value)) return viewObject(value, names, original);
  if (typeof value !== 'string') return value;
  const name = names.get(value);
  if (name !== undefined) return `property ${name}`;
  return /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(value) ? original(value) : value;
}

/** A property that is listed as hidden and one that is not listed look the same. */
function isHidden(item: Json): boolean {
  return isObject(item) && typeof item.property_id === 'string' && item.visible === false;
}

function viewObject(value: JsonObject, names: PropertyNames, original: OriginalId): JsonObject {
  if (value.type === 'dashboard') return dashboard(value, original);
  // Response-only: a request can say page_content, not that the first picture was meant.
  if (value.type === 'page_content_first') return { type: 'page_content' };
  const kept = Object.entries(value).filter(([key, member]) => member !== null && !key.endsWith('_name'));
  const entries = kept.map(([key, member]): [string, Json] => [
    names.has(key) ? `property ${names.get(key)}` : key,
    viewValue(member, names, original),
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Rows of a dashboard cannot be written as such: its widgets in order are what remains. */
function dashboard(value: JsonObject, original: OriginalId): JsonObject {
  const widgets = arrayAt(value, 'rows').flatMap((row) => arrayAt(row, 'widgets'));
  return { type: 'dashboard', widgets: widgets.map((widget) => original(stringAt(widget, 'view_id') ?? '')) };
}
