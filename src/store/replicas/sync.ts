/** Copies snapshots between two open stores: as they are when both have one key, sealed again when each has its own. */
import { KlosetError } from '../../errors.ts';
import type { StoreParts } from '../access/store-parts.ts';
import { withLock, withReadingLock } from '../locks/locks.ts';
import { addStatements, admitOwnIdentity } from '../maintenance/signers.ts';
import { withUsageScan } from '../maintenance/usage-scan.ts';
import { SnapshotCopy } from './copy-snapshots.ts';
import { healKnownDamage } from './heal.ts';
import { resealSnapshots } from './reseal.ts';
import type { Healed, SyncOptions, SyncReport } from './sync-options.ts';

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
  if (isReplica) await addStatements(target, source.config, lock);
  else await admitOwnIdentity(target, lock);
  if (options.heal !== true) return await copyUnderLocks(source, target, isReplica, options);
  return isReplica
    ? await syncAndHeal(source, target, options)
    : await resealAndHeal(source, target, options);
}

async function copyUnderLocks(
  source: StoreParts,
  target: StoreParts,
  isReplica: boolean,
  options: SyncOptions,
): Promise<SyncReport> {
  const lock = { command: 'sync', ...options.lock };
  return await withReadingLock(source, lock, () =>
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

/** Two copies of one store heal each other before anything is copied. What may not be changed is left as it is. */
async function syncAndHeal(
  source: StoreParts,
  target: StoreParts,
  options: SyncOptions,
): Promise<SyncReport> {
  const healed = [await healSide(target, source, options)];
  if (source.backend.isReadOnly !== true) healed.push(await healSide(source, target, options));
  const report = await copyUnderLocks(source, target, true, options);
  return { ...report, healed };
}

/** A store of another key gives contents, not objects: what the target lost is sealed again from the source. */
async function resealAndHeal(
  source: StoreParts,
  target: StoreParts,
  options: SyncOptions,
): Promise<SyncReport> {
  await healSide(target, undefined, options);
  const report = await copyUnderLocks(source, target, false, options);
  return { ...report, healed: [await healSide(target, undefined, options)] };
}

async function healSide(
  parts: StoreParts,
  copy: StoreParts | undefined,
  { lock }: SyncOptions,
): Promise<Healed> {
  return { location: parts.backend.location, ...(await healKnownDamage(parts, copy, lock)) };
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
