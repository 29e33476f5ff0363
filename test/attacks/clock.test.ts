/** A clock that is wrong beside work of another process; what needs no second process is in test/cli/wrong-clocks.test.ts. */
import { cpSync, existsSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ok, reachedOrEnded, touch, useStage } from './stage.ts';

const stage = useStage();
const day = 24 * 3600 * 1000;

test('maintenance of a machine whose clock ran ahead takes nothing from a backup that is under way', async () => {
  const { laptop, workspace } = stage;
  // The text of version 1 is in no snapshot any more, and marked as unneeded.
  ok(await laptop.at(['prune', '--keep-last', '1', '--apply']));
  ok(await laptop.at(['maintenance', '--apply']));
  // A backup by another machine of the same owner finds it stored, and is held up before it commits.
  workspace.write(1);
  cpSync(laptop.path('config'), laptop.path('second', 'config'), { recursive: true });
  const gate = { before: '/packs/', reached: laptop.path('reached'), opened: laptop.path('opened') };
  const running = laptop.start(['--keyfile', laptop.keyFile, 'at', laptop.store, 'backup', '--full'], {
    env: laptop.other('second'),
    hooks: { gate },
  });
  await reachedOrEnded(gate.reached, running.finished);
  expect(existsSync(gate.reached)).toBe(true);
  const run = await laptop.at(['maintenance', '--apply'], { hooks: { shiftMs: 8 * day } });
  expect(run.isHung).toBe(false);
  touch(gate.opened);
  expect([0, 75]).toContain((await running.finished).code);
  rmSync(laptop.path('cache'), { recursive: true, force: true });
  ok(await laptop.at(['check']));
});
