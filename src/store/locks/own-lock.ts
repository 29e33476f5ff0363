/** A lock that this process holds: refreshed while the work lasts, and looked after before work is made final. */
import type { Backend } from '../../backend/backend.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import { randomBytes } from '../crypto/primitives.ts';
import type { LockParts, WrittenLock } from './listed-locks.ts';
import { locksPrefix } from './listed-locks.ts';
import { thisProcess } from './lock-owner.ts';
import type { LockKind, LockRecord } from './lock-record.ts';
import { encodeLock, lockExpiryMs } from './lock-record.ts';

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

export class OwnLock implements HeldLock, WrittenLock {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly #parts: LockParts;
  readonly #lost = new AbortController();
  #record: LockRecord;
  #running: Promise<void> = Promise.resolve();

  private constructor(parts: LockParts, { id, record, bytes }: WrittenLock) {
    this.#parts = parts;
    this.id = id;
    this.bytes = bytes;
    this.#record = record;
  }

  static async create(parts: LockParts, kind: LockKind, command: string): Promise<OwnLock> {
    const id = hexOf(randomBytes(16));
    const now = new Date(parts.clock.now()).toISOString();
    const record = { ...thisProcess(), kind, command, created: now, refreshed: now };
    const bytes = encodeLock(parts.context, id, record);
    await parts.backend.create(locksPrefix + id, bytes);
    return new OwnLock(parts, { id, record, bytes });
  }

  get record(): LockRecord {
    return this.#record;
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
      !(clock.now() - Date.parse(this.#record.refreshed) < lockExpiryMs) ||
      (await isGone(backend, locksPrefix + this.id));
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
