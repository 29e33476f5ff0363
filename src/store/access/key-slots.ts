/**
 * The key slots of a store: `keys/<id>` each, and `keys/roster`, which names the slots that count. A slot is created
 * before the roster names it and removed after the roster dropped it, so a crash leaves at most a slot that does
 * not count; and a removed slot that somebody puts back opens nothing.
 */
import type { Backend, ReadBackend } from '../../backend/backend.ts';
import { requireRemovable } from '../../backend/backend.ts';
import { removeUnlessKept } from '../../backend/object-lock.ts';
import { createVerified, replaceVerified } from '../../backend/verified-write.ts';
import { isKlosetError, KlosetError, messageOf } from '../../errors.ts';
import type { StoreKeys } from '../crypto/keys.ts';
import { deriveStoreKeys } from '../crypto/keys.ts';
import type { KeySlot, NewKeySlot, ParsedKeySlot, Secret } from '../format/key-slot.ts';
import { authenticateKeySlot, createKeySlot, maxSlots } from '../format/key-slot.ts';
import type { Identity } from './identity.ts';
import type { ParsedRoster, Roster } from './key-roster.ts';
import {
  authenticateRoster,
  encodeRoster,
  keysPrefix,
  placeRoster,
  readRoster,
  readSlot,
  rosterName,
} from './key-roster.ts';
import type { SeenRoster, Trust } from './trust.ts';
import type { OpenedSlot, TrialOptions } from './try-slots.ts';
import { nothingOpens, tryKeySlots } from './try-slots.ts';

export { keysPrefix } from './key-roster.ts';

/** An opened store's secrets and where they lie: what changing its slots takes. */
export interface KeyAccess {
  readonly backend: Backend;
  readonly storeId: string;
  readonly masterKey: Uint8Array;
  /** Signs the roster. */
  readonly identity: Identity;
  /** The pins of this machine: a roster put back is refused, a new one pinned at once. */
  readonly trust?: Pick<Trust, 'checkRoster' | 'save'>;
}

/** A slot that the roster names and that cannot be read. */
export interface DamagedSlot {
  readonly id: string;
  readonly problem: string;
}

/** Keys that a secret opened, and the slot it opened. */
export interface Unlocked {
  readonly masterKey: Uint8Array;
  readonly keys: StoreKeys;
  /** The slot that opened. */
  readonly slot: KeySlot;
  /** The slots that count; trust.ts compares them with what it has pinned. */
  readonly roster: SeenRoster;
}

/** The key slots of a store that is being created. */
export interface FirstKeySlot {
  readonly slot: KeySlot;
  /** Bytes of the roster. */
  readonly roster: Uint8Array;
  /** Bytes of a roster that was there before, of a create that died or that runs at the same time. */
  readonly previousRoster: Uint8Array | undefined;
}

/** Writes the first slot of a new store and the roster. */
export async function createFirstKeySlot(
  access: KeyAccess,
  secret: Secret,
  details: Omit<NewKeySlot, 'storeId'>,
): Promise<FirstKeySlot> {
  const keys = deriveStoreKeys(access.masterKey);
  const { slot, bytes } = await createKeySlot(access.masterKey, keys, secret, {
    ...details,
    storeId: access.storeId,
  });
  await createVerified(access.backend, keysPrefix + slot.id, bytes);
  await access.identity.unlock();
  const first = { storeId: access.storeId, generation: 1, slots: [slot.id] };
  const roster = encodeRoster(first, keys, access.identity);
  return { slot, roster, previousRoster: await placeRoster(access.backend, roster) };
}

/**
 * Finds the slot that `secret` opens, and with it the master key.
 * @throws KlosetError credentials when it opens none, integrity when slots or roster are damaged or were put back
 */
export async function unlockStore(
  backend: ReadBackend,
  storeId: string,
  secret: Secret,
  options: TrialOptions = {},
): Promise<Unlocked> {
  const roster = await readRosterOfStore(backend, storeId);
  const slots: ParsedKeySlot[] = [];
  let damage: unknown;
  for (const id of roster.slots) {
    try {
      slots.push(await readSlot(backend, storeId, id));
    } catch (error) {
      // Another slot may still open; if none does, damage is the better explanation.
      if (!isKlosetError(error, 'integrity') && !isKlosetError(error, 'not-found')) throw error;
      damage ??= error;
    }
  }
  const opened = await tryKeySlots(slots, secret, options);
  if (opened !== undefined) return unlocked(opened, roster);
  throw damage ?? nothingOpens(secret, slots.filter(({ kind }) => kind === secret.kind).length);
}

/** A store without a roster is damaged, not absent: its CONFIG was read already. */
async function readRosterOfStore(backend: ReadBackend, storeId: string): Promise<ParsedRoster> {
  try {
    return await readRoster(backend, storeId);
  } catch (error) {
    if (!isKlosetError(error, 'not-found')) throw error;
    throw new KlosetError('integrity', `The list of key slots is missing in ${backend.location}.`, {
      hint: 'Bring it back with `notion-kloset repair config`.',
      cause: error,
    });
  }
}

function unlocked({ masterKey, slot }: OpenedSlot, roster: ParsedRoster): Unlocked {
  const keys = deriveStoreKeys(masterKey);
  authenticateKeySlot(slot, keys);
  authenticateRoster(roster, keys);
  return { masterKey, keys, slot, roster };
}

/** The slots that count, as they stand in clear text; nothing is authenticated. */
export async function listKeySlots(
  backend: ReadBackend,
  storeId: string,
): Promise<(KeySlot | DamagedSlot)[]> {
  const found: (KeySlot | DamagedSlot)[] = [];
  for (const id of (await readRoster(backend, storeId)).slots) {
    try {
      found.push(await readSlot(backend, storeId, id));
    } catch (error) {
      if (!isKlosetError(error, 'integrity') && !isKlosetError(error, 'not-found')) throw error;
      found.push({ id, problem: messageOf(error) });
    }
  }
  return found;
}

/** Adds a slot. The caller holds the exclusive lock. @throws KlosetError usage when there are too many */
export async function addKeySlot(
  access: KeyAccess,
  secret: Secret,
  details: Omit<NewKeySlot, 'storeId'>,
): Promise<KeySlot> {
  return await exchangeKeySlots(access, [], secret, details);
}

/** Adds a slot and removes those of `oldIds`, in one step of the roster: "change the passphrase". */
export async function exchangeKeySlots(
  access: KeyAccess,
  oldIds: readonly string[],
  secret: Secret,
  details: Omit<NewKeySlot, 'storeId'>,
): Promise<KeySlot> {
  requireRemovable(access.backend);
  const keys = deriveStoreKeys(access.masterKey);
  const roster = await readOwnRoster(access, keys);
  const kept = roster.slots.filter((id) => !oldIds.includes(id));
  if (kept.length >= maxSlots) {
    throw new KlosetError('usage', `A store has at most ${maxSlots} key slots.`, {
      hint: 'Remove one first.',
    });
  }
  const { slot, bytes } = await createKeySlot(access.masterKey, keys, secret, {
    ...details,
    storeId: access.storeId,
  });
  await createVerified(access.backend, keysPrefix + slot.id, bytes);
  await writeRoster(access, keys, roster, [...kept, slot.id]);
  // The roster has named them no more since; what the server keeps of them opens nothing for this program.
  await removeUnlessKept(
    access.backend,
    oldIds.map((id) => keysPrefix + id),
  );
  return slot;
}

/** Removes a slot, never the last. The caller holds the exclusive lock. @throws KlosetError not-found, usage */
export async function removeKeySlot(access: KeyAccess, id: string): Promise<void> {
  requireRemovable(access.backend);
  const keys = deriveStoreKeys(access.masterKey);
  const roster = await readOwnRoster(access, keys);
  if (!roster.slots.includes(id)) throw new KlosetError('not-found', `This store has no key slot ${id}.`);
  const kept = roster.slots.filter((other) => other !== id);
  if (!(await hasWorkingSlot(access, keys, kept))) {
    throw new KlosetError(
      'usage',
      'This is the last key slot that works: without it the store could not be opened again.',
      {
        hint: 'Add another one first.',
      },
    );
  }
  await writeRoster(access, keys, roster, kept);
  await removeUnlessKept(access.backend, [keysPrefix + id]);
}

/** Copies the slots that count, and their roster, to an empty place. Returns the roster. */
export async function copyKeySlots(
  from: ReadBackend,
  to: Backend,
  storeId: string,
  keys: StoreKeys,
): Promise<SeenRoster> {
  const roster = authenticateRoster(await readRoster(from, storeId), keys);
  for (const id of roster.slots) {
    authenticateKeySlot(await readSlot(from, storeId, id), keys);
    await createVerified(to, keysPrefix + id, await from.read(keysPrefix + id));
  }
  await placeRoster(to, await from.read(rosterName));
  return roster;
}

/** One thing `checkKeySlots` has to say. A leftover of an interrupted change is harmless. */
export interface KeySlotFinding {
  readonly name: string;
  readonly type: 'damaged' | 'leftover';
  readonly problem: string;
}

/** Checks every byte under `keys/` against the store's keys; an empty list means that all is well. */
export async function checkKeySlots(
  backend: ReadBackend,
  storeId: string,
  keys: StoreKeys,
): Promise<KeySlotFinding[]> {
  const findings: KeySlotFinding[] = [];
  const damage = (name: string, error: unknown) => {
    if (!isKlosetError(error, 'integrity') && !isKlosetError(error, 'not-found')) throw error;
    findings.push({ name, type: 'damaged', problem: messageOf(error) });
  };
  const listed = await readRoster(backend, storeId)
    .then((roster) => authenticateRoster(roster, keys))
    .catch((error: unknown) => damage(rosterName, error));
  for (const id of listed?.slots ?? []) {
    await readSlot(backend, storeId, id)
      .then((slot) => authenticateKeySlot(slot, keys))
      .catch((error: unknown) => damage(keysPrefix + id, error));
  }
  for await (const { name } of backend.list(keysPrefix)) {
    if (name === rosterName || listed === undefined || listed.slots.includes(name.slice(keysPrefix.length)))
      continue;
    findings.push(await strangerFinding(backend, storeId, keys, name));
  }
  return findings;
}

/** A file the roster does not name: a slot of ours that an interrupted change left, or something foreign. */
async function strangerFinding(
  backend: ReadBackend,
  storeId: string,
  keys: StoreKeys,
  name: string,
): Promise<KeySlotFinding> {
  try {
    authenticateKeySlot(await readSlot(backend, storeId, name.slice(keysPrefix.length)), keys);
    return {
      name,
      type: 'leftover',
      problem: 'It no longer counts, or never did: a change of keys was interrupted.',
    };
  } catch (error) {
    if (!isKlosetError(error, 'integrity')) throw error;
    return { name, type: 'damaged', problem: `Not a key slot of this store. ${messageOf(error)}` };
  }
}

async function hasWorkingSlot(
  { backend, storeId }: KeyAccess,
  keys: StoreKeys,
  ids: readonly string[],
): Promise<boolean> {
  for (const id of ids) {
    try {
      authenticateKeySlot(await readSlot(backend, storeId, id), keys);
      return true;
    } catch (error) {
      if (!isKlosetError(error, 'integrity') && !isKlosetError(error, 'not-found')) throw error;
    }
  }
  return false;
}

async function readOwnRoster({ backend, storeId, trust }: KeyAccess, keys: StoreKeys): Promise<Roster> {
  const roster = authenticateRoster(await readRoster(backend, storeId), keys);
  trust?.checkRoster(roster);
  return roster;
}

/**
 * Signs the roster again as it is, in this machine's name: it was not signed yet, or by a key that no longer counts. The
 * caller holds the exclusive lock.
 */
export async function resignRoster(access: KeyAccess): Promise<void> {
  const keys = deriveStoreKeys(access.masterKey);
  const roster = await readOwnRoster(access, keys);
  await writeRoster(access, keys, roster, [...roster.slots]);
}

async function writeRoster(access: KeyAccess, keys: StoreKeys, old: Roster, slots: string[]): Promise<void> {
  const { backend, storeId, identity, trust } = access;
  const roster = { storeId, generation: old.generation + 1, slots };
  await identity.unlock();
  await replaceVerified(backend, rosterName, encodeRoster(roster, keys, identity));
  // At once: else the roster of a moment ago, put back, would pass on this machine.
  trust?.checkRoster(await readRoster(backend, storeId));
  await trust?.save();
}
