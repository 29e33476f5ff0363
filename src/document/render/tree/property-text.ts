/** Any property value as the text a cell shows. */
import { gapNote, missingFile } from '../../gaps.ts';
import type { Json, JsonObject } from '../../json.ts';
import { isObject, objectAt, stringAt } from '../../json.ts';
import type { KnownPropertyType } from '../../property-types.ts';
import { isKnownPropertyType } from '../../property-types.ts';
import { plainText } from '../../rich-text.ts';
import { fileName } from './links.ts';

/** Titles of objects of the snapshot, by id. */
export type TitleOf = (id: string) => string | undefined;

type Render = (value: Json, titleOf: TitleOf) => string;

const render: Readonly<Record<KnownPropertyType, Render>> = {
  title: plainText,
  rich_text: plainText,
  number: literal,
  select: nameOf,
  multi_select: (value, titleOf) => list(value, nameOf, titleOf),
  status: nameOf,
  date: dateText,
  people: (value, titleOf) => list(value, personText, titleOf),
  files: (value, titleOf) => list(value, fileText, titleOf),
  checkbox: literal,
  url: literal,
  email: literal,
  phone_number: literal,
  relation: (value, titleOf) => list(value, relatedText, titleOf),
  rollup: computedText,
  formula: computedText,
  unique_id: uniqueIdText,
  created_time: literal,
  created_by: personText,
  last_edited_time: literal,
  last_edited_by: personText,
  place: (value) => stringAt(value, 'name') ?? stringAt(value, 'address') ?? '',
  button: () => '',
  verification: (value) => stringAt(value, 'state') ?? '',
  location: literal,
  last_visited_time: literal,
};

/** Text of a page's property value; empty for nothing. Unknown types are shown as JSON. */
export function propertyText(property: Json | undefined, titleOf: TitleOf = () => undefined): string {
  if (!isObject(property)) return '';
  const type = stringAt(property, 'type') ?? '';
  return valueText(type, property[type] ?? null, titleOf);
}

/** Names and texts of a page's properties that have a value or a note, without the title. */
export function shownProperties(
  page: JsonObject,
  notes: ReadonlyMap<string, string> = new Map(),
  titleOf?: TitleOf,
): (readonly [name: string, text: string])[] {
  return Object.entries(objectAt(page, 'properties') ?? {})
    .filter(([, property]) => stringAt(property, 'type') !== 'title')
    .map(([name, property]) => [name, propertyText(property, titleOf)] as const)
    .filter(([name, text]) => text !== '' || notes.has(name));
}

function valueText(type: string, value: Json, titleOf: TitleOf): string {
  if (value === null) return '';
  return isKnownPropertyType(type) ? render[type](value, titleOf) : literal(value);
}

function literal(value: Json): string {
  return isObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
}

function nameOf(value: Json): string {
  return stringAt(value, 'name') ?? '';
}

/** Results of formulas and rollups say their own type. */
function computedText(value: Json, titleOf: TitleOf): string {
  const type = stringAt(value, 'type') ?? '';
  if (!isObject(value)) return '';
  return type === 'array'
    ? list(value.array ?? null, propertyText, titleOf)
    : valueText(type, value[type] ?? null, titleOf);
}

function list(value: Json, text: Render, titleOf: TitleOf): string {
  return (Array.isArray(value) ? value : [])
    .map((item) => text(item, titleOf))
    .filter((item) => item !== '')
    .join(', ');
}

/** A related page by its title; by its id where the snapshot has no title for it. */
function relatedText(item: Json, titleOf: TitleOf): string {
  const id = stringAt(item, 'id') ?? '';
  return titleOf(id) ?? id;
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
  const zone = stringAt(value, 'time_zone');
  const times = end === undefined ? start : `${start} → ${end}`;
  return zone === undefined ? times : `${times} ${zone}`;
}

function uniqueIdText(value: Json): string {
  if (!isObject(value)) return '';
  const number = value.number === null || value.number === undefined ? '' : String(value.number);
  const prefix = stringAt(value, 'prefix');
  return prefix === undefined ? number : `${prefix}-${number}`;
}
