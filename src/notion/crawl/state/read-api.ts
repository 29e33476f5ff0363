/** The API as the crawl asks it: reads only, counted by endpoint, with a stop when Notion is out of reach for good. */
import type { JsonObject } from '../../../document/json.ts';
import { isObject } from '../../../document/json.ts';
import { messageOf } from '../../../errors.ts';
import type { ApiRequest, NotionApi } from '../../api/api.ts';
import { apiFailureOf } from '../../api/api.ts';
import type { ListOptions, ListPage } from '../../api/listing.ts';
import { listPages } from '../../api/listing.ts';
import { fatal } from './end-of-run.ts';

/** So many requests in a row without any answer from Notion mean that it is gone, not that one object is bad. */
const mostSilences = 40;

export interface Ask {
  get(path: string, query?: ApiRequest['query']): Promise<JsonObject>;
  /** A POST that only reads: search and queries. */
  post(path: string, body: JsonObject): Promise<JsonObject>;
  /** The pages of a list (see listing.ts). */
  list(request: ListRequest, options?: ListOptions): AsyncGenerator<ListPage>;
  /** Requests by endpoint since the last call. */
  takeCounts(): ReadonlyMap<string, number>;
  /** No request is sent any more: each throws `reason`. */
  stop(reason: unknown): void;
  now(): number;
}

export type ListRequest = Omit<ApiRequest, 'effect'>;

/** @param signal ends the crawl between two requests */
export function createAsk(api: NotionApi, signal?: AbortSignal): Ask {
  let counts = new Map<string, number>();
  let silences = 0;
  let stopped: { readonly reason: unknown } | undefined;
  // Whatever fails because of the stop, downloads included, fails with this reason and must not look like a gap.
  signal?.addEventListener('abort', () => fatal(signal.reason), { once: true });
  const request = async (asked: ApiRequest): Promise<JsonObject> => {
    if (signal?.aborted) throw fatal(signal.reason);
    if (stopped !== undefined) throw fatal(stopped.reason);
    const endpoint = endpointOf(asked);
    counts.set(endpoint, (counts.get(endpoint) ?? 0) + 1);
    try {
      const answer = await api.request(asked);
      silences = 0;
      return answer;
    } catch (error) {
      if (signal?.aborted) throw fatal(signal.reason);
      const status = apiFailureOf(error)?.status;
      silences = status === 0 || status === 429 || (status !== undefined && status >= 500) ? silences + 1 : 0;
      throw silences >= mostSilences ? fatal(error) : error;
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
  return {
    get: (path, query) =>
      request({ method: 'get', path, effect: 'read', ...(query === undefined ? {} : { query }) }),
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
    now: () => api.clock.now(),
  };
}

/** `GET blocks/{id}/children`: what a request is, whichever object it is about. */
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

/** The objects of a list, whatever else an untrusted server put between them. */
export function objectsOf(values: readonly unknown[]): JsonObject[] {
  return values.filter(isObject);
}
