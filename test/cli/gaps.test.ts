/** Words and exit codes of backup, info, status and cat about what a backup could not read, and what no backup can. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { noFaults } from '../../src/simulator/conditions/fault-rates.ts';
import { notSupported } from '../../src/simulator/conditions/scripted-faults.ts';
import type { OddWorkspace } from '../../src/simulator/sample/odd/odd-workspace.ts';
import { oddWorkspace } from '../../src/simulator/sample/odd/odd-workspace.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { encodeKeyFile } from '../../src/store/access/key-file.ts';
import { fakeIo } from './fake-io.ts';

let home: string;
let odd: OddWorkspace;
let simulator: Simulator;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kloset-gaps-'));
  odd = oddWorkspace();
  simulator = await startSimulator({ state: odd.state, clock: 'real' });
  writeFileSync(join(home, 'key'), encodeKeyFile(new Uint8Array(32).fill(9)));
});

afterAll(async () => {
  await simulator.close();
  rmSync(home, { recursive: true, force: true });
});

beforeEach(() => {
  Object.assign(simulator.faults.rates, noFaults);
  simulator.faults.script.length = 0;
});

/** Runs a command line; `json` is its result when there is one. */
async function run(...argv: string[]) {
  const io = fakeIo({ HOME: home, NOTION_API_URL: simulator.url, NOTION_TOKEN: simulator.token }, home);
  const code = await main(['--keyfile', 'key', ...argv], io);
  const text = io.out();
  return { code, text, err: io.err(), json: argv.includes('--json') ? JSON.parse(text) : undefined };
}

test('what is not supported via the API ends with 0, is listed by info, counted by status, and the latest good one has it', async () => {
  const toggle = odd.contents.children[1] ?? '';
  simulator.faults.script.push({
    path: new RegExp(`/blocks/${toggle}/children`),
    answer: notSupported('Block type toggle'),
  });
  const done = await run('--json', 'backup');
  expect([done.code, done.json.complete, done.json.error_count]).toEqual([0, true, 0]);
  const info = await run('info', 'latest-good');
  expect(info.text).toContain(done.json.snapshot);
  expect(info.text).toMatch(
    /does not support it[\s\S]*blocks "Contents" \(\w+\): 400 .*is not supported via the API/,
  );
  const status = await run('status');
  expect(status.code).toBe(0);
  expect((await run('--json', 'status')).json.sources[0].blind_spots).toContain(
    'one part that Notion says its API does not support',
  );
});

test('odd answers end with 3 and are named by backup, info, status and in the page itself', async () => {
  Object.assign(simulator.faults.rates, { partialBlock: 1, fileWithoutUrl: 1 });
  const done = await run('--json', 'backup', '--full');
  expect([done.code, done.json.complete]).toEqual([3, false]);
  expect(done.json.errors).toContainEqual(expect.objectContaining({ what: 'block', title: 'Contents' }));
  expect((await run('info', 'latest', '--errors')).text).toContain('Contents');
  const status = await run('status');
  expect(status.code).toBe(3);
  expect(status.text).toMatch(/✘ block "[^"]+" \(\w+\): .*only the id of the block came/);
  const printed = await run('cat', '--as', 'md', 'latest:/Odd things/Contents');
  expect(printed.text).toMatch(/\[not in the backup: .+\]/);
});

test('with --quiet, too, a backup that left something out says so, and a restore of it', async () => {
  Object.assign(simulator.faults.rates, { partialBlock: 1, fileWithoutUrl: 1 });
  const done = await run('backup', '--full', '--quiet');
  expect([done.code, done.text]).toEqual([3, '']);
  expect(done.err).toMatch(/could not be read/);
  const restored = await run('restore', '--quiet', '--to', join(home, 'quiet'), '-as', 'md');
  expect([restored.code, restored.text]).toEqual([3, '']);
  expect(restored.err).toMatch(/could not be read from Notion/);
});

test('the next run reads what was odd, and ends with 0', async () => {
  const done = await run('--json', 'backup');
  expect([done.code, done.json.errors]).toEqual([0, []]);
});

test('a refused capability is told once, in the last lines of the backup and by status, with exit 0', async () => {
  simulator.faults.script.push({
    path: /\/v1\/comments\?/,
    answer: {
      status: 403,
      code: 'restricted_resource',
      message: 'Insufficient permissions for this endpoint.',
    },
  });
  const done = await run('backup', '--full');
  expect(done.code).toBe(0);
  const told = (text: string) =>
    text.split('\n').filter((line) => /comments.*refused|[Rr]efused.*comments/.test(line));
  expect(told(done.text)).toEqual([
    expect.stringContaining('comments: not in the backup, refused by Notion (403'),
  ]);
  const status = await run('status');
  expect([status.code, told(status.text).length]).toEqual([0, 1]);
});
