/** A store with thousands of snapshots, of which every second one is removed at once: it can be written ever after. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Forger, SigningKey } from './forge.ts';
import { jsonOf } from './laptop.ts';
import { namesIn, ok, useStage } from './stage.ts';

const stage = useStage({ snapshots: 1 });

test('a removal that leaves more than a thousand heads does not keep backup and prune from writing', async () => {
  const { laptop, snapshots } = stage;
  const forger = new Forger(laptop.store);
  const key = SigningKey.of(laptop.path('config'));
  const [first = ''] = snapshots;
  const { members, version } = forger.header(first);
  const begin = Date.now() - 3000 * 60_000;
  let parent = first;
  for (let number = 0; number < 2100; number++) {
    const time = new Date(begin + number * 60_000).toISOString();
    const tags = number % 2 === 0 ? ['kept'] : [];
    parent = forger.writeHeader({ ...members, time, tags, parents: [parent] }, version, key);
  }
  ok(await laptop.at(['prune', '--keep-tag', 'kept', '--apply']));
  expect(namesIn(laptop.store, 'snapshots').length).toBeLessThan(1100);
  const made = String(jsonOf(ok(await laptop.at(['backup', '--json']))).snapshot);
  ok(await laptop.at(['prune', '--keep-last', '1', '--apply']));
  rmSync(laptop.path('cache'), { recursive: true, force: true });
  expect(jsonOf(ok(await laptop.at(['info', 'latest', '--json']))).snapshot).toBe(made);
  // What the removal left is named: none of it can vanish unseen.
  const heirs = namesIn(laptop.store, 'snapshots').filter((name) => !name.endsWith(made));
  rmSync(join(laptop.store, heirs[0] ?? 'none'));
  expect((await laptop.at(['ls'], { env: {} })).code).toBe(65);
});
