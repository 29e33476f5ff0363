/**
 * `keys/roster`: the slots of a store that count, and the number of changes; and the reading of a slot by its name.
 */
import type { ReadBackend } from '../../backend/backend.ts';
import { KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import type { StoreKeys } from '../crypto/keys.ts';
import { equalBytes, hmacSha256 } from '../crypto/primitives.ts';
import { canonicalJson } from '../format/canonical-json.ts';
import { encodeCheckedJson, formatVersion, parseCheckedJson } from '../format/checked-json.ts';
import { damaged } from '../format/damaged.ts';
import type { ParsedKeySlot } from '../format/key-slot.ts';
import { parseKeySlot } from '../format/key-slot.ts';

/** Prefix of the names of slots. */
export const keysPrefix = 'keys/';
export const rosterName = `${keysPrefix}roster`;

/** Trying a passphrase costs a second for each slot. */
export const maxSlots = 32;

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
