/** The fetch given to the SDK: one attempt with a time-out over head and body, no redirects, a bounded body, no token in what comes back. */
import type { Clock } from '../../clock.ts';
import type { FailedAttempt } from './api-failure.ts';
import { failureOfTimeout } from './api-failure.ts';

export type Fetch = typeof globalThis.fetch;

/** Above Notion's own 60 s, so that its answer, not this time-out, ends a slow request. */
export const answerTimeoutMs = 70_000;
/** A part of 20 MiB on a line of 0.5 Mbit/s. */
const uploadTimeoutMs = 6 * 60_000;
const answeredInTime = 'answered in time';
/** Far above the largest answer of the API (100 pages of long properties). */
const maxAnswerBytes = 128 * 1024 * 1024;

export interface BoundedFetchOptions {
  readonly fetch: Fetch;
  /** Removed from every answer, should a server echo it. */
  readonly token: string;
  /** Ends what is under way. */
  readonly closing: AbortSignal;
  readonly answerTimeoutMs: number;
  readonly timeoutClock: Clock;
  /** Restores the URL that was changed to pass the SDK. */
  readonly restorePath: (url: string) => string;
  /** Gets the Date header of every answer that is a success, in ms. */
  readonly onDate?: (dateMs: number) => void;
}

interface AttemptInit {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | FormData;
}

interface WholeAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: Headers;
  readonly text: () => Promise<string>;
}

/** Thrown when no complete answer came in time. */
class AnswerTimeout extends Error {
  readonly attempt: FailedAttempt;

  constructor(timeoutMs: number) {
    super('timeout');
    this.attempt = failureOfTimeout(timeoutMs);
  }
}

export function isTimeout(error: unknown): error is AnswerTimeout {
  return error instanceof AnswerTimeout;
}

/** A fetch that fits the SDK and returns only when the whole answer is there. */
export function boundedFetch(
  options: BoundedFetchOptions,
): (url: string, init?: AttemptInit) => Promise<WholeAnswer> {
  return async (url, init = {}) => {
    const isUpload = init.body instanceof FormData;
    const timeoutMs = isUpload ? Math.max(uploadTimeoutMs, options.answerTimeoutMs) : options.answerTimeoutMs;
    const attempt = new AbortController();
    const answered = new AbortController();
    let isLate = false;
    options.timeoutClock.sleep(timeoutMs, answered.signal).then(
      () => {
        isLate = true;
        attempt.abort();
      },
      () => {},
    );
    // Not AbortSignal.any: Node keeps a reference to every signal created so for as long as `closing` lives.
    const close = () => attempt.abort(options.closing.reason);
    if (options.closing.aborted) close();
    options.closing.addEventListener('abort', close, { once: true });
    try {
      return await wholeAnswer(options, options.restorePath(url), init, attempt.signal);
    } catch (error) {
      throw isLate ? new AnswerTimeout(timeoutMs) : error;
    } finally {
      options.closing.removeEventListener('abort', close);
      // With a reason: without one an exception with its stack is created each time.
      answered.abort(answeredInTime);
    }
  };
}

async function wholeAnswer(
  options: BoundedFetchOptions,
  url: string,
  init: AttemptInit,
  signal: AbortSignal,
): Promise<WholeAnswer> {
  const response = await options.fetch(url, {
    ...(init.method === undefined ? {} : { method: init.method }),
    ...(init.headers === undefined ? {} : { headers: init.headers }),
    ...(init.body === undefined ? {} : { body: init.body }),
    // The API never redirects; following one could carry the token elsewhere.
    redirect: 'manual',
    signal,
  });
  const dateMs = Date.parse(response.headers.get('date') ?? '');
  if (response.ok && !Number.isNaN(dateMs)) options.onDate?.(dateMs);
  const text = await boundedText(response);
  const clean = text.includes(options.token) ? text.replaceAll(options.token, '[token]') : text;
  return { ok: response.ok, status: response.status, headers: response.headers, text: async () => clean };
}

async function boundedText(response: Response): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let sizeBytes = 0;
  for await (const bytes of response.body) {
    sizeBytes += bytes.length;
    if (sizeBytes > maxAnswerBytes) throw new Error('answer too large');
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}
