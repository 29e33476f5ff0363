/** Machines on which the program cannot run: each is told so in two lines, with what to install. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { explainAddon, requireFittingAddon } from '../../../src/sqlite-addon.ts';
import type { InstalledTarball } from '../installed.ts';
import { installPackage } from '../installed.ts';
import { Machine } from '../machine.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'notion-kloset-broken-')));
const addon = join(folder, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node');
let original: InstalledTarball;
let machine: Machine;
beforeAll(async () => {
  original = await installPackage();
  machine = new Machine({
    folder,
    package: join(folder, 'node_modules/notion-kloset'),
    command: join(folder, 'node_modules/.bin/notion-kloset'),
  });
});
/** The installed program again, with a better-sqlite3 of its own that has no addon. */
beforeEach(() => {
  rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
  const modules = join(original.folder, 'node_modules');
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(modules).filter((each) => each !== 'better-sqlite3'))
    if (name === 'notion-kloset' || name === '.bin')
      cpSync(join(modules, name), join(folder, 'node_modules', name), {
        recursive: true,
        verbatimSymlinks: true,
      });
    else symlinkSync(join(modules, name), join(folder, 'node_modules', name));
  const checkout = join(import.meta.dirname, '../../../node_modules');
  for (const part of ['package.json', 'lib'])
    cpSync(join(checkout, 'better-sqlite3', part), join(folder, 'node_modules/better-sqlite3', part), {
      recursive: true,
    });
  for (const name of ['bindings', 'file-uri-to-path'])
    symlinkSync(join(checkout, name), join(folder, 'node_modules', name));
});
afterAll(() => {
  machine?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** The second line of what a command says that needs SQLite, after the first, which names the reason. */
async function refused(...reasons: RegExp[]): Promise<string> {
  await machine.at(['create']);
  const { code, stdout, stderr } = await machine.at(['ls']);
  expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
  const [first = '', second = '', ...rest] = stderr.trimEnd().split('\n');
  expect(first).toMatch(
    /^notion-kloset: SQLite, which keeps the caches and journals of this program, cannot/,
  );
  for (const reason of reasons) expect(first).toMatch(reason);
  expect(rest).toEqual([]);
  return second;
}

test('an addon that was not compiled is told with what to install', async () => {
  const way = await refused(/better-sqlite3 was not compiled/);
  expect(way).toContain('apt install build-essential python3');
  expect(way).toContain('npm rebuild better-sqlite3');
});

test('an addon of another system is told with how to compile it', async () => {
  mkdirSync(dirname(addon), { recursive: true });
  writeFileSync(addon, 'not a program of this system');
  expect(await refused(/compiled for another system/)).toContain('--build-from-source');
});

test('`doctor` tells it as one line among the others, and what needs no database works', async () => {
  const { stdout } = await machine.run(['doctor']);
  expect(stdout).toContain('better-sqlite3 was not compiled');
  for (const words of [['--version'], ['--help'], ['source', 'list']])
    expect((await machine.run(words)).code).toBe(0);
});

test.each([
  [
    "The module '/x/better_sqlite3.node'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 115. This version of Node.js requires\nNODE_MODULE_VERSION 127. Please try re-compiling",
    /compiled for another Node \(modules 115; this is Node \S+, modules 127\)/,
  ],
  [
    "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by /x/better_sqlite3.node)",
    /another system: .*GLIBC_2\.38/,
  ],
  ['Error relocating /x/better_sqlite3.node: fcntl64: symbol not found', /another system: .*fcntl64/],
])('the loader’s %j is told in one line', (message, words) => {
  const explained = explainAddon(Object.assign(new Error(message), { code: 'ERR_DLOPEN_FAILED' }));
  expect(explained?.code).toBe('incompatible');
  expect(explained?.message).toMatch(words);
  expect(explained?.message).not.toContain('\n');
  expect(explained?.hint).toContain('npm rebuild better-sqlite3');
});

test('an error of SQLite itself is left as it is', () => {
  expect(
    explainAddon(Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' })),
  ).toBeUndefined();
});

test('a better-sqlite3 that would crash on this Node is not loaded', () => {
  expect(() => requireFittingAddon('20.20.2', '13.2.0')).toThrow(/better-sqlite3 13\.2\.0 needs Node 22/);
  for (const [node, version] of [
    ['20.20.2', '12.11.1'],
    ['22.12.0', '13.2.0'],
    ['24.0.0', '14.0.0'],
  ])
    expect(() => requireFittingAddon(node, version)).not.toThrow();
});

test.each(['18.20.4', '20.18.3', '21.7.3', '16.0.0'])('Node %s is told to be too old', async (version) => {
  const disguise = machine.path('disguise.mjs');
  writeFileSync(
    disguise,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
  );
  const { code, stderr } = await machine.run(['--version'], {
    env: { NODE_OPTIONS: `--import=${disguise}` },
  });
  expect(code).toBe(78);
  expect(stderr).toMatch(
    new RegExp(
      `^notion-kloset: this program needs Node 20\\.19, .* this is Node ${version.replaceAll('.', '\\.')}\\.\n {2}Install .*\n$`,
    ),
  );
});
