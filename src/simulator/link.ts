/** The line of the file host: so many bytes a second, whoever asks. */
import type { SimulatorClock } from './conditions/clock.ts';

/**
 * Bytes pass one piece after the other, in the order in which they are handed over. Downloads that hand over a piece of
 * equal size each time their last one has passed so share the line evenly, and alone one of them has all of it.
 */
export class Link {
  readonly #clock: SimulatorClock;
  readonly #bytesPerSecond: number;
  #freeAt = Number.NEGATIVE_INFINITY;

  /** @param bytesPerSecond 0 for a line on which bytes take no time */
  constructor(clock: SimulatorClock, bytesPerSecond: number) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Hands over a piece. @returns the milliseconds until its last byte has passed */
  send(bytes: number): number {
    if (this.#bytesPerSecond === 0) return 0;
    const now = this.#clock.now();
    this.#freeAt = Math.max(this.#freeAt, now) + (bytes * 1_000) / this.#bytesPerSecond;
    return this.#freeAt - now;
  }
}
