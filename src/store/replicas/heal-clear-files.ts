/** Puts back the files without which a store cannot be opened, from a copy of it: CONFIG, the roster and its key slots. */
import type { Backend } from '../../backend/backend.ts';
import { authenticateRoster, keysPrefix, readRoster, readSlot, rosterName } from '../access/key-roster.ts';
import type { StoreParts } from '../access/store-parts.ts';
import type { Trust } from '../access/trust.ts';
import type { StoreConfig } from '../format/config.ts';
import { configName, parseConfig } from '../format/config.ts';
import { authenticateKeySlot } from '../format/key-slot.ts';
import type { HealNotes } from './heal-notes.ts';
import { soundOrNone } from './heal-notes.ts';

export interface ClearFiles {
  readonly config: StoreConfig;
  readonly configDigest: string;
}

/**
 * Keeps what is sound, as the keys of `copy` show, and takes the rest from there as far as this machine's pins of the place
 * allow: an older list of key slots or other signers never come back unseen. Gives CONFIG as it is then.
 * @throws KlosetError integrity when the pins do not allow it
 */
export async function healClearFiles(
  backend: Backend,
  trust: Trust,
  copy: StoreParts,
  notes: HealNotes,
): Promise<ClearFiles> {
  const { storeId, keys } = copy.context;
  const own = await soundOrNone(() => readConfig(backend, copy));
  const found = own ?? (await readConfig(copy.backend, copy));
  trust.checkConfig(found.config, found.configDigest);
  if (own === undefined) await notes.putBack(backend, configName, found.bytes);
  const isSound = await soundOrNone(async () => authenticateRoster(await readRoster(backend, storeId), keys));
  const roster =
    isSound ??
    (await soundOrNone(async () => authenticateRoster(await readRoster(copy.backend, storeId), keys)));
  if (roster === undefined) {
    notes.remains(rosterName, 'It is damaged or missing here and in the copy.');
    return found;
  }
  trust.checkSlots(roster.generation);
  for (const id of roster.slots) await healSlot(backend, copy, id, notes);
  // The roster last: it must not name slots that are not there yet.
  if (isSound === undefined) await notes.putBack(backend, rosterName, await copy.backend.read(rosterName));
  return found;
}

async function readConfig(
  backend: Pick<Backend, 'read'>,
  { context }: StoreParts,
): Promise<ClearFiles & { readonly bytes: Uint8Array }> {
  const bytes = await backend.read(configName);
  const parsed = parseConfig(bytes);
  return { config: parsed.authenticate(context.keys), configDigest: parsed.digest, bytes };
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
