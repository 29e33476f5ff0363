/** Puts back the files without which a store cannot be opened, from a copy of it: CONFIG, the roster and its key slots. */
import type { Backend, ReadBackend } from '../../backend/backend.ts';
import type { ConfigProof } from '../access/changed-config.ts';
import type { ClearConfig } from '../access/config-again.ts';
import { authenticateRoster, keysPrefix, readRoster, readSlot, rosterName } from '../access/key-roster.ts';
import type { StoreParts } from '../access/store-parts.ts';
import type { SeenRoster, Trust } from '../access/trust.ts';
import { configName, parseConfig } from '../format/config.ts';
import { authenticateKeySlot } from '../format/key-slot.ts';
import type { HealNotes } from './heal-notes.ts';
import { soundOrNone } from './heal-notes.ts';

/**
 * Keeps what is sound, as the keys of `copy` show, and takes the rest from there as far as this machine's pins of the place
 * allow: an older list of key slots, other signers or a key that was revoked never come back unseen. A list of key slots that
 * no signer of the store signed is not sound. Gives CONFIG as it is then.
 * @throws KlosetError integrity when the pins do not allow it
 */
export async function healClearFiles(
  backend: Backend,
  trust: Trust,
  copy: StoreParts,
  notes: HealNotes,
): Promise<ClearConfig> {
  const own = await soundOrNone(() => readConfig(backend, copy));
  const found = own ?? (await readConfig(copy.backend, copy));
  trust.checkConfig(found.clear.config, found.proof);
  if (own === undefined) await notes.putBack(backend, configName, found.bytes);
  await healKeySlots(backend, trust, copy, notes);
  return found.clear;
}

interface FoundConfig {
  readonly clear: ClearConfig;
  readonly proof: ConfigProof;
  readonly bytes: Uint8Array;
}

async function readConfig(backend: Pick<Backend, 'read'>, { context }: StoreParts): Promise<FoundConfig> {
  const bytes = await backend.read(configName);
  const proof = parseConfig(bytes);
  const config = proof.authenticate(context.keys);
  const isConfigSigned = proof.signedBy !== undefined;
  return { clear: { config, configDigest: proof.digest, isConfigSigned }, proof, bytes };
}

async function healKeySlots(
  backend: Backend,
  trust: Trust,
  copy: StoreParts,
  notes: HealNotes,
): Promise<void> {
  const { storeId, keys } = copy.context;
  const rosterAt = (place: ReadBackend) =>
    soundOrNone(async () => authenticateRoster(await readRoster(place, storeId), keys));
  const own = await rosterAt(backend);
  if (own !== undefined && (await isAccepted(trust, own))) {
    for (const id of own.slots) await healSlot(backend, copy, id, notes);
    return;
  }
  const given = await rosterAt(copy.backend);
  if (given === undefined) {
    if (own !== undefined) trust.checkRoster(own);
    return notes.remains(rosterName, 'It is damaged or missing here and in the copy.');
  }
  trust.checkRoster(given);
  for (const id of given.slots) await healSlot(backend, copy, id, notes);
  // The roster last: it must not name slots that are not there yet.
  await notes.putBack(backend, rosterName, await copy.backend.read(rosterName));
}

/** True when this machine takes the roster for the state of the store; then it is noted. */
async function isAccepted(trust: Trust, roster: SeenRoster): Promise<boolean> {
  return (await soundOrNone(async () => trust.checkRoster(roster) ?? true)) === true;
}

async function healSlot(backend: Backend, copy: StoreParts, id: string, notes: HealNotes): Promise<void> {
  const { storeId, keys } = copy.context;
  const name = keysPrefix + id;
  const soundAt = (place: Pick<Backend, 'read'> & Backend) =>
    soundOrNone(async () => authenticateKeySlot(await readSlot(place, storeId, id), keys) ?? true);
  if ((await soundAt(backend)) !== undefined) return;
  if ((await soundAt(copy.backend)) === undefined)
    return notes.remains(name, 'The key slot is damaged or missing here and in the copy.');
  await notes.putBack(backend, name, await copy.backend.read(name));
}
