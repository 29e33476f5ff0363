/** Two that create a store at once, and a lock whose process was killed; other locks are in test/store/locks and test/cli. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Run } from './laptop.ts';
import { keyFileOf } from './laptop.ts';
import { namesIn, ok, reachedOrEnded, touch, useStage } from './stage.ts';

const stage = useStage({ snapshots: 1 });

test('the lock of a backup that was killed on this machine keeps nobody waiting, and goes', async () => {
  const { laptop } = stage;
  const gate = { before: '/packs/', reached: laptop.path('reached'), opened: laptop.path('opened') };
  const running = laptop.start(['--keyfile', laptop.keyFile, 'at', laptop.store, 'backup', '--full'], {
    hooks: { gate },
  });
  await reachedOrEnded(gate.reached, running.finished);
  running.kill('SIGKILL');
  await running.finished;
  expect(readdirSync(join(laptop.store, 'locks'))).toHaveLength(1);
  ok(await laptop.at(['maintenance', '--apply']));
  expect(readdirSync(join(laptop.store, 'locks'))).toEqual([]);
});

test('of two machines that create a store at the same place one wins, and what it made opens', async () => {
  const { laptop } = stage;
  const place = laptop.path('raced');
  const begin = async (name: string, byte: number) => {
    const key = laptop.path(`${name}-key`);
    writeFileSync(key, keyFileOf(byte), { mode: 0o600 });
    // CONFIG is written last: what was prepared until then may be swept away by the other.
    const gate = {
      before: '/CONFIG$',
      reached: laptop.path(`${name}-reached`),
      opened: laptop.path(`${name}-opened`),
    };
    const env = laptop.other(name);
    const running = laptop.start(['--keyfile', key, 'at', place, 'create'], { env, hooks: { gate } });
    await reachedOrEnded(gate.reached, running.finished);
    return { key, env, gate, finished: running.finished };
  };
  const [first, second] = [await begin('one', 1), await begin('two', 2)];
  const runs: Run[] = [];
  for (const each of [first, second]) {
    touch(each.gate.opened);
    runs.push(await each.finished);
  }
  const winners = [first, second].filter((_, at) => runs[at]?.code === 0);
  expect(winners).toHaveLength(1);
  expect(runs.map(({ code }) => code).sort()).not.toContain(1);
  const [winner = first] = winners;
  ok(await laptop.run(['--keyfile', winner.key, 'at', place, 'check'], { env: winner.env }));
  expect(namesIn(place, 'keys')).toHaveLength(2);
});
