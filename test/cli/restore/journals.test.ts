/** Journals of restores that are damaged: what they no longer tell is said, and no other restore is taken for theirs. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import { InProcessMachine } from '../in-process-machine.ts';

const machine = new InProcessMachine();
const folder = machine.path('data', 'notion-kloset', 'restores');
let notion: Simulator;
let target: string;
let sound: Map<string, Buffer>;

beforeAll(async () => {
  notion = await startSimulator({ state: sampleWorkspace({ small: true }), clock: 'real' });
  machine.connect(notion);
  for (const words of [['create'], ['backup']]) expect(await machine.at(words)).toMatchObject({ code: 0 });
  const [page] = [...notion.state.pages.values()].filter(({ parent }) => parent.type === 'workspace');
  target = page?.id ?? '';
  const words = ['restore', '--root-id', target, '--no-verify'];
  for (const place of ['latest:/Home/Journal', 'latest:/Home/Pictures'])
    expect(await machine.at([...words, place])).toMatchObject({ code: 0 });
  sound = new Map(journals().map((name) => [name, readFileSync(join(folder, name))]));
});
beforeEach(() => {
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  for (const [name, bytes] of sound) writeFileSync(join(folder, name), bytes);
});
afterAll(async () => {
  machine.dispose();
  await notion.close();
});

const journals = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.sqlite'));

const harms: readonly (readonly [string, (path: string) => void])[] = [
  ['is not a database', (path) => writeFileSync(path, 'no database at all, but words')],
  ['has lost its tables', (path) => writeFileSync(path, riddled(readFileSync(path)))],
  ['is a folder', (path) => mkdirSync(path)],
  ['is a pipe', (path) => void execFileSync('mkfifo', [path])],
];

test.each(harms)('an undo takes no older restore when the journal of the newest %s', async (_, harm) => {
  for (const name of journals()) replaced(join(folder, name), harm);
  const { code, stderr } = await machine.at(['restore', '--undo', '--yes']);
  expect({ code, stderr }).toMatchObject({ code: 65 });
  expect(stderr).toContain('is damaged');
  expect(stderr).toContain('Move it away');
});

test.each(harms)('a restore in place goes on, and says so, when a journal %s', async (_, harm) => {
  const [name = ''] = journals();
  replaced(join(folder, name), harm);
  const { code, stderr } = await machine.at([
    'restore',
    '--in-place',
    '--yes',
    '--no-verify',
    'latest:/Home/Journal',
  ]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stderr).toContain(`${name} is damaged.`);
});

test.each(harms)('a restore is not begun a second time when its journal %s', async (_, harm) => {
  const written = notion.state.pages.size;
  for (const name of journals()) replaced(join(folder, name), harm);
  const words = ['restore', '--root-id', target, '--no-verify', 'latest:/Home/Pictures'];
  expect(await machine.at(words)).toMatchObject({ code: 65 });
  expect(notion.state.pages.size).toBe(written);
});

test('journals of other stores are not called none', async () => {
  rmSync(machine.store, { recursive: true });
  expect(await machine.at(['create', '--replace'])).toMatchObject({ code: 0 });
  const { code, stderr } = await machine.at(['restore', '--undo', '--yes']);
  expect(code).toBe(66);
  expect(stderr).toContain('knows of no such restore');
});

function replaced(path: string, harm: (path: string) => void): void {
  const before = readFileSync(path);
  rmSync(path);
  if (harm !== harms[2]?.[1] && harm !== harms[3]?.[1]) writeFileSync(path, before);
  harm(path);
}

/** The file with its header alone. */
function riddled(bytes: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(bytes.length - 100, 0x5a)]);
}
