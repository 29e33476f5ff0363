/** Damage of the store is called damage, every snapshot it touches is named, and status remembers the last check. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { World } from '../../truth/world.ts';
import { newWorld } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;
let first: string;
let second: string;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  const page = world.page('Page');
  world.write(page, ...Array.from({ length: 50 }, (_, index) => `line ${index} of a long page`));
  first = await world.backup();
  world.edited(world.page('Another'));
  second = await world.backup();
});
afterAll(() => world.close());

test('check prints the bytes it read, and a subset of many parts checks at least one packfile', async () => {
  const whole = await world.run(['check']);
  expect(whole.code, whole.said).toBe(0);
  expect(whole.stdout).toMatch(/\d+(\.\d+)? (B|KiB|MiB)/);
  const part = await world.run(['check', '--subset', '97/97']);
  expect(part.code, part.said).toBe(0);
  expect(part.stdout).toMatch(/[1-9]\d* (of \d+ )?packfile/);
});

test('status remembers what the last check found', async () => {
  const status = await world.run(['status']);
  expect(status.code, status.said).toBe(0);
  expect(status.stdout).toMatch(/last check/i);
});

test('check names every snapshot that needs a damaged packfile, with exit 65, and status remembers it', async () => {
  for (const path of packfiles(world)) flipMiddle(path);
  const check = await world.run(['check']);
  expect(check.code, check.said).toBe(65);
  for (const id of [first, second]) expect(check.said).toContain(id.slice(0, 8));
  const status = await world.run(['status']);
  expect(status.code, status.said).toBe(65);
});

test('a restore of something damaged says integrity, in place and into a folder', async () => {
  for (const words of [
    ['restore', '--to', 'damaged', `${first}:/Home/Page`],
    ['restore', '--in-place', '--yes', `${first}:/Home/Page`],
  ]) {
    const done = await world.run(words);
    expect([words[1], done.code], done.said).toEqual([words[1], 65]);
  }
});

test('a token that may not write at the top of the workspace is told so by the dry run, before the first write', async () => {
  const fresh = await newWorld({}, new InProcessMachine());
  try {
    fresh.write(fresh.page('Page'), 'text');
    const id = await fresh.backup();
    const writes = await fresh.writesOf(async () => {
      for (const more of [['--dry-run'], []]) {
        const done = await fresh.run(['restore', '--workspace-root', ...more, `${id}:/Home/Page`]);
        expect(done.code, done.said).not.toBe(0);
        expect(done.said).toMatch(/workspace/);
      }
    });
    expect(writes).toEqual([]);
  } finally {
    await fresh.close();
  }
});

test('sync --heal brings back known damage from a replica without a repair before it', async () => {
  const healed = await newWorld({}, new InProcessMachine());
  try {
    healed.write(healed.page('Page'), 'text');
    await healed.backup();
    const replica = healed.machine.path('replica');
    expect((await healed.run(['sync', 'to', replica])).code).toBe(0);
    for (const path of packfiles(healed)) flipMiddle(path);
    expect((await healed.run(['check'])).code).toBe(65);
    const done = await healed.run(['sync', 'from', replica, '--heal']);
    expect(done.code, done.said).toBe(0);
    expect((await healed.run(['cat', 'latest:/Home/Page'])).stdout).toContain('text');
  } finally {
    await healed.close();
  }
});

function packfiles({ machine }: World): string[] {
  return readdirSync(machine.store, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /pack/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Changes one byte in the middle of each third of a file. */
function flipMiddle(path: string): void {
  const bytes = readFileSync(path);
  for (const part of [1, 3, 5]) {
    const at = Math.floor((bytes.length * part) / 6);
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  }
  writeFileSync(path, bytes);
}
