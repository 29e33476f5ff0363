/** Bytes of objects on their way to and from another machine: at the rate that is allowed, and told of. */
import type { Paces } from '../../pace.ts';

/** Told of the bytes of objects as they move; repeats count again. */
export interface Traffic {
  sent(bytes: number): void;
  received(bytes: number): void;
}

/** The parts that connections to one place share. */
export interface WatchedPaces extends Paces {
  readonly traffic?: Traffic;
}
