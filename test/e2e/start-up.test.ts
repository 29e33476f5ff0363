/** The files that a short command loads, counted where it runs as installed: most of the time that it takes. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrayAt, stringAt } from '../../src/document/json.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Machine } from './machine.ts';
import { newMachine } from './machine.ts';

let machine: Machine;

beforeAll(async () => {
  machine = await newMachine();
  const simulator = await startSimulator({ state: sampleWorkspace({ small: true }), clock: 'real' });
  try {
    machine.connect(simulator);
    // The first status looks at everything.
    for (const words of [['create'], ['backup'], ['status']]) expect((await machine.at(words)).code).toBe(0);
  } finally {
    await simulator.close();
  }
});
afterAll(() => machine.dispose());

/** Files that the command loaded, with their packages, by what V8 notes of coverage. */
async function loadedBy(words: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(machine.path('loaded-'));
  const { code, stderr } = await machine.run(words, { env: { NODE_V8_COVERAGE: folder } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const notes: unknown = JSON.parse(readFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'utf8'));
  return arrayAt(notes, 'result')
    .map((each) => stringAt(each, 'url') ?? '')
    .filter((url) => url.startsWith('file:'));
}

const ours = /notion-kloset\/program\/(.*)$/;

/** Each with the files beside `main.js` and `first.js`: one that names each module which is imported when it is needed. */
const short: readonly (readonly [line: string, ...files: string[]])[] = [
  ['ls', 'ls-snapshots.js', 'ls.js'],
  ['ls latest:/', 'ls-contents.js', 'ls.js'],
  ['cat latest:/manifest.json', 'cat.js'],
  ['status', 'status.js'],
];

test.each(short)('%s loads few files, and of packages what it needs', async (line, ...files) => {
  const loaded = await loadedBy(machine.atWords(line.split(' ')));
  const program = loaded.flatMap((url) => ours.exec(url)?.[1] ?? []);
  expect(program.sort()).toEqual([...files, 'first.js', 'main.js'].sort());
  const packages = loaded.flatMap((url) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []);
  const needed = ['@noble/ciphers', 'better-sqlite3', 'bindings', 'commander', 'file-uri-to-path'];
  expect([...new Set(packages)].sort()).toEqual([...needed, 'notion-kloset'].sort());
});

test.each(['--version', '-v', 'version'])('%s loads nothing beside them', async (word) => {
  const loaded = await loadedBy([word]);
  expect(loaded.flatMap((url) => ours.exec(url)?.[1] ?? []).sort()).toEqual(['first.js', 'main.js']);
});

// Others may have created a folder there first, and what lies in it would be run: Node 22's compile cache is such a folder.
test('nothing is kept in the folder for temporary files, which other people write to', async () => {
  expect((await machine.at(['ls'])).code).toBe(0);
  expect(readdirSync(machine.env.TMPDIR ?? '')).toEqual([]);
});

test('a command that does other work loads its own files later', async () => {
  const program = (await loadedBy(machine.atWords(['check', '--fast']))).flatMap(
    (url) => ours.exec(url)?.[1] ?? [],
  );
  expect(program.length).toBeGreaterThan(2);
});
