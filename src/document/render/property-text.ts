/** Any property value as the text a cell shows. */

import { plainText } from '../compare/rich-text-form.ts';
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import { fileName } from './links.ts';

/** Text of a page's property value; empty for nothing. Unknown types are shown as JSON. */
export function propertyText(property: Json | undefined): string {
  if (!isObject(property)) return '';
  const type = stringAt(property, 'type') ?? '';
  return valueText(type, property[type] ?? null);
}

function valueText(type: string, value: Json): string {
  if (value === null) return '';
  switch (type) {
    case 'title':
    case 'rich_text':
      return plainText(Array.isArray(value) ? value : []);
    case 'select':
    case 'status':
      return stringAt(value, 'name') ?? '';
    case 'multi_select':
      return list(value, (option) => stringAt(option, 'name') ?? '');
    case 'people':
      return list(value, personText);
    case 'created_by':
    case 'last_edited_by':
      return personText(value);
    case 'relation':
      return list(value, (item) => stringAt(item, 'id') ?? '');
    case 'files':
      return list(value, fileName);
    case 'date':
      return dateText(value);
    case 'formula':
    case 'rollup':
      return isObject(value) ? computedText(value) : '';
    case 'unique_id':
      return uniqueIdText(value);
    case 'verification':
      return stringAt(value, 'state') ?? '';
    case 'place':
      return stringAt(value, 'name') ?? stringAt(value, 'address') ?? '';
    default:
      return isObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
  }
}

function computedText(value: JsonObject): string {
  const type = stringAt(value, 'type') ?? '';
  if (type === 'array') return list(value.array ?? null, (item) => propertyText(item));
  return valueText(type, value[type] ?? null);
}

function list(value: Json, text: (item: Json) => string): string {
  return (Array.isArray(value) ? value : [])
    .map(text)
    .filter((item) => item !== '')
    .join(', ');
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
    if (stringAt(property, 'type') === 'title' || (isObject(property) && property.id === 'title')) {
      return plainText(arrayAt(property, 'title'));
    }
  }
  return '';
}
