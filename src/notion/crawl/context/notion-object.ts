/** Reading the few members of API objects the crawl decides by. */
import type { Json, JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';

/** The object's id, compact; undefined when it has none. */
export function idOf(object: JsonObject): string | undefined {
  const id = stringAt(object, 'id');
  return id === undefined || id === '' ? undefined : compactId(id);
}

/** Its last_edited_time as it came, or ``. */
export function editedOf(object: JsonObject): string {
  return stringAt(object, 'last_edited_time') ?? '';
}

/** `in_trash`, which versions before 2026-03-11 call `archived`. */
export function isTrashed(object: JsonObject): boolean {
  return object.in_trash === true || (object.in_trash === undefined && object.archived === true);
}

/** The title of a page (its title property) or of a database or data source (its `title`), as plain text. */
export function titleOf(object: JsonObject): string {
  if (Array.isArray(object.title)) return plainText(object.title);
  const title = Object.values(objectAt(object, 'properties') ?? {}).find(isTitle);
  return plainText(arrayAt(title, 'title'));
}

function isTitle(property: Json): boolean {
  return isObject(property) && property.type === 'title';
}

/** Rich text as plain text. */
export function plainText(runs: readonly Json[]): string {
  return runs
    .map((run) => stringAt(run, 'plain_text') ?? stringAt(objectAt(run, 'text'), 'content') ?? '')
    .join('');
}
