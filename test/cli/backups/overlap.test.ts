/** Two backups of one source at once on one machine: the second says so and ends at once, or waits where it was told to. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { World } from '../../truth/world.ts';
import { newWorld } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  world.write(world.page('Page'), 'text');
});
afterAll(() => world.close());

test('the second of two overlapping backups ends with 75 at once, and the first is not disturbed', async () => {
  const { first, release } = await startedAndHeld();
  const second = await world.run(['backup', '--json']);
  expect(second.code, second.said).toBe(75);
  expect(second.said).toMatch(/another backup|already running|in progress|under way/i);
  expect(second.said).toContain('--retry-lock');
  release();
  const done = await first;
  expect(done.code, done.said).toBe(0);
  expect(await world.snapshots()).toHaveLength(1);
});

test('with --retry-lock the second waits for the first, and both end well', async () => {
  const { first, release } = await startedAndHeld();
  const second = world.run(['backup', '--json', '--retry-lock', '2m']);
  release();
  expect((await first).code).toBe(0);
  const done = await second;
  expect(done.code, done.said).toBe(0);
  expect((await world.run(['check', '--fast'])).code).toBe(0);
});

test('a backup of other roots is another source and is not kept waiting', async () => {
  const [page] = world.home.children;
  const { first, release } = await startedAndHeld();
  const second = await world.run(['backup', '--json', '--root', page ?? '']);
  expect(second.code, second.said).toBe(0);
  release();
  expect((await first).code).toBe(0);
});

/** A backup that has begun to crawl and gets no further answer to its search until it is released. */
async function startedAndHeld() {
  let release = () => {};
  let begun = () => {};
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isFirst = true;
  const spoiling = world.between.spoil(
    {
      hold: ({ path }) => {
        if (path !== '/v1/search' || !isFirst) return undefined;
        isFirst = false;
        begun();
        return released;
      },
    },
    () => world.run(['backup', '--json', '--full']),
  );
  await hasBegun;
  return { first: spoiling, release };
}
