/**
 * `keys/roster`: the slots of a store that count, and the number of changes; and the reading of a slot by its name.
 */
import type { Backend, ObjectEntry, ReadBackend } from '../../backend/backend.ts';
import { createVerified, replaceVerified } from '../../backend/verified-write.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import type { StoreKeys } from '../crypto/keys.ts';
import { equalBytes, hmacSha256 } from '../crypto/primitives.ts';
import { canonicalJson } from '../format/canonical-json.ts';
import { encodeCheckedJson, formatVersion, parseCheckedJson } from '../format/checked-json.ts';
import { damaged } from '../format/damaged.ts';
import type { ParsedKeySlot } from '../format/key-slot.ts';
import { parseKeySlot } from '../format/key-slot.ts';
import { maxSlots } from './try-slots.ts';

/** Prefix of the names of slots. */
export const keysPrefix = 'keys/';
export const rosterName = `${keysPrefix}roster`;

export interface Roster {
  readonly storeId: string;
  /** Counts changes, so that a roster put back from yesterday is seen. */
  readonly generation: number;
  readonly slots: readonly string[];
}

export async function readSlot(backend: ReadBackend, storeId: string, id: string): Promise<ParsedKeySlot> {
  const name = keysPrefix + id;
  const slot = parseKeySlot(await backend.read(name), `Key slot ${id}`);
  if (slot.id !== id) throw damaged(name, `it is a copy of key slot ${slot.id}`);
  if (slot.storeId !== storeId) throw damaged(name, `it belongs to store ${slot.storeId}, not to ${storeId}`);
  return slot;
}

export type ParsedRoster = Roster & { readonly mac: string };
const rosterMagic = 'notion-kloset key roster';

export async function readRoster(backend: ReadBackend, storeId: string): Promise<ParsedRoster> {
  const members = parseCheckedJson(await backend.read(rosterName), rosterMagic, rosterName);
  const roster = {
    storeId: members.hex('storeId', 16),
    generation: members.number('generation'),
    slots: members.listOf('slots', maxSlots, isSlotId),
    mac: members.hex('mac', 32),
  };
  members.end();
  if (roster.storeId !== storeId)
    throw damaged(rosterName, `it belongs to store ${roster.storeId}, not to ${storeId}`);
  return roster;
}

/** True for a key slot or roster of whatever store, also for one that is cut short: a create that died left it. */
export async function isKeysFile(backend: ReadBackend, { name, sizeBytes }: ObjectEntry): Promise<boolean> {
  if (name !== rosterName && !(name.startsWith(keysPrefix) && isSlotId(name.slice(keysPrefix.length))))
    return false;
  const start = name === rosterName ? ['{"generation":'] : ['{"cost":', '{"created":'];
  const length = Math.min(sizeBytes, 16);
  const found = Buffer.from(await backend.read(name, { offset: 0, length })).toString('latin1');
  return start.some((text) => found.startsWith(text) || text.startsWith(found));
}

/**
 * Writes the roster of a new store, in the place of one that a create that died left behind. Returns that one: another
 * create may be running, and turn out to be the faster.
 */
export async function placeRoster(backend: Backend, bytes: Uint8Array): Promise<Uint8Array | undefined> {
  const previous = (await rosterBytes(backend)) ?? (await createdMeanwhile(backend, bytes));
  if (previous !== undefined) await replaceVerified(backend, rosterName, bytes);
  return previous;
}

/** Creates the roster. Returns that of another process which was faster by a moment. */
async function createdMeanwhile(backend: Backend, bytes: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    await createVerified(backend, rosterName, bytes);
    return undefined;
  } catch (error) {
    const other = isKlosetError(error, 'integrity') ? await rosterBytes(backend) : undefined;
    if (other === undefined) throw error;
    return other;
  }
}

async function rosterBytes(backend: Backend): Promise<Uint8Array | undefined> {
  try {
    return await backend.read(rosterName);
  } catch (error) {
    if (isKlosetError(error, 'not-found')) return undefined;
    throw error;
  }
}

function isSlotId(item: unknown): item is string {
  return typeof item === 'string' && /^[0-9a-f]{32}$/.test(item);
}

export function authenticateRoster(roster: ParsedRoster, keys: StoreKeys): ParsedRoster {
  if (equalBytes(rosterMac(roster, keys), Buffer.from(roster.mac, 'hex'))) return roster;
  throw new KlosetError(
    'integrity',
    'Authentication of the list of key slots failed: it was modified without the key of the store.',
  );
}

export function encodeRoster(roster: Roster, keys: StoreKeys): Uint8Array {
  return encodeCheckedJson({ ...rosterBody(roster), mac: hexOf(rosterMac(roster, keys)) });
}

function rosterBody({ storeId, generation, slots }: Roster) {
  return { magic: rosterMagic, version: formatVersion, storeId, generation, slots: [...slots] };
}

function rosterMac(roster: Roster, keys: StoreKeys): Uint8Array {
  return hmacSha256(keys.slots, new TextEncoder().encode(canonicalJson(rosterBody(roster))));
}
