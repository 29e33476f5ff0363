/** A store is read from where the home folder cannot be written: a live system, a read-only mount, a service account. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { encodeKeyFile } from '../../src/store/access/key-file.ts';
import { fakeIo } from './fake-io.ts';

let home: string;
let simulator: Simulator;
/** Below a file nothing can be created, not even by root. */
let nowhere: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kloset-home-'));
  writeFileSync(join(home, 'key'), encodeKeyFile(new Uint8Array(32).fill(9)));
  nowhere = join(home, 'key', 'home');
  simulator = await startSimulator({ state: sampleWorkspace({ small: true }), clock: 'real' });
  const env = { HOME: home, NOTION_API_URL: simulator.url, NOTION_TOKEN: simulator.token };
  expect(await main(['--keyfile', 'key', 'at', 'store', 'backup', '--quiet'], fakeIo(env, home))).toBe(0);
});
afterAll(async () => {
  await simulator.close();
  rmSync(home, { recursive: true, force: true });
});

async function run(words: readonly string[], store = 'store') {
  const io = fakeIo({ HOME: nowhere }, home);
  const code = await main(['--keyfile', 'key', 'at', store, ...words], io);
  return { code, out: io.out(), err: io.err() };
}

test.each([
  [['ls']],
  [['ls', 'latest:/']],
  [['cat', 'latest:/manifest.json']],
  [['info']],
  [['info', 'latest']],
  [['status']],
  [['check', '--fast']],
  [['key', 'list']],
  [['restore', '--to', 'restored']],
])('%j needs no home that can be written, and says that nothing is remembered', async (words) => {
  const { code, out, err } = await run(words);
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(out).not.toBe('');
  const told = err.match(/cannot (remember|be noted)/g) ?? [];
  // A check also has its own result to note; a list of keys leaves nothing to remember.
  const notes = words[0] === 'check' ? ['cannot be noted', 'cannot remember'] : ['cannot remember'];
  expect(told.sort()).toEqual(words[0] === 'key' ? [] : notes);
});

test('what writes needs a home, and says so in one line', async () => {
  for (const words of [['backup'], ['create'], ['rm', 'latest', '--apply'], ['identity', 'show']]) {
    const { code, err } = await run(words, words[0] === 'create' ? 'other' : 'store');
    expect({ words, code }).toEqual({ words, code: words[0] === 'backup' ? 77 : 69 });
    expect(err.trim().split('\n').length).toBeLessThanOrEqual(2);
  }
});

test('settings that are not there are no settings', async () => {
  expect(await run(['source', 'list'])).toMatchObject({ code: 0, out: '' });
  expect((await run(['source', 'add', 'a', 'notion://', 'token_env=X'])).code).toBe(64);
});

test.each([
  ['XDG_CACHE_HOME', ['backup']],
  ['XDG_CACHE_HOME', ['restore', '--in-place', '--yes']],
  ['XDG_DATA_HOME', ['restore', '--in-place', '--yes']],
  ['XDG_DATA_HOME', ['restore', '--workspace-root']],
] as const)(
  'where the folder of %s cannot be used, %j is told so, and not called a bug',
  async (folder, words) => {
    const env = {
      HOME: home,
      NOTION_API_URL: simulator.url,
      NOTION_TOKEN: simulator.token,
      [folder]: nowhere,
    };
    const io = fakeIo(env, home);
    const code = await main(['--keyfile', 'key', 'at', 'store', ...words], io);
    expect({ code, err: io.err() }).toMatchObject({ code: 69 });
    expect(io.err()).not.toContain('bug');
  },
);
