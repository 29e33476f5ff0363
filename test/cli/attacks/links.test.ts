/** Symbolic links planted in the place: none is followed, and nothing outside of the store is touched. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keyFileOf } from './laptop.ts';
import { ended, namesIn, ok, pictureOf, replaceByLink, useStage } from './stage.ts';

const stage = useStage();
const longAgo = new Date('2020-01-01T00:00:00Z');

/** A folder outside of the store with files that look like ours and files that do not, all of them old. */
function valuables(name = 'valuables'): string {
  const folder = stage.laptop.path(name);
  mkdirSync(folder, { recursive: true });
  for (const file of ['thesis.txt', 'a'.repeat(32), 'b'.repeat(64), 'roster']) {
    writeFileSync(join(folder, file), 'years of work');
    utimesSync(join(folder, file), longAgo, longAgo);
  }
  return folder;
}

test.for(['.tmp', 'keys', 'locks', 'packs', 'index', 'snapshots'])(
  'backup refuses a store whose %s is a link, and leaves alone what the link leads to',
  async (name) => {
    const { laptop } = stage;
    const outside = laptop.path('outside');
    if (name === '.tmp') {
      if (existsSync(join(laptop.store, name))) renameSync(join(laptop.store, name), laptop.path('old'));
      renameSync(valuables(), outside);
      symlinkSync(outside, join(laptop.store, name));
    } else {
      replaceByLink(join(laptop.store, name), outside);
      renameSync(valuables(), join(outside, 'valuables'));
    }
    const before = pictureOf(outside);
    const run = await laptop.at(['backup']);
    expect(pictureOf(outside)).toEqual(before);
    ended(run, 65);
  },
);

test('unlock removes nothing through a link planted as locks', async () => {
  const { laptop } = stage;
  const outside = valuables();
  replaceByLinkTo(join(laptop.store, 'locks'), outside);
  const before = pictureOf(outside);
  const run = await laptop.at(['unlock', '--all']);
  expect(pictureOf(outside)).toEqual(before);
  ended(run, 65);
});

test('create removes nothing through a link planted as keys in the empty place', async () => {
  const { laptop } = stage;
  const outside = valuables();
  const place = laptop.path('new');
  mkdirSync(place);
  symlinkSync(outside, join(place, 'keys'));
  const before = pictureOf(outside);
  const run = await laptop.atPlace(place, ['create']);
  expect(pictureOf(outside)).toEqual(before);
  expect([64, 65]).toContain(run.code);
});

test('create refuses a folder with keys of somebody else, and removes none of them', async () => {
  const { laptop } = stage;
  const place = laptop.path('documents');
  mkdirSync(join(place, 'keys'), { recursive: true });
  writeFileSync(join(place, 'keys', 'id_ed25519'), 'the only copy');
  const before = pictureOf(place);
  const run = await laptop.atPlace(place, ['create']);
  expect(pictureOf(place)).toEqual(before);
  ended(run, 64);
});

test('sync removes nothing through a link planted as keys in the empty target', async () => {
  const { laptop } = stage;
  const outside = valuables();
  const place = laptop.path('replica');
  mkdirSync(place);
  symlinkSync(outside, join(place, 'keys'));
  const before = pictureOf(outside);
  const run = await laptop.at(['sync', 'to', place]);
  expect(pictureOf(outside)).toEqual(before);
  expect([64, 65]).toContain(run.code);
});

test('sync refuses a target folder with keys of somebody else, and removes none of them', async () => {
  const { laptop } = stage;
  const place = laptop.path('documents');
  mkdirSync(join(place, 'keys'), { recursive: true });
  writeFileSync(join(place, 'keys', 'house.key'), keyFileOf(1));
  const before = pictureOf(place);
  const run = await laptop.at(['sync', 'to', place]);
  expect(pictureOf(place)).toEqual(before);
  ended(run, 64);
});

test('a link in the place of an object is damage, however good the bytes it leads to', async () => {
  const { laptop, snapshots } = stage;
  const head = join(laptop.store, 'snapshots', snapshots.at(-1) ?? '');
  copyFileSync(head, laptop.path('header'));
  renameSync(head, laptop.path('header'));
  symlinkSync(laptop.path('header'), head);
  const run = await laptop.at(['check']);
  ended(run, 65);
  expect(run.stdout + run.stderr).toContain((snapshots.at(-1) ?? '').slice(0, 8));
});

test('CONFIG that is a link is damage', async () => {
  const { laptop } = stage;
  renameSync(join(laptop.store, 'CONFIG'), laptop.path('config-file'));
  symlinkSync(laptop.path('config-file'), join(laptop.store, 'CONFIG'));
  ended(await laptop.at(['ls']), 65);
});

test('links that lead in circles do not keep a listing busy', async () => {
  const { laptop } = stage;
  for (const name of ['aa', 'bb']) {
    const folder = join(laptop.store, 'packs', name);
    if (existsSync(folder)) renameSync(folder, laptop.path(name));
    symlinkSync('.', folder);
  }
  const run = await laptop.at(['check', '--fast']);
  ended(run, 65);
});

test('export writes nothing through a link planted as its partial file', async () => {
  const { laptop } = stage;
  const victim = laptop.path('victim');
  writeFileSync(victim, 'years of work');
  symlinkSync(victim, laptop.path('bundle.partial'));
  const before = pictureOf(laptop.home).victim;
  ok(await laptop.at(['export', laptop.path('bundle')]));
  expect(pictureOf(laptop.home).victim).toBe(before);
});

test('export does not overwrite a file of the user that is called like its partial file', async () => {
  const { laptop } = stage;
  writeFileSync(laptop.path('bundle.partial'), 'years of work');
  const before = pictureOf(laptop.home)['bundle.partial'];
  ok(await laptop.at(['export', laptop.path('bundle')]));
  expect(pictureOf(laptop.home)['bundle.partial']).toBe(before);
});

test('a backup removes only its own leftovers from the folder of temporary files', async () => {
  const { laptop } = stage;
  const folder = join(laptop.store, '.tmp');
  mkdirSync(folder, { recursive: true });
  for (const file of ['notes.txt', 'c'.repeat(32)]) {
    writeFileSync(join(folder, file), 'years of work');
    utimesSync(join(folder, file), longAgo, longAgo);
  }
  ok(await laptop.at(['backup']));
  expect(Object.keys(pictureOf(folder))).toEqual(['notes.txt']);
});

test('unlock --all removes every lock beside one that is a pipe, which it names', async () => {
  const { laptop } = stage;
  const folder = join(laptop.store, 'locks');
  mkdirSync(folder, { recursive: true });
  execFileSync('mkfifo', [join(folder, '2'.repeat(32))]);
  for (const digit of '135') writeFileSync(join(folder, digit.repeat(32)), 'garbage');
  const run = await laptop.at(['unlock', '--all']);
  ended(run, 65);
  expect(run.stderr).toContain('2'.repeat(32));
  expect(readdirSync(folder)).toEqual(['2'.repeat(32)]);
});

test('unlock --all leaves files alone that are no locks', async () => {
  const { laptop } = stage;
  mkdirSync(join(laptop.store, 'locks', 'plans'), { recursive: true });
  writeFileSync(join(laptop.store, 'locks', 'door.txt'), 'years of work');
  writeFileSync(join(laptop.store, 'locks', 'plans', 'a'), 'years of work');
  const before = pictureOf(join(laptop.store, 'locks'));
  await laptop.at(['unlock', '--all']);
  expect(pictureOf(join(laptop.store, 'locks'))).toEqual(before);
  const check = await laptop.at(['check']);
  expect(check.stdout + check.stderr).toContain('locks/door.txt');
});

test('a store that is reached over a link is a store like any other', async () => {
  const { laptop } = stage;
  symlinkSync(laptop.store, laptop.path('alias'));
  ok(await laptop.atPlace(laptop.path('alias'), ['ls']));
  expect(namesIn(laptop.store, 'snapshots')).toHaveLength(2);
});

/** Moves `path` away and leaves a link to `target`, which stays as it is. */
function replaceByLinkTo(path: string, target: string): void {
  if (existsSync(path)) renameSync(path, stage.laptop.path('moved-away'));
  symlinkSync(target, path);
}
