/** Answers that are odd though their status is 200: objects that say nothing, or that nobody knows, and lists without an end. */
import type { Faults } from './conditions/faults.ts';
import type { Json, JsonObject } from './workspace/json.ts';
import { isJsonObject } from './workspace/json.ts';

const known = new Set(['page', 'block', 'database', 'data_source', 'view', 'comment']);

/**
 * The answer to a read as the odd faults leave it.
 * @param address path and query of the request
 */
export function distorted(faults: Faults, address: string, body: JsonObject): JsonObject {
  if (body.object !== 'list' || !Array.isArray(body.results)) return distortedObject(faults, body);
  const results: Json[] = body.results.map((each) =>
    isJsonObject(each) ? distortedObject(faults, each) : each,
  );
  if (results.length === 0 || !faults.strikesAt('cursorMissing', address)) return { ...body, results };
  return { ...body, results: results.slice(0, results.length / 2), has_more: true, next_cursor: null };
}

function distortedObject(faults: Faults, object: JsonObject): JsonObject {
  const { object: kind, id } = object;
  if (typeof kind !== 'string' || typeof id !== 'string' || !known.has(kind)) return object;
  if (faults.strikesAt('unknownObject', id)) return { ...object, object: 'apparition' };
  if (kind === 'block' && faults.strikesAt('partialBlock', id)) return { object: kind, id };
  return object;
}
