/** At most so many requests within any 60 minutes, as the user asked for. Bookkeeping on given times, as `request-budget.ts`. */

const hourMs = 3_600_000;

export class HourlyBudget {
  readonly #perHour: number;
  /** Times of the last requests, the oldest first; no more than fit within an hour. */
  readonly #sent: number[] = [];

  constructor(perHour: number) {
    this.#perHour = perHour;
  }

  /** The earliest time (ms since 1970) at which one more request fits; not after `now` when it fits at once. */
  freeAt(now: number): number {
    const oldest = this.#sent.at(-this.#perHour);
    return oldest === undefined ? now : oldest + hourMs;
  }

  send(now: number): void {
    this.#sent.push(now);
    if (this.#sent.length >= 2 * this.#perHour) this.#sent.splice(0, this.#sent.length - this.#perHour);
  }
}
