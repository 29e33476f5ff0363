/** What one copy of a store lost comes back from another, verified on the way. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ended, flip, namesIn, objectsOf, ok, useStage } from './stage.ts';

const stage = useStage({
  between: ({ laptop }, done) => {
    if (done === 2) cpSync(laptop.store, laptop.path('copy'), { recursive: true });
  },
});

const copy = () => stage.laptop.path('copy');
const packs = () => namesIn(stage.laptop.store, 'packs');

/** Each kind of object, lost or damaged. */
const losses: readonly (readonly [string, () => void])[] = [
  ['a packfile is damaged', () => flip(join(stage.laptop.store, packs()[0] ?? ''))],
  ['all packfiles are gone', () => rmSync(join(stage.laptop.store, 'packs'), { recursive: true })],
  ['the index is gone', () => rmSync(join(stage.laptop.store, 'index'), { recursive: true })],
  [
    'the newest header is damaged',
    () => flip(join(stage.laptop.store, 'snapshots', stage.snapshots[1] ?? '')),
  ],
  ['an older header is gone', () => rmSync(join(stage.laptop.store, 'snapshots', stage.snapshots[0] ?? ''))],
];

test.for(losses)('repair --from brings all back when %s', async ([, damage]) => {
  const { laptop } = stage;
  damage();
  rmSync(laptop.path('cache'), { recursive: true, force: true });
  const before = objectsOf(laptop.store);
  const plan = await laptop.at(['repair', '--from', copy()]);
  expect(plan.isHung).toBe(false);
  expect(objectsOf(laptop.store)).toEqual(before);
  ok(await laptop.at(['repair', '--from', copy(), '--apply']));
  ok(await laptop.at(['check']));
  ok(await laptop.at(['restore', 'latest', '--to', laptop.path('restored')]));
});

test('repair --from takes nothing that is damaged in the copy too', async () => {
  const { laptop } = stage;
  for (const store of [laptop.store, copy()]) for (const pack of packs()) flip(join(store, pack));
  const before = objectsOf(laptop.store);
  const run = await laptop.at(['repair', '--from', copy(), '--apply']);
  expect(run.isHung).toBe(false);
  expect([3, 65]).toContain(run.code);
  expect(objectsOf(laptop.store)).toEqual(before);
});

test('repair --from writes nothing into the copy', async () => {
  const { laptop } = stage;
  flip(join(laptop.store, packs()[0] ?? ''));
  const before = objectsOf(copy());
  ok(await laptop.at(['repair', '--from', copy(), '--apply']));
  expect(objectsOf(copy())).toEqual(before);
});

test('repair --from refuses another store', async () => {
  const { laptop } = stage;
  const other = laptop.path('other');
  ok(await laptop.atPlace(other, ['create']));
  const before = objectsOf(laptop.store);
  const run = await laptop.at(['repair', '--from', other, '--apply']);
  expect(run.isHung).toBe(false);
  expect([64, 65]).toContain(run.code);
  expect(objectsOf(laptop.store)).toEqual(before);
});

test('a removed snapshot does not come back from a copy', async () => {
  const { laptop, snapshots } = stage;
  ok(await laptop.at(['prune', '--keep-last', '1', '--apply']));
  ended(await laptop.at(['repair', '--from', copy(), '--apply']), 0);
  expect(namesIn(laptop.store, 'snapshots')).not.toContain(`snapshots/${snapshots[0]}`);
  ok(await laptop.at(['check']));
});
