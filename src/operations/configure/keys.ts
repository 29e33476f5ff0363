/** The passphrases, key files and recovery kits that open a store: one key slot each. */

import { writeFile } from 'node:fs/promises';
import { systemCode } from '../../backend/disk-errors.ts';
import { KlosetError, messageOf } from '../../errors.ts';
import { encodeKeyFile, newKey } from '../../store/access/key-file.ts';
import type { DamagedSlot } from '../../store/access/key-slots.ts';
import { recoveryKitText, recoveryWords } from '../../store/access/recovery-kit.ts';
import type { KeySlot, Secret } from '../../store/format/key-slot.ts';
import type { KeySlots, Store, StoreMaintenance } from '../../store/open-store.ts';
import type { JobContext } from '../job-context.ts';
import { lockOptionsOf, timeOf } from '../job-context.ts';
import { requireOutsideStores } from '../stores/outside-stores.ts';

/** Every key slot of the store, damaged ones too. */
export function listKeys(store: Store): Promise<(KeySlot | DamagedSlot)[]> {
  return store.listKeySlots();
}

/** Adds a passphrase that opens the store. `ask` is called once the store is locked. */
export function addPassphrase(
  job: JobContext,
  store: StoreMaintenance,
  { ask, label }: { ask(): Promise<Secret>; readonly label: string },
): Promise<KeySlot> {
  return withSlots(job, store, 'key add', async (slots) => addSlot(job, slots, await ask(), label));
}

/** Creates a key file at `path` and adds it. @throws KlosetError `usage` when the file cannot be written, or would lie in a store */
export async function addKeyFile(
  job: JobContext,
  store: StoreMaintenance,
  { path, label }: { readonly path: string; readonly label: string },
): Promise<KeySlot> {
  await requireOutsideStores(path);
  return withSlots(job, store, 'key add', async (slots) => {
    const key = newKey();
    // The file first: a slot whose key was never written would open for nobody.
    await writeFile(path, encodeKeyFile(key), { mode: 0o600, flag: 'wx' }).catch((cause) => {
      throw new KlosetError(
        'usage',
        `Cannot write the key file ${path}: ${systemCode(cause) === 'EEXIST' ? 'it exists already' : messageOf(cause)}`,
        { cause },
      );
    });
    return addSlot(job, slots, { kind: 'key-file', key }, label);
  });
}

/** A recovery kit: words that open the store, and a page to print them on. */
export interface RecoveryKit {
  readonly slot: KeySlot;
  readonly words: string;
  readonly page: string;
}

/** Creates a recovery kit and adds it. */
export async function addRecoveryKit(
  job: JobContext,
  store: StoreMaintenance,
  { label }: { readonly label: string },
): Promise<RecoveryKit> {
  return withSlots(job, store, 'key add', async (slots) => {
    const key = newKey();
    const slot = await addSlot(job, slots, { kind: 'recovery-kit', key }, label);
    const { location, id: storeId } = store;
    const page = recoveryKitText(key, { location, storeId, created: timeOf(job) });
    return { slot, words: recoveryWords(key), page };
  });
}

/** Removes the key slot whose id begins with `word`. @throws KlosetError `not-found`; `usage` for the last one */
export function removeKey(
  job: JobContext,
  store: StoreMaintenance,
  word: string,
): Promise<KeySlot | DamagedSlot> {
  return withSlots(job, store, 'key remove', async (slots) => {
    const slot = await findSlot(store, word);
    await slots.remove(slot.id);
    return slot;
  });
}

export interface PassphraseChange {
  readonly removed: KeySlot | DamagedSlot;
  readonly added: KeySlot;
}

/**
 * Exchanges a passphrase: that of the slot `word`, or the only one. `ask` is called once the slot is found. A damaged slot
 * is healed so: nobody can tell what it held, and a passphrase takes its place.
 * @throws KlosetError `not-found`, `usage` when the slot does not hold a passphrase
 */
export function changePassphrase(
  job: JobContext,
  store: StoreMaintenance,
  { word, ask }: { readonly word: string | undefined; ask(): Promise<Secret> },
): Promise<PassphraseChange> {
  return withSlots(job, store, 'key passwd', async (slots) => {
    const removed = word === undefined ? await onlyPassphrase(store) : await findSlot(store, word);
    if (!('problem' in removed) && removed.kind !== 'passphrase')
      throw new KlosetError('usage', `Key slot ${removed.id.slice(0, 8)} is not a passphrase.`);
    const label = 'problem' in removed ? job.host : removed.label;
    const added = await slots.exchange([removed.id], await ask(), { label, created: timeOf(job) });
    return { removed, added };
  });
}

/** Lends the key slots for changes, under the exclusive lock in the name of `command`. */
function withSlots<T>(
  job: JobContext,
  store: StoreMaintenance,
  command: string,
  use: (slots: KeySlots) => Promise<T>,
): Promise<T> {
  return store.withKeySlots({ command, ...lockOptionsOf(job) }, use);
}

function addSlot(job: JobContext, slots: KeySlots, secret: Secret, label: string): Promise<KeySlot> {
  return slots.add(secret, { label, created: timeOf(job) });
}

async function onlyPassphrase(store: Store): Promise<KeySlot> {
  const slots = (await listKeys(store)).flatMap((slot) =>
    'problem' in slot || slot.kind !== 'passphrase' ? [] : [slot],
  );
  const [only] = slots;
  if (only !== undefined && slots.length === 1) return only;
  throw new KlosetError('usage', `The store has ${slots.length} passphrases.`, {
    hint: 'Name one: `notion-kloset key passwd SLOT`; `notion-kloset key list` shows them.',
  });
}

async function findSlot(store: Store, word: string): Promise<KeySlot | DamagedSlot> {
  const found = (await listKeys(store)).filter(({ id }) => id.startsWith(word.toLowerCase()));
  const [slot] = found;
  if (slot !== undefined && found.length === 1) return slot;
  throw new KlosetError(
    'not-found',
    `${found.length === 0 ? 'No key slot begins' : 'Several key slots begin'} with "${word}".`,
    { hint: 'List them with `notion-kloset key list`.' },
  );
}
