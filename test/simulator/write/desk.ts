/** A simulated workspace asked without HTTP: requests go straight to where the server would hand them. */

import { allRoutes } from '../../../src/simulator/all-routes.ts';
import { Budget } from '../../../src/simulator/budget.ts';
import { VirtualClock } from '../../../src/simulator/conditions/clock.ts';
import type { FaultRates } from '../../../src/simulator/conditions/faults.ts';
import { createFaults } from '../../../src/simulator/conditions/faults.ts';
import type { World } from '../../../src/simulator/exchange.ts';
import { answer } from '../../../src/simulator/exchange.ts';
import { Link } from '../../../src/simulator/link.ts';
import { createRouter } from '../../../src/simulator/protocol/routes.ts';
import { Sessions } from '../../../src/simulator/protocol/sessions.ts';
import { allCapabilities } from '../../../src/simulator/server.ts';
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../../src/simulator/workspace/json.ts';
import { seededRandom } from '../../../src/simulator/workspace/random.ts';
import type { Page, State, User } from '../../../src/simulator/workspace/state.ts';
import { addPage, addUser, createState } from '../../../src/simulator/workspace/state.ts';
import { writeRoutes } from '../../../src/simulator/write/routes.ts';

export interface Reply {
  readonly status: number;
  readonly body: JsonObject;
  /** The message of a refusal, else ''. */
  readonly message: string;
}

export interface Desk {
  readonly state: State;
  readonly clock: VirtualClock;
  readonly world: World;
  /** A shared page to write under. */
  readonly page: Page;
  readonly person: User;
  ask(method: string, path: string, body?: Json, options?: AskOptions): Promise<Reply>;
  /** As `ask`, and throws unless the answer is a 200. */
  get(path: string): Promise<JsonObject>;
  post(path: string, body: Json): Promise<JsonObject>;
  patch(path: string, body: Json): Promise<JsonObject>;
}

export interface AskOptions {
  readonly version?: string;
  readonly rawBody?: Uint8Array;
  readonly contentType?: string;
  /** Something that happens while the request is under way. */
  readonly meanwhile?: () => Promise<void>;
}

export function openDesk(faults: Partial<FaultRates> = {}, given?: State): Desk {
  const state = given ?? createState({ seed: 7 });
  const clock = new VirtualClock({ jumps: false });
  const random = seededRandom(3);
  const known = new Set(allRoutes.map(({ method, path }) => `${method} ${path}`));
  const more = writeRoutes.filter(({ method, path }) => !known.has(`${method} ${path}`));
  const world: World = {
    state,
    clock,
    random,
    faults: createFaults(faults, 5),
    sessions: new Sessions(random),
    budget: new Budget(0, clock),
    token: 'token',
    capabilities: new Set(allCapabilities),
    commentRefusal: 403,
    latencyMs: 0,
    mediaLink: new Link(clock, 0),
    route: createRouter([...allRoutes, ...more]),
    writing: new Set(),
  };
  const page = addPage(state, { parent: { type: 'workspace', id: '' }, createdTime: clock.now() });
  state.shared.add(page.id);
  const person = addUser(state, { name: 'Ada', email: 'ada@example.com' });

  async function ask(method: string, path: string, body?: Json, options: AskOptions = {}): Promise<Reply> {
    const [pathname = '', search = ''] = path.split('?');
    const rawBody =
      options.rawBody ?? new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body));
    const { status, body: reply } = await answer(
      world,
      {
        method,
        path: `/v1/${pathname}`,
        query: new URLSearchParams(search),
        headers: {
          authorization: 'Bearer token',
          'notion-version': options.version ?? '2026-03-11',
          'content-type': options.contentType ?? 'application/json',
        },
        rawBody,
        origin: 'http://127.0.0.1:1',
      },
      options.meanwhile ?? (async () => {}),
    );
    return { status, body: reply, message: typeof reply.message === 'string' ? reply.message : '' };
  }
  async function granted(method: string, path: string, body?: Json): Promise<JsonObject> {
    const reply = await ask(method, path, body);
    if (reply.status !== 200) throw new Error(`${method} ${path}: ${reply.status} ${reply.message}`);
    return reply.body;
  }
  return {
    state,
    clock,
    world,
    page,
    person,
    ask,
    get: (path) => granted('GET', path),
    post: (path, body) => granted('POST', path, body),
    patch: (path, body) => granted('PATCH', path, body),
  };
}

/** The plain rich text of a request. */
export function words(content: string): JsonObject[] {
  return [{ text: { content } }];
}

export function paragraph(content: string, more: JsonObject = {}): JsonObject {
  return { type: 'paragraph', paragraph: { rich_text: words(content), ...more } };
}

/** A member found by its path, for short assertions. */
export function at(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let found: Json | undefined = value;
  for (const key of path) {
    if (Array.isArray(found)) found = found[Number(key)];
    else if (isJsonObject(found)) found = found[String(key)];
    else return undefined;
  }
  return found;
}

/** A string member found by its path. */
export function textAt(value: Json | undefined, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  if (typeof found !== 'string') throw new Error(`no text at ${path.join('.')}: ${JSON.stringify(value)}`);
  return found;
}

export function listAt(value: Json | undefined, ...path: readonly (string | number)[]): Json[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}
