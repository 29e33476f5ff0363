/** The route table: method and path pattern → handler. Groups of routes join it in `all-routes.ts`. */

import type { SimulatorClock } from '../conditions/clock.ts';
import type { Faults } from '../conditions/faults.ts';
import type { Json, JsonObject } from '../workspace/json.ts';
import type { Random } from '../workspace/random.ts';
import type { State } from '../workspace/state.ts';
import { invalidUrl, notUuid } from './api-error.ts';
import type { Sessions } from './sessions.ts';

/** Permissions of the connection; a missing one is a 403. */
export type Capability =
  | 'read_content'
  | 'update_content'
  | 'insert_content'
  | 'read_comments'
  | 'insert_comments'
  | 'read_users'
  /** Only with `read_users`: e-mail addresses too. */
  | 'read_emails';

/** All a handler gets. */
export interface Context {
  readonly state: State;
  readonly clock: SimulatorClock;
  readonly faults: Faults;
  /** Chooses what the API leaves open, such as the order of unsorted rows. */
  readonly random: Random;
  /** Listings under way, to which cursors belong. */
  readonly sessions: Sessions;
  /** Path parameters, decoded; ids in dashed lower case. */
  readonly params: { readonly [name: string]: string };
  readonly query: URLSearchParams;
  /** The parsed JSON body; `{}` for an empty one. */
  readonly body: JsonObject;
  /** The body as it came, for multipart. */
  readonly rawBody: Uint8Array;
  readonly contentType: string;
  readonly capabilities: ReadonlySet<Capability>;
  /** Notion-Version of the request. */
  readonly version: string;
  /** `http://127.0.0.1:port`, for upload and media URLs. */
  readonly origin: string;
  /** A write says here what it created, for the 503 that may follow. */
  committed?: { readonly resourceId: string; readonly childIds?: readonly string[] };
}

/** An answer with a status other than 200. */
export class Answer {
  readonly status: number;
  readonly body: JsonObject;
  constructor(status: number, body: JsonObject) {
    this.status = status;
    this.body = body;
  }
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `/v1/blocks/{block_id}/children`: the names are those the API uses in messages. */
  readonly path: string;
  readonly effect: 'read' | 'write';
  readonly capability?: Capability;
  /** Older versions answer `invalid_request_url`. */
  readonly since?: string;
  /** Name of what two writes must not touch at once, such as the parent's id; the second gets a 409. */
  conflictKey?(context: Context): string | undefined;
  /** The answer's JSON, without `request_id`. @throws ApiError for a refusal. */
  handle(context: Context): JsonObject | Answer | Promise<JsonObject | Answer>;
}

/** A route that fits, with its decoded parameters. */
export interface Match {
  readonly route: Route;
  readonly params: { readonly [name: string]: string };
}

/** Path parameters that are ids but not UUIDs. */
const freeParameters = new Set(['property_id', 'task_id']);

/** Finds routes by method and path. Literal segments win over parameters: `/users/me` over `/users/{user_id}`. */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => Match {
  const table = routes
    .map((route) => ({ route, segments: route.path.split('/') }))
    .sort((a, b) => literals(b.segments) - literals(a.segments));
  return (method, path) => {
    const segments = path.split('/');
    for (const { route, segments: pattern } of table) {
      if (route.method !== method || pattern.length !== segments.length) continue;
      const params = matchSegments(pattern, segments);
      if (params !== undefined) return { route, params };
    }
    throw invalidUrl();
  };
}

/** Checks the parameters that must be UUIDs and brings them into dashed form. @throws ApiError */
export function checkedParams(params: Match['params']): { [name: string]: string } {
  const checked: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(params)) {
    checked[name] = freeParameters.has(name) ? value : uuid(`path.${name}`, value);
  }
  return checked;
}

const uuidShape =
  /^(?:[0-9a-f]{8}-?[0-9a-f]{4}-?[1-8][0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}|0{8}-?0{4}-?0{4}-?0{4}-?0{12})$/i;

/** The id in dashed lower case, its version and variant digits checked. @throws ApiError naming `where` */
export function uuid(where: string, value: Json | undefined): string {
  if (typeof value !== 'string' || !uuidShape.test(value)) {
    throw notUuid(where, typeof value === 'string' ? value : String(value));
  }
  const hex = value.replaceAll('-', '').toLowerCase();
  return [8, 12, 16, 20].reduceRight((text, at) => `${text.slice(0, at)}-${text.slice(at)}`, hex);
}

function literals(segments: readonly string[]): number {
  return segments.filter((segment) => !segment.startsWith('{')).length;
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): { [name: string]: string } | undefined {
  const params: { [name: string]: string } = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index] ?? '';
    if (!expected.startsWith('{')) {
      if (expected !== actual) return undefined;
    } else if (actual === '') return undefined;
    else params[expected.slice(1, -1)] = decoded(actual);
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalidUrl();
  }
}
