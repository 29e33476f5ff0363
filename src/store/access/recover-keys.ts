/** Opens a store by its slots alone, when the roster is lost or not to be believed. */
import type { ReadBackend } from '../../backend/backend.ts';
import { isKlosetError } from '../../errors.ts';
import type { StoreKeys } from '../crypto/keys.ts';
import { deriveStoreKeys } from '../crypto/keys.ts';
import type { KeySlot, ParsedKeySlot, Secret } from '../format/key-slot.ts';
import { authenticateKeySlot, parseKeySlot } from '../format/key-slot.ts';
import { keysPrefix } from './key-roster.ts';
import { nothingOpens, tryKeySlots } from './try-slots.ts';

/** Keys recovered from slots alone. */
export interface RecoveredKeys {
  readonly storeId: string;
  readonly keys: StoreKeys;
  /** Every slot of the store that is whole, named by the roster or not. */
  readonly slots: readonly KeySlot[];
  /** Id of the slot that the secret opened. */
  readonly openedSlot: string;
}

/**
 * Opens a store by any slot that is there, named by the roster or not. `storeId` is what CONFIG says when it can be read.
 * @throws KlosetError credentials when the secret opens none
 */
export async function recoverKeys(
  backend: ReadBackend,
  secret: Secret,
  wanted: string | undefined,
): Promise<RecoveredKeys> {
  const found = (await everySlot(backend)).filter((slot) => wanted === undefined || slot.storeId === wanted);
  const opened = await tryKeySlots(found, secret);
  if (opened === undefined)
    throw nothingOpens(secret, found.filter(({ kind }) => kind === secret.kind).length);
  const keys = deriveStoreKeys(opened.masterKey);
  const { storeId, id: openedSlot } = opened.slot;
  const slots = found.filter((slot) => slot.storeId === storeId && isAuthentic(slot, keys));
  return { storeId, keys, slots, openedSlot };
}

/** Every file under `keys/` that is whole and a slot by its own name. */
async function everySlot(backend: ReadBackend): Promise<ParsedKeySlot[]> {
  const found: ParsedKeySlot[] = [];
  for await (const { name } of backend.list(keysPrefix)) {
    try {
      const slot = parseKeySlot(await backend.read(name), name);
      if (name === keysPrefix + slot.id) found.push(slot);
    } catch (error) {
      notSound(error);
    }
  }
  return found;
}

function isAuthentic(slot: ParsedKeySlot, keys: StoreKeys): boolean {
  try {
    authenticateKeySlot(slot, keys);
    return true;
  } catch (error) {
    return notSound(error);
  }
}

/** False for damage and absence; throws on anything else. */
export function notSound(error: unknown): false {
  if (isKlosetError(error, 'integrity') || isKlosetError(error, 'not-found')) return false;
  throw error;
}
