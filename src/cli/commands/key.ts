/** `key`: the passphrases, key files and recovery kits that open a store. */
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Command } from 'commander';
import { KlosetError, messageOf } from '../../errors.ts';
import { recoveryKitText, recoveryWords } from '../../store/access/recovery-kit.ts';
import { encodeKeyFile, newKey } from '../../store/format/key-file.ts';
import type { KeySlot, Secret } from '../../store/format/key-slot.ts';
import type { KeySlots, Store } from '../../store/open-store.ts';
import type { App } from '../app.ts';
import { expandPath } from '../folders.ts';
import { formatTime } from '../format.ts';
import { newPassphrase } from '../secret.ts';
import { lockOptions, withMaintainedStore, withReadableStore } from '../store-session.ts';

interface AddFlags {
  readonly keyFile?: string;
  readonly recoveryKit?: boolean;
  readonly label?: string;
}

/** Adds the command group. */
export function registerKey(program: Command, app: App): void {
  const group = program
    .command('key')
    .description('passphrases, key files and recovery kits that open the store');
  group
    .command('list')
    .alias('ls')
    .description('list the key slots')
    .action(() =>
      withReadableStore(app, async (store) => {
        const slots = await store.listKeySlots();
        app.result({ slots: slots.map(shown) }, slots.map(slotLine));
      }),
    );
  group
    .command('add')
    .description('add a passphrase (of NOTION_KLOSET_NEW_PASSPHRASE, or typed), a key file or a recovery kit')
    .option('--key-file <path>', 'make a key file at this path')
    .option('--recovery-kit', 'print words that open the store, to keep on paper')
    .option('--label <text>', 'what to call it')
    .action((flags: AddFlags) =>
      withKeySlots(app, 'key add', (store, slots) => add(app, store, slots, flags)),
    );
  group
    .command('remove <slot>')
    .alias('rm')
    .description('remove a key slot, given by the beginning of its id')
    .action((word: string) =>
      withKeySlots(app, 'key remove', async (store, slots) => {
        const slot = await findSlot(store, word);
        await slots.remove(slot.id);
        app.result({ removed: slot.id }, [
          `removed key slot ${slot.id.slice(0, 8)} (${slot.kind} "${slot.label}")`,
        ]);
      }),
    );
  group
    .command('passwd [slot]')
    .description('change a passphrase: the only one, or that of a slot')
    .action((word: string | undefined) =>
      withKeySlots(app, 'key passwd', (store, slots) => changePassphrase(app, store, slots, word)),
    );
}

/** Lends the store and its key slots, under the exclusive lock. */
function withKeySlots<T>(
  app: App,
  command: string,
  use: (store: Store, slots: KeySlots) => Promise<T>,
): Promise<T> {
  return withMaintainedStore(app, (store) =>
    store.withKeySlots({ command, ...lockOptions(app) }, (slots) => use(store, slots)),
  );
}

async function add(app: App, store: Store, slots: KeySlots, flags: AddFlags): Promise<void> {
  const label = flags.label ?? hostname();
  if (flags.recoveryKit === true) {
    const key = newKey();
    const slot = await addSlot(app, slots, { kind: 'recovery-kit', key }, label);
    const page = recoveryKitText(key, {
      location: store.location,
      storeId: store.id,
      created: nowOf(app),
    });
    app.result({ slot: slot.id, words: recoveryWords(key), page }, page.split('\n'));
    return;
  }
  if (flags.keyFile !== undefined) {
    const key = newKey();
    const path = expandPath(app.io, flags.keyFile);
    // The file first: a slot whose key was never written would open for nobody.
    await writeFile(path, encodeKeyFile(key), { mode: 0o600, flag: 'wx' }).catch((cause) => {
      throw new KlosetError('usage', `Cannot write the key file ${path}: ${messageOf(cause)}`, { cause });
    });
    const slot = await addSlot(app, slots, { kind: 'key-file', key }, label);
    app.result({ slot: slot.id, key_file: path }, [
      `added key slot ${slot.id.slice(0, 8)} for the key file ${path}`,
    ]);
    return;
  }
  const slot = await addSlot(app, slots, await newPassphrase(app), label);
  app.result({ slot: slot.id }, [`added key slot ${slot.id.slice(0, 8)} for the new passphrase`]);
}

async function changePassphrase(
  app: App,
  store: Store,
  slots: KeySlots,
  word: string | undefined,
): Promise<void> {
  const old = word === undefined ? await onlyPassphrase(store) : await findSlot(store, word);
  if (old.kind !== 'passphrase')
    throw new KlosetError('usage', `Key slot ${old.id.slice(0, 8)} is no passphrase.`);
  const secret = await newPassphrase(app);
  const slot = await slots.exchange([old.id], secret, {
    label: old.label,
    created: nowOf(app),
  });
  app.result({ slot: slot.id, removed: old.id }, [
    `the passphrase is changed; key slot ${old.id.slice(0, 8)} is now ${slot.id.slice(0, 8)}`,
  ]);
}

function addSlot(app: App, slots: KeySlots, secret: Secret, label: string): Promise<KeySlot> {
  return slots.add(secret, { label, created: nowOf(app) });
}

async function onlyPassphrase(store: Store): Promise<KeySlot> {
  const slots = (await store.listKeySlots()).filter(({ kind }) => kind === 'passphrase');
  const [only] = slots;
  if (only !== undefined && slots.length === 1) return only;
  throw new KlosetError('usage', `The store has ${slots.length} passphrases.`, {
    hint: 'Say which: `notion-kloset key passwd SLOT`; `key list` shows them.',
  });
}

async function findSlot(store: Store, word: string): Promise<KeySlot> {
  const found = (await store.listKeySlots()).filter(({ id }) => id.startsWith(word.toLowerCase()));
  const [slot] = found;
  if (slot !== undefined && found.length === 1) return slot;
  throw new KlosetError(
    'not-found',
    `${found.length === 0 ? 'No key slot begins' : 'Several key slots begin'} with "${word}".`,
    { hint: 'List them with `notion-kloset key list`.' },
  );
}

function nowOf(app: App): string {
  return new Date(app.io.clock.now()).toISOString();
}

function slotLine({ id, kind, label, created }: KeySlot): string {
  return `${id.slice(0, 8)} ${kind.padEnd(12)} ${formatTime(created)} ${label}`;
}

function shown({ id, kind, label, created }: KeySlot): object {
  return { id, kind, label, created };
}
