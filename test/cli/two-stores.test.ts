/** Commands that work on two stores: sync between keys, healing from a copy, a new master key. */
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { LocalBackend } from '../../src/backend/local.ts';
import { main } from '../../src/cli/main.ts';
import { encodeKeyFile } from '../../src/store/access/key-file.ts';
import type { SnapshotWriter } from '../../src/store/open-store.ts';
import { Forger } from './attacks/forge.ts';
import { fileEntry, TestStore } from '../store/fixture.ts';
import { pagesOf } from '../store/life-cycle.ts';
import { fakeIo } from './fake-io.ts';

let root: string;
let home: string;
const path = (...parts: string[]) => join(home, ...parts);

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'kloset-two-')));
  home = join(root, 'home');
  const settings = new LocalBackend(path('config/notion-kloset'));
  const machine = new TestStore(new LocalBackend(path('store')), settings);
  machine.cacheFolder = join(root, 'cache');
  machine.nowMs = Date.now() - 3600_000;
  await machine.create();
  await machine.snapshot(withManifest([1]));
  await machine.snapshot(withManifest([1, 2]));
  for (const [name, byte] of [
    ['key', 7],
    ['other-key', 9],
  ] as const)
    writeFileSync(path(name), encodeKeyFile(new Uint8Array(32).fill(byte)), { mode: 0o600 });
  cpSync(home, join(root, 'kept'), { recursive: true });
});
beforeEach(() => {
  rmSync(home, { recursive: true, force: true });
  cpSync(join(root, 'kept'), home, { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Pages as `pagesOf` writes them, and the manifest that every snapshot of a workspace has. */
function withManifest(seeds: readonly number[]) {
  return async (writer: SnapshotWriter): Promise<void> => {
    await writer.step(fileEntry('manifest.json', await writer.writeDocument(Buffer.from('{}'))));
    await pagesOf(seeds, 300)(writer);
  };
}

async function run(...argv: string[]) {
  const io = fakeIo({ HOME: home, XDG_CONFIG_HOME: path('config'), XDG_CACHE_HOME: path('cache') });
  const code = await main(argv, io);
  return { code, out: io.out(), err: io.err() };
}
const at = (...argv: string[]) => run('--keyfile', path('key'), 'at', path('store'), ...argv);
const atOther = (...argv: string[]) => run('--keyfile', path('other-key'), 'at', path('other'), ...argv);

async function ok(running: ReturnType<typeof run>) {
  const done = await running;
  expect(done, done.err).toMatchObject({ code: 0 });
  return done;
}

interface Shown {
  readonly id: string;
  readonly signer: string;
  readonly origin?: { readonly snapshot: string; readonly store: string; readonly signer: string };
}
const shown = async (running: ReturnType<typeof run>): Promise<Shown[]> =>
  JSON.parse((await ok(running)).out).snapshots;

/** Every file of a store but its locks, with its bytes. */
function objectsOf(store: string): Map<string, string> {
  const files = readdirSync(store, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const names = files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((name) => !/\/(locks|\.tmp)\//.test(name));
  return new Map(names.map((name) => [name.slice(store.length), readFileSync(name, 'base64')]));
}

function flip(name: string): void {
  const bytes = readFileSync(name);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(name, bytes);
}

const packsOf = (store: string) => [...objectsOf(store).keys()].filter((name) => name.startsWith('/packs/'));

test('sync to a missing place with another secret creates a store with a key of its own', async () => {
  const first = await shown(at('ls', '--json'));
  const to = ['sync', 'to', path('other'), '--other-keyfile', path('other-key')];
  expect((await ok(at(...to))).out).toContain(`sealed again from ${first[0]?.id.slice(0, 8)}`);
  const copies = await shown(atOther('ls', '--json'));
  expect(copies.map(({ origin }) => origin?.snapshot)).toEqual(first.map(({ id }) => id));
  expect(copies.map(({ origin }) => origin?.signer)).toEqual(first.map(({ signer }) => signer));
  expect((await ok(atOther('info', 'latest'))).out).toContain(`Sealed again from: ${first[1]?.id} of store`);
  await ok(atOther('check'));
  const before = objectsOf(path('other'));
  expect((await ok(at(...to))).out).toContain('copied 0 snapshots');
  await ok(atOther('sync', 'from', path('store'), '--other-keyfile', path('key')));
  expect(objectsOf(path('other'))).toEqual(before);
  expect((await run('--keyfile', path('key'), 'at', path('other'), 'ls')).code).toBe(77);
});

test('the other store is opened by its own settings first, and the error says which store was not opened', async () => {
  await ok(atOther('create'));
  const wrong = await at('sync', 'to', path('other'));
  expect(wrong.code).toBe(77);
  expect(wrong.err).toContain(path('other'));
  expect(wrong.err).toContain('--other-keyfile');
  await ok(run('store', 'add', 'other', `location=${path('other')}`, `keyfile=${path('other-key')}`));
  expect((await ok(at('sync', 'to', '@other'))).out).toContain('copied 2 snapshots');
  expect((await at('sync', 'to', path('store'))).code).toBe(64);
});

test('without a secret of its own a missing place becomes a replica', async () => {
  await ok(at('sync', 'to', path('other')));
  expect(await shown(run('--keyfile', path('key'), 'at', path('other'), 'ls', '--json'))).toEqual(
    await shown(at('ls', '--json')),
  );
});

test('sync that cannot read a snapshot copies the others and ends with 3', async () => {
  for (const pack of packsOf(path('store')).slice(0, 1)) flip(path('store', pack));
  const done = await at('sync', 'to', path('other'), '--other-keyfile', path('other-key'));
  expect(done.code).toBe(3);
  await ok(atOther('check'));
});

test('repair --from tells what it would take, takes it with --apply, and names what stays damaged', async () => {
  cpSync(path('store'), path('copy'), { recursive: true });
  const [one = '', two = ''] = packsOf(path('store'));
  flip(path('store', one));
  rmSync(path('store/CONFIG'));
  const before = objectsOf(path('store'));
  expect((await ok(at('repair', '--from', path('copy')))).out).toContain('Dry run');
  expect(objectsOf(path('store'))).toEqual(before);
  const copy = objectsOf(path('copy'));
  expect((await ok(at('repair', '--from', path('copy'), '--apply'))).out).toContain(one.slice(1));
  await ok(at('check'));
  expect(objectsOf(path('copy'))).toEqual(copy);
  for (const store of ['store', 'copy']) flip(path(store, two));
  const left = await at('repair', '--from', path('copy'), '--apply');
  expect(left.code).toBe(65);
  expect(left.out).toContain(two.slice(1));
});

test('repair --from refuses another store, itself and nothing', async () => {
  await ok(atOther('create'));
  const other = await at('repair', '--from', path('other'), '--other-keyfile', path('other-key'), '--apply');
  expect(other.code).toBe(64);
  expect(other.err).toContain('sync from');
  expect((await at('repair', '--from', path('store'))).code).toBe(64);
  expect((await at('repair')).code).toBe(64);
  expect((await at('repair', '--from', path('nowhere'))).code).toBe(66);
});

test('key rotate-master: the old key opens nothing, all is there, and the old store put back is refused', async () => {
  const old = new Forger(path('store'));
  const first = await shown(at('ls', '--json'));
  expect((await at('key', 'rotate-master')).code).toBe(64);
  expect(
    (
      await run(
        '--append-only',
        '--keyfile',
        path('key'),
        'at',
        path('store'),
        'key',
        'rotate-master',
        '--yes',
      )
    ).code,
  ).toBe(64);
  const done = await ok(at('key', 'rotate-master', '--yes'));
  const aside = path(`store.before-rotation-${old.storeId.slice(0, 8)}`);
  expect(done.out).toContain(aside);
  expect(new Forger(path('store')).masterKey.equals(old.masterKey)).toBe(false);
  expect((await shown(at('ls', '--json'))).map(({ origin }) => origin?.snapshot)).toEqual(
    first.map(({ id }) => id),
  );
  await ok(at('check'));
  expect(readdirSync(home).filter((name) => name.startsWith('store'))).toHaveLength(2);
  renameSync(path('store'), path('new'));
  cpSync(aside, path('store'), { recursive: true });
  expect((await at('ls')).code).toBe(65);
});

test.for([
  ['while the new store was filled', 0, 0],
  ['when the old store was moved away', 1, 66],
  ['before this machine noted the exchange', 2, 65],
] as const)('key rotate-master that died %s is ended by the next run', async ([, moves, code]) => {
  const first = await shown(at('ls', '--json'));
  const { storeId } = new Forger(path('store'));
  const names = ['store', `store.before-rotation-${storeId.slice(0, 8)}`, 'store.rotating'] as const;
  const work = ['--keyfile', path('key'), 'at', path(names[2])];
  await ok(run(...work, 'create'));
  await ok(at('sync', 'to', path(names[2])));
  if (moves > 0) renameSync(path(names[0]), path(names[1]));
  if (moves > 1) renameSync(path(names[2]), path(names[0]));
  expect((await at('ls')).code).toBe(code);
  expect((await ok(at('key', 'rotate-master', '--yes'))).out).toContain(names[1]);
  const origins = (await shown(at('ls', '--json'))).map(({ origin }) => origin?.snapshot);
  expect(origins).toEqual(first.map(({ id }) => id));
  await ok(at('check'));
  expect(
    readdirSync(home)
      .filter((name) => name.startsWith('store'))
      .sort(),
  ).toEqual(names.slice(0, 2));
  await ok(at('key', 'rotate-master', '--yes'));
});

test('key rotate-master leaves a damaged store as it is, and goes on once that is healed', async () => {
  const [pack = ''] = packsOf(path('store'));
  flip(path('store', pack));
  const before = objectsOf(path('store'));
  const refused = await at('key', 'rotate-master', '--yes');
  expect(refused.code).toBe(65);
  expect(objectsOf(path('store'))).toEqual(before);
  flip(path('store', pack));
  await ok(at('key', 'rotate-master', '--yes'));
  await ok(at('check'));
});
