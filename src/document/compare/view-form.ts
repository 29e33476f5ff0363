/** Views in comparable form: with names in place of property ids, since every id of a copy is new. */
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, stringAt } from '../json.ts';
import type { OriginalId } from './references.ts';
import type { PropertyNames } from './schema-form.ts';

/** The fields a request can set. The others are set by Notion, or are ids that a copy cannot share. */
const viewKeys: ReadonlySet<string> = new Set([
  'filter',
  'sorts',
  'quick_filters',
  'configuration',
  'name',
  'type',
]);

/** A view with the names of properties in place of their ids, and the original's ids of objects. */
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
