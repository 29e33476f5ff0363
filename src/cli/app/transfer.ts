/** Bytes on their way to and from stores on other machines: counted for this run, and reported now and then with their rate. */
import type { Traffic } from '../../backend/remote/traffic.ts';
import type { Clock } from '../../clock.ts';
import type { Monitor } from '../../monitor.ts';

/** A report at most this often. */
const reportEveryMs = 1000;
/** The rate is that of so much time before now. */
const windowMs = 10_000;

interface Moment {
  readonly atMs: number;
  readonly sent: number;
  readonly received: number;
}

export class Transfer implements Traffic {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #monitor: () => Monitor;
  /** The oldest first; the last is that of the last report. */
  #moments: Moment[] = [];
  #sent = 0;
  #received = 0;

  constructor(clock: Pick<Clock, 'now'>, monitor: () => Monitor) {
    this.#clock = clock;
    this.#monitor = monitor;
  }

  sent(bytes: number): void {
    this.#sent += bytes;
    this.#report();
  }

  received(bytes: number): void {
    this.#received += bytes;
    this.#report();
  }

  #report(): void {
    const now: Moment = { atMs: this.#clock.now(), sent: this.#sent, received: this.#received };
    const last = this.#moments.at(-1);
    // A command that is over in a moment needs no display.
    if (last === undefined) this.#moments.push({ ...now, sent: 0, received: 0 });
    if (last === undefined || now.atMs - last.atMs < reportEveryMs) return;
    this.#moments = [...this.#moments.filter(({ atMs }) => now.atMs - atMs <= windowMs), now];
    const [first = now] = this.#moments;
    const seconds = (now.atMs - first.atMs) / 1000;
    const rate = (bytes: number) => (seconds > 0 ? Math.round(bytes / seconds) : 0);
    this.#monitor().report({
      type: 'transfer',
      sentBytes: now.sent,
      receivedBytes: now.received,
      sentPerSecond: rate(now.sent - first.sent),
      receivedPerSecond: rate(now.received - first.received),
    });
  }
}
