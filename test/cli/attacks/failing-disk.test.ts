/** Disks that fail, lack something or cannot be written: no failure is taken for damage, and nothing is given up for it. */
import { copyFileSync, cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ended, namesIn, objectsOf, ok, useStage } from './stage.ts';

const stage = useStage();

const destructive: readonly (readonly string[])[] = [
  ['repair', 'packs', '--apply'],
  ['repair', 'index'],
  ['maintenance', '--apply', '--grace', '0s'],
];

test.for(destructive)('%s %s gives up nothing when packfiles cannot be read', async (...[words]) => {
  const { laptop } = stage;
  const before = objectsOf(laptop.store);
  rmSync(laptop.path('cache'), { recursive: true, force: true });
  const run = await laptop.at(words, { unreadable: { path: /packs\/..\/[0-9a-f]{64}/, code: 'EIO' } });
  expect([0, 69]).toContain(run.code);
  expect(objectsOf(laptop.store)).toMatchObject(before);
  ok(await laptop.at(['check']));
});

test('a backup with an unreadable index does not take the store for empty', async () => {
  const { laptop } = stage;
  rmSync(laptop.path('cache'), { recursive: true, force: true });
  const before = objectsOf(laptop.store);
  ended(await laptop.at(['backup'], { unreadable: { path: /\/index\//, code: 'EIO' } }), 69);
  expect(objectsOf(laptop.store)).toMatchObject(before);
});

test('a backup never ends well with a snapshot whose packfiles are gone', async () => {
  const { laptop } = stage;
  rmSync(join(laptop.store, 'packs'), { recursive: true });
  const run = await laptop.at(['backup']);
  if (run.code === 0) ok(await laptop.at(['restore', 'latest', '--to', laptop.path('restored')]));
  else expect([3, 65]).toContain(run.code);
});

test('old index deltas that are put back are cleaned up by maintenance', async () => {
  const { laptop } = stage;
  const maintain = async () => ok(await laptop.at(['maintenance', '--apply', '--grace', '0s']));
  const before = namesIn(laptop.store, 'index');
  cpSync(join(laptop.store, 'index'), laptop.path('old-index'), { recursive: true });
  ok(await laptop.at(['prune', '--keep-last', '1', '--apply']));
  await maintain();
  const replaced = before.filter((name) => !existsSync(join(laptop.store, name)));
  expect(replaced).not.toEqual([]);
  for (const name of replaced)
    copyFileSync(laptop.path('old-index', name.slice('index/'.length)), join(laptop.store, name));
  await maintain();
  expect(replaced.filter((name) => existsSync(join(laptop.store, name)))).toEqual([]);
  ok(await laptop.at(['check']));
});
