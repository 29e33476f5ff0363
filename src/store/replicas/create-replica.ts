/**
 * A replica: the same store at another place: same store id, same master key, same CONFIG. Blobs and headers can be
 * copied between the two as they are, so a snapshot keeps its id and its signature (docs/decisions/0010).
 */
import type { Backend } from '../../backend/backend.ts';
import { createVerified } from '../../backend/verified-write.ts';
import { KlosetError } from '../../errors.ts';
import { keysPrefix, readRoster } from '../access/key-roster.ts';
import { copyKeySlots, createFirstKeySlot } from '../access/key-slots.ts';
import type { StoreParts } from '../access/store-parts.ts';
import type { Trust } from '../access/trust.ts';
import { leftoversIn } from '../access/vacant-place.ts';
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
  const { config, context, masterKey } = source;
  const { storeId } = config;
  const file = await source.backend.read(configName);
  if (parseConfig(file).digest !== source.configDigest) {
    throw new KlosetError('integrity', 'CONFIG changed while the store was in use.');
  }
  const created = new Date(source.clock.now()).toISOString();
  const generation =
    own === undefined
      ? await copyKeySlots(source.backend, backend, storeId, context.keys)
      : await firstSlot({ backend, storeId, masterKey }, own, created);
  await createVerified(backend, configName, file);
  const kept = await readRoster(backend, storeId);
  for (const name of leftovers.filter((each) => !kept.slots.some((id) => each === keysPrefix + id)))
    await backend.remove(name);
  trust.acceptConfig(config, source.configDigest);
  trust.checkSlots(generation);
  await trust.save();
}

async function firstSlot(
  access: { backend: Backend; storeId: string; masterKey: Uint8Array },
  { secret, label, cost }: NonNullable<ReplicaOptions['own']>,
  created: string,
): Promise<number> {
  await createFirstKeySlot(access, secret, { label, created, ...(cost === undefined ? {} : { cost }) });
  return 1;
}
