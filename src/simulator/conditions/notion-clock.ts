/** Notion's own clock: it runs with the client's, and may stand ahead of it or behind. */
import type { SimulatorClock } from './clock.ts';

/** A clock that shows another time than the one it runs with. Sleeping and jumping are the other's business. */
export class NotionClock implements SimulatorClock {
  /** Milliseconds ahead of the client's clock; negative for behind. May be changed at any time. */
  aheadMs: number;
  readonly #clientClock: SimulatorClock;

  constructor(clientClock: SimulatorClock, aheadMs = 0) {
    this.#clientClock = clientClock;
    this.aheadMs = aheadMs;
  }

  now(): number {
    return this.#clientClock.now() + this.aheadMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#clientClock.sleep(ms, signal);
  }

  advance(ms: number): void {
    this.#clientClock.advance(ms);
  }

  hold(): () => void {
    return this.#clientClock.hold();
  }

  wake(): void {
    this.#clientClock.wake();
  }
}
