/**
 * Learns the number of requests Notion takes within 60 seconds. Pure bookkeeping on given times; waiting and queueing
 * are `pacing.ts`'s.
 *
 * 1. Every request sent stays in the window for 60 s, counted from when Notion can have received it at the latest.
 * 2. The limit grows by half when a whole window passed in which requests had to wait for it and none was refused.
 *    Requests beyond the confirmed limit are probes and go alone, so a limit that is too high costs one refusal, not ten.
 *    Each probe accepted in a row lets one more request pass without a probe.
 * 3. A refusal sets the limit to the number accepted in the last 60 s, and growth pauses: long, and longer each time, when
 *    the refusal came near the maximum ever accepted; one window when it came far below (a passing failure).
 */

/** The budget as known beforehand. */
export type Budget =
  /** The user named it; nothing is learnt. */
  | { readonly kind: 'fixed'; readonly perMinute: number }
  /** Notion documents a minimum and a maximum. */
  | { readonly kind: 'documented'; readonly minPerMinute: number; readonly maxPerMinute: number }
  /** Not documented: send freely until refusals show the limit. */
  | { readonly kind: 'unknown' };

/** Notion's documentation of September 2026: 180 a minute, 600 on Business and Enterprise. */
export const documentedBudget = {
  kind: 'documented',
  minPerMinute: 180,
  maxPerMinute: 600,
} as const satisfies Budget;

/** One request as the window sees it. */
export interface SentRequest {
  readonly sentAt: number;
  /** Sent beyond the confirmed limit. */
  readonly isProbe: boolean;
  doneAt: number | undefined;
  isRefused: boolean;
}

export const windowMs = 60_000;
/** A request is taken to have reached Notion within this time of being sent. */
const maxTransitMs = 1_500;
const growth = 1.5;
const firstNoGrowthMs = 15 * 60_000;
const maxNoGrowthMs = 2 * 60 * 60_000;
/** Two refusals set the limit of an unknown budget only when they came after nearly as many accepted requests. */
const sameWithin = 0.1;

export class RequestBudget {
  readonly #kind: Budget['kind'];
  readonly #minLimit: number;
  readonly #maxLimit: number;
  #limit: number;
  /** The requests a window is known to take; beyond it they go one at a time. */
  #confirmedLimit: number;
  #window: SentRequest[] = [];
  #head = 0;
  #minute: { readonly startedAt: number; sent: number } = { startedAt: Number.NEGATIVE_INFINITY, sent: 0 };
  #isProbing = false;
  #probesInARow = 0;
  #cleanSince: number | undefined;
  #hadToWait = false;
  #noGrowthUntil = Number.NEGATIVE_INFINITY;
  #noGrowthMs = firstNoGrowthMs;
  #lastRefusalAt = Number.NEGATIVE_INFINITY;
  #suspected: { accepted: number; sentSince: number } | undefined;

  constructor(budget: Budget) {
    this.#kind = budget.kind;
    this.#minLimit = budget.kind === 'documented' ? budget.minPerMinute : 1;
    this.#maxLimit = budget.kind === 'documented' ? budget.maxPerMinute : Number.POSITIVE_INFINITY;
    this.#limit = budget.kind === 'fixed' ? budget.perMinute : this.#minLimit;
    if (budget.kind === 'unknown') this.#limit = Number.POSITIVE_INFINITY;
    this.#confirmedLimit = this.#limit;
  }

  /** Requests a minute as believed now; Infinity while unknown. */
  get perMinute(): number {
    return this.#limit;
  }

  /** The earliest time (ms since 1970) at which one more request fits; not after `now` when it fits at once. */
  freeAt(now: number): number {
    this.#forget(now);
    if (this.#used < this.#limit) return now;
    this.#hadToWait = true;
    const leaving = this.#window[this.#window.length - this.#limit];
    return leaving === undefined ? now : leavesAt(leaving, now);
  }

  /** True when nothing else may be in flight beside the next request, or beside one that is in flight. */
  isProbe(now: number): boolean {
    return this.#isProbing || this.#minuteAt(now).sent >= this.#confirmedLimit;
  }

  /** Takes a place in the window. */
  send(now: number): SentRequest {
    this.#grow(now);
    this.#forget(now);
    this.#minute = this.#minuteAt(now);
    const isProbe = this.#minute.sent >= this.#confirmedLimit;
    if (isProbe) this.#isProbing = true;
    this.#minute.sent += 1;
    const request: SentRequest = { sentAt: now, isProbe, doneAt: undefined, isRefused: false };
    this.#window.push(request);
    if (this.#suspected !== undefined) this.#suspected.sentSince += 1;
    return request;
  }

  /** An answer came that is not a rate limit, or none will come. */
  done(request: SentRequest, now: number): void {
    this.#settle(request, now);
    if (!request.isProbe) return;
    this.#confirmedLimit = Math.max(this.#confirmedLimit, this.#minute.sent) + this.#probesInARow;
    this.#probesInARow += 1;
  }

  /** `request` was refused because of the budget at `now`. */
  refused(request: SentRequest, now: number): void {
    this.#settle(request, now);
    request.isRefused = true;
    // Requests that were in flight together are refused together: they count as one refusal.
    if (request.sentAt <= this.#lastRefusalAt) return;
    this.#lastRefusalAt = now;
    this.#probesInARow = 0;
    this.#cleanSince = undefined;
    this.#hadToWait = false;
    const accepted = this.#acceptedBefore(request);
    if (this.#kind === 'fixed' || !this.#isBelieved(accepted)) return;
    this.#shrink(accepted, now);
  }

  #settle(request: SentRequest, now: number): void {
    request.doneAt = now;
    if (request.isProbe) this.#isProbing = false;
    this.#forget(now);
  }

  #shrink(accepted: number, now: number): void {
    const isOurLimit =
      accepted >= this.#confirmedLimit * (1 - sameWithin) ||
      this.#confirmedLimit === Number.POSITIVE_INFINITY;
    this.#noGrowthUntil = now + (isOurLimit ? this.#noGrowthMs : windowMs);
    if (isOurLimit) this.#noGrowthMs = Math.min(maxNoGrowthMs, this.#noGrowthMs * 2);
    this.#limit = Math.min(this.#limit, Math.max(this.#minLimit, accepted));
    this.#confirmedLimit = this.#limit;
  }

  /**
   * The requests since the first one of this minute. What a minute is known to take is counted so, because a server may
   * count so too: the last 60 s of a steady flow can hold more than it takes in one of its minutes.
   */
  #minuteAt(now: number): { readonly startedAt: number; sent: number } {
    return now >= this.#minute.startedAt + windowMs ? { startedAt: now, sent: 0 } : this.#minute;
  }

  get #used(): number {
    return this.#window.length - this.#head;
  }

  #grow(now: number): void {
    if (this.#kind === 'fixed' || this.#limit >= this.#maxLimit) return;
    this.#cleanSince ??= now;
    if (now - this.#cleanSince < windowMs || now < this.#noGrowthUntil || !this.#hadToWait) return;
    this.#limit = Math.min(this.#maxLimit, Math.ceil(this.#limit * growth));
    this.#cleanSince = now;
    this.#hadToWait = false;
  }

  /**
   * A documented minimum protects from limits learnt in a passing failure. Without one, a number is believed when two
   * refusals a good part of a window apart name about the same.
   */
  #isBelieved(accepted: number): boolean {
    if (this.#kind === 'documented') return true;
    const before = this.#suspected;
    const isSame =
      before !== undefined && Math.abs(accepted - before.accepted) <= before.accepted * sameWithin;
    if (!isSame) this.#suspected = { accepted, sentSince: 0 };
    return isSame && accepted > 0 && before.sentSince >= before.accepted / 2;
  }

  /**
   * The number of requests Notion took before it refused `request`: those of this minute, as a server with fixed windows
   * counts, unless the minute has only begun; then those of the last 60 s.
   */
  #acceptedBefore(request: SentRequest): number {
    let inMinute = 0;
    let inWindow = 0;
    for (let index = this.#head; index < this.#window.length; index += 1) {
      const other = this.#window[index];
      if (other === undefined || other === request) break;
      if (other.isRefused || other.sentAt <= request.sentAt - windowMs) continue;
      inWindow += 1;
      if (other.sentAt >= this.#minute.startedAt) inMinute += 1;
    }
    return inMinute * 2 >= inWindow ? inMinute : inWindow;
  }

  #forget(now: number): void {
    for (;;) {
      const first = this.#window[this.#head];
      if (first === undefined || leavesAt(first, now) > now) break;
      this.#head += 1;
    }
    if (this.#head > 1_000 && this.#head * 2 > this.#window.length) {
      this.#window = this.#window.slice(this.#head);
      this.#head = 0;
    }
  }
}

/** The time from which a request does not count any more: a window after Notion received it at the latest. */
function leavesAt(request: SentRequest, now: number): number {
  return Math.min(request.doneAt ?? now, request.sentAt + maxTransitMs) + windowMs;
}
