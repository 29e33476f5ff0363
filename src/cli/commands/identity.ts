/** `identity`: whose signatures this machine makes, and whose a store takes. */
import type { Command } from 'commander';
import { KlosetError } from '../../errors.ts';
import { endorse, ensureIdentity, fingerprint, rotateIdentity } from '../../store/access/identity.ts';
import type { App } from '../app.ts';
import { configBackend, lockOptions, withMaintainedStore, withReadableStore } from '../store-session.ts';

/** Adds the command group. */
export function registerIdentity(program: Command, app: App): void {
  const group = program
    .command('identity')
    .description('the key that signs snapshots here, and the keys a store takes');
  group
    .command('show')
    .description('print this machine’s key and its fingerprint')
    .action(async () => {
      const identity = await ensureIdentity(configBackend(app), nowOf(app));
      app.result(shown(identity.signer.publicKey, identity.created), [
        `Key: ${identity.signer.publicKey}`,
        `Fingerprint: ${fingerprint(identity.publicKey)}`,
        `Made: ${identity.created}`,
      ]);
    });
  group
    .command('list')
    .description('print the keys whose snapshots the store takes')
    .action(() =>
      withReadableStore(app, async (store) => {
        const keys = store.config.signers.map(({ publicKey }) => publicKey);
        app.result(
          { signers: keys.map((key) => shown(key)) },
          keys.map((key) => `${key}  ${fingerprint(Buffer.from(key, 'hex'))}`),
        );
      }),
    );
  group
    .command('trust <key>')
    .description(
      'let the store take snapshots signed by another key: 64 digits, as `identity show` prints on that machine',
    )
    .action((key: string) =>
      withMaintainedStore(app, async (store) => {
        if (!/^[0-9a-f]{64}$/i.test(key))
          throw new KlosetError('usage', 'A key has 64 hex digits.', {
            hint: 'Run `notion-kloset identity show` where it was made.',
          });
        const identity = await ensureIdentity(configBackend(app), nowOf(app));
        await store.admitSigners([endorse(identity, key.toLowerCase())], lockOptions(app));
        app.result({ trusted: key.toLowerCase() }, [
          `the store takes snapshots signed by ${fingerprint(Buffer.from(key, 'hex'))}`,
        ]);
      }),
    );
  group
    .command('rotate')
    .description('make a new key, endorsed by the old one, and let the store take it')
    .action(() =>
      withMaintainedStore(app, async (store) => {
        const identity = await rotateIdentity(configBackend(app), nowOf(app));
        await store.admitSigners([identity.signer], lockOptions(app));
        app.result(shown(identity.signer.publicKey, identity.created), [
          `new key: ${fingerprint(identity.publicKey)}`,
        ]);
      }),
    );
}

function shown(key: string, created?: string): object {
  return {
    key,
    fingerprint: fingerprint(Buffer.from(key, 'hex')),
    ...(created === undefined ? {} : { created }),
  };
}

function nowOf(app: App): string {
  return new Date(app.io.clock.now()).toISOString();
}
