/** `key`: the passphrases, key files and recovery kits that open a store. */
import { hostname } from 'node:os';
import type { Command } from 'commander';
import {
  addKeyFile,
  addPassphrase,
  addRecoveryKit,
  changePassphrase,
  listKeys,
  removeKey,
} from '../../../operations/configure/keys.ts';
import type { DamagedSlot } from '../../../store/access/key-slots.ts';
import type { KeySlot } from '../../../store/format/key-slot.ts';
import type { StoreMaintenance } from '../../../store/open-store.ts';
import type { App } from '../../app/app.ts';
import { expandPath } from '../../app/folders.ts';
import { refuseTogether } from '../../help/checked-options.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import { newPassphrase } from '../../session/secret.ts';
import { withMaintainedStore, withReadableStore } from '../../session/store-session.ts';
import { formatTime } from '../../text/format.ts';
import { registerRotateMaster } from './rotate-master.ts';

interface AddFlags {
  readonly keyFile?: string;
  readonly recoveryKit?: boolean;
  readonly label?: string;
  readonly weakPassphrase?: boolean;
}

/** Adds the command group. */
export function registerKey(program: Command, app: App): void {
  const group = program
    .command('key')
    .description('manage the passphrases, key files and recovery kits that open the store');
  const list = group
    .command('list')
    .alias('ls')
    .description('list the key slots')
    .action(() => runList(app));
  const add = group
    .command('add')
    .description(
      'add a passphrase (typed, or from NOTION_KLOSET_NEW_PASSPHRASE), a key file or a recovery kit',
    )
    .option('--key-file <path>', 'create a key file at this path')
    .option('--recovery-kit', 'print words that open the store, to keep on paper')
    .option('--label <text>', 'set the label of the key slot; default: the name of this machine')
    .option('--weak-passphrase', 'take a passphrase that is easy to guess')
    .action((flags: AddFlags) => withMaintainedStore(app, (store) => runAdd(app, store, flags)));
  const remove = group
    .command('remove <slot>')
    .alias('rm')
    .description('remove a key slot, given by the beginning of its id')
    .action((word: string) => withMaintainedStore(app, (store) => runRemove(app, store, word)));
  const passwd = group
    .command('passwd [slot]')
    .description(
      'change the passphrase of a slot, also of a damaged one; without a slot, the only passphrase',
    )
    .option('--weak-passphrase', 'take a passphrase that is easy to guess')
    .action((word: string | undefined, flags: AddFlags) =>
      withMaintainedStore(app, (store) => runPasswd(app, store, word, flags)),
    );
  refuseTogether(add, [['--key-file', '--recovery-kit']]);
  registerRotateMaster(group, app);
  teach(group, { examples: ['key list', 'key add --recovery-kit'], errors: storeErrors });
  teach(list, { examples: ['key list', 'at "@disk" key list'], errors: storeErrors });
  teach(add, {
    examples: ['key add --recovery-kit', 'key add --key-file ~/kloset.key --label laptop'],
    errors: storeErrors,
  });
  teach(remove, { examples: ['key remove 3fa9', 'at "@disk" key remove 3fa9'], errors: storeErrors });
  teach(passwd, { examples: ['key passwd', 'key passwd 3fa9'], errors: storeErrors });
}

async function runList(app: App): Promise<void> {
  await withReadableStore(app, async (store) => {
    const slots = await listKeys(store);
    app.result({ slots: slots.map(slotJson) }, slots.map(slotLine));
  });
}

async function runAdd(app: App, store: StoreMaintenance, flags: AddFlags): Promise<void> {
  const job = jobOf(app);
  const label = flags.label ?? hostname();
  if (flags.recoveryKit === true) {
    const { slot, words, page } = await addRecoveryKit(job, store, { label });
    app.result({ slot: slot.id, words, page }, page.split('\n'));
  } else if (flags.keyFile !== undefined) {
    const path = expandPath(app.io, flags.keyFile);
    const slot = await addKeyFile(job, store, { path, label });
    app.result({ slot: slot.id, key_file: path }, [
      `added key slot ${slot.id.slice(0, 8)} for the key file ${path}`,
    ]);
  } else {
    const slot = await addPassphrase(job, store, { ask: () => newPassphrase(app, flags), label });
    app.result({ slot: slot.id }, [`added key slot ${slot.id.slice(0, 8)} for the new passphrase`]);
  }
}

async function runRemove(app: App, store: StoreMaintenance, word: string): Promise<void> {
  const slot = await removeKey(jobOf(app), store, word);
  const what = 'problem' in slot ? 'damaged' : `${slot.kind} "${slot.label}"`;
  app.result({ removed: slot.id }, [`removed key slot ${slot.id.slice(0, 8)} (${what})`]);
}

async function runPasswd(
  app: App,
  store: StoreMaintenance,
  word: string | undefined,
  flags: AddFlags,
): Promise<void> {
  const ask = () => newPassphrase(app, flags);
  const { removed, added } = await changePassphrase(jobOf(app), store, { word, ask });
  app.result({ slot: added.id, removed: removed.id }, [
    `changed the passphrase; key slot ${removed.id.slice(0, 8)} is now ${added.id.slice(0, 8)}`,
  ]);
}

function slotLine(slot: KeySlot | DamagedSlot): string {
  if ('problem' in slot) return `${slot.id.slice(0, 8)} damaged: ${slot.problem}`;
  const { id, kind, label, created } = slot;
  return `${id.slice(0, 8)} ${kind.padEnd(12)} ${formatTime(created)} ${label}`;
}

function slotJson(slot: KeySlot | DamagedSlot): object {
  if ('problem' in slot) return { id: slot.id, problem: slot.problem };
  const { id, kind, label, created } = slot;
  return { id, kind, label, created };
}
