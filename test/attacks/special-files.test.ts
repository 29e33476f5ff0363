/** FIFOs, folders, huge sparse files and expensive slots where objects should be: a clear error, soon and in little memory. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readClear, writeClear } from './forge.ts';
import type { Run } from './laptop.ts';
import { ended, ok, useStage } from './stage.ts';

const stage = useStage();
const mostSeconds = 10;
const mostMiB = 300;

/** Ten seconds on a machine that has nothing else to do; on a busy one, as much more as any command takes there. */
let seconds = mostSeconds;
beforeAll(async () => {
  const begun = performance.now();
  ok(await stage.laptop.at(['ls']));
  seconds = mostSeconds + (4 * (performance.now() - begun)) / 1000;
});

const slotOf = () =>
  `keys/${readdirSync(join(stage.laptop.store, 'keys')).find((name) => name !== 'roster')}`;

// Every kind of object in every form of special file: test/cli/special-files.test.ts, within the test's process.
test.for(['FIFO', 'huge sparse file'])(
  '`cat latest` takes no older header for the newest, whose place has a %s',
  async (form) => {
    const path = join(stage.laptop.store, `snapshots/${stage.snapshots.at(-1)}`);
    if (form === 'FIFO') {
      rmSync(path);
      execFileSync('mkfifo', [path]);
    } else truncateSync(path, 900 * 1024 ** 2);
    isClear(await atFresh(['cat', 'latest:/manifest.json']), 65);
  },
);

test('a huge sparse file and a FIFO among the locks keep nobody waiting', async () => {
  const locks = join(stage.laptop.store, 'locks');
  mkdirSync(locks, { recursive: true });
  closeSync(openSync(join(locks, randomBytes(16).toString('hex')), 'w'));
  for (const name of readdirSync(locks)) truncateSync(join(locks, name), 900 * 1024 ** 2);
  execFileSync('mkfifo', [join(locks, randomBytes(16).toString('hex'))]);
  const run = await stage.laptop.at(['backup'], { seconds, isMeasured: true });
  expect(run.isHung).toBe(false);
  // Somebody else's lock, which `unlock` removes, or damage: both are told.
  expect([65, 75]).toContain(run.code);
  isFrugal(run);
});

test('thirty-two slots of the highest cost end in a clear error', async () => {
  const { store } = stage.laptop;
  const roster = readClear(join(store, 'keys/roster'));
  const slot = readClear(join(store, slotOf()));
  const ids = Array.from({ length: 32 }, () => randomBytes(16).toString('hex'));
  for (const id of ids) {
    writeClear(join(store, 'keys', id), {
      ...slot,
      id,
      kind: 'passphrase',
      salt: randomBytes(16).toString('hex'),
      cost: { iterations: 16, memoryKiB: 256 * 1024, parallelism: 1 },
    });
  }
  writeClear(join(store, 'keys/roster'), { ...roster, slots: ids });
  const run = await stage.laptop.run(['at', store, 'ls'], {
    env: { NOTION_KLOSET_PASSPHRASE: 'correct horse battery staple' },
    seconds,
    isMeasured: true,
  });
  expect(run.isHung).toBe(false);
  expect([65, 77]).toContain(run.code);
  isFrugal(run);
});

test('an exported file that claims a table of gigabytes is damage, found in little memory', async () => {
  const path = stage.laptop.path('bundle');
  const file = openSync(path, 'w');
  const size = 3 * 1024 ** 3;
  const tail = Buffer.alloc(52);
  tail.writeBigUInt64BE(8n, 0);
  tail.writeUInt32BE(size - 60, 8);
  tail.write('NKBNDL1\n', 44, 'latin1');
  writeSync(file, 'NKBNDL1\n', 0);
  writeSync(file, tail, 0, tail.length, size - tail.length);
  closeSync(file);
  const run = await stage.laptop.atPlace(path, ['ls'], { seconds, isMeasured: true });
  isClear(run, 65);
});

/** Runs with an empty cache: what was read before must not hide what lies there now. */
function atFresh(words: readonly string[]): Promise<Run> {
  rmSync(stage.laptop.path('cache'), { recursive: true, force: true });
  return stage.laptop.at(words, { seconds, isMeasured: true });
}

function isClear(run: Run, code: number): void {
  ended(run, code);
  isFrugal(run);
}

function isFrugal({ peakMiB, cpuSeconds }: Run): void {
  expect(peakMiB).toBeLessThan(mostMiB);
  expect(cpuSeconds).toBeLessThan(mostSeconds);
}
