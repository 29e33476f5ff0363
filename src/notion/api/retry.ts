/**
 * Decides which failed attempts are retried, and after how long. One policy for all requests, in place of the SDK's two
 * retries: it tells reads from writes. `pacing.ts` decides when a retry may be sent.
 */
import type { ApiRequest } from './api.ts';
import type { FailedAttempt } from './api-failure.ts';

export interface RetryPolicy {
  /** Attempts in all when the server or the network fails. */
  readonly attempts: number;
  /** Attempts in all on 500 or 409, which often belong to the object and not to the state of the server. */
  readonly attemptsOnServerError: number;
  /** Attempts in all when refused by a rate limit or an overload. */
  readonly attemptsOnRefusal: number;
  /** First and maximum wait between attempts, in ms. */
  readonly firstWaitMs: number;
  readonly maxWaitMs: number;
  /** No retry begins later than this after the first attempt, in ms. */
  readonly deadlineMs: number;
  /** From 0 to below 1; spreads the waits. */
  readonly random: () => number;
}

export const defaultRetryPolicy: RetryPolicy = {
  attempts: 9,
  attemptsOnServerError: 5,
  attemptsOnRefusal: 60,
  firstWaitMs: 1_000,
  maxWaitMs: 60_000,
  deadlineMs: 15 * 60_000,
  random: Math.random,
};

/** The failed attempts of one request so far. */
export interface RetryState {
  readonly effect: ApiRequest['effect'];
  /** Attempts that failed otherwise than by a refusal, the last one included. */
  readonly failures: number;
  /** Attempts refused by 429 or 529, the last one included. */
  readonly refusals: number;
  /** Since the first attempt was sent, in ms. */
  readonly elapsedMs: number;
}

/** True for 429 and 529: Notion did nothing and says when to come again. Any request may be retried then. */
export function isRefusal(attempt: FailedAttempt): boolean {
  return attempt.failure.status === 429 || attempt.failure.status === 529;
}

/** The wait before the attempt is retried, in ms; undefined when it must not be. */
export function waitBeforeRetry(
  attempt: FailedAttempt,
  state: RetryState,
  policy: RetryPolicy,
): number | undefined {
  const limit = maxAttempts(attempt, state.effect, policy);
  const count = isRefusal(attempt) ? state.refusals : state.failures;
  if (count >= limit) return undefined;
  const waitMs = isRefusal(attempt)
    ? refusalPause(attempt, count, policy)
    : Math.max(attempt.retryAfterMs ?? 0, backoff(count, policy));
  return state.elapsedMs + waitMs > policy.deadlineMs ? undefined : waitMs;
}

/** The pause of all requests after a refusal, in ms: as Notion says, or longer each time when it does not say. */
export function refusalPause(attempt: FailedAttempt, refusals: number, policy: RetryPolicy): number {
  const asked = attempt.retryAfterMs ?? 0;
  return asked > 0 ? asked : backoff(refusals, policy);
}

/** Doubling waits, each between half and the whole of its step (AWS "Exponential Backoff And Jitter"). */
export function backoff(failures: number, policy: RetryPolicy): number {
  const step = Math.min(policy.maxWaitMs, policy.firstWaitMs * 2 ** (failures - 1));
  return Math.round(step * (0.5 + policy.random() / 2));
}

function maxAttempts(attempt: FailedAttempt, effect: ApiRequest['effect'], policy: RetryPolicy): number {
  if (attempt.isFinal) return 1;
  if (isRefusal(attempt)) return policy.attemptsOnRefusal;
  if (effect === 'write') return attempt.neverSent ? policy.attempts : 1;
  const { status, code } = attempt.failure;
  if (status === 500 || (status === 409 && code === 'conflict_error')) return policy.attemptsOnServerError;
  const mayPass =
    status === 0 || status === 408 || status > 500 || (code === 'html' && isProxyStatus(status));
  return mayPass ? policy.attempts : 1;
}

/** Statuses with which proxies in front of Notion answer for a while: a page in place of the answer, or a block. */
function isProxyStatus(status: number): boolean {
  return status === 403 || (status >= 200 && status < 300);
}
