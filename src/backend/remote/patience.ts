/** Another attempt after a failure that may pass: the pauses grow, and never keep step with those of other machines. */
import type { Clock } from '../../clock.ts';

export interface Patience {
  readonly clock: Clock;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /** Milliseconds before the second attempt; doubled each time. */
  readonly firstPauseMs?: number;
}

/** With pauses of 0.2 s to 6.4 s a server that restarts is back before the last attempt, some ten seconds later. */
export const maxAttempts = 7;
const defaultPauseMs = 200;

/**
 * The result of `attempt`, which is called again while it fails with what `isTemporary` accepts. The signal ends the
 * repeats, not the first attempt: locks are given back after an interrupt.
 * @throws whatever the last attempt threw, and the reason of the signal
 */
export async function withPatience<T>(
  { clock, signal, firstPauseMs = defaultPauseMs }: Patience,
  isTemporary: (error: unknown) => boolean,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      if (count >= maxAttempts || !isTemporary(error)) throw error;
      signal?.throwIfAborted();
      await clock.sleep(firstPauseMs * 2 ** (count - 1) * (0.5 + Math.random()), signal);
    }
  }
}
