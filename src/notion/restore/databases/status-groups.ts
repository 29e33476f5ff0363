/**
 * Groups of status options: the documentation says that requests may name them, types and live tests say otherwise. They are
 * tried, and left out of every further request once a refusal has shown that Notion does not take them.
 */
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, mapValues } from '../../../document/json.ts';
import { apiFailureOf } from '../../api/api.ts';
import type { Journal } from '../journal/journal.ts';

/** Sends a request with `body`; when Notion refuses it, once more without the groups of its status options. */
export async function sendWithGroups<Answer>(
  journal: Journal,
  body: JsonObject,
  send: (body: JsonObject) => Promise<Answer>,
): Promise<Answer> {
  const bare = withoutGroups(body);
  if (journal.meta('status groups') === 'refused' || JSON.stringify(bare) === JSON.stringify(body))
    return send(bare);
  try {
    return await send(body);
  } catch (error) {
    if (apiFailureOf(error)?.status !== 400) throw error;
    const answer = await send(bare);
    journal.setMeta('status groups', 'refused');
    return answer;
  }
}

/** A body without the `group` of the options of any status in it. Uploads named in it stay the same objects. */
export function withoutGroups(body: JsonObject): JsonObject {
  const entries = Object.entries(body).map(([key, value]): [string, Json] => {
    if (key === 'properties' && isObject(value)) return [key, mapValues(value, bareProperty)];
    return [key, key === 'initial_data_source' && isObject(value) ? withoutGroups(value) : value];
  });
  return Object.fromEntries(entries);
}

function bareProperty(property: Json): Json {
  if (!isObject(property) || !isObject(property.status) || !Array.isArray(property.status.options))
    return property;
  const options = property.status.options.map((option) => {
    if (!isObject(option)) return option;
    const { group: _, ...rest } = option;
    return rest;
  });
  return { ...property, status: { ...property.status, options } };
}
