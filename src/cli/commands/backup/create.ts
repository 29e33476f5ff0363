/** `create`: creates an empty store. */
import type { Command } from 'commander';
import type { App } from '../../app/app.ts';
import { teach } from '../../help/teach.ts';
import { createNamedStore, requireNoFile, storeAt } from '../../session/store-session.ts';

interface CreateWords {
  readonly replace?: boolean;
  readonly weakPassphrase?: boolean;
}

/** Adds the command. */
export function registerCreate(program: Command, app: App): void {
  const command = program
    .command('create [store]')
    .description('create a new, empty, encrypted store')
    .option('--replace', 'begin a new store where this machine remembers one that is lost')
    .option('--weak-passphrase', 'take a passphrase that is easy to guess')
    .action(async (word: string | undefined, flags: CreateWords) => {
      requireNoFile(app, word ?? undefined);
      const store = await storeAt(app, word ?? undefined);
      await createNamedStore(app, store, {
        replaces: flags.replace === true,
        weakPassphrase: flags.weakPassphrase === true,
      });
      app.result({ store: store.location, created: true }, [`created store ${store.location}`]);
    });
  teach(command, {
    examples: ['create /var/backups', 'create --replace'],
    errors: ['integrity', 'unavailable', 'temporary', 'credentials'],
  });
}
