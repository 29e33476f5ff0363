/** One API exchange, from the request as it arrived to the answer: the gate, the faults, the handler, the envelope. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Budget } from './budget.ts';
import type { SimulatorClock } from './conditions/clock.ts';
import type { Faults } from './conditions/faults.ts';
import { checkBeta, checkRoute, checkToken, checkVersion, parseBody } from './gate.ts';
import { ApiError, conflict } from './protocol/api-error.ts';
import type { Capability, Context, Match } from './protocol/routes.ts';
import { Answer, checkedParams } from './protocol/routes.ts';
import type { Sessions } from './protocol/sessions.ts';
import { strikeAfter, strikeBefore } from './strike.ts';
import type { JsonObject } from './workspace/json.ts';
import type { Random } from './workspace/random.ts';
import type { State } from './workspace/state.ts';

/** Everything that stays the same from request to request. */
export interface World {
  readonly state: State;
  readonly clock: SimulatorClock;
  readonly faults: Faults;
  readonly random: Random;
  readonly sessions: Sessions;
  readonly budget: Budget;
  readonly token: string;
  readonly capabilities: ReadonlySet<Capability>;
  readonly latencyMs: number;
  readonly route: (method: string, path: string) => Match;
  /** Conflict keys of writes under way. */
  readonly writing: Set<string>;
}

export interface ApiRequest {
  readonly method: string;
  /** Undecoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly rawBody: Uint8Array;
  readonly origin: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: JsonObject;
}

/**
 * Answers one request, refusals included.
 * @param pass waits out the latency; time passes nowhere else
 * @throws Disruption when no proper answer is to be given
 */
export async function answer(
  world: World,
  request: ApiRequest,
  pass: () => Promise<void>,
): Promise<ApiAnswer> {
  const requestId = world.random.uuid();
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'x-notion-request-id': requestId,
  };
  try {
    const { status, body } = await carryOut(world, request, pass);
    return { status, headers, body: { ...body, request_id: requestId } };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return {
      status: error.status,
      headers: { ...headers, ...error.headers },
      body: {
        object: 'error',
        status: error.status,
        code: error.code,
        message: error.message,
        ...(error.additionalData === undefined ? {} : { additional_data: error.additionalData }),
        request_id: requestId,
      },
    };
  }
}

async function carryOut(world: World, request: ApiRequest, pass: () => Promise<void>): Promise<Answer> {
  const { match, context } = admit(world, request);
  const { route } = match;
  const key = route.effect === 'write' ? route.conflictKey?.(context) : undefined;
  if (key !== undefined && world.writing.has(key) && world.faults.strikes('conflictOnParallelWrites')) {
    await pass();
    throw conflict();
  }
  if (key !== undefined) world.writing.add(key);
  try {
    await pass();
    strikeBefore(world.faults, route);
    const result = await route.handle(context);
    strikeAfter(world.faults, route, context);
    return result instanceof Answer ? result : new Answer(200, result);
  } finally {
    if (key !== undefined) world.writing.delete(key);
  }
}

function admit(world: World, request: ApiRequest): { match: Match; context: Context } {
  checkToken(request.headers, world.token);
  world.budget.spend();
  const version = checkVersion(request.headers);
  checkBeta(request.headers);
  const match = world.route(request.method, request.path);
  checkRoute(match, version, world.capabilities);
  const contentType = request.headers['content-type'] ?? '';
  const params = checkedParams(match.params);
  return {
    match,
    context: {
      ...world,
      params,
      query: request.query,
      body: parseBody(request.rawBody, contentType),
      rawBody: request.rawBody,
      contentType,
      version,
      origin: request.origin,
    },
  };
}
