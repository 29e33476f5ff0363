/** Opens a store by its slots alone, when the roster is lost. */
import type { Backend, ReadBackend } from '../../backend/backend.ts';
import { isKlosetError } from '../../errors.ts';
import type { StoreKeys } from '../crypto/keys.ts';
import { deriveStoreKeys } from '../crypto/keys.ts';
import type { ParsedKeySlot, Secret } from '../format/key-slot.ts';
import { authenticateKeySlot, parseKeySlot } from '../format/key-slot.ts';
import { authenticateRoster, encodeRoster, keysPrefix, readRoster, rosterName } from './key-roster.ts';
import type { OpenedSlot } from './try-slots.ts';
import { nothingOpens, tryKeySlots } from './try-slots.ts';

/** Keys recovered from slots alone. */
export interface RecoveredKeys {
  readonly storeId: string;
  readonly keys: StoreKeys;
  readonly isRosterRebuilt: boolean;
  /** ISO time. */
  readonly oldestSlot: string;
}

/**
 * Opens a store by any slot that is there, named by the roster or not, and writes a new roster when the old one is
 * missing or damaged: it names every slot of the store that is whole. `seenGeneration` is the highest count of
 * changes known, `storeId` what CONFIG says when it can be read. @throws KlosetError credentials
 */
export async function recoverKeys(
  backend: Backend,
  secret: Secret,
  options: { readonly seenGeneration: number; readonly storeId?: string | undefined },
): Promise<RecoveredKeys> {
  const { storeId: wanted, seenGeneration } = options;
  const found = (await everySlot(backend)).filter((slot) => wanted === undefined || slot.storeId === wanted);
  const opened = await openAny(found, secret);
  const keys = deriveStoreKeys(opened.masterKey);
  const { storeId } = opened.slot;
  const own = found.filter((slot) => slot.storeId === storeId && isAuthentic(slot, keys));
  const isSound = await readRoster(backend, storeId)
    .then((roster) => authenticateRoster(roster, keys))
    .then(() => true)
    .catch((error: unknown) => notSound(error));
  if (!isSound) {
    const roster = { storeId, generation: seenGeneration + 1, slots: own.map(({ id }) => id) };
    await backend.replace(rosterName, encodeRoster(roster, keys));
  }
  const [oldestSlot = opened.slot.created] = own.map(({ created }) => created).sort();
  return { storeId, keys, isRosterRebuilt: !isSound, oldestSlot };
}

async function openAny(slots: readonly ParsedKeySlot[], secret: Secret): Promise<OpenedSlot> {
  const opened = await tryKeySlots(slots, secret);
  if (opened !== undefined) return opened;
  throw nothingOpens(secret, slots.filter(({ kind }) => kind === secret.kind).length);
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
function notSound(error: unknown): false {
  if (isKlosetError(error, 'integrity') || isKlosetError(error, 'not-found')) return false;
  throw error;
}
