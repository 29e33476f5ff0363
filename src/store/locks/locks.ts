/**
 * Locks of a store: `locks/<id>` objects, sealed, refreshed while the work lasts. Shared holders (backup,
 * restore, check) work side by side; an exclusive one (maintenance, key changes) works alone.
 *
 * Taking a lock: write one's own, then look for others; whoever sees a conflict gives way. Two that begin at the same
 * moment may both give way, never both continue. A holder that could not refresh its lock in time has lost it, and
 * must not finish what it began: others may have taken the store for theirs, and removed its lock.
 *
 * An exclusive lock is written only after a look that found no conflict: one that is bound to give way would turn others away
 * for nothing. A shared one is in the way of an exclusive one alone, which then waits for another holder anyway; so its first
 * attempt does without that look, which is a list of a store on another machine.
 */
import type { Clock } from '../../clock.ts';
import { isUnreachable, KlosetError, messageOf } from '../../errors.ts';
import type { Monitor } from '../../monitor.ts';
import { randomBytes } from '../crypto/primitives.ts';
import type { ListedLock, LockParts } from './listed-locks.ts';
import { listLocks, locksPrefix } from './listed-locks.ts';
import type { LockKind } from './lock-record.ts';
import type { HeldLock } from './own-lock.ts';
import { OwnLock } from './own-lock.ts';
import { notePlace } from './place-notes.ts';

export type { ListedLock, LockParts } from './listed-locks.ts';
export type { HeldLock } from './own-lock.ts';

const refreshEveryMs = 5 * 60 * 1000;
const retryEveryMs = 1000;

export interface LockOptions {
  /** Time to wait for others to finish, in milliseconds; none by default. */
  readonly retryForMs?: number;
  /** Name of the work, shown to those who wait: "backup". */
  readonly command?: string;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
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
  return await whileHeld(await acquire(parts, kind, options), use);
}

/**
 * Holds a shared lock while `use` reads. Where nothing can be written (a read-only disk, rights that only let read, a full disk)
 * it reads without one, unless somebody works alone there: what maintenance takes away meanwhile is missed, never misread.
 * @throws KlosetError locked when others do not finish in time
 */
export async function withReadingLock<T>(
  parts: LockParts & { readonly monitor: Monitor },
  options: LockOptions,
  use: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  if (parts.backend.isReadOnly === true) return await use(noLock());
  const lock = await acquire(parts, 'shared', options).catch(async (error: unknown) => {
    if (!isUnreachable(error) || options.signal?.aborted) throw error;
    const [other] = conflicts(await listLocks(parts), 'shared').filter(
      ({ isStale, isOld }) => !isStale && !isOld,
    );
    if (other !== undefined) throw isLocked(other, parts.clock);
    const message = `${parts.backend.location} is read without a lock, since none can be written: ${messageOf(error)}`;
    parts.monitor.report({ type: 'warning', message });
    return undefined;
  });
  return lock === undefined ? await use(noLock()) : await whileHeld(lock, use);
}

/** Works alone where `isApplied`; a dry run of the same holds a lock for reading. @throws KlosetError as the two locks do */
export async function withLockToApply<T>(
  parts: LockParts & { readonly monitor: Monitor },
  isApplied: boolean,
  options: LockOptions,
  use: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  return isApplied
    ? await withLock(parts, 'exclusive', options, use)
    : await withReadingLock(parts, options, use);
}

async function whileHeld<T>(lock: OwnLock, use: (lock: HeldLock) => Promise<T>): Promise<T> {
  const timer = setInterval(() => void lock.refresh().catch(() => undefined), refreshEveryMs);
  timer.unref();
  try {
    return await use(lock);
  } finally {
    clearInterval(timer);
    await lock.release();
  }
}

/** The locks to remove: those of the ids that begin so, every one, or by default those that nobody holds any more. */
export interface UnlockOptions {
  readonly ids?: readonly string[];
  readonly all?: boolean;
}

/** Removes locks. Returns what was removed. @throws KlosetError not-found, usage for an id that names none or several, integrity for what is not a file */
export async function unlock(
  parts: LockParts,
  { ids = [], all = false }: UnlockOptions = {},
): Promise<ListedLock[]> {
  const removable = await chosenLocks(parts, ids, all);
  let problem: unknown;
  for (const { id } of removable) {
    // A pipe or a link that somebody put there keeps no other lock in its place.
    await parts.backend.remove(locksPrefix + id).catch((error: unknown) => {
      problem ??= error;
    });
  }
  if (problem !== undefined) throw problem;
  return removable;
}

async function chosenLocks(parts: LockParts, ids: readonly string[], all: boolean): Promise<ListedLock[]> {
  if (all) return await listLocks(parts);
  if (ids.length === 0) return await staleLocks(parts);
  const locks = await listLocks(parts);
  return ids.map((prefix) => {
    const [found, second] = locks.filter(({ id }) => id.startsWith(prefix));
    if (found === undefined) throw new KlosetError('not-found', `The store has no lock ${prefix}.`);
    if (second === undefined) return found;
    throw new KlosetError('usage', `More than one lock begins with ${prefix}.`, {
      hint: 'Give more digits.',
    });
  });
}

/** A lock of our own tells the clock of the place. */
async function staleLocks(parts: LockParts): Promise<ListedLock[]> {
  const own = await OwnLock.create(parts, 'shared', 'unlock');
  try {
    return (await listLocks(parts, own)).filter(({ id, isStale }) => isStale && id !== own.id);
  } finally {
    await own.release();
  }
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

/** Writes a lock of one's own only when there seems to be no conflict; the second look decides. */
async function acquire(parts: LockParts, kind: LockKind, options: LockOptions): Promise<OwnLock> {
  const { clock } = parts;
  const giveUpAt = clock.now() + (options.retryForMs ?? 0);
  /** Locks that look expired by our clock alone. */
  const held = new Set<string>();
  for (let turn = 1; ; turn += 1) {
    const seen = kind === 'shared' && turn === 1 ? [] : await listLocks(parts);
    let [other] = conflicts(seen, kind).filter(
      ({ id, isStale, isOld }) => !isStale && (!isOld || held.has(id)),
    );
    if (other === undefined) {
      const lock = await OwnLock.create(parts, kind, options.command ?? '');
      notePlace({ ...parts, storeId: parts.context.storeId });
      try {
        const all = conflicts(await listLocks(parts, lock), kind).filter(({ id }) => id !== lock.id);
        other = all.find(({ isStale }) => !isStale);
        if (other === undefined) {
          // Whoever comes back to one of these finds it gone, and does not finish what it began.
          for (const { id } of all) await parts.backend.remove(locksPrefix + id);
          return lock;
        }
        held.add(other.id);
      } catch (error) {
        await lock.release();
        throw error;
      }
      await lock.release();
    }
    const left = giveUpAt - clock.now();
    if (left <= 0) throw isLocked(other, parts.clock);
    // Not in step with others who wait for the same.
    const pauseMs = retryEveryMs * (0.5 + (randomBytes(1)[0] ?? 0) / 256);
    await clock.sleep(Math.min(left, pauseMs), options.signal);
  }
}

function conflicts(locks: readonly ListedLock[], kind: LockKind): ListedLock[] {
  return locks.filter(({ record }) => kind === 'exclusive' || record?.kind !== 'shared');
}

function isLocked(lock: ListedLock, clock: Clock): KlosetError {
  const { id, record } = lock;
  const remove = `notion-kloset unlock ${id.slice(0, 8)}`;
  const hint = `Wait for it with --retry-lock 10m; if that process no longer runs, remove its lock with \`${remove}\`.`;
  if (record === undefined)
    return new KlosetError('locked', 'The store is locked by another process.', { hint });
  const { host, pid, command, created } = record;
  const minutes = Math.max(0, Math.round((clock.now() - Date.parse(created)) / 60_000));
  const who = `${command || 'another command'} on ${host} (process ${pid})`;
  return new KlosetError('locked', `The store is locked by ${who} for ${minutes} minutes.`, { hint });
}
