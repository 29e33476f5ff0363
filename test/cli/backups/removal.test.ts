/** Removing shows first and spares what must stay; tags and pins are put on and taken off existing snapshots. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonMap, World } from '../../truth/world.ts';
import { newWorld, refuseChildren } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;
let oldest: string;
let good: string;
let incomplete: string;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  const page = world.page('Page');
  world.write(page, 'text');
  oldest = await world.backup(['-tag', 'a,b']);
  world.edited(page);
  good = await world.backup(['--comments', 'none']);
  incomplete = await world.between.spoil(refuseChildren(page.id), () =>
    world.backup(['--full', '--comments', 'none'], 3),
  );
});
afterAll(() => world.close());

test('-tag a,b is two tags', async () => {
  expect(tagsOf(await listed(oldest))).toEqual(['a', 'b']);
});

test('tag adds and removes tags of an existing snapshot, and every command sees them', async () => {
  const done = await world.run(['tag', oldest, 'c,d', '--remove', 'a']);
  expect(done.code, done.said).toBe(0);
  expect(tagsOf(await listed(oldest))).toEqual(['b', 'c', 'd']);
  expect((await world.run(['info', 'c', '--json'])).json.snapshot).toBe(oldest);
});

test('rm without --apply names what it would remove and removes nothing', async () => {
  const done = await world.run(['rm', oldest]);
  expect(done.code, done.said).toBe(0);
  expect(done.stdout).toContain(oldest.slice(0, 8));
  expect(done.stdout).toContain('--apply');
  expect(await world.snapshots()).toHaveLength(3);
});

test('a pinned snapshot and the last good one are removed only with --force', async () => {
  expect((await world.run(['pin', oldest])).code).toBe(0);
  for (const id of [oldest, good]) {
    const done = await world.run(['rm', id, '--apply']);
    expect(done.code, done.said).toBe(64);
    expect(done.said).toContain('--force');
  }
  expect(await world.snapshots()).toHaveLength(3);
});

test('prune keeps a pinned snapshot, and takes it once it is unpinned', async () => {
  await world.run(['prune', '--keep-last', '1', '--apply']);
  expect(await ids()).toContain(oldest);
  expect((await world.run(['unpin', oldest])).code).toBe(0);
  await world.run(['prune', '--keep-last', '1', '--apply']);
  expect(await ids()).not.toContain(oldest);
  expect(await ids()).toEqual([good, incomplete]);
});

test('rm --apply removes a snapshot that nothing holds, and with --force also the last good one', async () => {
  const plain = await world.run(['rm', incomplete, '--apply']);
  expect(plain.code, plain.said).toBe(0);
  expect(await ids()).toEqual([good]);
  const forced = await world.run(['rm', good, '--apply', '--force']);
  expect(forced.code, forced.said).toBe(0);
  expect(await ids()).toEqual([]);
});

async function listed(id: string): Promise<JsonMap | undefined> {
  return (await world.snapshots()).find((each) => each.id === id);
}

async function ids(): Promise<string[]> {
  return (await world.snapshots()).map(({ id }) => String(id));
}

function tagsOf(snapshot: JsonMap | undefined): unknown[] {
  return Array.isArray(snapshot?.tags) ? [...snapshot.tags].sort() : [];
}
