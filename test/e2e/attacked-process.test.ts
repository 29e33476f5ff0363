/** Attacks that are seen only on a process of its own: its memory, its time, the signals and the limits it is given. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { maxCost } from '../../src/store/format/key-slot.ts';
import { readClear, writeClear } from '../cli/attacks/forge.ts';
import type { Workspace } from '../cli/attacks/workspace.ts';
import { startWorkspace } from '../cli/attacks/workspace.ts';
import type { Finished, Machine } from './machine.ts';
import { jsonOf, newMachine } from './machine.ts';

const mostSeconds = 10;
const mostMiB = 300;

let machine: Machine;
let workspace: Workspace;
let newest: string;
/** A copy of the home to return to. */
let kept: string;

beforeAll(async () => {
  [workspace, machine] = await Promise.all([startWorkspace(), newMachine()]);
  machine.connect(workspace.simulator);
  expect(await machine.at(['create'])).toMatchObject({ code: 0 });
  await machine.at(['backup']);
  workspace.write(2);
  newest = String(jsonOf(await machine.at(['backup', '--json'])).snapshot);
  kept = `${machine.home}-kept`;
  cpSync(machine.home, kept, { recursive: true });
});
beforeEach(() => {
  rmSync(machine.home, { recursive: true });
  cpSync(kept, machine.home, { recursive: true, preserveTimestamps: true });
});
afterAll(async () => {
  machine.dispose();
  rmSync(kept, { recursive: true, force: true });
  await workspace.close();
});

interface Measured extends Finished {
  readonly peakMiB: number;
  readonly cpuSeconds: number;
}

const usageHook = new URL('usage.mjs', import.meta.url).href;

/** Runs with an empty cache, since what was read before must not hide what lies there now, and measures the process. */
async function measured(words: readonly string[], env: { [name: string]: string } = {}): Promise<Measured> {
  rmSync(machine.path('cache'), { recursive: true, force: true });
  const file = machine.path('usage');
  const hooked = { NODE_OPTIONS: `--import=${usageHook}`, USAGE_FILE: file };
  const finished = await machine.run(words, { env: { ...env, ...hooked } });
  const [kib = Number.NaN, microseconds = Number.NaN] = readFileSync(file, 'utf8').split(' ').map(Number);
  return { ...finished, peakMiB: kib / 1024, cpuSeconds: microseconds / 1e6 };
}

/** A clear error, soon and in little memory. Processor time, because other work may keep this machine busy. */
function expectFrugalError(run: Measured, codes: readonly number[]): void {
  expect(codes, run.stderr).toContain(run.code);
  expect(run.stderr).not.toMatch(/\n\s+at |Unexpected failure/);
  expect(run.peakMiB).toBeLessThan(mostMiB);
  expect(run.cpuSeconds).toBeLessThan(mostSeconds);
}

// Every kind of object in every form of special file: test/cli/special-files.test.ts, within the test's process.
test('a FIFO and a huge file among the objects keep nobody waiting and fill no memory', async () => {
  const header = join(machine.store, 'snapshots', newest);
  truncateSync(header, 900 * 1024 ** 2);
  expectFrugalError(await measured(machine.atWords(['cat', 'latest:/manifest.json'])), [65]);
  rmSync(header);
  execFileSync('mkfifo', [header]);
  expectFrugalError(await measured(machine.atWords(['cat', 'latest:/manifest.json'])), [65]);
});

test('a FIFO and a huge file among the locks keep nobody waiting and fill no memory', async () => {
  const locks = join(machine.store, 'locks');
  mkdirSync(locks, { recursive: true });
  const [huge, pipe] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
  closeSync(openSync(join(locks, huge), 'w'));
  truncateSync(join(locks, huge), 900 * 1024 ** 2);
  execFileSync('mkfifo', [join(locks, pipe)]);
  // Somebody else's lock, which `unlock` removes, or damage: both are told.
  expectFrugalError(await measured(machine.atWords(['backup'])), [65, 75]);
});

test('thirty-two slots of the highest cost end in a clear error, also where nothing is known of the store', async () => {
  const { store } = machine;
  const roster = readClear(join(store, 'keys/roster'));
  const slot = readClear(
    join(store, 'keys', readdirSync(join(store, 'keys')).find((name) => name !== 'roster') ?? ''),
  );
  const ids = Array.from({ length: 32 }, () => randomBytes(16).toString('hex'));
  for (const id of ids) {
    writeClear(join(store, 'keys', id), {
      ...slot,
      id,
      kind: 'passphrase',
      salt: randomBytes(16).toString('hex'),
      cost: { ...maxCost, iterations: maxCost.iterations / 2 },
    });
  }
  writeClear(join(store, 'keys/roster'), { ...roster, slots: ids });
  const env = { NOTION_KLOSET_PASSPHRASE: 'correct horse battery staple' };
  expectFrugalError(await measured(['at', store, 'ls'], env), [65]);
  rmSync(machine.path('config'), { recursive: true });
  expectFrugalError(await measured(['at', store, 'ls'], env), [65]);
});

test('an exported file that claims a table of gigabytes is damage, found in little memory', async () => {
  const path = machine.path('bundle');
  const file = openSync(path, 'w');
  const size = 3 * 1024 ** 3;
  const tail = Buffer.alloc(52);
  tail.writeBigUInt64BE(8n, 0);
  tail.writeUInt32BE(size - 60, 8);
  tail.write('NKBNDL1\n', 44, 'latin1');
  writeSync(file, 'NKBNDL1\n', 0);
  writeSync(file, tail, 0, tail.length, size - tail.length);
  closeSync(file);
  expectFrugalError(await measured(['--keyfile', machine.keyFile, 'at', path, 'ls']), [65]);
});

test('SIGHUP ends a backup in order, as SIGTERM does', async () => {
  const { log } = workspace.simulator;
  const already = log.length;
  const asked = new Promise<void>((resolve) => {
    const push = log.push.bind(log);
    log.push = (...entries) => {
      if (log.length > already + 5) resolve();
      return push(...entries);
    };
  });
  const running = machine.start(machine.atWords(['backup', '--full', '--rate', '60']));
  await Promise.race([asked, running.finished]);
  running.process.kill('SIGHUP');
  const { code, stderr } = await running.finished;
  expect(code, stderr).toBe(75);
  expect(readdirSync(join(machine.store, 'locks'))).toEqual([]);
  expect(readdirSync(join(machine.store, 'snapshots'))).toHaveLength(2);
});

test.for([24, 32])('%i open files are enough, or end in one clear line', async (most) => {
  const words = machine.atWords(['check']);
  const { code, stderr } = await machine.run(words, { before: `ulimit -n ${most}` });
  if (code === 0) return;
  expect(code, stderr).toBe(75);
  expect(stderr).toMatch(/open files/);
  expect(stderr).not.toMatch(/\n\s+at /);
});
