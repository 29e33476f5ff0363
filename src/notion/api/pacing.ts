/**
 * Decides when each request may be sent: in order, within the budget, never during a wait that Notion asked for, and with
 * enough in flight that the budget, not latency, is the limit. `retry.ts` decides which requests are retried.
 */
import type { Clock } from '../../clock.ts';
import { KlosetError } from '../../errors.ts';
import { HourlyBudget } from './hourly-budget.ts';
import type { QuietHours } from './quiet-hours.ts';
import { quietError, quietUntil } from './quiet-hours.ts';
import type { Budget, SentRequest } from './request-budget.ts';
import { RequestBudget } from './request-budget.ts';

export interface PacingOptions {
  readonly clock: Clock;
  readonly budget: Budget;
  /** Requests under way at once; 10 by default. */
  readonly maxInFlight?: number;
  /** Waits longer than this fail at once as `temporary`, in ms; 15 minutes by default. */
  readonly maxPauseMs?: number;
  /** At most so many requests within any 60 minutes. */
  readonly requestsPerHour?: number;
  /** Hours in which requests fail as `temporary`. */
  readonly quietHours?: QuietHours;
  /** Called when nothing will be sent for `waitMs`. */
  readonly onWait?: (waitMs: number, reason: string) => void;
}

/** The right to send one request now. Exactly one of its functions must be called when the attempt is over. */
export interface Slot {
  /** Notion took the request, or it failed for another reason than a rate limit. */
  done(): void;
  /** Notion refused the request and asked to wait; `updatesLimit` when it did because of the request budget. */
  refused(pauseMs: number, refusal: { readonly updatesLimit: boolean; readonly reason: string }): void;
}

interface Waiting {
  readonly queueNumber: number;
  grant(slot: Slot): void;
  fail(error: unknown): void;
}

/** Waits shorter than this are not reported, in ms. */
const minReportedWaitMs = 2_000;

export class Pacing {
  readonly #clock: Clock;
  readonly #budget: RequestBudget;
  readonly #hourly: HourlyBudget | undefined;
  readonly #quietHours: QuietHours | undefined;
  readonly #maxInFlight: number;
  readonly #maxPauseMs: number;
  readonly #onWait: (waitMs: number, reason: string) => void;
  readonly #queue: Waiting[] = [];
  #lastQueueNumber = 0;
  #inFlight = 0;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #pauseReason = '';
  /** After a pause one request goes alone, to see whether Notion takes it. */
  #isCautious = false;
  #stoppedBy: { readonly error: unknown } | undefined;
  #alarm: { readonly at: number; readonly controller: AbortController } | undefined;

  constructor(options: PacingOptions) {
    this.#clock = options.clock;
    this.#budget = new RequestBudget(options.budget);
    this.#hourly =
      options.requestsPerHour === undefined ? undefined : new HourlyBudget(options.requestsPerHour);
    this.#quietHours = options.quietHours;
    this.#maxInFlight = options.maxInFlight ?? 10;
    this.#maxPauseMs = options.maxPauseMs ?? 15 * 60_000;
    this.#onWait = options.onWait ?? (() => {});
  }

  /** Requests a minute as believed now; Infinity while unknown. */
  get perMinute(): number {
    return this.#budget.perMinute;
  }

  /** A place in the queue; a request that is retried keeps its own. */
  nextQueueNumber(): number {
    this.#lastQueueNumber += 1;
    return this.#lastQueueNumber;
  }

  /**
   * Resolves when the request with this number may be sent.
   * @throws KlosetError `temporary` when Notion asks to wait too long; the error given to `stop` after a stop.
   */
  acquire(queueNumber: number): Promise<Slot> {
    return new Promise((resolve, reject) => {
      const behind = this.#queue.findIndex((other) => other.queueNumber > queueNumber);
      const waiting: Waiting = { queueNumber, grant: resolve, fail: reject };
      this.#queue.splice(behind === -1 ? this.#queue.length : behind, 0, waiting);
      this.#pump();
    });
  }

  /** Fails everything that waits, now and from now on, with `error`. */
  stop(error: unknown): void {
    this.#stoppedBy ??= { error };
    this.#pump();
  }

  #pump(): void {
    while (this.#queue.length > 0) {
      if (this.#failsNow()) return;
      const now = this.#clock.now();
      const hourlyAt = this.#hourly?.freeAt(now) ?? now;
      const freeAt = Math.max(this.#pausedUntil, this.#budget.freeAt(now), hourlyAt);
      if (freeAt > now) {
        this.#wakeAt(freeAt, now, freeAt === hourlyAt);
        return;
      }
      // A slot that is given back starts this loop again.
      if (this.#inFlight >= this.#allowedInFlight(now)) break;
      this.#queue.shift()?.grant(this.#slot(now));
    }
    this.#cancelAlarm();
  }

  /** Empties the queue when waiting is pointless. */
  #failsNow(): boolean {
    const now = this.#clock.now();
    const pauseMs = this.#pausedUntil - now;
    const until = this.#quietHours === undefined ? undefined : quietUntil(this.#quietHours, now);
    // Once they began, no request is sent any more, also when they end while others still fail.
    if (this.#quietHours !== undefined && until !== undefined)
      this.#stoppedBy ??= { error: quietError(this.#quietHours, until) };
    const stop = this.#stoppedBy;
    if (stop === undefined && pauseMs <= this.#maxPauseMs) return false;
    const error = stop?.error ?? pauseTooLong(pauseMs);
    this.#cancelAlarm();
    for (const waiting of this.#queue.splice(0)) waiting.fail(error);
    return true;
  }

  #allowedInFlight(now: number): number {
    return this.#isCautious || this.#budget.isProbe(now) ? 1 : this.#maxInFlight;
  }

  #slot(now: number): Slot {
    const sent = this.#budget.send(now);
    this.#hourly?.send(now);
    this.#inFlight += 1;
    return {
      done: () => this.#settle(sent, () => this.#accept(sent)),
      refused: (pauseMs, refusal) => this.#settle(sent, () => this.#refuse(sent, pauseMs, refusal)),
    };
  }

  #settle(sent: SentRequest, record: () => void): void {
    if (sent.doneAt !== undefined) return;
    this.#inFlight -= 1;
    record();
    this.#pump();
  }

  #accept(sent: SentRequest): void {
    const now = this.#clock.now();
    this.#budget.done(sent, now);
    if (sent.sentAt >= this.#pausedUntil) this.#isCautious = false;
  }

  #refuse(sent: SentRequest, pauseMs: number, refusal: { updatesLimit: boolean; reason: string }): void {
    const now = this.#clock.now();
    if (refusal.updatesLimit) this.#budget.refused(sent, now);
    else this.#budget.done(sent, now);
    this.#isCautious = true;
    if (now + pauseMs <= this.#pausedUntil) return;
    this.#pausedUntil = now + pauseMs;
    this.#pauseReason = refusal.reason;
  }

  #wakeAt(at: number, now: number, isHourly: boolean): void {
    if (this.#alarm?.at === at) return;
    const isNews = this.#alarm === undefined || at > this.#alarm.at + minReportedWaitMs;
    this.#cancelAlarm();
    const controller = new AbortController();
    this.#alarm = { at, controller };
    if (isNews && at - now >= minReportedWaitMs) this.#onWait(at - now, this.#reasonAt(at, isHourly));
    this.#clock.sleep(at - now, controller.signal).then(
      () => {
        if (this.#alarm?.controller === controller) this.#alarm = undefined;
        this.#pump();
      },
      () => {},
    );
  }

  #reasonAt(at: number, isHourly: boolean): string {
    if (isHourly && at !== this.#pausedUntil) return 'the requests of this hour are spent';
    return at === this.#pausedUntil ? this.#pauseReason : 'the request budget of this minute is spent';
  }

  #cancelAlarm(): void {
    this.#alarm?.controller.abort();
    this.#alarm = undefined;
  }
}

function pauseTooLong(pauseMs: number): KlosetError {
  const minutes = Math.ceil(pauseMs / 60_000);
  return new KlosetError('temporary', `Notion asks to wait ${minutes} minutes before the next request.`, {
    hint: 'Run the command again later; it resumes where it stopped.',
  });
}
