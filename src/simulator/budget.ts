/** The request budget of a connection: so many per window of 60 seconds, to be spent as it likes. */

import type { SimulatorClock } from './conditions/clock.ts';
import { ApiError } from './protocol/api-error.ts';

const windowMs = 60_000;

/** Reason a request is turned away, as `additional_data.rate_limit_reason` says it. */
export type RateLimitReason =
  | 'public_api_request_rate_limit'
  | 'public_api_space_request_rate_limit'
  | 'public_api_endpoint_rate_limit'
  | 'public_api_request_blocked';

export class Budget {
  /** Requests per window; 0 for no limit. */
  readonly limit: number;
  readonly #clock: SimulatorClock;
  readonly #start: number;
  /** Requests admitted, by window since the start. */
  readonly admittedPerWindow: number[] = [];
  /** Requests turned away for want of budget. */
  rejected = 0;

  constructor(limit: number, clock: SimulatorClock) {
    this.limit = limit;
    this.#clock = clock;
    this.#start = clock.now();
  }

  /** All requests admitted so far. */
  get admitted(): number {
    return this.admittedPerWindow.reduce((sum, count) => sum + (count ?? 0), 0);
  }

  /** Spends one request. @throws ApiError 429 when the window's budget is spent */
  spend(): void {
    const sinceStart = this.#clock.now() - this.#start;
    const window = Math.floor(sinceStart / windowMs);
    const spent = this.admittedPerWindow[window] ?? 0;
    if (this.limit > 0 && spent >= this.limit) {
      this.rejected += 1;
      throw rateLimited(Math.ceil(((window + 1) * windowMs - sinceStart) / 1_000));
    }
    while (this.admittedPerWindow.length < window) this.admittedPerWindow.push(0);
    this.admittedPerWindow[window] = spent + 1;
  }
}

/** The 429 with its Retry-After, in whole seconds. */
export function rateLimited(
  retryAfterSeconds: number,
  reason: RateLimitReason = 'public_api_request_rate_limit',
): ApiError {
  const seconds = String(Math.max(1, retryAfterSeconds));
  return new ApiError(429, 'rate_limited', 'You have been rate limited. Please try again later.', {
    headers: { 'retry-after': seconds },
    additionalData: { retry_after: seconds, rate_limit_reason: reason },
  });
}
