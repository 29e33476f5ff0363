/** Parts that a snapshot lacks, in words, as its manifest lists them, with the titles of the objects that lack them. */
import type { Json, JsonObject } from '../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../document/json.ts';

/** One line for each thing that could not be read: kind, title or id, and the reason. */
export function manifestGaps(manifest: JsonObject): string[] {
  return arrayAt(objectAt(manifest, 'errors'), 'list').map(gapLine);
}

/** One line for each part of which Notion says that its API does not support it. */
export function unsupportedParts(manifest: JsonObject): string[] {
  return arrayAt(objectAt(objectAt(manifest, 'blind_spots'), 'unsupported'), 'list').map(gapLine);
}

function gapLine(gap: Json): string {
  const at = (key: string) => stringAt(gap, key) ?? '';
  const subject = at('title') === '' ? at('id') : `"${at('title')}" (${at('id')})`;
  return `${[at('what'), subject].filter(Boolean).join(' ')}: ${at('reason')}`;
}
