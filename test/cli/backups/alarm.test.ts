/** A workspace that shrank is an alarm that stays until somebody acknowledges it, judged against the last good backup. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page, World } from '../../truth/world.ts';
import { addHome, at, newWorld } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;
let second: Page;
let pages: Page[];
let good: string;
let shrunk: string;
let first: Awaited<ReturnType<World['run']>>;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  second = addHome(world.state, 'Second top');
  pages = Array.from({ length: 18 }, (_, index) => world.page(`Page ${index}`));
  for (const page of pages) world.write(page, `text of ${page.id}`);
  good = await world.backup(['--comments', 'none']);
  world.trash(...pages.slice(0, 6));
  first = await world.run(['backup', '--json', '--comments', 'none']);
  shrunk = String(first.json.snapshot);
});
afterAll(() => world.close());

test('a third of the pages lost is an alarm: exit 3, the numbers, and the snapshot it was compared with', () => {
  expect(first.code, first.said).toBe(3);
  expect(at(first.json, 'alarm', 'text')).toMatch(/\w/);
  expect(at(first.json, 'alarm', 'lost_objects')).toBe(6);
  expect(at(first.json, 'alarm', 'lost_bytes')).toBeGreaterThan(0);
  expect(at(first.json, 'alarm', 'gone')).toEqual([]);
  expect(at(first.json, 'alarm', 'compared_with')).toBe(good);
});

test('the next backup, which shrinks no further, is still compared with the last good one and alarmed', async () => {
  const next = await world.run(['backup', '--json', '--comments', 'none']);
  expect(next.code, next.said).toBe(3);
  expect(at(next.json, 'alarm', 'compared_with')).toBe(good);
});

test('status, info and ls explain the alarm until it is acknowledged', async () => {
  const status = await world.run(['status']);
  expect(status.code).toBe(3);
  expect(status.stdout).toMatch(/alarm/i);
  expect(status.stdout).toContain(good.slice(0, 8));
  const info = await world.run(['info', shrunk]);
  expect(info.stdout).toMatch(/alarm/i);
  expect(info.stdout).toContain(good.slice(0, 8));
  const ls = await world.run(['ls']);
  expect(ls.stdout.split('\n').find((line) => line.includes(shrunk.slice(0, 8)))).toMatch(/alarm/i);
  expect(ls.stdout.split('\n').find((line) => line.includes(good.slice(0, 8)))).not.toMatch(/alarm/i);
});

test('retention keeps the last good snapshot before a suspicious one', async () => {
  await world.run(['prune', '--keep-last', '1', '--apply']);
  expect((await world.snapshots()).map(({ id }) => id)).toContain(good);
  expect((await world.run(['info', 'latest-good', '--json'])).json.snapshot).toBe(good);
});

test('an acknowledged alarm is over: status is well again, and the next backup is compared with this one', async () => {
  const done = await world.run(['acknowledge', 'latest', '--note', 'spring cleaning']);
  expect(done.code, done.said).toBe(0);
  const status = await world.run(['status']);
  expect(status.code, status.said).toBe(0);
  const next = await world.run(['backup', '--json', '--comments', 'none']);
  expect(next.code, next.said).toBe(0);
  expect(next.json.alarm ?? null).toBeNull();
  expect((await world.run(['info', 'latest-good', '--json'])).json.snapshot).toBe(next.json.snapshot);
});

test('one page of many lost is no alarm by default, and one with --alarm-loss 1', async () => {
  world.trash(...pages.slice(6, 7));
  const strict = await world.run(['backup', '--json', '--comments', 'none', '--alarm-loss', '1']);
  expect(strict.code, strict.said).toBe(3);
  await world.run(['acknowledge', 'latest']);
  world.trash(...pages.slice(7, 8));
  const usual = await world.run(['backup', '--json', '--comments', 'none']);
  expect(usual.code, usual.said).toBe(0);
});

test('text lost from pages that are still there is an alarm by bytes', async () => {
  const long = world.page('Long');
  const blocks = world.write(long, ...Array.from({ length: 90 }, (_, index) => `${index} `.repeat(400)));
  await world.backup(['--comments', 'none']);
  world.trash(...blocks);
  world.edited(long);
  const done = await world.run(['backup', '--json', '--comments', 'none']);
  expect(done.code, done.said).toBe(3);
  expect(at(done.json, 'alarm', 'lost_objects')).toBe(0);
  await world.run(['acknowledge', 'latest']);
});

test('a top page that is gone is an alarm by its title, however small it was', async () => {
  world.trash(second);
  const done = await world.run(['backup', '--json', '--comments', 'none']);
  expect(done.code, done.said).toBe(3);
  expect(at(done.json, 'alarm', 'gone')).toEqual(['Second top']);
  expect((await world.run(['status'])).stdout).toContain('Second top');
});
