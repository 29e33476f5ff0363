/** The gaps of a snapshot in words: the errors of its manifest with the titles of the objects they are in. */
import type { Json, JsonObject } from '../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../document/json.ts';

/** One line for each thing that is missing: kind, title or id, and the reason. */
export function manifestGaps(manifest: JsonObject): string[] {
  return arrayAt(objectAt(manifest, 'errors'), 'list').map(gapLine);
}

function gapLine(gap: Json): string {
  const at = (key: string) => stringAt(gap, key) ?? '';
  const subject = at('title') === '' ? at('id') : `"${at('title')}" (${at('id')})`;
  return `${[at('what'), subject].filter(Boolean).join(' ')}: ${at('reason')}`;
}
