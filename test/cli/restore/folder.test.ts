/** A restore to a place that cannot take it is refused at once, and paths too long for the system are shortened with a word. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { World } from '../../truth/world.ts';
import { newWorld } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;
let snapshot: string;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  let page = world.page('Deep');
  for (let depth = 0; depth < 30; depth += 1) page = world.below(page, `${depth} ${'長'.repeat(60)}`);
  world.write(page, 'at the very bottom');
  const plain = world.page('Plain');
  world.write(plain, 'plain text');
  snapshot = await world.backup();
});
afterAll(() => world.close());

test('an existing file, an empty string and a place below a file are usage errors in one line', async () => {
  const file = world.machine.path('a-file');
  writeFileSync(file, 'precious');
  for (const place of [file, '', join(file, 'below')]) {
    const done = await world.run(['restore', '--to', place, `${snapshot}:/Home/Plain`]);
    expect([place, done.code], done.said).toEqual([place, 64]);
    expect(done.stderr).toMatch(/^notion-kloset: \S.*\n(?: {2}\S.*\n)?$/);
  }
  expect(readFileSync(file, 'utf8')).toBe('precious');
});

test('a place where nothing can be written ends with a clear error, and does not spin', async () => {
  // Not even root may create a folder there.
  const done = await world.run(['restore', '--to', '/proc/nowhere', `${snapshot}:/Home/Plain`]);
  expect([64, 69]).toContain(done.code);
  expect(done.stderr).toMatch(/^notion-kloset: .*\/proc\/nowhere/m);
});

test('paths longer than the system takes are shortened, and an index file says what was shortened', async () => {
  const folder = world.machine.path('deep');
  const done = await world.run(['restore', '--to', folder, `${snapshot}:/Home/Deep`]);
  expect(done.code, done.said).toBe(0);
  const files = filesBelow(folder);
  expect(files.some((path) => readFileSync(path, 'utf8').includes('at the very bottom'))).toBe(true);
  const index = files.find((path) => {
    const text = readFileSync(path, 'utf8');
    return !path.endsWith('page.json') && text.includes('29 長');
  });
  expect(index).toBeDefined();
  expect(done.said).toMatch(/shortened/);
});

test('fs:/path, fs:///path and file:///path mean that absolute path, for --to and for at', async () => {
  for (const [index, scheme] of ['fs:', 'fs://', 'file://'].entries()) {
    const folder = world.machine.path(`to-${index}`);
    const done = await world.run(['restore', '--to', `${scheme}${folder}`, `${snapshot}:/Home/Plain`]);
    expect([scheme, done.code], done.said).toEqual([scheme, 0]);
    expect([scheme, existsSync(folder)]).toEqual([scheme, true]);
    const listed = await world.machine.run([
      '--keyfile',
      world.machine.keyFile,
      'at',
      `${scheme}${world.machine.store}`,
      'ls',
    ]);
    expect([scheme, listed.code], listed.stderr).toEqual([scheme, 0]);
  }
  expect(existsSync(world.machine.path('fs:'))).toBe(false);
});

/** Files below a folder whose paths may be longer than the system takes in one call. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
