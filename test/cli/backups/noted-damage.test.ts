/** Damage that a check found stays noted until a check that would find it again finds none: not one of other snapshots, nor of a share. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InProcessMachine } from '../in-process-machine.ts';
import type { World } from '../world.ts';
import { at, newWorld } from '../world.ts';

let world: World;
let sound: string;
let damaged: string;

/** Packfiles, by their paths. */
function packs(): string[] {
  const folder = join(world.machine.store, 'packs');
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );
}

function flipMiddle(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

async function isNoted(): Promise<boolean> {
  return at((await world.run(['status', '--json'])).json, 'damage') !== null;
}

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  const [one, two] = [world.page('One'), world.page('Two')];
  world.write(one, 'first', 'second');
  world.write(two, 'third', 'fourth');
  sound = await world.backup(['--root', one.id, '--tag', 'mine']);
  const before = packs();
  damaged = await world.backup(['--root', two.id, '--tag', 'mine,bad']);
  // One that a check of the structure does not read, so that a share can miss it.
  for (const path of packs().filter((each) => !before.includes(each))) {
    flipMiddle(path);
    if ((await world.run(['check', '--fast'])).code === 0) break;
    flipMiddle(path);
  }
});
afterAll(() => world.close());

test('a word or a filter that means other snapshots by now does not take the note away', async () => {
  expect((await world.run(['check', '--tag', 'bad'])).code).toBe(65);
  expect(await isNoted()).toBe(true);
  expect((await world.run(['tag', sound, 'bad'])).code).toBe(0);
  expect((await world.run(['tag', damaged, '--remove', 'bad'])).code).toBe(0);
  expect((await world.run(['check', '--tag', 'bad'])).code).toBe(0);
  expect(await isNoted()).toBe(true);
  expect((await world.run(['check', 'bad'])).code).toBe(0);
  expect(await isNoted()).toBe(true);
});

test('a share of the packfiles does not take it away either: the next one is of others', async () => {
  await world.run(['check']);
  const codes = new Set<number>();
  // One packfile at random, of few.
  for (let run = 0; run < 60 && codes.size < 2; run += 1) {
    codes.add((await world.run(['check', '--subset', '1%'])).code);
    expect(await isNoted()).toBe(true);
  }
  for (let run = 0; run < 60; run += 1) if ((await world.run(['check', '--subset', '1%'])).code === 0) break;
  expect([...codes].sort()).toEqual([0, 65]);
  expect(await isNoted()).toBe(true);
});

test('status says in words what a check was of', async () => {
  await world.run(['check', '--fast', sound]);
  expect((await world.run(['status'])).stdout).toContain(
    `Last check: of ${sound.slice(0, 8)}, the structure alone at `,
  );
  await world.run(['check', '--subset', '5%']);
  expect((await world.run(['status'])).stdout).toContain('Last check: of 5% of the packfiles at ');
});

test('the same snapshot, checked and found sound, takes it away', async () => {
  expect((await world.run(['check', damaged])).code).toBe(65);
  expect((await world.run(['repair', 'packs', '--apply'])).code).toBe(65);
  expect((await world.run(['rm', damaged, '--apply', '--force'])).code).toBe(0);
  expect((await world.run(['check', sound])).code).toBe(0);
  expect(await isNoted()).toBe(true);
  expect((await world.run(['check'])).code).toBe(0);
  expect(await isNoted()).toBe(false);
});
