/**
 * Decides when each request may be sent: in order, within the budget, never while Notion told us to wait, and with
 * enough in flight that the budget, not latency, is the limit. Which requests are repeated is `retry.ts`'s.
 */
import type { Clock } from '../../clock.ts';
import { KlosetError } from '../../errors.ts';
import type { Budget, SentRequest } from './request-budget.ts';
import { RequestBudget } from './request-budget.ts';

export interface PacingOptions {
  readonly clock: Clock;
  readonly budget: Budget;
  /** Requests under way at once; 10 by default. */
  readonly maxInFlight?: number;
  /** Waits longer than this fail at once as `temporary`, in ms; 15 minutes by default. */
  readonly longestPauseMs?: number;
  /** Told when nothing will be sent for `waitMs`. */
  readonly onWait?: (waitMs: number, reason: string) => void;
}

/** The right to send one request now. Exactly one of its functions must be called when the attempt is over. */
export interface Permit {
  /** Notion took the request, or it failed for another reason than a rate limit. */
  done(): void;
  /** Notion said to wait; `teaches` when it said so for the budget's sake. */
  refused(pauseMs: number, lesson: { readonly teaches: boolean; readonly reason: string }): void;
}

interface Waiting {
  readonly ticket: number;
  grant(permit: Permit): void;
  fail(error: unknown): void;
}

/** Budget waits shorter than this are not worth telling, in ms. */
const worthTellingMs = 2_000;

export class Pacing {
  readonly #clock: Clock;
  readonly #budget: RequestBudget;
  readonly #maxInFlight: number;
  readonly #longestPauseMs: number;
  readonly #onWait: (waitMs: number, reason: string) => void;
  readonly #queue: Waiting[] = [];
  #lastTicket = 0;
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
    this.#maxInFlight = options.maxInFlight ?? 10;
    this.#longestPauseMs = options.longestPauseMs ?? 15 * 60_000;
    this.#onWait = options.onWait ?? (() => {});
  }

  /** Requests a minute as believed now; Infinity while unknown. */
  get perMinute(): number {
    return this.#budget.perMinute;
  }

  /** A place in the order; a request that is repeated keeps its own. */
  ticket(): number {
    this.#lastTicket += 1;
    return this.#lastTicket;
  }

  /**
   * Resolves when the request holding `ticket` may be sent.
   * @throws KlosetError `temporary` when Notion asks to wait too long; the error given to `stop` after a stop.
   */
  acquire(ticket: number): Promise<Permit> {
    return new Promise((resolve, reject) => {
      const behind = this.#queue.findIndex((other) => other.ticket > ticket);
      const waiting: Waiting = { ticket, grant: resolve, fail: reject };
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
      const freeAt = Math.max(this.#pausedUntil, this.#budget.freeAt(now));
      if (freeAt > now) {
        this.#wakeAt(freeAt, now);
        return;
      }
      // A permit that comes back pumps again.
      if (this.#inFlight >= this.#mostInFlight(now)) break;
      this.#queue.shift()?.grant(this.#permit(now));
    }
    this.#silenceAlarm();
  }

  /** Empties the queue when waiting is pointless. */
  #failsNow(): boolean {
    const pauseMs = this.#pausedUntil - this.#clock.now();
    const stop = this.#stoppedBy;
    if (stop === undefined && pauseMs <= this.#longestPauseMs) return false;
    const error = stop?.error ?? tooLongAPause(pauseMs);
    this.#silenceAlarm();
    for (const waiting of this.#queue.splice(0)) waiting.fail(error);
    return true;
  }

  #mostInFlight(now: number): number {
    return this.#isCautious || this.#budget.isTrial(now) ? 1 : this.#maxInFlight;
  }

  #permit(now: number): Permit {
    const sent = this.#budget.send(now);
    this.#inFlight += 1;
    return {
      done: () => this.#settle(sent, () => this.#accept(sent)),
      refused: (pauseMs, lesson) => this.#settle(sent, () => this.#refuse(sent, pauseMs, lesson)),
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

  #refuse(sent: SentRequest, pauseMs: number, lesson: { teaches: boolean; reason: string }): void {
    const now = this.#clock.now();
    if (lesson.teaches) this.#budget.refused(sent, now);
    else this.#budget.done(sent, now);
    this.#isCautious = true;
    if (now + pauseMs <= this.#pausedUntil) return;
    this.#pausedUntil = now + pauseMs;
    this.#pauseReason = lesson.reason;
  }

  #wakeAt(at: number, now: number): void {
    if (this.#alarm?.at === at) return;
    const isNews = this.#alarm === undefined || at > this.#alarm.at + worthTellingMs;
    this.#silenceAlarm();
    const controller = new AbortController();
    this.#alarm = { at, controller };
    if (isNews && at - now >= worthTellingMs) this.#onWait(at - now, this.#reasonAt(at));
    this.#clock.sleep(at - now, controller.signal).then(
      () => {
        if (this.#alarm?.controller === controller) this.#alarm = undefined;
        this.#pump();
      },
      () => {},
    );
  }

  #reasonAt(at: number): string {
    return at === this.#pausedUntil ? this.#pauseReason : 'the request budget of this minute is spent';
  }

  #silenceAlarm(): void {
    this.#alarm?.controller.abort();
    this.#alarm = undefined;
  }
}

function tooLongAPause(pauseMs: number): KlosetError {
  const minutes = Math.ceil(pauseMs / 60_000);
  return new KlosetError('temporary', `Notion asks to wait ${minutes} minutes before the next request.`, {
    hint: 'Run the command again later; what is done is not repeated.',
  });
}
