/** Long work on one thread, with pauses in which the process takes in what the network brought meanwhile. */
import { setImmediate } from 'node:timers/promises';

/** A socket holds a few megabytes: more work than on this many at once, and the other side waits. */
const bytesAtOnce = 512 * 1024;

export class Turns {
  #bytes = 0;

  /** To be awaited after work on `bytes` more; undefined while nothing need be awaited. */
  after(bytes: number): Promise<void> | undefined {
    this.#bytes += bytes;
    if (this.#bytes < bytesAtOnce) return undefined;
    this.#bytes = 0;
    return setImmediate();
  }
}
