/** `identity`: the key that signs on this machine, and the signing keys a store trusts. */
import type { Command } from 'commander';
import { ownIdentity, rotateKey, trustedKeys, trustKey } from '../../../operations/configure/identity.ts';
import { fingerprint } from '../../../store/access/identity.ts';
import type { App } from '../../app/app.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import { withMaintainedStore, withReadableStore } from '../../session/store-session.ts';

const sampleKey = '8f3c1f0a5b9d4e2c7a6b1d0e9f8c7b6a5d4e3f2c1b0a99887766554433221100';

/** Adds the command group. */
export function registerIdentity(program: Command, app: App): void {
  const group = program
    .command('identity')
    .description('manage the key that signs snapshots here, and the signing keys this store trusts');
  const show = group
    .command('show')
    .description('print the signing key of this machine and its fingerprint')
    .action(() => runShow(app));
  const list = group
    .command('list')
    .description('print the signing keys this store trusts')
    .action(() => runList(app));
  const trust = group
    .command('trust <key>')
    .description('let the store trust the signing key of another machine, as `identity show` prints it there')
    .action((key: string) => runTrust(app, key));
  const rotate = group
    .command('rotate')
    .description('create a new signing key, endorsed by the old one, and let the store trust it')
    .action(() => runRotate(app));
  teach(group, { examples: ['identity show', `identity trust ${sampleKey}`], errors: storeErrors });
  teach(show, { examples: ['identity show', 'identity show --json'], errors: ['temporary', 'integrity'] });
  teach(list, { examples: ['identity list', 'at "@disk" identity list'], errors: storeErrors });
  teach(trust, {
    examples: [`identity trust ${sampleKey}`, `at "@disk" identity trust ${sampleKey}`],
    errors: storeErrors,
  });
  teach(rotate, { examples: ['identity rotate', 'at "@disk" identity rotate'], errors: storeErrors });
}

async function runShow(app: App): Promise<void> {
  const identity = await ownIdentity(jobOf(app));
  app.result(keyJson(identity.signer.publicKey, identity.created), [
    `Key: ${identity.signer.publicKey}`,
    `Fingerprint: ${fingerprint(identity.publicKey)}`,
    `Created: ${identity.created}`,
  ]);
}

async function runList(app: App): Promise<void> {
  await withReadableStore(app, async (store) => {
    const keys = trustedKeys(store);
    app.result(
      { signers: keys.map((key) => keyJson(key)) },
      keys.map((key) => `${key}  ${fingerprint(Buffer.from(key, 'hex'))}`),
    );
  });
}

async function runTrust(app: App, word: string): Promise<void> {
  await withMaintainedStore(app, async (store) => {
    const key = await trustKey(jobOf(app), store, word);
    app.result({ trusted: key }, [
      `the store trusts snapshots signed by ${fingerprint(Buffer.from(key, 'hex'))}`,
    ]);
  });
}

async function runRotate(app: App): Promise<void> {
  await withMaintainedStore(app, async (store) => {
    const identity = await rotateKey(jobOf(app), store);
    app.result(keyJson(identity.signer.publicKey, identity.created), [
      `new key: ${fingerprint(identity.publicKey)}`,
    ]);
  });
}

function keyJson(key: string, created?: string): object {
  return {
    key,
    fingerprint: fingerprint(Buffer.from(key, 'hex')),
    ...(created === undefined ? {} : { created }),
  };
}
