/** Who may sign: forged lists of signers, revoked keys, and acceptances that are named one by one. */
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  encodeSealedIdentity,
  parseIdentity,
  sealIdentity,
} from '../../../src/store/access/identity-file.ts';
import { minCost } from '../../../src/store/format/key-slot.ts';
import { Forger, readClear, SigningKey } from './forge.ts';
import type { Run } from './laptop.ts';
import { jsonOf, recordsIn } from './laptop.ts';
import { ended, flip, objectsOf, ok, pictureOf, useStage } from './stage.ts';

const stage = useStage({ snapshots: 1 });
const passphrase = 'nine wet otters juggle';
const ownKey = () => SigningKey.of(stage.laptop.path('config')).publicKey;

/** A colleague's machine whose key the store takes. */
async function addColleague(): Promise<{ env: { readonly [name: string]: string }; key: string }> {
  const { laptop } = stage;
  const env = laptop.other('colleague');
  ok(await laptop.at(['identity', 'show'], { env }));
  const key = SigningKey.of(laptop.path('colleague', 'config')).publicKey;
  ok(await laptop.at(['identity', 'trust', key]));
  return { env, key };
}

/** A stranger's key in CONFIG, put there with the master key alone, and a snapshot signed by it. */
function forgeSigner(store: string): { stranger: SigningKey; snapshot: string } {
  const forger = new Forger(store);
  const stranger = new SigningKey();
  forger.rewrite('CONFIG', 'config', (members) => ({
    ...members,
    signers: [...recordsIn(members.signers), { publicKey: stranger.publicKey }],
  }));
  const head = stage.snapshots.at(-1) ?? '';
  const { members, version } = forger.header(head);
  const snapshot = forger.writeHeader({ ...members, name: 'forged', parents: [head] }, version, stranger);
  return { stranger, snapshot };
}

test('sync from a copy with a forged signer takes neither the signer nor its snapshot', async () => {
  const { laptop } = stage;
  const copy = laptop.path('copy');
  cpSync(laptop.store, copy, { recursive: true });
  const { stranger, snapshot } = forgeSigner(copy);
  const before = objectsOf(laptop.store);
  const run = await laptop.at(['sync', 'from', copy]);
  expect(readFileSync(join(laptop.store, 'CONFIG'), 'utf8')).not.toContain(stranger.publicKey);
  expect(Object.keys(objectsOf(laptop.store))).not.toContain(`snapshots/${snapshot}`);
  expect(objectsOf(laptop.store)).toEqual(before);
  ended(run, 65);
});

test('sync to a copy with a forged signer does not open it', async () => {
  const { laptop } = stage;
  const copy = laptop.path('copy');
  cpSync(laptop.store, copy, { recursive: true });
  forgeSigner(copy);
  ended(await laptop.at(['sync', 'to', copy]), 65);
});

test('a copy of a known store at another place is read by the signers this machine knows', async () => {
  const { laptop } = stage;
  const copy = laptop.path('copy');
  cpSync(laptop.store, copy, { recursive: true });
  forgeSigner(copy);
  ended(await laptop.atPlace(copy, ['cat', 'latest:/manifest.json']), 65);
});

test('--trust-new is gone, and its error names what took its place', async () => {
  const run = await stage.laptop.at(['--trust-new', 'ls']);
  ended(run, 64);
  for (const heir of ['--accept-signer', '--accept-loss', '--accept-config', '--accept-place'])
    expect(run.stderr).toContain(heir);
});

test('--accept-signer takes the one key it names, tells it, and no loss with it', async () => {
  const { laptop, snapshots } = stage;
  const env = laptop.other('adopter');
  const stranger = String(jsonOf(ok(await laptop.at(['identity', 'adopt', '--json'], { env }))).adopted);
  for (const accepting of [[], ['--accept-signer', 'f'.repeat(64)], ['--accept-loss']])
    ended(await laptop.at(['ls', ...accepting]), 65);
  rmSync(join(laptop.store, 'snapshots', snapshots[0] ?? ''));
  const lost = await laptop.at(['ls', '--accept-signer', stranger]);
  ended(lost, 65);
  expect(lost.stderr).toContain(stranger);
  cpSync(`${laptop.home}-kept/store/snapshots`, join(laptop.store, 'snapshots'), { recursive: true });
  ok(await laptop.at(['ls', '--accept-signer', stranger]));
  expect(ok(await laptop.at(['ls'])).stderr).toBe('');
});

test('--accept-place takes another store at a known place, and tells both ids', async () => {
  const { laptop } = stage;
  const old = String(readClear(join(laptop.store, 'CONFIG')).storeId);
  ok(await laptop.atPlace(laptop.path('other'), ['create']));
  rmSync(laptop.store, { recursive: true });
  cpSync(laptop.path('other'), laptop.store, { recursive: true });
  const found = String(readClear(join(laptop.store, 'CONFIG')).storeId);
  ended(await laptop.at(['ls', '--accept-loss']), 65);
  const run = ok(await laptop.at(['ls', '--accept-place']));
  expect(run.stderr).toContain(old.slice(0, 8));
  expect(run.stderr).toContain(found.slice(0, 8));
  ok(await laptop.at(['ls']));
});

test('after a key is revoked nothing that it signs counts', async () => {
  const { laptop, snapshots } = stage;
  const { env, key } = await addColleague();
  const before = String(jsonOf(ok(await laptop.at(['backup', '--json'], { env }))).snapshot);
  ok(await laptop.at(['identity', 'revoke', key, '--after', before]));
  // The stolen machine goes on by itself.
  const forger = new Forger(laptop.store);
  const { members, version } = forger.header(before);
  const stolen = SigningKey.of(laptop.path('colleague', 'config'));
  const after = forger.writeHeader({ ...members, name: 'after', parents: [before] }, version, stolen);
  ended(await laptop.at(['cat', `${after}:/manifest.json`]), 65);
  ok(await laptop.at(['cat', `${before}:/manifest.json`]));
  ok(await laptop.at(['cat', `${snapshots[0]}:/manifest.json`]));
  // A third machine that trusts the revoker learns of it from the store.
  ended(await laptop.at(['cat', `${after}:/manifest.json`], { env: laptop.other('third') }), 65);
});

test('a revoked key removes nothing and admits nobody', async () => {
  const { laptop, snapshots } = stage;
  const { key } = await addColleague();
  ok(await laptop.at(['identity', 'revoke', key]));
  const forger = new Forger(laptop.store);
  const { members, version } = forger.header(snapshots[0] ?? '');
  const { time, host, tool, format = 1 } = members;
  const removal = {
    format,
    kind: 'removal',
    time,
    host,
    tool,
    parents: [snapshots[0]],
    removed: [snapshots[0]],
  };
  const stolen = SigningKey.of(laptop.path('colleague', 'config'));
  forger.writeHeader(removal, version, stolen);
  ok(await laptop.at(['cat', `${snapshots[0]}:/manifest.json`]));
});

/** Seals the key of this machine as `identity encrypt` does, with a key derivation that tests can afford. */
async function sealOwnKey(): Promise<string> {
  const path = stage.laptop.path('config', 'notion-kloset', 'identity.json');
  const identity = parseIdentity(readFileSync(path), path);
  if (!('privateKey' in identity)) throw new Error('sealed already');
  writeFileSync(path, encodeSealedIdentity(await sealIdentity(identity, passphrase, minCost)));
  return Buffer.from(identity.privateKey).toString('hex');
}

/** Each way to give the passphrase of the identity. */
function passphraseWays(): { readonly [name: string]: string }[] {
  const file = stage.laptop.path('passphrase');
  writeFileSync(file, `${passphrase}\nanother line\n`, { mode: 0o600 });
  return [
    { NOTION_KLOSET_IDENTITY_PASSPHRASE: `${passphrase}\n` },
    { NOTION_KLOSET_IDENTITY_PASSPHRASE_FILE: file },
    { NOTION_KLOSET_IDENTITY_PASSPHRASE_COMMAND: `cat '${file}'` },
  ];
}

test('an encrypted identity signs with its passphrase, given as variable, file or command, and not without', async () => {
  const { laptop } = stage;
  const seed = await sealOwnKey();
  const path = laptop.path('config', 'notion-kloset', 'identity.json');
  ended(await laptop.at(['backup']), 77);
  ok(await laptop.at(['ls']));
  for (const env of passphraseWays()) ok(await laptop.at(['backup'], { env }));
  expect(readFileSync(path, 'latin1')).not.toContain(seed);
});

test('identity encrypt and decrypt seal the key and write it as it was', async () => {
  const { laptop } = stage;
  const path = laptop.path('config', 'notion-kloset', 'identity.json');
  const before = readClear(path);
  const [, file = {}, command = {}] = passphraseWays();
  ok(await laptop.at(['identity', 'encrypt'], { env: file }));
  expect(readFileSync(path, 'latin1')).not.toContain(String(before.privateKey));
  ok(await laptop.at(['identity', 'decrypt'], { env: command }));
  expect(readClear(path)).toEqual(before);
});

test('identity export moves the key to another machine, sealed, and overwrites nothing', async () => {
  const { laptop } = stage;
  const own = ownKey();
  const seed = await sealOwnKey();
  const [variable = {}] = passphraseWays();
  const file = laptop.path('identity.sealed');
  ok(await laptop.at(['identity', 'export', file], { env: variable }));
  const exported = readFileSync(file, 'latin1');
  expect(exported).not.toContain(seed);
  ended(await laptop.at(['identity', 'export', file], { env: variable }), 64);
  expect(readFileSync(file, 'latin1')).toBe(exported);

  const env = { ...laptop.other('fresh'), ...variable };
  const wrong = { ...env, NOTION_KLOSET_IDENTITY_PASSPHRASE: 'wrong' };
  ended(await laptop.at(['identity', 'import', file], { env: wrong }), 77);
  ok(await laptop.at(['identity', 'import', file], { env }));
  expect(SigningKey.of(laptop.path('fresh', 'config')).publicKey).toBe(own);
  ok(await laptop.at(['backup'], { env }));

  const other = { ...laptop.other('other'), ...variable };
  ok(await laptop.at(['identity', 'show'], { env: other }));
  const before = pictureOf(laptop.path('other', 'config'));
  ended(await laptop.at(['identity', 'import', file], { env: other }), 64);
  expect(pictureOf(laptop.path('other', 'config'))).toEqual(before);
});

test('an identity that others can read is told of', async () => {
  const { laptop } = stage;
  const path = laptop.path('config', 'notion-kloset', 'identity.json');
  chmodSync(path, 0o644);
  const run = ok(await laptop.at(['ls']));
  expect(run.stderr).toContain('identity.json');
  chmodSync(path, 0o600);
  expect(ok(await laptop.at(['ls'])).stderr).toBe('');
});

test('a damaged identity is not replaced by a new one', async () => {
  const { laptop } = stage;
  const path = laptop.path('config', 'notion-kloset', 'identity.json');
  flip(path);
  const before = readFileSync(path);
  const run: Run = await laptop.at(['backup']);
  ended(run, 65);
  expect(readFileSync(path)).toEqual(before);
});

test('names that a stranger planted in the place cannot write to the terminal', async () => {
  const { laptop } = stage;
  for (const folder of ['snapshots', 'packs', 'locks', 'index', 'keys']) {
    mkdirSync(join(laptop.store, folder), { recursive: true });
    writeFileSync(join(laptop.store, folder, 'x\u001b]0;pwned\u0007\u001b[2J'), '');
  }
  for (const words of [['check'], ['ls'], ['unlock', '--all'], ['repair', 'index']]) {
    const run = await laptop.at(words);
    expect(run.stdout + run.stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  }
});
