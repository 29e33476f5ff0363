/** Sorts of views: by properties and times. Rows without a value come last in both directions. */
import type { Json } from '../json.ts';
import { arrayAt, isObject, stringAt } from '../json.ts';
import { printable } from '../names.ts';
import { plainText } from '../rich-text.ts';
import { optionsOf } from '../schema-names.ts';
import { momentOf, startOf } from './days.ts';
import type { ViewContext } from './filter.ts';
import type { SchemaProperty, ViewRow } from './view-schema.ts';
import { propertyNamed, rowValue } from './view-schema.ts';

/** The value that a row is sorted by, for one sort: null when it has none. */
export type SortKey = number | string | null;

/** One sort of a view. */
export interface RowSort {
  readonly isDescending: boolean;
  key(row: ViewRow): SortKey;
}

/** Titles of pages, by id. */
export type TitleOf = (id: string) => string | undefined;

/** The sorts of a view, the first one counting most. */
export function compileSorts(sorts: Json | undefined, context: ViewContext, titleOf: TitleOf): RowSort[] {
  return (Array.isArray(sorts) ? sorts : []).flatMap((sort): RowSort[] => {
    const isDescending = stringAt(sort, 'direction') === 'descending';
    const timestamp = stringAt(sort, 'timestamp');
    if (timestamp === 'created_time' || timestamp === 'last_edited_time')
      return [{ isDescending, key: ({ page }) => momentOf(stringAt(page, timestamp) ?? '') ?? null }];
    const property = propertyNamed(context.schema, stringAt(sort, 'property'));
    const read = property === undefined ? undefined : keyOf(property, titleOf);
    if (property !== undefined && read !== undefined)
      return [{ isDescending, key: (row) => known(row, property, read, context) }];
    const name = property?.name ?? stringAt(sort, 'property') ?? timestamp ?? JSON.stringify(sort);
    context.tell(`This sort could not be applied: by ${printable(name)}.`);
    return [];
  });
}

/** The order of two rows by their keys. */
export function compareKeys(sorts: readonly RowSort[], a: readonly SortKey[], b: readonly SortKey[]): number {
  for (const [index, { isDescending }] of sorts.entries()) {
    const [left, right] = [a[index] ?? null, b[index] ?? null];
    if (left === right) continue;
    if (left === null) return 1;
    if (right === null) return -1;
    const order = isLess(left, right) ? -1 : 1;
    return isDescending ? -order : order;
  }
  return 0;
}

/** Numbers come before texts: the results of one formula can be both. */
function isLess(a: number | string, b: number | string): boolean {
  return typeof a === typeof b ? a < b : typeof a === 'number';
}

type ReadKey = (value: Json) => SortKey | undefined;

function known(row: ViewRow, property: SchemaProperty, read: ReadKey, { tell }: ViewContext): SortKey {
  const value = rowValue(row, property);
  const key = value === undefined ? undefined : read(value);
  if (key === undefined)
    tell(`Rows whose ${printable(property.name)} is not known come last, though the view sorts by it.`);
  return key ?? null;
}

/** The key of a property's values; undefined for a type by which Notion does not sort, or nobody knows how. */
function keyOf(property: SchemaProperty, titleOf: TitleOf): ReadKey | undefined {
  switch (property.type) {
    case 'title':
    case 'rich_text':
      return (value) => textKey(plainText(value));
    case 'url':
    case 'email':
    case 'phone_number':
      return (value) => textKey(typeof value === 'string' ? value : '');
    case 'number':
      return numberKey;
    case 'unique_id':
      return (value) => numberKey(isObject(value) ? (value.number ?? null) : null);
    case 'checkbox':
      return (value) => (value === true ? 1 : 0);
    case 'select':
    case 'status':
      return (value) => (value === null ? null : place(value, property));
    case 'multi_select':
      return (value) => listKey(value, (option) => place(option, property).toString().padStart(6, '0'));
    case 'people':
    case 'files':
      return (value) => listKey(value, nameOf);
    case 'created_by':
    case 'last_edited_by':
    case 'place':
      return (value) => textKey(nameOf(value));
    case 'relation':
      return (value) => listKey(value, (page) => titleOf(stringAt(page, 'id') ?? '') ?? '');
    case 'date':
    case 'created_time':
    case 'last_edited_time':
    case 'last_visited_time':
      return (value) => startOf(value) ?? null;
    case 'verification':
      return (value) => textKey(stringAt(value, 'state') ?? '');
    case 'formula':
    case 'rollup':
      return computedKey;
    default:
      return undefined;
  }
}

/** Capitals count as small letters. */
function textKey(text: string): SortKey {
  return text === '' ? null : text.toLowerCase();
}

function numberKey(value: Json): SortKey {
  return typeof value === 'number' ? value : null;
}

function nameOf(value: Json): string {
  return stringAt(value, 'name') ?? '';
}

function listKey(value: Json, nameOfItem: (item: Json) => string): SortKey {
  return textKey((Array.isArray(value) ? value : []).map(nameOfItem).join(','));
}

/** Place of an option in the schema; those that it does not have come after the others. */
function place(option: Json, { config }: SchemaProperty): number {
  const options = optionsOf(config);
  const [id, name] = [stringAt(option, 'id'), stringAt(option, 'name')];
  const byId = id === undefined ? -1 : options.findIndex((each) => stringAt(each, 'id') === id);
  const found = byId !== -1 ? byId : options.findIndex((each) => stringAt(each, 'name') === name);
  return found === -1 ? options.length : found;
}

/** Results of formulas and rollups; a list of values has no order that is known. */
function computedKey(value: Json): SortKey | undefined {
  const result = isObject(value) ? (value[stringAt(value, 'type') ?? ''] ?? null) : null;
  if (Array.isArray(result)) return arrayAt(value, 'array').length === 0 ? null : undefined;
  if (typeof result === 'boolean') return result ? 1 : 0;
  if (typeof result === 'string') return textKey(result);
  return typeof result === 'number' ? result : (startOf(result) ?? null);
}
