/** A clock that is wrong beside work of another machine; what needs no second machine is in test/cli/wrong-clocks.test.ts. */
import { cpSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Run } from './laptop.ts';
import { ok, useStage } from './stage.ts';

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
  let maintained: Run | undefined;
  const pass = async () => {
    maintained = await laptop.at(['maintenance', '--apply'], { shiftMs: 8 * day });
  };
  const gate = { before: /\/packs\//, pass };
  const backup = await laptop.at(['backup', '--full'], { env: laptop.other('second'), gate });
  expect([0, 75]).toContain(backup.code);
  expect([0, 75]).toContain(maintained?.code);
  rmSync(laptop.path('cache'), { recursive: true, force: true });
  ok(await laptop.at(['check']));
});
