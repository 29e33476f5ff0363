/** The context of a crawl whose API is a function: for tests of single steps. */
import type { JsonObject } from '../../../src/document/json.ts';
import { isObject } from '../../../src/document/json.ts';
import { KlosetError } from '../../../src/errors.ts';
import { silentMonitor } from '../../../src/monitor.ts';
import type { ApiFailure, ApiRequest, NotionApi } from '../../../src/notion/api/api.ts';
import type { CrawlContext } from '../../../src/notion/crawl/context/crawl-context.ts';
import { createContext } from '../../../src/notion/crawl/context/crawl-context.ts';
import type { CrawlOptions } from '../../../src/notion/crawl/crawl.ts';
import { openCrawlState } from '../../../src/notion/crawl/state/crawl-state.ts';
import { MemorySink } from './memory-snapshot.ts';

export interface FakeContext extends CrawlContext {
  /** Every request, in order. */
  readonly requests: ApiRequest[];
}

/** `answer` gives the body, or throws what `refusal` makes. */
export function fakeContext(
  answer: (request: ApiRequest) => JsonObject,
  settings: Partial<CrawlOptions> = {},
): FakeContext {
  const requests: ApiRequest[] = [];
  const api: NotionApi = {
    async request(request) {
      requests.push(request);
      return answer(request);
    },
    sendFilePart: () => Promise.reject(new Error('a crawl writes nothing')),
    requestsSpent: 0,
    clock: { now: () => Date.UTC(2026, 0, 2), sleep: () => Promise.resolve() },
  };
  const options: CrawlOptions = {
    api,
    sink: new MemorySink(),
    previous: null,
    monitor: silentMonitor,
    stateFile: ':memory:',
    roots: [],
    full: false,
    rereadWithin: 0,
    comments: 'none',
    commentShare: 20,
    emails: false,
    trash: false,
    externalMedia: false,
    media: true,
    downloadMedia: () => bytesOf('media'),
    sourceKey: 'fake',
    ...settings,
  };
  return { ...createContext(options, openCrawlState(':memory:', 'fake')), requests };
}

export async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/** The error a refused request ends with. */
export function refusal(status: number, code = 'validation_error', message = 'refused'): KlosetError {
  const cause: ApiFailure = { type: 'api-failure', status, code, message, additionalData: null };
  return new KlosetError('internal', message, { cause });
}

/** A list answer of all `items`, or the page of them the request asks for. */
export function listOf(items: readonly JsonObject[], request: ApiRequest, type = 'block'): JsonObject {
  const asked = { ...request.query, ...request.body };
  const from = Number(asked.start_cursor ?? 0);
  const size = Number(asked.page_size ?? 100);
  const next = from + size < items.length ? String(from + size) : null;
  return {
    object: 'list',
    results: items.slice(from, from + size),
    next_cursor: next,
    has_more: next !== null,
    type,
  };
}

/** A filter's member, wherever it stands: `{and: [...]}` or alone. */
export function condition(request: ApiRequest, timestamp: string): JsonObject | undefined {
  const filter = request.body?.filter;
  const parts = isObject(filter) && Array.isArray(filter.and) ? filter.and : [filter];
  return parts.filter(isObject).find((part) => part.timestamp === timestamp);
}

/** An id made of a number: 32 hex digits. */
export function numberId(n: number): string {
  return n.toString(16).padStart(32, '0');
}
