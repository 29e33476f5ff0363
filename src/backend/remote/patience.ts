/** Another attempt after a failure that may pass: the pauses grow, and never keep step with those of other machines. */
import type { Clock } from '../../clock.ts';

export interface Patience {
  readonly clock: Clock;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /** Milliseconds before the second attempt; doubled each time. */
  readonly firstPauseMs?: number;
}

/**
 * The signal for a long request that begins now. After an interrupt there is none: whoever begins then gives a lock back, and
 * must not be cut off.
 */
export function interruptOf({ signal }: Patience): AbortSignal | undefined {
  return signal?.aborted === true ? undefined : signal;
}

/** With pauses of 0.2 s to 6.4 s a server that restarts is back before the last attempt, some ten seconds later. */
export const maxAttempts = 7;
/** After an interrupt somebody waits for the end: so many attempts, and none once this much time has passed, in milliseconds. */
const maxLateAttempts = 3;
const maxLateMs = 5000;
const defaultPauseMs = 200;

/**
 * The result of `attempt`, which is called again while it fails with what `isTemporary` accepts. An interrupt ends the repeats of what
 * began before it; what begins after it gives locks back, and is repeated a few times.
 * @throws whatever the last attempt threw, and the reason of the signal
 */
export async function withPatience<T>(
  patience: Patience,
  isTemporary: (error: unknown) => boolean,
  attempt: () => Promise<T>,
): Promise<T> {
  const { clock, signal, firstPauseMs = defaultPauseMs } = patience;
  const interrupt = interruptOf(patience);
  const isLate = signal?.aborted === true;
  const began = clock.now();
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      interrupt?.throwIfAborted();
      const isOver = isLate
        ? count >= maxLateAttempts || clock.now() - began > maxLateMs
        : count >= maxAttempts;
      if (isOver || !isTemporary(error)) throw error;
      await clock.sleep(firstPauseMs * 2 ** (count - 1) * (0.5 + Math.random()), interrupt);
    }
  }
}
