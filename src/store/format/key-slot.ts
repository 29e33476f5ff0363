/**
 * One key slot as bytes: the store's master key wrapped by a passphrase, a key file or a recovery kit. Pure but for
 * the key derivation; which slots a store has is the subject of key-slots.ts.
 */
import type { JsonObject } from '../../document/json.ts';
import { KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import type { StoreKeys } from '../crypto/keys.ts';
import { masterKeyBytes } from '../crypto/keys.ts';
import type { Argon2Cost } from '../crypto/primitives.ts';
import {
  argon2id,
  equalBytes,
  hkdfSha256,
  hmacSha256,
  open,
  randomBytes,
  seal,
  sealOverheadBytes,
} from '../crypto/primitives.ts';
import { canonicalJson } from './canonical-json.ts';
import { encodeCheckedJson, formatVersion, parseCheckedJson } from './checked-json.ts';
import { damaged } from './damaged.ts';
import type { MemberReader } from './member-reader.ts';
import { isoTime } from './member-reader.ts';

/** A secret that opens a store. A key of 32 random bytes comes from a key file or a recovery kit. */
export type Secret =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'key-file' | 'recovery-kit'; readonly key: Uint8Array };

export type SecretKind = Secret['kind'];

/** A slot without what is secret about it. */
export interface KeySlot {
  /** 32 hex digits; also the name of the file. */
  readonly id: string;
  readonly storeId: string;
  readonly kind: SecretKind;
  /** Chosen by people: "laptop", "printed 2026". */
  readonly label: string;
  /** ISO time. */
  readonly created: string;
  /** For passphrases only. */
  readonly cost?: Argon2Cost;
  /** 16 bytes for a passphrase (RFC 9106 §3.1, all that libsodium takes), else 32; as hex. */
  readonly salt: string;
}

/** A slot as it was read. Nothing of it is to be believed before `authenticateKeySlot`. */
export interface ParsedKeySlot extends KeySlot {
  readonly wrapped: string;
  readonly mac: string;
}

/** Slots of a store. Trying a passphrase costs up to a second for each of them. */
export const maxSlots = 32;

/** True for the id of a slot. */
export function isSlotId(item: unknown): item is string {
  return typeof item === 'string' && /^[0-9a-f]{32}$/.test(item);
}

/** Argon2id of a new passphrase slot: about a second without native code, a fifth of it with. */
export const defaultCost: Argon2Cost = { memoryKiB: 65_536, iterations: 3, parallelism: 1 };

/** The minimum we write or run: the smallest of OWASP's recommendations. */
export const minCost: Argon2Cost = { memoryKiB: 19_456, iterations: 2, parallelism: 1 };

/**
 * The maximum we run: a slot comes from a place an attacker may write, and must not exhaust memory or time. One lane,
 * because libsodium has no more: whoever has that library can open a store without this program.
 */
export const maxCost: Argon2Cost = { memoryKiB: 131_072, iterations: 16, parallelism: 1 };
/** Memory times iterations of one slot, in KiB: a few seconds without native code. */
const maxWorkKiB = 1_048_576;

/** The work of opening `slot`, in KiB of memory times iterations; 0 where nothing is derived from a passphrase. */
export function workOf({ cost }: Pick<KeySlot, 'cost'>): number {
  return cost === undefined ? 0 : cost.memoryKiB * cost.iterations;
}

/** The reason why `cost` is out of bounds; undefined when it is not. */
export function costProblem({ memoryKiB, iterations, parallelism }: Argon2Cost): string | undefined {
  const low = memoryKiB < minCost.memoryKiB || iterations < minCost.iterations || parallelism < 1;
  if (low) return 'its key derivation is too cheap to be safe';
  const high =
    memoryKiB > maxCost.memoryKiB ||
    iterations > maxCost.iterations ||
    parallelism > maxCost.parallelism ||
    memoryKiB * iterations > maxWorkKiB;
  return high ? 'its key derivation asks for more memory or time than any slot should' : undefined;
}

export interface NewKeySlot {
  readonly storeId: string;
  readonly label: string;
  /** ISO time. */
  readonly created: string;
  /** For passphrases; the default otherwise. */
  readonly cost?: Argon2Cost;
}

/** Wraps `masterKey` with `secret` in a new slot. @throws KlosetError usage for an empty passphrase or a cost out of bounds */
export async function createKeySlot(
  masterKey: Uint8Array,
  keys: StoreKeys,
  secret: Secret,
  details: NewKeySlot,
): Promise<{ slot: KeySlot; bytes: Uint8Array }> {
  const { storeId, created } = details;
  const common = { id: hexOf(randomBytes(16)), storeId, created, label: labelOf(details.label) };
  const salt = hexOf(randomBytes(saltBytes(secret.kind)));
  const cost = details.cost ?? defaultCost;
  if (secret.kind === 'passphrase' && costProblem(cost) !== undefined) {
    throw new KlosetError('usage', `These Argon2id parameters cannot be used: ${JSON.stringify(cost)}.`);
  }
  const slot: KeySlot = {
    ...common,
    salt,
    kind: secret.kind,
    ...(secret.kind === 'passphrase' ? { cost } : {}),
  };
  const wrapped = hexOf(seal(await wrappingKey(slot, secret), aadOf(slot), masterKey));
  const mac = hexOf(macOf(slot, wrapped, keys));
  return { slot, bytes: encodeCheckedJson({ ...slotBody(slot), wrapped, mac }) };
}

/** @throws KlosetError integrity when damaged or dangerous, incompatible when another version wrote it */
export function parseKeySlot(bytes: Uint8Array, what: string): ParsedKeySlot {
  const members = parseCheckedJson(bytes, magic, what);
  const kind = members.oneOf('kind', ['passphrase', 'key-file', 'recovery-kit']);
  const slot = {
    kind,
    id: members.hex('id', 16),
    storeId: members.hex('storeId', 16),
    label: members.text('label', labelPattern),
    created: members.text('created', isoTime),
    salt: members.hex('salt', saltBytes(kind)),
    wrapped: members.hex('wrapped', masterKeyBytes + sealOverheadBytes),
    mac: members.hex('mac', 32),
    ...(kind === 'passphrase' ? { cost: readCost(members, what) } : {}),
  };
  members.end();
  return slot;
}

/** The master key, or undefined when `secret` is not this slot's (or its wrapping was tampered with). */
export async function openKeySlot(slot: ParsedKeySlot, secret: Secret): Promise<Uint8Array | undefined> {
  const key = await wrappingKey(slot, secret);
  try {
    return open(key, aadOf(slot), Buffer.from(slot.wrapped, 'hex'));
  } catch {
    return undefined;
  }
}

/** Checks that the owner of the store wrote every byte of the slot. @throws KlosetError integrity */
export function authenticateKeySlot(slot: ParsedKeySlot, keys: StoreKeys): void {
  const wanted = macOf(slot, slot.wrapped, keys);
  if (equalBytes(wanted, Buffer.from(slot.mac, 'hex'))) return;
  throw new KlosetError(
    'integrity',
    `Key slot ${slot.id}: authentication failed, it was modified without the key of the store.`,
    {
      hint: 'Remove it with `notion-kloset key remove` and add a new one.',
    },
  );
}

const magic = 'notion-kloset key slot';
const labelPattern = /^[^\u0000-\u001f\u007f-\u009f]{0,80}$/u;

function saltBytes(kind: SecretKind): number {
  return kind === 'passphrase' ? 16 : 32;
}

/** A label as a slot may hold it: control characters and what is too long are cut. */
function labelOf(label: string): string {
  return [...label.replace(/[\u0000-\u001f\u007f-\u009f]/g, '')].slice(0, 80).join('');
}

/** Runs before any derivation does: the numbers may be an attacker's. */
export function readCost(members: MemberReader, what: string): Argon2Cost {
  const inner = members.object('cost');
  const cost = {
    memoryKiB: inner.number('memoryKiB'),
    iterations: inner.number('iterations'),
    parallelism: inner.number('parallelism'),
  };
  inner.end();
  const problem = costProblem(cost);
  if (problem !== undefined) throw damaged(what, problem);
  return cost;
}

function slotBody(slot: KeySlot): JsonObject {
  const { id, storeId, kind, label, created, salt, cost } = slot;
  const derivation = cost === undefined ? {} : { cost: { ...cost } };
  return { magic, version: formatVersion, id, storeId, kind, label, created, salt, ...derivation };
}

/** Binds the wrapped key to everything else the slot says. */
function aadOf(slot: KeySlot): Uint8Array {
  return new TextEncoder().encode(canonicalJson(slotBody(slot)));
}

function macOf(slot: KeySlot, wrapped: string, keys: StoreKeys): Uint8Array {
  return hmacSha256(keys.slots, new TextEncoder().encode(canonicalJson({ ...slotBody(slot), wrapped })));
}

async function wrappingKey(slot: KeySlot, secret: Secret): Promise<Uint8Array> {
  const salt = Buffer.from(slot.salt, 'hex');
  if (secret.kind === 'passphrase') {
    return await argon2id(passphraseBytes(secret.passphrase), salt, slot.cost ?? defaultCost);
  }
  const info = new TextEncoder().encode(`notion-kloset v1 slot ${secret.kind}`);
  return hkdfSha256(secret.key, salt, info, 32);
}

/** NFC, so that the same passphrase typed on another system gives the same bytes (RFC 8265 §4.2). */
export function passphraseBytes(passphrase: string): Uint8Array {
  if (passphrase === '') throw new KlosetError('usage', 'The passphrase is empty.');
  return new TextEncoder().encode(passphrase.normalize('NFC'));
}
