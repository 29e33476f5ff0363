/** Copies with a key of their own, and a store that gets a new one: contents sealed again, origins kept and verifiable. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Forger, readClear, SigningKey } from './forge.ts';
import { jsonOf, keyFileOf, recordsIn } from './laptop.ts';
import { ended, flip, namesIn, objectsOf, ok, useStage } from './stage.ts';

const stage = useStage();

/** A second store with another key, both named so that each is opened by its own. */
async function twoStores(): Promise<{ place: string; key: string }> {
  const { laptop } = stage;
  const place = laptop.path('other');
  const key = laptop.path('other-key');
  writeFileSync(key, keyFileOf(9), { mode: 0o600 });
  ok(await laptop.run(['--keyfile', key, 'at', place, 'create']));
  ok(await laptop.run(['store', 'add', 'mine', `location=${laptop.store}`, `keyfile=${laptop.keyFile}`]));
  ok(await laptop.run(['store', 'add', 'other', `location=${place}`, `keyfile=${key}`]));
  return { place, key };
}

test('sync into a store of another key seals contents again and keeps the original id and signature', async () => {
  const { laptop, snapshots } = stage;
  const { place } = await twoStores();
  ok(await laptop.run(['at', '@mine', 'sync', 'to', '@other']));
  ok(await laptop.run(['at', '@other', 'check']));
  const [mine, other] = [
    ok(await laptop.run(['at', '@mine', 'cat', 'latest:/manifest.json'])),
    ok(await laptop.run(['at', '@other', 'cat', 'latest:/manifest.json'])),
  ];
  expect(other.stdout).toBe(mine.stdout);
  const listed = jsonOf(ok(await laptop.run(['at', '@other', 'ls', '--json'])));
  expect(recordsIn(listed.snapshots)).toHaveLength(snapshots.length);
  for (const id of snapshots) expect(JSON.stringify(listed)).toContain(id);
  expect(JSON.stringify(listed)).toContain(SigningKey.of(laptop.path('config')).publicKey);
  // Nothing that the old key opens was carried over.
  const ours = new Set(Object.values(objectsOf(laptop.store)));
  expect(Object.values(objectsOf(place)).filter((digest) => ours.has(digest))).toEqual([]);
});

test('a second sync into a store of another key copies nothing', async () => {
  const { laptop } = stage;
  const { place } = await twoStores();
  ok(await laptop.run(['at', '@mine', 'sync', 'to', '@other']));
  const before = objectsOf(place);
  ok(await laptop.run(['at', '@mine', 'sync', 'to', '@other']));
  expect(objectsOf(place)).toEqual(before);
});

test('sync into a store of another key carries no damage over', async () => {
  const { laptop } = stage;
  const { place } = await twoStores();
  for (const pack of namesIn(laptop.store, 'packs')) flip(join(laptop.store, pack));
  const run = await laptop.run(['at', '@mine', 'sync', 'to', '@other']);
  expect(run.isHung).toBe(false);
  expect([3, 65]).toContain(run.code);
  ok(await laptop.run(['at', '@other', 'check']));
  expect(namesIn(place, 'snapshots')).toEqual([]);
});

test('after key rotate-master the old master key opens nothing, and all is there', async () => {
  const { laptop } = stage;
  const old = new Forger(laptop.store);
  const before = ok(await laptop.at(['cat', 'latest:/manifest.json'])).stdout;
  ok(await laptop.at(['key', 'rotate-master', '--yes']));
  ok(await laptop.at(['check']));
  expect(ok(await laptop.at(['cat', 'latest:/manifest.json'])).stdout).toBe(before);
  for (const name of namesIn(laptop.store, 'snapshots'))
    expect(() => old.header(name.slice('snapshots/'.length))).toThrow();
  expect(new Forger(laptop.store).masterKey.equals(old.masterKey)).toBe(false);
  ok(await laptop.at(['backup']));
});

test('a machine that knows the store is told of a new master key and not fooled by the old one', async () => {
  const { laptop } = stage;
  cpSync(laptop.store, laptop.path('before'), { recursive: true });
  const storeId = String(readClear(join(laptop.store, 'CONFIG')).storeId);
  ok(await laptop.at(['key', 'rotate-master', '--yes']));
  // The place puts the old store back.
  cpSync(laptop.path('before'), laptop.store, { recursive: true, force: true });
  const run = await laptop.at(['ls']);
  ended(run, 65);
  expect(run.stderr).toContain(laptop.store);
  expect(readFileSync(join(laptop.store, 'CONFIG'), 'utf8')).toContain(storeId);
});
