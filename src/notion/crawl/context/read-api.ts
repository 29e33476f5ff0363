/** The API as the crawl asks it: reads only, counted by endpoint, with a stop when Notion is out of reach for good. */
import type { JsonObject } from '../../../document/json.ts';
import { isKlosetError, messageOf } from '../../../errors.ts';
import type { ApiRequest, NotionApi } from '../../api/api.ts';
import { apiFailureOf } from '../../api/api.ts';
import type { ListOptions, ListPage } from '../../api/listing.ts';
import { listPages } from '../../api/listing.ts';
import { oddAnswer, oddAnswerError } from '../../api/odd-answer.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';

/** So many requests in a row without any answer from Notion mean that it is out of reach, not that one object is bad. */
const maxConsecutiveFailures = 40;

/** Every request throws EndOfRun when the crawl was aborted or stopped, the token is refused or Notion is out of reach. */
export interface ReadApi {
  /**
   * An odd answer (see odd-answer.ts) is asked for once more.
   * @throws KlosetError `unavailable` for one that stays odd
   */
  get(path: string, query?: ApiRequest['query']): Promise<JsonObject>;
  /** Asks once for an object of which an odd answer came. @throws KlosetError `unavailable` when it stays odd */
  getAgain(path: string): Promise<JsonObject>;
  /** A POST that only reads: search and queries. */
  post(path: string, body: JsonObject): Promise<JsonObject>;
  /** The pages of a list (see listing.ts). */
  list(request: ListRequest, options?: ListOptions): AsyncGenerator<ListPage>;
  /** Requests by endpoint since the last call. */
  takeCounts(): ReadonlyMap<string, number>;
  /** Ends the run because of `reason`: no request is sent any more. */
  stop(reason: unknown): void;
  /** Notion's time in ms; this machine's until Notion has answered. */
  now(): number;
}

export type ListRequest = Omit<ApiRequest, 'effect'>;

/** @param signal ends the crawl between two requests */
export function createReadApi(api: NotionApi, signal?: AbortSignal): ReadApi {
  let counts = new Map<string, number>();
  let consecutiveFailures = 0;
  let stopped: { readonly reason: unknown } | undefined;
  const request = async (asked: ApiRequest): Promise<JsonObject> => {
    if (signal?.aborted) throw new EndOfRun(signal.reason);
    if (stopped !== undefined) throw new EndOfRun(stopped.reason);
    const endpoint = endpointOf(asked);
    counts.set(endpoint, (counts.get(endpoint) ?? 0) + 1);
    try {
      const answer = await api.request(asked);
      consecutiveFailures = 0;
      return answer;
    } catch (error) {
      if (signal?.aborted) throw new EndOfRun(signal.reason);
      const status = apiFailureOf(error)?.status;
      consecutiveFailures = isOutOfReach(status) ? consecutiveFailures + 1 : 0;
      const isEnd =
        status === 401 || consecutiveFailures >= maxConsecutiveFailures || isAbort(error) || isUnsent(error);
      throw isEnd ? new EndOfRun(error) : error;
    }
  };
  const counted: NotionApi = {
    request,
    sendFilePart: (id, part) => api.sendFilePart(id, part),
    get requestsSpent() {
      return api.requestsSpent;
    },
    clock: api.clock,
  };
  const getOnce = (path: string, query?: ApiRequest['query']) =>
    request({ method: 'get', path, effect: 'read', ...(query === undefined ? {} : { query }) });
  const getWhole = async (path: string, query?: ApiRequest['query']): Promise<JsonObject> => {
    const answer = await getOnce(path, query);
    const odd = oddAnswer(path, answer);
    if (odd !== undefined) throw oddAnswerError(`GET ${path}`, odd);
    return answer;
  };
  return {
    async get(path, query) {
      const answer = await getOnce(path, query);
      return oddAnswer(path, answer) === undefined ? answer : getWhole(path, query);
    },
    getAgain: (path) => getWhole(path),
    post: (path, body) => request({ method: 'post', path, body, effect: 'read' }),
    list: (asked, options) => listPages(counted, { ...asked, effect: 'read' }, options),
    takeCounts() {
      const taken = counts;
      counts = new Map();
      return taken;
    },
    stop(reason) {
      stopped ??= { reason };
    },
    now: () => api.notionNow?.() ?? api.clock.now(),
  };
}

/** True when no answer came, or only a rate limit or a server error. */
function isOutOfReach(status: number | undefined): boolean {
  return status === 0 || status === 429 || (status !== undefined && status >= 500);
}

/** True when the connection sends no request any more: quiet hours, or Notion asked to wait too long. Nothing is said of the object. */
function isUnsent(error: unknown): boolean {
  return isKlosetError(error, 'temporary') && apiFailureOf(error) === undefined;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** The kind of a request, whichever object it is about: `GET blocks/{id}/children`. */
function endpointOf({ method, path }: ApiRequest): string {
  const [kind = '', id, ...rest] = path.split('/');
  const known = id === undefined ? [] : [id === 'me' || id === 'meeting_notes' ? id : '{id}'];
  const tail = rest[0] === 'properties' ? ['properties', '{id}'] : rest;
  return `${method.toUpperCase()} ${[kind, ...known, ...tail].join('/')}`;
}

/** True when Notion answered that the thing is not there or may not be seen, or that the request makes no sense to it. */
export function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return status === 400 || status === 403 || status === 404;
}

/** True when Notion answered that it has no such endpoint at all: no other object's will be there either. */
export function isUnknownEndpoint(error: unknown): boolean {
  return apiFailureOf(error)?.code === 'invalid_request_url';
}

/** The HTTP status with which Notion itself refused; undefined for other failures, a proxy's pages among them. */
export function statusOf(error: unknown): number | undefined {
  const failure = apiFailureOf(error);
  return failure === undefined || failure.code === 'html' ? undefined : failure.status;
}

/** A failure as one line without the parts that differ from run to run. */
export function reasonOf(error: unknown): string {
  const failure = apiFailureOf(error);
  const text =
    failure === undefined ? messageOf(error) : `${failure.status} ${failure.code}: ${failure.message}`;
  return text.replace(/\s+/g, ' ').slice(0, 300);
}
