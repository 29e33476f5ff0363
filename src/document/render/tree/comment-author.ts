/** The name a comment shows. */
import type { JsonObject } from '../../json.ts';
import { objectAt, stringAt } from '../../json.ts';

/** The author's name, or the user's id where the API gave no name. */
export function authorOf(comment: JsonObject): string {
  return (
    stringAt(objectAt(comment, 'display_name'), 'resolved_name') ??
    stringAt(objectAt(comment, 'created_by'), 'id') ??
    ''
  );
}
