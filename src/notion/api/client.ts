/**
 * The connection to the Notion API: the official SDK, with this program's pacing and retries in place of its own.
 * The requests and the meaning of the answers are the callers'.
 */
import { setMaxListeners } from 'node:events';
import { Client, isHTTPResponseError } from '@notionhq/client';
import type { Clock } from '../../clock.ts';
import { systemClock } from '../../clock.ts';
import type { JsonObject } from '../../document/json.ts';
import { isObject, stringAt } from '../../document/json.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import type { Monitor } from '../../monitor.ts';
import type { Paces } from '../../pace.ts';
import type { ApiRequest, FilePart, NotionApi } from './api.ts';
import { notionVersion } from './api.ts';
import type { FailedAttempt } from './api-failure.ts';
import { failureOfAnswer, failureOfForeignBody, failureOfNetworkError } from './api-failure.ts';
import type { ApiUrl } from './api-url.ts';
import { officialApiUrl, parseApiUrl } from './api-url.ts';
import type { Fetch } from './bounded-fetch.ts';
import { answerTimeoutMs, boundedFetch, isTimeout } from './bounded-fetch.ts';
import { blockedReason, explainFailure } from './explain-failure.ts';
import type { Slot } from './pacing.ts';
import { Pacing } from './pacing.ts';
import type { QuietHours } from './quiet-hours.ts';
import type { Budget } from './request-budget.ts';
import { documentedBudget } from './request-budget.ts';
import type { RetryPolicy } from './retry.ts';
import { defaultRetryPolicy, isRefusal, refusalPause, waitBeforeRetry } from './retry.ts';
import { sdkPath, sdkQuery, unguardedUrl } from './sdk-address.ts';

export interface ConnectOptions {
  readonly token: string;
  /** With or without `/v1`; the official API by default. */
  readonly apiUrl?: string;
  /** Allows clear http to another machine, which shows the token on the way. */
  readonly allowInsecureHttp?: boolean;
  readonly clock: Clock;
  readonly monitor: Monitor;
  /** Overrides the known and the learnt budget. */
  readonly requestsPerMinute?: number;
  /** At most so many requests within any 60 minutes, repeats included. */
  readonly requestsPerHour?: number | undefined;
  /** Hours in which no request is sent: they fail as `temporary`. */
  readonly quietHours?: QuietHours | undefined;
  /** Learns from the documented budget also where the API is not api.notion.com; a simulator may keep it too. */
  readonly assumeDocumentedBudget?: boolean;
  /** Requests under way at once; 10 by default. */
  readonly maxInFlight?: number;
  /**
   * Attempts in all while the server has never answered: an address that is wrong stays wrong, and somebody waits for the
   * first word. As many as later by default.
   */
  readonly attemptsBeforeContact?: number;
  /** The time within which one request is retried; 15 minutes by default. */
  readonly deadlineMs?: number;
  /** The time-out of one attempt, uploads excepted; 70 s by default, above Notion's own 60. */
  readonly answerTimeoutMs?: number;
  /** Measures that; real time by default, because the network knows no other. */
  readonly timeoutClock?: Clock;
  readonly fetch?: Fetch;
  /** Of the bytes of files, which are no part of the request budget. */
  readonly paces?: Paces;
  /** Source of jitter, from 0 to below 1. */
  readonly random?: () => number;
}

/** An open connection: the API plus what its owner needs. */
export interface NotionConnection extends NotionApi {
  notionNow(): number | undefined;
  readonly apiUrl: ApiUrl;
  /** Requests a minute as believed now; Infinity while unknown. */
  readonly requestsPerMinute: number;
  /** Absent where files may take the whole line. */
  readonly paces?: Paces;
  /** Ends requests under way and fails those that wait. */
  close(): void;
}

/**
 * Opens the API for a token. Sends nothing yet.
 * @throws KlosetError `credentials` when the token does not look like a token, `usage` when a setting is wrong.
 */
export function connectNotion(options: ConnectOptions): NotionConnection {
  const token = checkToken(options.token);
  const apiUrl = parseApiUrl(options.apiUrl ?? officialApiUrl, options);
  return new Connection(token, apiUrl, options);
}

/** Sends one attempt; called once per attempt. */
type Send = () => Promise<unknown>;

class AttemptError extends Error {
  readonly attempt: FailedAttempt;

  constructor(attempt: FailedAttempt) {
    super(attempt.failure.message);
    this.attempt = attempt;
  }
}

class Connection implements NotionConnection {
  readonly apiUrl: ApiUrl;
  readonly clock: Clock;
  readonly paces: Paces;
  readonly #sdk: Client;
  readonly #pacing: Pacing;
  readonly #policy: RetryPolicy;
  readonly #attemptsBeforeContact: number;
  #wasAnswered = false;
  readonly #closing = new AbortController();
  #requestsSpent = 0;
  /** Milliseconds that Notion's clock is ahead of this one, by the Date header of its last answer. */
  #aheadMs: number | undefined;

  constructor(token: string, apiUrl: ApiUrl, options: ConnectOptions) {
    this.apiUrl = apiUrl;
    this.clock = options.clock;
    this.paces = options.paces ?? {};
    this.#policy = {
      ...defaultRetryPolicy,
      ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
      ...(options.random === undefined ? {} : { random: options.random }),
    };
    this.#attemptsBeforeContact = options.attemptsBeforeContact ?? this.#policy.attempts;
    // Every request that waits listens on this one signal.
    setMaxListeners(0, this.#closing.signal);
    this.#pacing = new Pacing({
      clock: options.clock,
      budget: chooseBudget(apiUrl, options),
      maxPauseMs: this.#policy.deadlineMs,
      onWait: (waitMs, reason) => options.monitor.report({ type: 'wait', waitMs, reason }),
      ...(options.requestsPerHour === undefined ? {} : { requestsPerHour: options.requestsPerHour }),
      ...(options.quietHours === undefined ? {} : { quietHours: options.quietHours }),
      ...(options.maxInFlight === undefined ? {} : { maxInFlight: options.maxInFlight }),
    });
    this.#sdk = openSdk(token, apiUrl, options, this.#closing.signal, (dateMs) => {
      this.#aheadMs = dateMs - this.clock.now();
    });
  }

  /** Below Notion's true time by a second at most: the header has whole seconds. */
  notionNow(): number | undefined {
    return this.#aheadMs === undefined ? undefined : this.clock.now() + this.#aheadMs;
  }

  get requestsSpent(): number {
    return this.#requestsSpent;
  }

  get requestsPerMinute(): number {
    return this.#pacing.perMinute;
  }

  async request(request: ApiRequest): Promise<JsonObject> {
    const where = `${request.method.toUpperCase()} ${request.path}`;
    const args = {
      method: request.method,
      path: sdkPath(request.path),
      ...(request.query === undefined ? {} : { query: sdkQuery(request.query) }),
      ...(request.body === undefined ? {} : { body: request.body }),
    };
    return this.#withRetry(request.effect, where, () => this.#sdk.request<JsonObject>(args));
  }

  async sendFilePart(uploadId: string, part: FilePart): Promise<JsonObject> {
    const path = sdkPath(`file_uploads/${encodeURIComponent(uploadId)}/send`);
    // A part is one body, so only parts can keep a distance.
    await this.paces.upload?.take(part.bytes.length);
    return this.#withRetry('write', `POST ${path}`, () =>
      this.#sdk.request<JsonObject>({
        method: 'post',
        path,
        formDataParams: {
          file: { filename: part.filename, data: new Blob([part.bytes], { type: part.contentType }) },
          ...(part.partNumber === undefined ? {} : { part_number: String(part.partNumber) }),
        },
      }),
    );
  }

  close(): void {
    const closed = new KlosetError('temporary', 'The connection to Notion was closed.');
    this.#closing.abort(closed);
    this.#pacing.stop(closed);
  }

  /** Sends, and retries as the policy says. */
  async #withRetry(effect: ApiRequest['effect'], where: string, send: Send): Promise<JsonObject> {
    const queueNumber = this.#pacing.nextQueueNumber();
    let firstSentAt: number | undefined;
    let failures = 0;
    let refusals = 0;
    for (;;) {
      const slot = await this.#pacing.acquire(queueNumber);
      firstSentAt ??= this.clock.now();
      const outcome = await this.#attempt(send, slot, refusals);
      if (!(outcome instanceof AttemptError)) return outcome;
      const { attempt } = outcome;
      if (isRefusal(attempt)) refusals += 1;
      else failures += 1;
      const elapsedMs = this.clock.now() - firstSentAt;
      const attempts = this.#wasAnswered ? this.#policy.attempts : this.#attemptsBeforeContact;
      const policy = { ...this.#policy, attempts };
      const waitMs = waitBeforeRetry(attempt, { effect, failures, refusals, elapsedMs }, policy);
      if (waitMs === undefined) throw explainFailure(attempt.failure, where);
      // After a refusal everybody waits, in the pacing; after a failure only this request does.
      if (!isRefusal(attempt)) await this.clock.sleep(waitMs, this.#closing.signal);
    }
  }

  async #attempt(send: Send, slot: Slot, refusals: number): Promise<JsonObject | AttemptError> {
    this.#requestsSpent += 1;
    try {
      const answer = await send();
      this.#wasAnswered = true;
      slot.done();
      return isObject(answer) ? answer : new AttemptError(failureOfForeignBody(200));
    } catch (error) {
      if (this.#closing.signal.aborted) {
        slot.done();
        throw this.#closing.signal.reason;
      }
      const failed = failedAttempt(error, this.clock.now());
      this.#report(failed, slot, refusals);
      if (failed === undefined) throw error;
      return new AttemptError(failed);
    }
  }

  /** Reports the outcome of the attempt to the pacing. */
  #report(failed: FailedAttempt | undefined, slot: Slot, refusals: number): void {
    if (failed === undefined || !isRefusal(failed)) {
      slot.done();
      return;
    }
    const { failure } = failed;
    const limit = stringAt(failure.additionalData, 'rate_limit_reason');
    if (limit === blockedReason) {
      this.#pacing.stop(explainFailure(failure, 'all requests'));
      slot.done();
      return;
    }
    slot.refused(refusalPause(failed, refusals + 1, this.#policy), {
      updatesLimit: failure.status === 429 && (limit === undefined || limit === ownLimitReason),
      reason:
        failure.status === 429 ? 'Notion asked to wait (rate limit)' : 'Notion asked to wait (overload)',
    });
  }
}

/** The `rate_limit_reason` of this connection's own budget; others are shared with other connections or endpoints. */
const ownLimitReason = 'public_api_request_rate_limit';

function openSdk(
  token: string,
  apiUrl: ApiUrl,
  options: ConnectOptions,
  closing: AbortSignal,
  onDate: (dateMs: number) => void,
): Client {
  return new Client({
    auth: token,
    baseUrl: apiUrl.base,
    notionVersion,
    retry: false,
    // The SDK would print requests; its own time-out does not cover the body. Both are replaced.
    logger: () => {},
    timeoutMs: 2 ** 31 - 1,
    fetch: boundedFetch({
      fetch: options.fetch ?? fetch,
      token,
      closing,
      answerTimeoutMs: options.answerTimeoutMs ?? answerTimeoutMs,
      timeoutClock: options.timeoutClock ?? systemClock,
      restorePath: unguardedUrl,
      onDate,
    }),
  });
}

/** The failed attempt behind an error; undefined when the error is neither the network's nor Notion's. */
function failedAttempt(error: unknown, nowMs: number): FailedAttempt | undefined {
  if (isHTTPResponseError(error)) {
    const headers: unknown = error.headers;
    const header = (name: string) =>
      headers instanceof Headers ? (headers.get(name) ?? undefined) : undefined;
    return failureOfAnswer({ status: error.status, header, body: error.body }, nowMs);
  }
  if (isTimeout(error)) return error.attempt;
  if (isKlosetError(error)) return undefined;
  // JSON.parse in the SDK is the only source of a SyntaxError.
  return error instanceof SyntaxError ? failureOfForeignBody(200) : failureOfNetworkError(error);
}

function chooseBudget(apiUrl: ApiUrl, options: ConnectOptions): Budget {
  const { requestsPerMinute, assumeDocumentedBudget = apiUrl.isOfficial } = options;
  if (requestsPerMinute === undefined) return assumeDocumentedBudget ? documentedBudget : { kind: 'unknown' };
  if (!Number.isInteger(requestsPerMinute) || requestsPerMinute < 1) {
    throw new KlosetError('usage', 'The number of requests per minute must be a whole number above 0.');
  }
  return { kind: 'fixed', perMinute: requestsPerMinute };
}

function checkToken(token: string): string {
  const problem =
    token === ''
      ? 'is empty'
      : /^[\x21-\x7e]{1,1000}$/.test(token)
        ? undefined
        : 'contains spaces, line breaks or foreign characters';
  if (problem === undefined) return token;
  throw new KlosetError('credentials', `The Notion token ${problem}.`, {
    hint: 'Copy it again from https://www.notion.so/profile/integrations.',
  });
}
