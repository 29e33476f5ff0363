/** `identity`: the key that signs on this machine, and the signing keys a store trusts. */
import type { Command } from 'commander';
import type { ListedKey } from '../../../operations/configure/identity.ts';
import {
  adoptStore,
  decryptOwnIdentity,
  encryptOwnIdentity,
  exportOwnIdentity,
  importOwnIdentity,
  ownIdentity,
  revokeKey,
  rotateKey,
  trustedKeys,
  trustKey,
} from '../../../operations/configure/identity.ts';
import { fingerprint } from '../../../store/access/identity.ts';
import type { App } from '../../app/app.ts';
import { expandPath } from '../../app/folders.ts';
import { storeErrors, teach } from '../../help/teach.ts';
import { jobOf } from '../../session/job.ts';
import { identityPassphrase } from '../../session/secret.ts';
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
  const revoke = group
    .command('revoke <key>')
    .description('let nothing count any more that this key signs, on every machine that trusts this one')
    .option(
      '--after <snapshot>',
      'the last snapshot that still counts (default: all that the store holds now)',
    )
    .action((key: string, flags: { readonly after?: string }) => runRevoke(app, key, flags));
  const adopt = group
    .command('adopt')
    .description('add the key of this machine to a store none of whose signers is at hand any more')
    .action(() => runAdopt(app));
  const toFile = group
    .command('export <file>')
    .description('write the signing key of this machine into a file, sealed under a passphrase')
    .action((file: string) => runExport(app, file));
  const fromFile = group
    .command('import <file>')
    .description('take over the signing key that `identity export` wrote on another machine')
    .action((file: string) => runImport(app, file));
  const encrypt = group
    .command('encrypt')
    .description('seal the signing key of this machine under a passphrase, asked for whenever it signs')
    .action(() => runEncrypt(app));
  const decrypt = group
    .command('decrypt')
    .description('keep the signing key of this machine without a passphrase again')
    .action(() => runDecrypt(app));
  teach(group, { examples: ['identity show', `identity trust ${sampleKey}`], errors: storeErrors });
  teach(show, {
    examples: ['identity show', 'identity show --json'],
    errors: ['temporary', 'unavailable', 'integrity'],
  });
  teach(list, { examples: ['identity list', 'at "@disk" identity list'], errors: storeErrors });
  teach(trust, {
    examples: [`identity trust ${sampleKey}`, `at "@disk" identity trust ${sampleKey}`],
    errors: storeErrors,
  });
  teach(rotate, { examples: ['identity rotate', 'at "@disk" identity rotate'], errors: storeErrors });
  teach(revoke, {
    examples: ['identity revoke 8f3c1f0a', 'identity revoke 8f3c1f0a --after 4cf5a3c0'],
    errors: storeErrors,
  });
  teach(adopt, { examples: ['identity adopt', 'at "@disk" identity adopt'], errors: storeErrors });
  const errors = ['credentials', 'integrity', 'unavailable', 'temporary'] as const;
  teach(toFile, { examples: ['identity export identity.sealed', 'identity export ~/key --json'], errors });
  teach(fromFile, {
    examples: ['identity import identity.sealed', 'identity import ~/key --json'],
    errors: [...errors, 'not-found'],
  });
  teach(encrypt, { examples: ['identity encrypt', 'identity encrypt --json'], errors });
  teach(decrypt, {
    examples: ['identity decrypt', 'identity decrypt --json'],
    errors: [...errors, 'not-found'],
  });
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
    app.result({ signers: keys.map(listedJson) }, keys.map(listedLine));
  });
}

function listedJson({ key, endorsedBy, revokedBy }: ListedKey): object {
  return {
    ...keyJson(key),
    ...(endorsedBy === undefined ? {} : { endorsed_by: endorsedBy }),
    ...(revokedBy === undefined ? {} : { revoked_by: revokedBy }),
  };
}

function listedLine({ key, revokedBy }: ListedKey): string {
  const end = revokedBy === undefined ? '' : `  REVOKED by ${printOf(revokedBy)}`;
  return `${key}  ${printOf(key)}${end}`;
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

async function runRevoke(app: App, word: string, { after }: { readonly after?: string }): Promise<void> {
  await withMaintainedStore(app, async (store) => {
    const options = { word, ...(after === undefined ? {} : { after }) };
    const { key, endorsed } = await revokeKey(jobOf(app), store, options);
    app.result({ revoked: key, after: after ?? null, endorsed }, [
      `revoked ${printOf(key)}: what it signed after ${after ?? 'what the store holds now'} does not count`,
      ...endorsed.map(
        (each) => `  it had let the store trust ${printOf(each)}, which still counts (${each})`,
      ),
    ]);
  });
}

async function runAdopt(app: App): Promise<void> {
  await withMaintainedStore(app, async (store) => {
    const key = await adoptStore(jobOf(app), store);
    app.result({ adopted: key }, [
      `the store lists the key of this machine now: ${printOf(key)}`,
      'No signer of the store vouches for it: other machines refuse it until a person accepts it there,',
      `  notion-kloset ls --accept-signer ${key}`,
    ]);
  });
}

async function runExport(app: App, file: string): Promise<void> {
  const path = expandPath(app.io, file);
  await exportOwnIdentity(jobOf(app), path, () => identityPassphrase(app, { isNew: true }));
  app.result({ file: path }, [`wrote the signing key of this machine to ${path}, sealed`]);
}

async function runImport(app: App, file: string): Promise<void> {
  const path = expandPath(app.io, file);
  const identity = await importOwnIdentity(jobOf(app), path, () => identityPassphrase(app));
  app.result(keyJson(identity.signer.publicKey, identity.created), [
    `this machine signs with ${fingerprint(identity.publicKey)} now`,
    'The key lies unencrypted in the configuration folder; `notion-kloset identity encrypt` seals it.',
  ]);
}

async function runEncrypt(app: App): Promise<void> {
  await encryptOwnIdentity(jobOf(app), () => identityPassphrase(app, { isNew: true }));
  app.result({ encrypted: true }, ['the signing key of this machine is encrypted']);
}

async function runDecrypt(app: App): Promise<void> {
  await decryptOwnIdentity(jobOf(app), () => identityPassphrase(app));
  app.result({ encrypted: false }, ['the signing key of this machine is not encrypted any more']);
}

function printOf(key: string): string {
  return fingerprint(Buffer.from(key, 'hex'));
}

function keyJson(key: string, created?: string): object {
  return {
    key,
    fingerprint: fingerprint(Buffer.from(key, 'hex')),
    ...(created === undefined ? {} : { created }),
  };
}
