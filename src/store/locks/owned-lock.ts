/** A lock held by a value rather than by a scope: for work that ends when its owner says so. */
import type { LockKind } from '../format/lock-record.ts';
import type { HeldLock, LockOptions, LockParts } from './locks.ts';
import { withLock } from './locks.ts';

export interface OwnedLock {
  /** @throws KlosetError locked when it was lost */
  assertHeld(): Promise<void>;
  /** Gives the lock back and waits until it is gone. */
  release(): Promise<void>;
}

/** Takes a lock that is held until `release`. @throws KlosetError locked */
export function holdLock(parts: LockParts, kind: LockKind, options: LockOptions): Promise<OwnedLock> {
  return new Promise((resolve, reject) => {
    const scope = withLock(parts, kind, options, (lock) => {
      return new Promise<void>((end) => resolve(owned(lock, end, () => scope)));
    });
    scope.catch(reject);
  });
}

function owned(lock: HeldLock, end: () => void, scope: () => Promise<void>): OwnedLock {
  return {
    assertHeld: () => lock.assertHeld(),
    async release() {
      end();
      await scope();
    },
  };
}
