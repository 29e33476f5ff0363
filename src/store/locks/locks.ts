/**
 * Locks of a store: `locks/<id>` objects, sealed, refreshed while the work lasts. Shared holders (backup,
 * restore, check) work side by side; an exclusive one (maintenance, key changes) works alone.
 *
 * Taking a lock: write one's own, then look for others; whoever sees a conflict gives way. Two that begin at the same
 * moment may both give way, never both continue. A holder that could not refresh its lock in time has lost it, and
 * must not finish what it began: others may have taken the store for theirs.
 */
import type { Backend } from '../../backend/backend.ts';
import type { Clock } from '../../clock.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import { randomBytes } from '../crypto/primitives.ts';
import type { SealContext } from '../format/blob.ts';
import { isRunningHere, thisProcess } from './lock-owner.ts';
import type { LockKind, LockRecord } from './lock-record.ts';
import { decodeLock, encodeLock, maxLockBytes } from './lock-record.ts';

/** Prefix of the names of locks. */
export const locksPrefix = 'locks/';

/** A lock not refreshed for this long counts as abandoned. */
export const lockExpiryMs = 30 * 60 * 1000;
const refreshEveryMs = 5 * 60 * 1000;
const retryEveryMs = 1000;

/** The parts of a store that taking a lock needs. */
export interface LockParts {
  readonly backend: Backend;
  readonly context: SealContext;
  readonly clock: Clock;
}

export interface LockOptions {
  /** Time to wait for others to finish, in milliseconds; none by default. */
  readonly retryForMs?: number;
  /** Name of the work, shown to those who wait: "backup". */
  readonly command?: string;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

/** A lock as a listing shows it. */
export interface ListedLock {
  readonly id: string;
  /** Undefined when the object cannot be read as a lock of this store. */
  readonly record?: LockRecord;
  /** Nobody is at work under it any more. */
  readonly isStale: boolean;
}

/** A lock that is held. */
export interface HeldLock {
  readonly id: string;
  /** Aborted when the lock is lost; its reason is the error to end with. */
  readonly signal: AbortSignal;
  /** Tells others that the work continues. Called by itself every five minutes. */
  refresh(): Promise<void>;
  /**
   * Makes sure that the lock is still ours, just before work is made final.
   * @throws KlosetError locked when it was lost
   */
  assertHeld(): Promise<void>;
}

/**
 * Holds a lock while `use` runs, and gives it back whatever happens.
 * @throws KlosetError locked when others do not finish in time
 */
export async function withLock<T>(
  parts: LockParts,
  kind: LockKind,
  options: LockOptions,
  use: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  if (parts.backend.isReadOnly === true) return await use(noLock());
  const lock = await acquire(parts, kind, options);
  const timer = setInterval(() => void lock.refresh().catch(() => undefined), refreshEveryMs);
  timer.unref();
  try {
    return await use(lock);
  } finally {
    clearInterval(timer);
    await lock.release();
  }
}

/** All locks of the store, oldest first. Those of others that cannot be read count as held, until they are old. */
export async function listLocks(parts: LockParts): Promise<ListedLock[]> {
  const found: (ListedLock & { readonly since: number })[] = [];
  for await (const { name, modifiedMs, sizeBytes } of parts.backend.list(locksPrefix)) {
    const id = name.slice(locksPrefix.length);
    if (!isLockId(id)) continue;
    const record = sizeBytes > maxLockBytes ? undefined : await readLock(parts, name);
    if (record === 'gone') continue;
    const refreshed = record === undefined ? modifiedMs : Date.parse(record.refreshed);
    const isStale = isOld(refreshed, parts.clock) || (record !== undefined && !isRunningHere(record));
    found.push({ id, isStale, since: refreshed, ...(record === undefined ? {} : { record }) });
  }
  return found.sort((left, right) => left.since - right.since);
}

/** True for the names under `locks/` that are ours; other files there are passed over, and `check` names them. */
export function isLockId(id: string): boolean {
  return /^[0-9a-f]{32}$/.test(id);
}

/** Removes locks nobody holds any more, or every lock when `all`. Returns what was removed. */
export async function unlock(
  parts: LockParts,
  options: { readonly all?: boolean } = {},
): Promise<ListedLock[]> {
  const removable = (await listLocks(parts)).filter(({ isStale }) => isStale || options.all === true);
  for (const { id } of removable) await parts.backend.remove(locksPrefix + id);
  return removable;
}

/** The lock of a place where nothing can change. */
function noLock(): HeldLock {
  return {
    id: '',
    signal: new AbortController().signal,
    refresh: async () => {},
    assertHeld: async () => {},
  };
}

async function acquire(parts: LockParts, kind: LockKind, options: LockOptions): Promise<OwnLock> {
  const { clock } = parts;
  const giveUpAt = clock.now() + (options.retryForMs ?? 0);
  for (;;) {
    const other = await findConflict(parts, kind, undefined);
    if (other === undefined) {
      const lock = await OwnLock.create(parts, kind, options.command ?? '');
      const faster = await findConflict(parts, kind, lock.id).catch(async (error: unknown) => {
        await lock.release();
        throw error;
      });
      if (faster === undefined) return lock;
      await lock.release();
    }
    const left = giveUpAt - clock.now();
    if (left <= 0) throw isLocked(other, parts.clock);
    // Not in step with others who wait for the same.
    const pauseMs = retryEveryMs * (0.5 + (randomBytes(1)[0] ?? 0) / 256);
    await clock.sleep(Math.min(left, pauseMs), options.signal);
  }
}

async function findConflict(
  parts: LockParts,
  kind: LockKind,
  ownId: string | undefined,
): Promise<ListedLock | undefined> {
  const others = (await listLocks(parts)).filter(({ id, isStale }) => id !== ownId && !isStale);
  return others.find(({ record }) => kind === 'exclusive' || record?.kind !== 'shared');
}

function isLocked(lock: ListedLock | undefined, clock: Clock): KlosetError {
  const hint =
    'Wait for it with --retry-lock 10m; if that process no longer runs, run `notion-kloset unlock`.';
  if (lock?.record === undefined)
    return new KlosetError('locked', 'The store is locked by another process.', { hint });
  const { host, pid, command, created } = lock.record;
  const minutes = Math.max(0, Math.round((clock.now() - Date.parse(created)) / 60_000));
  const who = `${command || 'another command'} on ${host} (process ${pid})`;
  return new KlosetError('locked', `The store is locked by ${who} for ${minutes} minutes.`, { hint });
}

function isOld(refreshedMs: number, clock: Clock): boolean {
  return !(clock.now() - refreshedMs < lockExpiryMs);
}

class OwnLock implements HeldLock {
  readonly id: string;
  readonly #parts: LockParts;
  readonly #lost = new AbortController();
  #record: LockRecord;
  #running: Promise<void> = Promise.resolve();

  private constructor(parts: LockParts, id: string, record: LockRecord) {
    this.#parts = parts;
    this.id = id;
    this.#record = record;
  }

  static async create(parts: LockParts, kind: LockKind, command: string): Promise<OwnLock> {
    const id = hexOf(randomBytes(16));
    const now = new Date(parts.clock.now()).toISOString();
    const record = { ...thisProcess(), kind, command, created: now, refreshed: now };
    await parts.backend.create(locksPrefix + id, encodeLock(parts.context, id, record));
    return new OwnLock(parts, id, record);
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  refresh(): Promise<void> {
    this.#running = this.#running.then(() => this.#refresh());
    return this.#running;
  }

  async #refresh(): Promise<void> {
    if (this.signal.aborted) return;
    const { backend, context, clock } = this.#parts;
    await this.assertHeld();
    const record = { ...this.#record, refreshed: new Date(clock.now()).toISOString() };
    await backend.replace(locksPrefix + this.id, encodeLock(context, this.id, record));
    this.#record = record;
  }

  async assertHeld(): Promise<void> {
    this.signal.throwIfAborted();
    const { backend, clock } = this.#parts;
    const isLost =
      isOld(Date.parse(this.#record.refreshed), clock) || (await isGone(backend, locksPrefix + this.id));
    if (!isLost) return;
    const error = new KlosetError(
      'locked',
      'The lock on the store was lost: this machine slept, or `unlock` was run.',
      {
        hint: 'The store is intact. Run the command again.',
      },
    );
    this.#lost.abort(error);
    throw error;
  }

  /** Never fails: what was done under the lock is done, and an abandoned lock expires. */
  async release(): Promise<void> {
    await this.#running.catch(() => undefined);
    await this.#parts.backend.remove(locksPrefix + this.id).catch(() => undefined);
  }
}

async function isGone(backend: Backend, name: string): Promise<boolean> {
  try {
    await backend.size(name);
    return false;
  } catch (error) {
    if (isKlosetError(error, 'not-found')) return true;
    throw error;
  }
}

async function readLock(parts: LockParts, name: string): Promise<LockRecord | 'gone' | undefined> {
  try {
    return decodeLock(parts.context, name.slice(locksPrefix.length), await parts.backend.read(name));
  } catch (error) {
    if (isKlosetError(error, 'not-found')) return 'gone';
    if (isKlosetError(error, 'integrity')) return undefined;
    throw error;
  }
}
