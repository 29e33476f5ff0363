/**
 * `keys/roster`: the slots of a store that count, and the number of changes, signed by a signer of the store; and the
 * reading of a slot by its name. Version 1 had no signature.
 */
import type { Backend, ObjectEntry, ReadBackend } from '../../backend/backend.ts';
import { createVerified, replaceVerified } from '../../backend/verified-write.ts';
import type { JsonObject } from '../../document/json.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import type { StoreKeys } from '../crypto/keys.ts';
import { equalBytes } from '../crypto/primitives.ts';
import type { FileSignature } from '../format/checked-json.ts';
import {
  encodeSignedJson,
  formatVersion,
  macOf,
  parseCheckedJson,
  readSignature,
  signedVersion,
} from '../format/checked-json.ts';
import { repairHint } from '../format/config.ts';
import { damaged, withWayOut } from '../format/damaged.ts';
import type { ParsedKeySlot } from '../format/key-slot.ts';
import { isSlotId, maxSlots, parseKeySlot } from '../format/key-slot.ts';
import type { SigningKey } from '../format/snapshot-header.ts';

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

/** A roster as it was read; nothing of it is to be believed before `authenticateRoster`. */
export interface ParsedRoster extends Roster {
  readonly mac: string;
  /** The signature, which holds; undefined in version 1, which had none. */
  readonly signature: FileSignature | undefined;
}
const rosterMagic = 'notion-kloset key roster';
const signatureKind = 'key roster signature';

/** @throws KlosetError integrity, incompatible, not-found */
export async function readRoster(backend: ReadBackend, storeId: string): Promise<ParsedRoster> {
  return parseRoster(await backend.read(rosterName), storeId);
}

/** @throws KlosetError integrity when the bytes are damaged or belong to another store */
export function parseRoster(file: Uint8Array, storeId: string): ParsedRoster {
  return withWayOut(repairHint, () => parse(file, storeId));
}

function parse(file: Uint8Array, storeId: string): ParsedRoster {
  const members = parseCheckedJson(file, rosterMagic, rosterName, signedVersion);
  const isSigned = members.number('version') === signedVersion;
  const roster = {
    storeId: members.hex('storeId', 16),
    generation: members.number('generation'),
    slots: members.listOf('slots', maxSlots, isSlotId),
  };
  const signature = isSigned
    ? readSignature(members, signedBody(roster), { ...roster, kind: signatureKind }, rosterName)
    : undefined;
  const mac = members.hex('mac', 32);
  members.end();
  if (roster.storeId !== storeId)
    throw damaged(rosterName, `it belongs to store ${roster.storeId}, not to ${storeId}`);
  return { ...roster, mac, signature };
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

/** Checks that an owner of the store wrote the roster; whether a trusted one did is trust.ts's. @throws KlosetError integrity */
export function authenticateRoster(roster: ParsedRoster, keys: StoreKeys): ParsedRoster {
  const { signature } = roster;
  const macked =
    signature === undefined ? bodyOfVersion1(roster) : { ...signedBody(roster), signature: { ...signature } };
  if (equalBytes(macOf(macked, keys.slots), Buffer.from(roster.mac, 'hex'))) return roster;
  throw new KlosetError(
    'integrity',
    'Authentication of the list of key slots failed: it was modified without the key of the store.',
  );
}

/** The file for `roster`, with the signature of `signer` and a MAC. */
export function encodeRoster(roster: Roster, keys: StoreKeys, signer: SigningKey): Uint8Array {
  const { storeId } = roster;
  return encodeSignedJson(signedBody(roster), { kind: signatureKind, storeId, macKey: keys.slots }, signer);
}

function bodyOfVersion1({ storeId, generation, slots }: Roster): JsonObject {
  return { magic: rosterMagic, version: formatVersion, storeId, generation, slots: [...slots] };
}

function signedBody(roster: Roster): JsonObject {
  return { ...bodyOfVersion1(roster), version: signedVersion };
}
