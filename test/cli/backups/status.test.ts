/** Status and counts: what a snapshot holds rather than what was read, how old each reading is, and every source there is. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonMap, Page, World } from '../../truth/world.ts';
import { at, isMap, mapsIn, newWorld, refuseChildren } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;
let page: Page;
let full: JsonMap;
let incremental: JsonMap;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  page = world.page('Page');
  world.write(page, 'one', 'two', 'three');
  world.comment(page, 'a comment');
  const other = world.page('Other');
  world.write(other, 'four', 'five');
  full = (await world.run(['backup', '--json'])).json;
  world.edited(page);
  incremental = (await world.run(['backup', '--json'])).json;
});
afterAll(() => world.close());

test('the counts of an incremental snapshot are those of its contents', async () => {
  for (const name of ['pages', 'blocks', 'comments', 'media', 'databases', 'rows'])
    expect([name, at(incremental, 'counts', name)]).toEqual([name, at(full, 'counts', name)]);
  expect(at(incremental, 'counts', 'blocks')).toBeGreaterThanOrEqual(5);
  expect(at(incremental, 'counts', 'comments')).toBe(1);
  const listed = await world.snapshots();
  const [before, after] = listed.map(({ counts }) => at(counts, 'blocks'));
  expect(after).toBe(before);
});

test('status lists every source with the age of its newest backup, its oldest reading and its last comment sweep', async () => {
  await world.backup(['--root', page.id]);
  const status = await world.run(['status', '--json']);
  expect(status.code, status.said).toBe(0);
  const sources = mapsIn(status.json.sources);
  expect(sources).toHaveLength(2);
  for (const source of sources) {
    expect(source.complete).toBe(true);
    expect(JSON.stringify(source)).toMatch(/full/);
    expect(JSON.stringify(source)).toMatch(/comment/);
  }
  const { stdout } = await world.run(['status']);
  expect(stdout).toMatch(/full/i);
  expect(stdout).toMatch(/comment/i);
});

test('--max-age ends with exit 3 only when a backup is older', async () => {
  expect((await world.run(['status', '--max-age', '26h'])).code).toBe(0);
  const old = await world.run(['status', '--max-age', '1ms']);
  expect(old.code, old.said).toBe(3);
  expect((await world.run(['status', '--max-age', 'soon'])).code).toBe(64);
});

test('an incomplete newest backup makes status say in words what is missing, with exit 3', async () => {
  await world.between.spoil(refuseChildren(page.id), () => world.backup(['--full'], 3));
  const status = await world.run(['status']);
  expect(status.code).toBe(3);
  expect(status.stdout).toContain('Page');
  const json = (await world.run(['status', '--json'])).json;
  expect(mapsIn(json.sources).map(({ complete }) => complete)).toContain(false);
  expect(isMap(json)).toBe(true);
});
