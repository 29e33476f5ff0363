/**
 * A replica: the same store at another place: same store id, same master key, same CONFIG. Blobs and headers can be
 * copied between the two as they are, so a snapshot keeps its id and its signature (docs/decisions/0010).
 */
import type { Backend } from '../../backend/backend.ts';
import { removeUnlessKept } from '../../backend/object-lock.ts';
import { createVerified } from '../../backend/verified-write.ts';
import { KlosetError } from '../../errors.ts';
import { keysPrefix, readRoster } from '../access/key-roster.ts';
import { copyKeySlots, createFirstKeySlot } from '../access/key-slots.ts';
import type { StoreParts } from '../access/store-parts.ts';
import type { SeenRoster, Trust } from '../access/trust.ts';
import { leftoversIn, requireObjectLock } from '../access/vacant-place.ts';
import type { Argon2Cost } from '../crypto/primitives.ts';
import { configName, parseConfig } from '../format/config.ts';
import type { Secret } from '../format/key-slot.ts';

export interface ReplicaOptions {
  readonly backend: Backend;
  /** The pins of this machine for the new place: none, or those to be replaced. */
  readonly trust: Trust;
  /** Opens the replica instead of the original's secrets, which are copied otherwise. */
  readonly own?: { readonly secret: Secret; readonly label: string; readonly cost?: Argon2Cost };
}

/** Creates an empty replica of `source`; `syncSnapshots` fills it. @throws KlosetError usage when something is there */
export async function createReplica(
  source: StoreParts,
  { backend, trust, own }: ReplicaOptions,
): Promise<void> {
  const leftovers = await leftoversIn(backend);
  const { objectLockDays } = source.config;
  // A folder keeps nothing; a bucket must, or writing to it would fail from then on.
  if (objectLockDays !== undefined && backend.objectLock !== undefined)
    await requireObjectLock(backend, objectLockDays);
  const { config, context } = source;
  const { storeId } = config;
  const file = await source.backend.read(configName);
  const proof = parseConfig(file);
  if (proof.digest !== source.configDigest) {
    throw new KlosetError('integrity', 'CONFIG changed while the store was in use.');
  }
  const roster =
    own === undefined
      ? await copyKeySlots(source.backend, backend, storeId, context.keys)
      : await firstSlot(source, backend, own);
  await createVerified(backend, configName, file);
  const kept = await readRoster(backend, storeId);
  await removeUnlessKept(
    backend,
    leftovers.filter((each) => !kept.slots.some((id) => each === keysPrefix + id)),
  );
  trust.acceptConfig(config, proof);
  trust.checkRoster(roster);
  await trust.save();
}

/** @throws KlosetError credentials when what this machine signs does not count */
async function firstSlot(
  { identity, trust, clock, masterKey, config: { storeId } }: StoreParts,
  backend: Backend,
  { secret, label, cost }: NonNullable<ReplicaOptions['own']>,
): Promise<SeenRoster> {
  trust.requireOwnSigner(identity.signer.publicKey);
  const created = new Date(clock.now()).toISOString();
  const access = { backend, storeId, masterKey, identity };
  await createFirstKeySlot(access, secret, { label, created, ...(cost === undefined ? {} : { cost }) });
  return await readRoster(backend, storeId);
}
