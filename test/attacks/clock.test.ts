/** Clocks that are wrong: the order of snapshots follows the chain of parents, and no time alone removes or blocks anything. */
import { cpSync, existsSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Forger, SigningKey } from './forge.ts';
import type { Run } from './laptop.ts';
import { jsonOf, recordsIn } from './laptop.ts';
import { ended, namesIn, objectsOf, ok, reachedOrEnded, touch, useStage } from './stage.ts';

const stage = useStage();
const day = 24 * 3600 * 1000;
const inTenYears = () => new Date(Date.now() + 3650 * day).toISOString();

/** A child of the newest snapshot, signed by this machine, with another time. Returns its id. */
function backdated(time: string): string {
  const { laptop, snapshots } = stage;
  const head = snapshots.at(-1) ?? '';
  const forger = new Forger(laptop.store);
  const { members, version } = forger.header(head);
  const key = SigningKey.of(laptop.path('config'));
  return forger.writeHeader({ ...members, time, parents: [head] }, version, key);
}

const idsOf = (run: Run) => recordsIn(jsonOf(run).snapshots).map(({ id }) => id);
const latest = async () => jsonOf(ok(await stage.laptop.at(['info', 'latest', '--json']))).snapshot;
const backup = async (shiftMs = 0) =>
  jsonOf(ok(await stage.laptop.at(['backup', '--json'], shiftMs === 0 ? {} : { hooks: { shiftMs } })))
    .snapshot;

test('a snapshot of a machine whose clock ran ahead does not stay the newest over its children', async () => {
  await backup(3650 * day);
  const real = await backup();
  expect(await latest()).toBe(real);
});

test('a header dated in the future does not stay the newest over its children', async () => {
  backdated(inTenYears());
  const real = await backup();
  expect(await latest()).toBe(real);
});

test('a child that is dated before its parent is the newest all the same, and shown no earlier than it', async () => {
  const child = backdated('2001-01-01T00:00:00.000Z');
  expect(await latest()).toBe(child);
  const listed = recordsIn(jsonOf(ok(await stage.laptop.at(['ls', '--json']))).snapshots);
  const ids = listed.map(({ id }) => id);
  expect(ids).toEqual([...stage.snapshots, child]);
});

test('prune --keep-within keeps the real snapshots beside one dated in the future', async () => {
  backdated(inTenYears());
  const real = await backup();
  ok(await stage.laptop.at(['prune', '--keep-within', '30d', '--apply']));
  const left = idsOf(ok(await stage.laptop.at(['ls', '--json'])));
  expect(left).toEqual(expect.arrayContaining([...stage.snapshots, real]));
});

test('a backup tells of a clock that lies behind the newest snapshot', async () => {
  backdated(inTenYears());
  const run = await stage.laptop.at(['backup']);
  expect([0, 3]).toContain(run.code);
  expect(run.stderr).toMatch(/clock/i);
});

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

test('a backup of a machine whose clock runs ahead removes nothing', async () => {
  const { laptop } = stage;
  const before = objectsOf(laptop.store);
  await backup(3650 * day);
  expect(objectsOf(laptop.store)).toMatchObject(before);
  expect(namesIn(laptop.store, 'snapshots')).toHaveLength(3);
  ended(await laptop.at(['check']), 0);
});
