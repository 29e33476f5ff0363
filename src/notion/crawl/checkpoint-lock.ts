/** The lock of a checkpoint, a file beside it: two crawls of one source on one machine would overwrite each other's notes. */
import type { Clock } from '../../clock.ts';
import { tryLockFile } from '../../database.ts';
import { KlosetError } from '../../errors.ts';

const retryEveryMs = 500;

export interface CheckpointLock {
  release(): void;
}

export interface CheckpointWait {
  readonly clock: Clock;
  /** Time to wait for another crawl to end; 0 for none. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Locks the checkpoint at `stateFile` until `release`.
 * @throws KlosetError locked when another crawl holds it for longer than `waitMs`; the signal's reason when aborted
 */
export async function lockCheckpoint(
  stateFile: string,
  { clock, waitMs, signal }: CheckpointWait,
): Promise<CheckpointLock> {
  const giveUpAt = clock.now() + waitMs;
  for (;;) {
    const release = tryLockFile(`${stateFile}.lock`);
    if (release !== undefined) return { release };
    const left = giveUpAt - clock.now();
    if (left <= 0) throw isHeld();
    await clock.sleep(Math.min(left, retryEveryMs), signal);
  }
}

function isHeld(): KlosetError {
  return new KlosetError('locked', 'Another backup of this source is running on this machine.', {
    hint: 'Wait for it with --retry-lock 10m.',
  });
}
