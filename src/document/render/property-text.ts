/** Any property value as the text a cell shows. */
import { gapNote, missingFile } from '../gaps.ts';
import type { Json, JsonObject } from '../json.ts';
import { isObject, objectAt, stringAt } from '../json.ts';
import type { KnownPropertyType } from '../property-types.ts';
import { isKnownPropertyType } from '../property-types.ts';
import { plainText } from '../rich-text.ts';
import { fileName } from './links.ts';

type Render = (value: Json) => string;

const render: Readonly<Record<KnownPropertyType, Render>> = {
  title: plainText,
  rich_text: plainText,
  number: literal,
  select: nameOf,
  multi_select: (value) => list(value, nameOf),
  status: nameOf,
  date: dateText,
  people: (value) => list(value, personText),
  files: (value) => list(value, fileText),
  checkbox: literal,
  url: literal,
  email: literal,
  phone_number: literal,
  relation: (value) => list(value, (item) => stringAt(item, 'id') ?? ''),
  rollup: computedText,
  formula: computedText,
  unique_id: uniqueIdText,
  created_time: literal,
  created_by: personText,
  last_edited_time: literal,
  last_edited_by: personText,
  place: (value) => stringAt(value, 'name') ?? stringAt(value, 'address') ?? '',
  button: literal,
  verification: (value) => stringAt(value, 'state') ?? '',
  location: literal,
  last_visited_time: literal,
};

/** Text of a page's property value; empty for nothing. Unknown types are shown as JSON. */
export function propertyText(property: Json | undefined): string {
  if (!isObject(property)) return '';
  const type = stringAt(property, 'type') ?? '';
  return valueText(type, property[type] ?? null);
}

/** Names and texts of a page's properties that have a value or a note, without the title. */
export function shownProperties(
  page: JsonObject,
  notes: ReadonlyMap<string, string> = new Map(),
): (readonly [name: string, text: string])[] {
  return Object.entries(objectAt(page, 'properties') ?? {})
    .filter(([, property]) => stringAt(property, 'type') !== 'title')
    .map(([name, property]) => [name, propertyText(property)] as const)
    .filter(([name, text]) => text !== '' || notes.has(name));
}

function valueText(type: string, value: Json): string {
  if (value === null) return '';
  return isKnownPropertyType(type) ? render[type](value) : literal(value);
}

function literal(value: Json): string {
  return isObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
}

function nameOf(value: Json): string {
  return stringAt(value, 'name') ?? '';
}

/** Results of formulas and rollups say their own type. */
function computedText(value: Json): string {
  const type = stringAt(value, 'type') ?? '';
  if (!isObject(value)) return '';
  return type === 'array' ? list(value.array ?? null, propertyText) : valueText(type, value[type] ?? null);
}

function list(value: Json, text: Render): string {
  return (Array.isArray(value) ? value : [])
    .map((item) => text(item))
    .filter((item) => item !== '')
    .join(', ');
}

/** A file's name, with a note when its bytes are not in the snapshot. */
function fileText(file: Json): string {
  const missing = missingFile(file);
  return missing === undefined ? fileName(file) : `${fileName(file)} ${gapNote('not kept', missing)}`;
}

function personText(value: Json): string {
  return (
    stringAt(value, 'name') ?? stringAt(objectAt(value, 'person'), 'email') ?? stringAt(value, 'id') ?? ''
  );
}

function dateText(value: Json): string {
  const [start, end] = [stringAt(value, 'start') ?? '', stringAt(value, 'end')];
  return end === undefined ? start : `${start} → ${end}`;
}

function uniqueIdText(value: Json): string {
  if (!isObject(value)) return '';
  const number = value.number === null || value.number === undefined ? '' : String(value.number);
  const prefix = stringAt(value, 'prefix');
  return prefix === undefined ? number : `${prefix}-${number}`;
}

/** Title of a page object, whatever its schema calls it. */
export function pageTitle(page: JsonObject): string {
  for (const property of Object.values(objectAt(page, 'properties') ?? {})) {
    if (isObject(property) && (property.type === 'title' || property.id === 'title'))
      return plainText(property.title);
  }
  return '';
}
