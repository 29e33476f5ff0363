/** Recorded exchanges of the real API, read from beside the repository when they are there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import { isJsonObject, objectAt, stringAt } from '../../../src/simulator/workspace/json.ts';

const folder = new URL('../../../../shared/notion-recordings', import.meta.url).pathname;

/** False on machines that have no recordings: the tests that need them then say so and pass. */
export const hasRecordings = existsSync(folder);

export interface Exchange {
  readonly name: string;
  readonly isLive: boolean;
  readonly method: string;
  /** Below `/v1/`, with its query. */
  readonly path: string;
  readonly version: string;
  readonly body: JsonObject | undefined;
  readonly status: number;
  readonly answer: JsonObject;
}

/** Each recorded flow, its exchanges in order. */
export function recordedFlows(): { readonly name: string; readonly exchanges: readonly Exchange[] }[] {
  const flows = join(folder, 'flows');
  return readdirSync(flows)
    .sort()
    .map((name) => ({ name, exchanges: exchangesIn(join(flows, name)) }));
}

/** Every recorded exchange outside the flows. */
export function looseExchanges(): Exchange[] {
  const exchanges = join(folder, 'exchanges');
  return readdirSync(exchanges).flatMap((name) => exchangesIn(join(exchanges, name)));
}

function exchangesIn(place: string): Exchange[] {
  return readdirSync(place)
    .filter((name) => name.endsWith('.json') && name !== 'REPLAY.json')
    .sort()
    .map((name) => read(join(place, name)));
}

function read(file: string): Exchange {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isJsonObject(parsed)) throw new Error(`${file} is not an exchange`);
  const request = objectAt(parsed, 'request');
  const response = objectAt(parsed, 'response');
  const query = new URLSearchParams(
    Object.fromEntries(
      Object.entries(objectAt(request, 'query')).map(([key, value]) => [key, String(value)]),
    ),
  ).toString();
  const path = (stringAt(request, 'path') ?? '').replace('/v1/', '');
  return {
    name: file.slice(folder.length + 1),
    isLive: parsed.live === true,
    method: stringAt(request, 'method') ?? '',
    path: query === '' ? path : `${path}?${query}`,
    version: stringAt(request, 'notion_version') ?? '',
    body: isJsonObject(request.body) ? request.body : undefined,
    status: Number(response.status),
    answer: objectAt(response, 'body'),
  };
}

/** Members that name users: they say nothing of the objects a flow is about. */
const actors = ['created_by', 'last_edited_by', 'request_id'];

/** Pairs of strings that stand at the same place of two values. */
export function* pairs(one: Json | undefined, other: Json | undefined): Generator<readonly [string, string]> {
  if (typeof one === 'string' && typeof other === 'string') yield [one, other];
  else if (Array.isArray(one) && Array.isArray(other)) {
    for (const [place, item] of one.entries()) yield* pairs(item, other[place]);
  } else if (isJsonObject(one) && isJsonObject(other)) {
    for (const [key, item] of Object.entries(one)) if (!actors.includes(key)) yield* pairs(item, other[key]);
  }
}
