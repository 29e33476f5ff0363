/** FIFOs, folders, links and huge sparse files where objects of a store should be: damage, told at once and in little memory. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { encodeKeyFile } from '../../src/store/access/key-file.ts';
import { fakeIo } from './fake-io.ts';

let home: string;
let store: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kloset-special-'));
  store = join(home, 'store');
  writeFileSync(join(home, 'key'), encodeKeyFile(new Uint8Array(32).fill(9)));
  const simulator = await startSimulator({ state: sampleWorkspace({ small: true }), clock: 'real' });
  const env = { NOTION_API_URL: simulator.url, NOTION_TOKEN: simulator.token };
  expect((await run(['backup', '--quiet'], env)).code).toBe(0);
  await simulator.close();
  cpSync(store, join(home, 'whole'), { recursive: true });
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

beforeEach(() => {
  for (const name of ['store', '.cache', 'moved']) rmSync(join(home, name), { recursive: true, force: true });
  cpSync(join(home, 'whole'), store, { recursive: true });
});

async function run(words: readonly string[], env: { readonly [name: string]: string } = {}) {
  const io = fakeIo({ HOME: home, ...env }, home);
  const code = await main(['--keyfile', 'key', 'at', 'store', ...words], io);
  return { code, told: io.out() + io.err() };
}

/** The first file in a folder of the store, other than the roster. */
function firstIn(folder: string): string {
  const entry = readdirSync(join(store, folder), { recursive: true, withFileTypes: true }).find(
    (each) => each.isFile() && each.name !== 'roster',
  );
  return join(entry?.parentPath ?? '', entry?.name ?? '');
}

const kinds: readonly (readonly [string, () => string])[] = [
  ['CONFIG', () => join(store, 'CONFIG')],
  ['the roster', () => join(store, 'keys/roster')],
  ['the only key slot', () => firstIn('keys')],
  ['the newest header', () => firstIn('snapshots')],
  ['an index delta', () => firstIn('index')],
  ['a packfile', () => firstIn('packs')],
];

const forms: readonly (readonly [string, (path: string) => void])[] = [
  ['a FIFO', (path) => execFileSync('mkfifo', [path])],
  ['a folder', (path) => mkdirSync(path)],
  ['a link to the right bytes', (path) => symlinkSync(join(home, 'moved'), path)],
  ['a link to a device', (path) => symlinkSync('/dev/zero', path)],
  [
    'a huge sparse file',
    (path) => {
      writeFileSync(path, '');
      truncateSync(path, 900 * 1024 ** 2);
    },
  ],
];

const cases = kinds.flatMap(([kind, pathOf]) => forms.map(([form, put]) => ({ kind, form, pathOf, put })));

test.each(cases)('$form in the place of $kind is damage', async ({ pathOf, put }) => {
  const path = pathOf();
  renameSync(path, join(home, 'moved'));
  put(path);
  const before = process.resourceUsage().maxRSS;
  const begun = performance.now();
  const { code, told } = await run(['check']);
  expect({ code, told }).toMatchObject({ code: 65 });
  expect(told).not.toMatch(/Unexpected failure|\n\s+at /);
  expect(performance.now() - begun).toBeLessThan(10_000);
  expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(300);
});

test.each(['keys', 'index', 'snapshots', 'packs', 'packs/ff'])(
  'a link in the place of the folder %s is damage, and is not followed',
  async (name) => {
    const path = join(store, name);
    rmSync(path, { recursive: true, force: true });
    symlinkSync('.', path);
    expect((await run(['check', '--fast'])).code).toBe(65);
  },
);
