/** Property values by what they say. Values that Notion computes or keeps to itself are left out. */
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import { fileForm } from './file-form.ts';
import type { OriginalId } from './references.ts';
import { richTextForm } from './rich-text-form.ts';

/** Property types no request can set (API reference, "Page property values"). */
export const computedProperties: ReadonlySet<string> = new Set([
  'formula',
  'rollup',
  'created_time',
  'created_by',
  'last_edited_time',
  'last_edited_by',
  'unique_id',
  'button',
  'verification',
  // In the SDK's types only, undocumented.
  'location',
  'last_visited_time',
]);

/** The value as one comparable JSON; undefined when no request could have set it. */
export function propertyForm(property: Json, original: OriginalId): Json | undefined {
  if (!isObject(property)) return undefined;
  const type = stringAt(property, 'type') ?? '';
  if (computedProperties.has(type)) return undefined;
  const value = property[type] ?? null;
  switch (type) {
    case 'title':
    case 'rich_text':
      return richTextForm(Array.isArray(value) ? value : [], original);
    case 'select':
    case 'status':
      return stringAt(value, 'name') ?? null;
    case 'multi_select':
      return namesOf(value).sort();
    case 'people':
    case 'relation':
      return idsOf(value, original);
    case 'files':
      return arrayAt(property, 'files').map((file) => ({
        name: stringAt(file, 'name') ?? '',
        ...asObject(fileForm(file)),
      }));
    case 'date':
      return isObject(value) ? { start: value.start ?? null, end: value.end ?? null } : null;
    case 'place':
      return isObject(value) ? placeForm(value) : null;
    default:
      return value;
  }
}

/** All settable values of a page by property name; the title under one name whatever the schema calls it. */
export function propertiesForm(page: JsonObject, original: OriginalId): JsonObject {
  const form: JsonObject = {};
  for (const [name, property] of Object.entries(objectAt(page, 'properties') ?? {})) {
    const value = propertyForm(property, original);
    if (value !== undefined && !isEmpty(value))
      form[stringAt(property, 'type') === 'title' ? '(title)' : name] = value;
  }
  return form;
}

/** Absent, null, false and empty lists are one thing: nothing set. */
function isEmpty(value: Json): boolean {
  return value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0);
}

function namesOf(value: Json): string[] {
  return Array.isArray(value) ? value.map((option) => stringAt(option, 'name') ?? '') : [];
}

function idsOf(value: Json, original: OriginalId): string[] {
  return Array.isArray(value) ? value.map((item) => original(stringAt(item, 'id') ?? '')) : [];
}

function placeForm({ lat, lon, name, address }: JsonObject): Json {
  return { lat: lat ?? null, lon: lon ?? null, name: name ?? null, address: address ?? null };
}

function asObject(value: Json): JsonObject {
  return isObject(value) ? value : {};
}
