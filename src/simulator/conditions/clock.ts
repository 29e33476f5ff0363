/**
 * Time as the simulator and a client beside it see it. In tests hours pass in milliseconds: when nobody has
 * anything left to do but wait, the virtual clock jumps to the earliest moment somebody waits for.
 */
import { getActiveResourcesInfo } from 'node:process';

/** Fits the project's `Clock` without importing it. */
export interface SimulatorClock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Resolves `ms` milliseconds later; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Moves time on by `ms` at once, waking whoever waited for a moment passed. */
  advance(ms: number): void;
  /** Says that work is going on that takes no time, until the returned function is called. */
  hold(): () => void;
  /** Says that something just happened, so a jump would be premature. */
  wake(): void;
}

export interface VirtualClockOptions {
  /** The first moment, in milliseconds since 1970; 2026-06-01T09:00:00Z by default. */
  readonly start?: number;
  /** False: time passes only by `advance`. */
  readonly jumps?: boolean;
}

interface Timer {
  readonly at: number;
  fire(): void;
}

/** Event-loop turns without a call of `wake` before a short jump: enough for a request to cross the loopback. */
const patienceTurns = 40;
/** Ten further turns per virtual second skipped: a long jump is usually somebody's time-out, so be surer. */
const turnsPerSecond = 10;
const maxTurns = 1_500;
/** Work of this process that ends by itself in real time; a jump waits for it. */
const realWork =
  /^(FSReq|CloseReq|TCPConnect|GetAddrInfo|WriteWrap|ShutdownWrap|Zlib|ProcessWrap|\w+Request$)/i;
/** Seen so often in a row at the point of jumping, real work is thought to be something that stays open. */
const maxWaitsForWork = 2_000;

/** Simulated time that never waits: a discrete-event clock driven by idleness. */
export class VirtualClock implements SimulatorClock {
  #now: number;
  readonly #jumps: boolean;
  readonly #timers = new Set<Timer>();
  #held = 0;
  #idleTurns = 0;
  #waitsForWork = 0;
  #isPumping = false;

  constructor(options: VirtualClockOptions = {}) {
    this.#now = options.start ?? Date.UTC(2026, 5, 1, 9);
    this.#jumps = options.jumps ?? true;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timers = this.#timers;
      const timer: Timer = { at: this.#now + Math.max(0, ms), fire: () => finish(resolve) };
      const aborted = () => finish(() => reject(signal?.reason));
      function finish(settle: () => void) {
        timers.delete(timer);
        signal?.removeEventListener('abort', aborted);
        settle();
      }
      signal?.addEventListener('abort', aborted, { once: true });
      timers.add(timer);
      this.wake();
      this.#pump();
    });
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (let timer = this.#earliest(); timer !== undefined && timer.at <= end; timer = this.#earliest()) {
      this.#now = Math.max(this.#now, timer.at);
      timer.fire();
    }
    this.#now = end;
    this.wake();
  }

  hold(): () => void {
    this.#held += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#held -= 1;
      this.wake();
    };
  }

  wake(): void {
    this.#idleTurns = 0;
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers) if (earliest === undefined || timer.at < earliest.at) earliest = timer;
    return earliest;
  }

  #pump(): void {
    if (!this.#jumps || this.#isPumping) return;
    this.#isPumping = true;
    const turn = () => {
      if (this.#timers.size === 0) {
        this.#isPumping = false;
        return;
      }
      this.#turn();
      setImmediate(turn);
    };
    setImmediate(turn);
  }

  /** One look at the world: counts idle turns, and jumps when they are enough. */
  #turn(): void {
    if (this.#held > 0) {
      this.wake();
      return;
    }
    this.#idleTurns += 1;
    if (this.#idleTurns < patienceTurns) return;
    const next = this.#earliest();
    if (next === undefined) return;
    const jumpMs = Math.max(0, next.at - this.#now);
    if (this.#idleTurns < Math.min(maxTurns, patienceTurns + (jumpMs / 1_000) * turnsPerSecond)) return;
    if (this.#waitsForWork < maxWaitsForWork && isReallyWorking()) {
      this.#waitsForWork += 1;
      this.wake();
      return;
    }
    this.#waitsForWork = 0;
    this.#now += jumpMs;
    this.wake();
    // Everybody who waited for this very moment wakes in it.
    for (const timer of [...this.#timers]) if (timer.at <= this.#now) timer.fire();
  }
}

function isReallyWorking(): boolean {
  return getActiveResourcesInfo().some((name) => realWork.test(name));
}

/** Time as it passes outside, for the demonstration. `advance` puts it ahead for good. */
export class RealClock implements SimulatorClock {
  #aheadMs = 0;

  now(): number {
    return Date.now() + this.#aheadMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', aborted, { once: true });
      function done() {
        signal?.removeEventListener('abort', aborted);
        resolve();
      }
      function aborted() {
        clearTimeout(timer);
        reject(signal?.reason);
      }
    });
  }

  advance(ms: number): void {
    this.#aheadMs += ms;
  }

  hold(): () => void {
    return () => {};
  }

  wake(): void {}
}
