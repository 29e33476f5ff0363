/** A second store beside that of the command line: where it lies, and the secret that opens it and not the first. */
import type { Command } from 'commander';
import type { Secret } from '../../store/format/key-slot.ts';
import type { App } from '../app/app.ts';
import { refuseTogether } from '../help/checked-options.ts';
import { secretOf } from './secret.ts';
import type { NamedStore } from './store-session.ts';
import { storeAt } from './store-session.ts';

export interface OtherStoreFlags {
  readonly otherKeyfile?: string;
  readonly otherPassphraseFile?: string;
}

export interface OtherStore extends NamedStore {
  /** The secret that was given for it alone, by an option or its own settings. */
  readonly secret: Secret | undefined;
}

/** Adds the options that name its secret. */
export function addOtherStoreOptions(command: Command): Command {
  command
    .option('--other-keyfile <path>', 'open the other store with this key file or recovery kit')
    .option('--other-passphrase-file <path>', 'open the other store with the passphrase in this file');
  return refuseTogether(command, [['--other-keyfile', '--other-passphrase-file']]);
}

/**
 * The store that `word` names. Its own secret comes first, from the options, then from its settings; a store without one is
 * opened like the store of the command line.
 */
export async function otherStoreAt(app: App, word: string, flags: OtherStoreFlags): Promise<OtherStore> {
  const store = await storeAt(app, word);
  const secret =
    (await secretOf(app, { keyfile: flags.otherKeyfile, passphrase_file: flags.otherPassphraseFile })) ??
    (await secretOf(app, store.settings));
  if (secret !== undefined) app.secrets.set(store.location, secret);
  return { ...store, secret };
}
