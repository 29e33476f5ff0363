/** Reading the few members of API objects the crawl decides by. */
import type { JsonObject } from '../../../document/json.ts';
import { stringAt } from '../../../document/json.ts';
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
