/** Harm done to a store's files, as `check` tells of it: exit 65 and the name of what is damaged. */
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Finished, Machine } from './machine.ts';
import { jsonOf, newMachine } from './machine.ts';

let machine: Machine;
let whole: string;
let files: string[];

beforeAll(async () => {
  machine = await newMachine({ isHere: true });
  const simulator = await startSimulator({ state: sampleWorkspace({ small: true }), clock: 'real' });
  machine.connect(simulator);
  expect(await machine.at(['create'])).toMatchObject({ code: 0 });
  for (let round = 0; round < 2; round += 1) expect(await machine.at(['backup'])).toMatchObject({ code: 0 });
  await simulator.close();
  expect(await machine.at(['check'])).toMatchObject({ code: 0 });
  whole = machine.path('whole');
  cpSync(machine.store, whole, { recursive: true });
  files = filesOf(whole).sort();
});
afterAll(() => machine.dispose());

test('the small store has every kind of file', () => {
  const kinds = new Set(files.map((file) => file.split('/')[0]));
  expect([...kinds].sort()).toEqual(['CONFIG', 'index', 'keys', 'packs', 'snapshots']);
});

test('a flipped bit at the start, in the middle and at the end of every file is exit 65 and named', async () => {
  const missed: string[] = [];
  for (const [number, file] of files.entries()) {
    const size = readFileSync(join(whole, file)).length;
    for (const [turn, at] of [0, size >> 1, size - 1].entries()) {
      const harm = () => flip(file, at, (number + turn) % 8);
      const isNamed = turn === 2 ? isNoticed(await checkAfter(harm), file) : await isToldAsJson(harm, file);
      if (!isNamed) missed.push(`byte ${at} of ${file}`);
    }
  }
  expect(missed).toEqual([]);
});

async function isToldAsJson(harm: () => void, file: string): Promise<boolean> {
  const checked = await checkAfter(harm, ['--json']);
  return checked.code === 65 && nameOf(file).test(JSON.stringify(jsonOf(checked)));
}

test('deleted and truncated files are exit 65 and named', async () => {
  const missed: string[] = [];
  for (const file of oneOfEach()) {
    const cut = await checkAfter(() => truncateSync(join(machine.store, file), 20));
    if (!isNoticed(cut, file)) missed.push(`${file} cut: ${told(cut)}`);
    const emptied = await checkAfter(() => truncateSync(join(machine.store, file), 0));
    if (!isNoticed(emptied, file)) missed.push(`${file} emptied: ${told(emptied)}`);
    if (file === 'CONFIG') continue;
    const gone = await checkAfter(() => rmSync(join(machine.store, file)));
    if (gone.code !== 65 && !file.startsWith('keys/')) missed.push(`${file} deleted: ${told(gone)}`);
  }
  expect(missed).toEqual([]);
});

test('swapped files are exit 65', async () => {
  for (const kind of ['packs', 'index', 'snapshots']) {
    const [one = '', other = ''] = files.filter((file) => file.startsWith(kind));
    const swapped = await checkAfter(() => swap(one, other));
    expect({ kind, code: swapped.code }).toEqual({ kind, code: 65 });
    expect(swapped.stderr).toMatch(nameOf(one));
    expect(swapped.stderr).toMatch(nameOf(other));
  }
});

test('a damaged snapshot does not keep the whole one from being listed', async () => {
  const [one = ''] = files.filter((file) => file.startsWith('snapshots'));
  await reset();
  flip(one, 40, 1);
  const ls = await machine.at(['ls']);
  expect(ls.code).toBe(65);
  expect(ls.stdout.match(/notion:\/\/Kloset sample/g)).toHaveLength(1);
});

/** Restores the whole store, harms it, and checks it without what is cached of it. */
async function checkAfter(harm: () => void, words: readonly string[] = []): Promise<Finished> {
  await reset();
  harm();
  return machine.at([...words, 'check']);
}

async function reset(): Promise<void> {
  rmSync(machine.store, { recursive: true });
  rmSync(machine.path('cache'), { recursive: true, force: true });
  cpSync(whole, machine.store, { recursive: true });
}

function flip(file: string, at: number, bit: number): void {
  const path = join(machine.store, file);
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  writeFileSync(path, bytes);
}

function swap(one: string, other: string): void {
  const [a, b] = [join(machine.store, one), join(machine.store, other)];
  renameSync(a, `${a}.swap`);
  renameSync(b, a);
  renameSync(`${a}.swap`, b);
}

function isNoticed(checked: Finished, file: string): boolean {
  return checked.code === 65 && nameOf(file).test(checked.stderr);
}

/** Files are named by path or by the first digits of their id. */
function nameOf(file: string): RegExp {
  return new RegExp((file.split('/').at(-1) ?? file).slice(0, 8));
}

function told({ code, stderr }: Finished): string {
  return `exit ${code}: ${stderr.slice(0, 300)}`;
}

function oneOfEach(): string[] {
  const kinds = new Set(files.map((file) => file.split('/')[0]));
  return [...kinds].map((kind) => files.find((file) => file.split('/')[0] === kind) ?? '');
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
