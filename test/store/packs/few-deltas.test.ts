/** One index delta names many packfiles, because each object of a store on another machine costs a request. */
import { expect, test } from 'vitest';
import { namesOf } from '../../backend/contract.ts';
import { TestStore } from '../fixture.ts';
import { errorsOf, everything, pagesOf } from '../life-cycle.ts';

const pages = Array.from({ length: 30 }, (_, page) => page);

test('a backup of many packfiles writes an index delta for every eight of them', async () => {
  const machine = new TestStore();
  machine.packBytes = 10_000;
  await machine.create();
  const { id } = await machine.snapshot(pagesOf(pages));
  const packs = await namesOf(machine.backend, 'packs/');
  expect(packs.length).toBeGreaterThan(20);
  expect(await namesOf(machine.backend, 'index/')).toHaveLength(Math.ceil(packs.length / 8));
  expect((await everything(machine)).get(id)?.size).toBe(1 + 3 * pages.length);
  expect(await errorsOf(machine)).toEqual([]);
});

test('packfiles that a backup uploaded before it failed are named by the next one, and not uploaded again', async () => {
  const machine = new TestStore();
  machine.packBytes = 10_000;
  await machine.create();
  await expect(
    machine.snapshot(async (writer) => {
      await pagesOf(pages.slice(0, 12))(writer);
      throw new Error('the crawl failed');
    }),
  ).rejects.toThrow('the crawl failed');
  const uploaded = await namesOf(machine.backend, 'packs/');
  expect(uploaded.length).toBeGreaterThan(4);
  await machine.snapshot(pagesOf(pages.slice(0, 12)));
  const packs = await namesOf(machine.backend, 'packs/');
  expect(packs).toEqual(expect.arrayContaining(uploaded));
  expect(await errorsOf(machine)).toEqual([]);
  const { findings } = await machine.open((store) => store.check());
  expect(findings).toEqual([]);
  // Each page lies in one packfile alone.
  const { packBytes, liveBytes } = await machine.open((store) => store.collectGarbage());
  expect(liveBytes).toBeGreaterThan(0.8 * packBytes);
});
