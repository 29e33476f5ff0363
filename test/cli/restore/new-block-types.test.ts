/** Blocks of a type that came after this program: what lies in them stays as it is. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InProcessMachine } from '../in-process-machine.ts';
import type { Block, Page, World } from '../world.ts';
import { newWorld, runs } from '../world.ts';

let world: World;
let snapshot: string;
let page: Page;
let hologram: Block;
let trashed: Block | undefined;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  page = world.page('Page');
  hologram = world.block(page, 'hologram', { rich_text: runs('beam'), color: 'default' });
  world.write(hologram, 'inside');
  [trashed] = world.write(page, 'outside');
  snapshot = await world.backup();
});
afterAll(() => world.close());

test('a restore in place does not write again what lies in a block of a type that nobody knows', async () => {
  if (trashed === undefined) throw new Error('nothing was written');
  world.trash(trashed);
  world.edited(page);
  const done = await world.inPlace(`${snapshot}:/Home/Page`);
  expect(done.code, done.said).toBe(0);
  expect(world.texts(hologram)).toEqual(['inside']);
  expect(trashed.inTrash).toBe(false);
});
