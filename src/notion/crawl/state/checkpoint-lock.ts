/**
 * The lock of a checkpoint: two crawls of one source on one machine would overwrite each other's notes. It is a
 * transaction that is never committed on a file beside the checkpoint, so it ends with its process, however that ends.
 */
import type { Clock } from '../../../clock.ts';
import type { Database } from '../../../database.ts';
import { openDatabase } from '../../../database.ts';
import { KlosetError } from '../../../errors.ts';

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
    const held = tryLock(`${stateFile}.lock`);
    if (held !== undefined) return { release: () => held.close() };
    const left = giveUpAt - clock.now();
    if (left <= 0) throw isHeld();
    await clock.sleep(Math.min(left, retryEveryMs), signal);
  }
}

/** The file with its lock held; undefined when somebody else holds it. */
function tryLock(path: string): Database | undefined {
  const database = openDatabase(path);
  try {
    // Waiting is up to the caller: SQLite would block the whole process.
    database.pragma('busy_timeout = 0');
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}

function isHeld(): KlosetError {
  return new KlosetError('locked', 'Another backup of this source is running on this machine.', {
    hint: 'Wait for it with --retry-lock 10m.',
  });
}
