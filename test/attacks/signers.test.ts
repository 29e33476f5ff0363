/** Who may sign: forged lists of signers, revoked keys, and acceptances that are named one by one. */
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Forger, readClear, SigningKey } from './forge.ts';
import type { Run } from './laptop.ts';
import { jsonOf, recordsIn } from './laptop.ts';
import { ended, flip, objectsOf, ok, pictureOf, useStage } from './stage.ts';

const stage = useStage({ snapshots: 1 });
const passphrase = { NOTION_KLOSET_IDENTITY_PASSPHRASE: 'nine wet otters juggle' };
const ownKey = () => SigningKey.of(stage.laptop.path('config')).publicKey;

/** A colleague's machine whose key the store takes. */
async function addColleague(): Promise<{ env: { readonly [name: string]: string }; key: string }> {
  const { laptop } = stage;
  const env = laptop.other('colleague');
  ok(await laptop.at(['ls'], { env }));
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

test('a signer added with the master key alone is refused where the store is known', async () => {
  forgeSigner(stage.laptop.store);
  ended(await stage.laptop.at(['ls']), 65);
});

test('a list of signers that no trusted signer signed is refused on a machine that never saw the store', async () => {
  const { laptop } = stage;
  const { snapshot } = forgeSigner(laptop.store);
  const run = await laptop.at(['cat', `${snapshot}:/manifest.json`], { env: laptop.other('fresh') });
  ended(run, 65);
});

test('sync from a copy with a forged signer takes neither the signer nor its snapshot', async () => {
  const { laptop } = stage;
  const copy = laptop.path('copy');
  cpSync(laptop.store, copy, { recursive: true });
  const { stranger, snapshot } = forgeSigner(copy);
  const before = objectsOf(laptop.store);
  const run = await laptop.at(['sync', 'from', copy]);
  expect(run.isHung).toBe(false);
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
  const { stranger, snapshot } = forgeSigner(laptop.store);
  ended(await laptop.at(['ls', '--accept-signer', 'f'.repeat(64)]), 65);
  ended(await laptop.at(['ls', '--accept-loss']), 65);
  rmSync(join(laptop.store, 'snapshots', snapshots[0] ?? ''));
  ended(await laptop.at(['ls', '--accept-signer', stranger.publicKey]), 65);
  cpSync(`${laptop.home}-kept/store/snapshots`, join(laptop.store, 'snapshots'), { recursive: true });
  const run = ok(await laptop.at(['ls', '--accept-signer', stranger.publicKey]));
  expect(run.stderr).toMatch(/signer/i);
  ok(await laptop.at(['cat', `${snapshot}:/manifest.json`]));
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

test('identity export moves the key to another machine, sealed', async () => {
  const { laptop } = stage;
  const file = laptop.path('identity.sealed');
  ok(await laptop.at(['identity', 'export', file], { env: passphrase }));
  const seed = String(readClear(laptop.path('config', 'notion-kloset', 'identity.json')).privateKey);
  expect(readFileSync(file, 'latin1')).not.toContain(seed);
  const env = laptop.other('fresh');
  ended(
    await laptop.at(['identity', 'import', file], {
      env: { ...env, NOTION_KLOSET_IDENTITY_PASSPHRASE: 'wrong' },
    }),
    77,
  );
  ok(await laptop.at(['identity', 'import', file], { env: { ...env, ...passphrase } }));
  expect(SigningKey.of(laptop.path('fresh', 'config')).publicKey).toBe(ownKey());
  ok(await laptop.at(['backup'], { env }));
});

test('identity export overwrites nothing', async () => {
  const { laptop } = stage;
  const file = laptop.path('identity.sealed');
  writeFileSync(file, 'years of work');
  ended(await laptop.at(['identity', 'export', file], { env: passphrase }), 64);
  expect(readFileSync(file, 'utf8')).toBe('years of work');
});

test('identity import does not overwrite the key a machine has', async () => {
  const { laptop } = stage;
  const file = laptop.path('identity.sealed');
  ok(await laptop.at(['identity', 'export', file], { env: passphrase }));
  const env = laptop.other('colleague');
  ok(await laptop.at(['identity', 'show'], { env }));
  const before = pictureOf(laptop.path('colleague', 'config'));
  ended(await laptop.at(['identity', 'import', file], { env: { ...env, ...passphrase } }), 64);
  expect(pictureOf(laptop.path('colleague', 'config'))).toEqual(before);
});

test('an encrypted identity signs with its passphrase and not without', async () => {
  const { laptop } = stage;
  const path = laptop.path('config', 'notion-kloset', 'identity.json');
  const seed = String(readClear(path).privateKey);
  ok(await laptop.at(['identity', 'encrypt'], { env: passphrase }));
  expect(readFileSync(path, 'latin1')).not.toContain(seed);
  ended(await laptop.at(['backup']), 77);
  ok(await laptop.at(['ls']));
  ok(await laptop.at(['backup'], { env: passphrase }));
  ok(await laptop.at(['identity', 'decrypt'], { env: passphrase }));
  expect(readClear(path).privateKey).toBe(seed);
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
    expect(run.isHung).toBe(false);
    expect(run.stdout + run.stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  }
});
