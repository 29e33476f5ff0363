/** Values as two versions of them compare: without what Notion counts by itself. */
import { sortKeys } from '../canonical.ts';
import type { Json, JsonObject } from '../json.ts';
import { isObject, mapValues, objectAt, stringAt } from '../json.ts';
import type { Detail } from './change.ts';

/** Members that change although nobody edited the part, or that say what its id says. */
const counted = new Set([
  'last_edited_time',
  'last_edited_by',
  'created_time',
  'created_by',
  'has_children',
  'object',
  'request_id',
  'url',
  'public_url',
]);

/**
 * True when two values say the same. A kept file is its bytes, wherever it lay; a person or a page that is mentioned is its id,
 * whatever it is called now.
 */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(form(a ?? null)) === JSON.stringify(form(b ?? null));
}

/** The members of two objects that differ, without `except`. */
export function details(a: JsonObject, b: JsonObject, except: readonly string[] = []): Detail[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return names
    .filter((name) => !except.includes(name) && !isSame(a[name], b[name]))
    .map((name) => ({ name, before: a[name] ?? null, after: b[name] ?? null }));
}

/** The members of two API objects that differ, without what Notion counts by itself. */
export function objectDetails(a: JsonObject, b: JsonObject, except: readonly string[]): Detail[] {
  return details(a, b, [...counted, ...except]);
}

function form(value: Json): Json {
  if (Array.isArray(value)) return value.map(form);
  if (!isObject(value)) return value;
  if (value.object === 'user') return { object: 'user', id: value.id ?? null };
  if (value.type === 'mention' && isObject(value.mention)) {
    const { plain_text: _words, href: _href, ...run } = value;
    return sortKeys(mapValues(run, form));
  }
  const file = objectAt(value, 'file');
  const sha256 = stringAt(file, 'sha256');
  const own = sha256 === undefined ? value : { ...value, file: { sha256 } };
  return sortKeys(mapValues(own, form));
}
