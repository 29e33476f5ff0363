import { describe, expect, it } from 'vitest';
import type { FailedAttempt } from '../../../src/notion/api/api-failure.ts';
import { failureOf } from '../../../src/notion/api/api-failure.ts';
import type { RetryState } from '../../../src/notion/api/retry.ts';
import { backoff, defaultRetryPolicy, waitBeforeRetry } from '../../../src/notion/api/retry.ts';

const policy = { ...defaultRetryPolicy, random: () => 0 };
const first: RetryState = { effect: 'read', failures: 1, refusals: 1, elapsedMs: 0 };

function attempt(status: number, code: string, more: Partial<FailedAttempt> = {}): FailedAttempt {
  return {
    failure: failureOf(status, code, ''),
    retryAfterMs: undefined,
    neverSent: false,
    isFinal: false,
    ...more,
  };
}

describe('the retry policy', () => {
  it('doubles waits up to a minute, each between half of its step and the whole', () => {
    const steps = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(steps.map((failures) => backoff(failures, policy))).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ]);
    expect(backoff(1, { ...policy, random: () => 0.999_999 })).toBe(1_000);
  });

  it('waits longer than its own step when Notion asks for it', () => {
    expect(waitBeforeRetry(attempt(503, 'service_unavailable', { retryAfterMs: 9_000 }), first, policy)).toBe(
      9_000,
    );
  });

  it('waits for a refusal exactly as long as Notion says, and a growing time when it does not say', () => {
    expect(waitBeforeRetry(attempt(429, 'rate_limited', { retryAfterMs: 1_000 }), first, policy)).toBe(1_000);
    expect(waitBeforeRetry(attempt(429, 'rate_limited'), { ...first, refusals: 3 }, policy)).toBe(2_000);
  });

  it('begins no repeat after the deadline', () => {
    const late = { ...first, elapsedMs: policy.deadlineMs - 400 };
    expect(waitBeforeRetry(attempt(0, 'timeout'), late, policy)).toBeUndefined();
    expect(waitBeforeRetry(attempt(429, 'rate_limited', { retryAfterMs: 300 }), late, policy)).toBe(300);
  });

  it('tries sooner to give up on 500, which often belongs to the object', () => {
    const state = { ...first, failures: policy.attemptsOnServerError };
    expect(waitBeforeRetry(attempt(500, 'internal_server_error'), state, policy)).toBeUndefined();
    expect(waitBeforeRetry(attempt(502, 'bad_gateway'), state, policy)).toBeDefined();
  });

  it('does not repeat when the certificate does not fit', () => {
    expect(
      waitBeforeRetry(attempt(0, 'network', { isFinal: true, neverSent: true }), first, policy),
    ).toBeUndefined();
  });

  it('repeats a write only when it was refused or never sent', () => {
    const state: RetryState = { ...first, effect: 'write' };
    const repeated = [attempt(429, 'x'), attempt(529, 'x'), attempt(0, 'network', { neverSent: true })];
    const surfaced = [
      attempt(0, 'network'),
      attempt(0, 'timeout'),
      attempt(409, 'conflict_error'),
      attempt(503, 'x'),
      attempt(200, 'html'),
    ];
    expect(repeated.every((one) => waitBeforeRetry(one, state, policy) !== undefined)).toBe(true);
    expect(surfaced.every((one) => waitBeforeRetry(one, state, policy) === undefined)).toBe(true);
  });

  it('never repeats what Notion will refuse again', () => {
    for (const status of [400, 401, 403, 404, 413]) {
      expect(waitBeforeRetry(attempt(status, 'x'), first, policy)).toBeUndefined();
    }
    expect(waitBeforeRetry(attempt(404, 'html'), first, policy)).toBeUndefined();
  });
});
