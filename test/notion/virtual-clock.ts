/** Time for the tests of this folder: it jumps to the next timer when the test asks for it, and never waits. */
import type { Clock } from '../../src/clock.ts';

interface Timer {
  readonly at: number;
  readonly wake: () => void;
}

export class VirtualClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const timer: Timer = { at: this.#now + Math.max(0, ms), wake: resolve };
      this.#timers.add(timer);
      signal?.addEventListener('abort', () => {
        if (this.#timers.delete(timer)) reject(signal.reason);
      });
    });
  }

  /** Jumps from timer to timer until `work` is settled. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = () => {
      isSettled = true;
    };
    work.then(settled, settled);
    while (!isSettled) {
      await letOthersRun();
      if (!isSettled) this.#jump();
    }
    return work;
  }

  /** Jumps from timer to timer until `ms` have passed. */
  async pass(ms: number): Promise<void> {
    await this.run(this.sleep(ms));
  }

  #jump(): void {
    const next = [...this.#timers].sort((one, other) => one.at - other.at)[0];
    if (next === undefined) throw new Error('everybody waits, and nobody for the clock');
    this.#now = Math.max(this.#now, next.at);
    this.#timers.delete(next);
    next.wake();
  }
}

/** A clock on which every wait is over at once; it notes how long it was asked to wait. */
export class HastyClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  readonly waits: number[] = [];

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.#now += ms;
    this.waits.push(ms);
  }
}

/** Lets every promise that can settle do so. */
async function letOthersRun(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
