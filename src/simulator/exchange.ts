/** One API exchange, from the request as it arrived to the answer: the gate, the faults, the handler, the envelope. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Budget } from './budget.ts';
import type { SimulatorClock } from './conditions/clock.ts';
import type { Faults } from './conditions/faults.ts';
import { checkAge, checkBeta, checkToken, checkVersion, parseBody } from './gate.ts';
import type { Link } from './link.ts';
import { distorted } from './odd-answers.ts';
import { ApiError, conflict, notFound, restricted } from './protocol/api-error.ts';
import type { Capability, Context, Match } from './protocol/routes.ts';
import { Answer, checkedParams } from './protocol/routes.ts';
import type { Sessions } from './protocol/sessions.ts';
import { refuseListing, strikeAfter, strikeBefore, strikeScripted } from './strike.ts';
import type { JsonObject } from './workspace/json.ts';
import { objectAt, stringAt } from './workspace/json.ts';
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
  /** The answer to a request for comments without the capability for it. */
  readonly commentRefusal: 403 | 404;
  readonly latencyMs: number;
  readonly mediaLink: Link;
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
  /** The body is to break off in the middle. */
  readonly isCut?: boolean;
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
    const { status, body, isCut } = await carryOut(world, request, pass);
    return { status, headers, body: { ...body, request_id: requestId }, isCut };
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

interface Outcome {
  readonly status: number;
  readonly body: JsonObject;
  readonly isCut: boolean;
}

async function carryOut(world: World, request: ApiRequest, pass: () => Promise<void>): Promise<Outcome> {
  const { match, context } = admit(world, request);
  const { route } = match;
  const { faults } = world;
  const query = request.query.toString();
  const address = query === '' ? request.path : `${request.path}?${query}`;
  const key = route.effect === 'write' ? route.conflictKey?.(context) : undefined;
  if (key !== undefined && world.writing.has(key) && world.faults.strikes('conflictOnParallelWrites')) {
    await pass();
    throw conflict();
  }
  if (key !== undefined) world.writing.add(key);
  try {
    await pass();
    const isScriptedCut = strikeScripted(faults, request.method, address);
    strikeBefore(faults, route);
    refuseListing(faults, request.path);
    const result = await route.handle(context);
    strikeAfter(faults, route, context);
    const { status, body } = result instanceof Answer ? result : new Answer(200, result);
    return {
      status,
      body: route.effect === 'read' ? distorted(faults, address, body) : body,
      isCut: isScriptedCut || (route.effect === 'read' && faults.strikesAt('answerCut', address)),
    };
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
  checkAge(match, version);
  const contentType = request.headers['content-type'] ?? '';
  const params = checkedParams(match.params);
  checkCapability(world, request, match);
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

/** @throws ApiError 403, or for comments the 404 that some connections get all the time */
function checkCapability(world: World, request: ApiRequest, { route, params }: Match): void {
  const { capability } = route;
  if (capability === undefined || world.capabilities.has(capability)) return;
  if (!capability.endsWith('_comments') || world.commentRefusal === 403) throw restricted();
  const { comment_id: commentId } = params;
  const bot = { name: world.state.botName, id: world.state.botId };
  if (commentId !== undefined) throw notFound('comment', commentId, bot);
  throw notFound('block', request.query.get('block_id') ?? blockOf(request), bot);
}

/** The block or page a new comment names. */
function blockOf(request: ApiRequest): string {
  const body = parseBody(request.rawBody, request.headers['content-type'] ?? '');
  const parent = objectAt(body, 'parent');
  return (
    stringAt(parent, 'page_id') ??
    stringAt(parent, 'block_id') ??
    stringAt(body, 'discussion_id') ??
    'undefined'
  );
}
