/** The place is empty, gone or not mounted: a store this machine remembers is never replaced by a new one in silence. */
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readClear } from './forge.ts';
import type { Run } from './laptop.ts';
import { jsonOf } from './laptop.ts';
import { ended, ok, pictureOf, useStage } from './stage.ts';

const stage = useStage();
const idOf = (store: string) => String(readClear(join(store, 'CONFIG')).storeId);

/** The error names the place, the store that was there, and both ways out. */
function isNamed(run: Run, place: string, storeId: string): void {
  ended(run, 66);
  expect(run.stderr).toContain(place);
  expect(run.stderr).toContain(storeId.slice(0, 8));
  expect(run.stderr).toMatch(/mount/i);
  expect(run.stderr).toContain('create --replace');
}

function wipe(isFolderLeft: boolean): string {
  const { store } = stage.laptop;
  const id = idOf(store);
  rmSync(store, { recursive: true });
  if (isFolderLeft) mkdirSync(store);
  return id;
}

test.for([
  ['an empty mount point', true],
  ['a folder that is gone', false],
] as const)('backup makes no new store at %s', async ([, isFolderLeft]) => {
  const { laptop } = stage;
  const id = wipe(isFolderLeft);
  isNamed(await laptop.at(['backup']), laptop.store, id);
  expect(pictureOf(laptop.store)).toEqual({});
  expect(existsSync(laptop.store)).toBe(isFolderLeft);
});

test('reading, removing and copying say the same of an empty mount point', async () => {
  const { laptop } = stage;
  const id = wipe(true);
  for (const words of [['ls'], ['check'], ['rm', 'latest'], ['export', laptop.path('bundle')]])
    isNamed(await laptop.at(words), laptop.store, id);
  expect(pictureOf(laptop.store)).toEqual({});
});

test.for([
  ['a link', (place: string) => place],
  ['a URL', (place: string) => `file://${place}`],
  ['a path with a detour', (place: string) => `${place}/../link/.`],
] as const)('the empty place is recognised behind %s', async ([, spell]) => {
  const { laptop } = stage;
  symlinkSync(laptop.store, laptop.path('link'));
  const id = wipe(true);
  const run = await laptop.atPlace(spell(laptop.path('link')), ['backup']);
  ended(run, 66);
  expect(run.stderr).toContain(id.slice(0, 8));
  expect(pictureOf(laptop.store)).toEqual({});
});

test('a store first used over a link is recognised at its own path', async () => {
  const { laptop } = stage;
  const disk = laptop.path('disk');
  mkdirSync(disk);
  symlinkSync(disk, laptop.path('link'));
  ok(await laptop.atPlace(laptop.path('link', 'notion'), ['create']));
  rmSync(join(disk, 'notion'), { recursive: true });
  ended(await laptop.atPlace(join(disk, 'notion'), ['backup']), 66);
  expect(pictureOf(disk)).toEqual({});
});

test('create refuses a place where this machine remembers a store, but for --replace', async () => {
  const { laptop } = stage;
  const old = wipe(true);
  const run = await laptop.at(['create']);
  ended(run, 64);
  expect(run.stderr).toContain('--replace');
  expect(pictureOf(laptop.store)).toEqual({});
  ok(await laptop.at(['create', '--replace']));
  expect(idOf(laptop.store)).not.toBe(old);
  ok(await laptop.at(['ls']));
});

test('create --replace does not remove a store that is there', async () => {
  const { laptop } = stage;
  const before = pictureOf(laptop.store);
  ended(await laptop.at(['create', '--replace']), 64);
  expect(pictureOf(laptop.store)).toEqual(before);
});

test('sync to a replica that was wiped makes no new one', async () => {
  const { laptop } = stage;
  const replica = laptop.path('replica');
  ok(await laptop.at(['sync', 'to', replica]));
  rmSync(replica, { recursive: true });
  mkdirSync(replica);
  isNamed(await laptop.at(['sync', 'to', replica]), replica, idOf(laptop.store));
  expect(pictureOf(replica)).toEqual({});
});

test('another store at the same place is neither read nor written', async () => {
  const { laptop } = stage;
  ok(await laptop.atPlace(laptop.path('other'), ['create']));
  renameSync(laptop.store, laptop.path('mine'));
  cpSync(laptop.path('other'), laptop.store, { recursive: true });
  const before = pictureOf(laptop.store);
  for (const words of [['ls'], ['backup']]) ended(await laptop.at(words), 65);
  expect(pictureOf(laptop.store)).toEqual(before);
});

test('a backup with a wrong token makes no store', async () => {
  const { laptop } = stage;
  const place = laptop.path('first');
  ended(await laptop.atPlace(place, ['backup'], { env: { NOTION_TOKEN: 'ntn_wrong0000' } }), 77);
  expect(existsSync(place)).toBe(false);
});

test('a first backup says where it made the store, and that what opens it is the only way in', async () => {
  const { laptop } = stage;
  const place = laptop.path('first');
  const run = ok(await laptop.atPlace(place, ['backup']));
  expect(run.stdout + run.stderr).toContain(place);
  expect(run.stdout + run.stderr).toMatch(/only way/i);
  expect(jsonOf(ok(await laptop.atPlace(place, ['ls', '--json'])))).toBeDefined();
});
