/** Property values in comparable form. Values that Notion computes or keeps to itself are left out. */
import type { Json, JsonObject } from '../json.ts';
import { isObject, objectAt, stringAt } from '../json.ts';
import type { WritablePropertyType } from '../property-types.ts';
import { isReadOnlyPropertyType, isWritablePropertyType } from '../property-types.ts';
import { fileForm } from './file-form.ts';
import type { OriginalId } from './references.ts';
import { richTextForm } from './rich-text-form.ts';

type Form = (value: Json, original: OriginalId) => Json;

const asItIs: Form = (value) => value;
const richText: Form = (value, original) => richTextForm(Array.isArray(value) ? value : [], original);

const forms: Readonly<Record<WritablePropertyType, Form>> = {
  title: richText,
  rich_text: richText,
  number: asItIs,
  select: optionName,
  multi_select: (value) => namesOf(value).sort(),
  status: optionName,
  date: (value) => (isObject(value) ? { start: value.start ?? null, end: value.end ?? null } : null),
  people: idsOf,
  files: filesForm,
  checkbox: asItIs,
  url: asItIs,
  email: asItIs,
  phone_number: asItIs,
  relation: idsOf,
  place: (value) => (isObject(value) ? placeForm(value) : null),
};

/** The value as one comparable JSON; undefined when no request could have set it. Unknown types stay as they are. */
export function propertyForm(property: Json, original: OriginalId): Json | undefined {
  if (!isObject(property)) return undefined;
  const type = stringAt(property, 'type') ?? '';
  if (isReadOnlyPropertyType(type)) return undefined;
  const value = property[type] ?? null;
  return isWritablePropertyType(type) ? forms[type](value, original) : value;
}

/** All settable values of a page by property name; the title under one name whatever the schema calls it. */
export function propertiesForm(page: JsonObject, original: OriginalId): JsonObject {
  const forms = Object.entries(objectAt(page, 'properties') ?? {}).flatMap(
    ([name, property]): [string, Json][] => {
      const value = propertyForm(property, original);
      if (value === undefined || isEmpty(value)) return [];
      return [[stringAt(property, 'type') === 'title' ? '(title)' : name, value]];
    },
  );
  return Object.fromEntries(forms);
}

/** Absent, null, false and empty lists are one thing: nothing set. */
export function isEmpty(value: Json): boolean {
  return value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0);
}

function optionName(value: Json): Json {
  return stringAt(value, 'name') ?? null;
}

function filesForm(value: Json): Json {
  return (Array.isArray(value) ? value : []).map((file) => ({
    name: stringAt(file, 'name') ?? '',
    ...asObject(fileForm(file)),
  }));
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
