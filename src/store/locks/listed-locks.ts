/** The locks of a store as they lie there, and which of them nobody holds any more. */
import type { Backend, ReadBackend } from '../../backend/backend.ts';
import type { Clock } from '../../clock.ts';
import { isKlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import { sha256 } from '../crypto/primitives.ts';
import type { SealContext } from '../format/blob.ts';
import { ownerState } from './lock-owner.ts';
import type { LockRecord } from './lock-record.ts';
import { decodeLock, lockExpiryMs, maxLockBytes } from './lock-record.ts';
import { noteLocks, seenLocksFile } from './seen-locks.ts';

/** Prefix of the names of locks. */
export const locksPrefix = 'locks/';

/** The parts of a store that taking a lock needs. */
export interface LockParts {
  readonly backend: Backend;
  readonly context: SealContext;
  readonly clock: Clock;
  /** The folder in which this machine notes since when it has seen a lock unchanged. Without it only times count. */
  readonly cacheFolder?: string;
}

/** A lock of one's own, written just now. */
export interface WrittenLock {
  readonly id: string;
  readonly record: LockRecord;
  /** The object. */
  readonly bytes: Uint8Array;
}

/** The parts of a store that listing its locks needs. */
export type ListingParts = Omit<LockParts, 'backend'> & { readonly backend: ReadBackend };

/** A lock as a listing shows it. */
export interface ListedLock {
  readonly id: string;
  /** Undefined when the object cannot be read as a lock of this store. */
  readonly record?: LockRecord;
  /** Nobody is at work under it any more. */
  readonly isStale: boolean;
  /** It looks expired by the clock of this machine, which may be wrong. */
  readonly isOld: boolean;
}

/**
 * All locks of the store, the longest refreshed first. A lock is stale when
 *
 * - its process ran on this machine and has ended; of a process that runs no lock is stale; else when
 * - this machine has seen it unchanged for the time after which locks expire; or when
 * - it expired by the clock of this machine and by that of the place where it lies, as the object of `own` tells, a lock
 *   that was written just now. Without `own` the place's clock is not known, and nothing is stale by it.
 */
export async function listLocks(parts: ListingParts, own?: WrittenLock): Promise<ListedLock[]> {
  const found = await foundLocks(parts, own);
  const { backend, cacheFolder, context, clock } = parts;
  const path =
    cacheFolder === undefined || backend.isReadOnly === true
      ? undefined
      : seenLocksFile(cacheFolder, context.storeId);
  const seenForMs = noteLocks(path, found, clock.now());
  const placeNowMs = found.find(({ id }) => id === own?.id)?.modifiedMs;
  const listed = found.map(({ id, record, refreshedMs, modifiedMs }) => {
    const isOld = clock.now() - refreshedMs >= lockExpiryMs;
    const isOldAtPlace = placeNowMs !== undefined && placeNowMs - modifiedMs >= lockExpiryMs;
    const isUnchanged = (seenForMs.get(id) ?? 0) >= lockExpiryMs;
    const owner = record === undefined ? 'unknown' : ownerState(record);
    const isStale = owner === 'ended' || (owner === 'unknown' && (isUnchanged || (isOld && isOldAtPlace)));
    const isMaybeStale = isStale || (owner === 'unknown' && isOld);
    return { id, isStale, isOld: isMaybeStale, refreshedMs, ...(record === undefined ? {} : { record }) };
  });
  return listed.sort((left, right) => left.refreshedMs - right.refreshedMs);
}

/** True for the names under `locks/` that are ours; other files there are passed over, and `check` names them. */
export function isLockId(id: string): boolean {
  return /^[0-9a-f]{32}$/.test(id);
}

interface FoundLock {
  readonly id: string;
  readonly record: LockRecord | undefined;
  /** By the lock itself; by the place where it lies, when it cannot be read. */
  readonly refreshedMs: number;
  readonly modifiedMs: number;
  /** Changes with every refresh. */
  readonly state: string;
}

/** `own` is not read: it is as it was written. */
async function foundLocks(
  { backend, context }: ListingParts,
  own: WrittenLock | undefined,
): Promise<FoundLock[]> {
  const found: FoundLock[] = [];
  for await (const { name, modifiedMs, sizeBytes } of backend.list(locksPrefix)) {
    const id = name.slice(locksPrefix.length);
    if (!isLockId(id)) continue;
    try {
      const bytes =
        id === own?.id ? own.bytes : sizeBytes > maxLockBytes ? undefined : await backend.read(name);
      const record = bytes === undefined ? undefined : readable(context, id, bytes);
      const refreshedMs = record === undefined ? modifiedMs : Date.parse(record.refreshed);
      const state = hexOf(sha256(bytes ?? new Uint8Array())).slice(0, 16);
      found.push({ id, record, refreshedMs, modifiedMs, state });
    } catch (error) {
      if (isKlosetError(error, 'integrity'))
        found.push({ id, record: undefined, refreshedMs: modifiedMs, modifiedMs, state: '' });
      else if (!isKlosetError(error, 'not-found')) throw error;
    }
  }
  return found;
}

/** Undefined when the bytes are not a lock of this store: damaged, or of another version of this program. */
function readable(context: SealContext, id: string, bytes: Uint8Array): LockRecord | undefined {
  try {
    return decodeLock(context, id, bytes);
  } catch (error) {
    if (isKlosetError(error, 'integrity')) return undefined;
    throw error;
  }
}
