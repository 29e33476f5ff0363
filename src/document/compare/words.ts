/** The part of a form that is content, without style: when it differs, something was lost or changed, not approximated. */
import type { Json, JsonObject } from '../json.ts';
import { isObject } from '../json.ts';

/** True when two forms say the same, whatever their style. */
export function isSameContent(a: Json, b: Json): boolean {
  return JSON.stringify(withoutStyle(a)) === JSON.stringify(withoutStyle(b));
}

/** Fields of a block's form that are its content; the others are settings. */
const contentFields: ReadonlySet<string> = new Set([
  'text',
  'caption',
  'cells',
  'url',
  'media',
  'expression',
  'name',
  'object',
  'target',
  'synced_from',
]);

/** The fields of a block's form that are its content. */
export function contentOf(data: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(data).filter(([name]) => contentFields.has(name)));
}

/** A form with its rich texts as plain ones. */
function withoutStyle(form: Json): Json {
  if (Array.isArray(form)) {
    const runs = form.filter(isRun);
    return runs.length === form.length && runs.length > 0
      ? runs.map(({ text }) => text).join('')
      : form.map(withoutStyle);
  }
  if (!isObject(form)) return form;
  return Object.fromEntries(Object.entries(form).map(([name, member]) => [name, withoutStyle(member)]));
}

function isRun(value: Json): value is JsonObject & { text: string } {
  return isObject(value) && typeof value.text === 'string';
}
