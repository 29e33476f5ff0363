/** Copies snapshots between two open stores: as they are when both have one key, sealed again when each has its own. */
import { KlosetError } from '../../errors.ts';
import type { StoreParts } from '../access/store-parts.ts';
import { withLock } from '../locks/locks.ts';
import { admitOwnIdentity, admitSigners } from '../maintenance/signers.ts';
import { withUsageScan } from '../maintenance/usage-scan.ts';
import { SnapshotCopy } from './copy-snapshots.ts';
import { resealSnapshots } from './reseal.ts';
import type { SyncOptions, SyncReport } from './sync-options.ts';

/**
 * Copies snapshots of `source` to `target`, both open, under a shared lock on each.
 * @throws KlosetError usage, not-found, locked, credentials, integrity, unavailable
 */
export async function syncSnapshots(
  source: StoreParts,
  target: StoreParts,
  options: SyncOptions,
): Promise<SyncReport> {
  const isReplica = areReplicas(source, target);
  const lock = { command: 'sync', ...options.lock };
  if (isReplica) await admitSigners(target, source.config.signers, lock);
  else await admitOwnIdentity(target, lock);
  return await withLock(source, 'shared', lock, () =>
    withLock(target, 'shared', lock, (held) =>
      withUsageScan(source, (from) =>
        withUsageScan(target, (to) => {
          const assertHeld = () => held.assertHeld();
          if (!isReplica) return resealSnapshots({ source, target, from, to }, options, assertHeld);
          return new SnapshotCopy(source, target, from, to, options).run(assertHeld);
        }),
      ),
    ),
  );
}

/** True for two places of one store, false for two stores. @throws KlosetError integrity when one pretends to be the other */
export function areReplicas(one: StoreParts, other: StoreParts): boolean {
  const isSameId = one.config.storeId === other.config.storeId;
  const isSameKey = Buffer.from(one.masterKey).equals(other.masterKey);
  if (isSameId === isSameKey) return isSameId;
  throw new KlosetError(
    'integrity',
    `${one.backend.location} and ${other.backend.location} have one ${isSameId ? 'id but different keys' : 'key but different ids'}: one of them was changed by another program.`,
  );
}
