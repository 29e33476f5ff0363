/** A damaged header below a backup of something else: it may be of the newest backup that a word means, and none older is taken for it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flip } from '../attacks/stage.ts';
import { InProcessMachine } from '../in-process-machine.ts';
import type { World } from '../world.ts';
import { newWorld } from '../world.ts';

let world: World;
let older: string;
let damaged: string;
let part: string;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  const page = world.page('Page');
  world.write(page, 'text');
  older = await world.backup();
  world.retitle(page, 'Renamed');
  damaged = await world.backup();
  part = await world.backup(['--root', page.id]);
  flip(join(world.machine.store, 'snapshots', damaged));
  rmSync(world.machine.path('cache'), { recursive: true, force: true });
});
afterAll(() => world.close());

test('what means the newest is refused, what is named by its id is not', async () => {
  const { machine } = world;
  for (const [at, words] of [
    ['restore', 'latest', '--to', machine.path('restored')],
    ['restore', '--to', machine.path('restored')],
    ['cat', 'latest:/manifest.json'],
    ['cat', 'latest-good:/manifest.json'],
    ['export', machine.path('exported')],
    ['dump', '--to', machine.path('archive.tar')],
  ].entries()) {
    const { code, stderr } = await world.run(words);
    expect({ at, code, stderr }).toMatchObject({ code: 65 });
    expect(stderr).toContain(damaged.slice(0, 8));
    expect(stderr).toContain('notion-kloset rm');
  }
  for (const id of [older, part])
    expect(await world.run(['restore', id, '--to', machine.path(id)])).toMatchObject({ code: 0 });
});

test('what only shows goes on', async () => {
  expect((await world.run(['ls'])).stdout).toContain(older.slice(0, 8));
  expect((await world.run(['info', 'latest'])).stdout).toContain(older);
});

test('a newer backup of the same, or the removal of the damaged one, settles it', async () => {
  const { machine } = world;
  expect(await world.run(['rm', damaged, '--apply', '--force'])).toMatchObject({ code: 0 });
  expect(await world.run(['restore', 'latest', '--to', machine.path('restored')])).toMatchObject({ code: 0 });
  const newest = await world.backup();
  expect((await world.run(['info', 'latest'])).stdout).toContain(newest);
});
