/** Reading back after a restore raises no false alarm, finds real losses, and costs no more than it needs. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addUser } from '../../../src/simulator/workspace/state.ts';
import { InProcessMachine } from '../in-process-machine.ts';
import type { Block, Meddler, Page, World } from '../world.ts';
import { about, at, failure, newWorld, textOf } from '../world.ts';

let world: World;
let elsewhere: World;
let snapshot: string;
let page: Page;
let damaged: Block;
let copied: Page;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  const person = addUser(world.state, { name: 'Ada' });
  page = world.page('Synced');
  const original = world.block(page, 'synced_block', { synced_from: null });
  world.write(original, 'shown twice');
  world.block(page, 'synced_block', { synced_from: { type: 'block_id', block_id: original.id } });
  [damaged] = world.write(page, 'to be defaced') as [Block];
  for (let index = 0; index < 16; index += 1) {
    const more = world.below(page, `Below ${index}`);
    world.write(more, 'one', 'two', 'three');
    if (index === 0) world.comment(more, 'about the page below');
  }
  world.comment(damaged, 'about a block');
  const tasks = world.table('Tasks', { Owner: 'people' });
  world.row(tasks, 'Mine', { Owner: [{ object: 'user', id: person.id }] });
  snapshot = await world.backup();
  elsewhere = await newWorld({ seed: 77 }, new InProcessMachine());
  copied = elsewhere.page('Copies');
});
afterAll(async () => {
  await world.close();
  await elsewhere.close();
});

test('a synced block that nobody touched is not lost in place, and no comment added since or below it is extra', async () => {
  world.comment(page, 'added since');
  const done = await world.inPlace(`${snapshot}:/Home/Synced`, '--verify', 'full');
  expect(done.code, done.said).toBe(0);
  expect(at(done.json, 'comparison', 'counts')).toMatchObject({ lost: 0, extra: 0, unknown: 0 });
});

test('comments that may not be read any more are unknown, neither lost nor the end of the verification: exit 3', async () => {
  const refuse: Meddler = {
    before: ({ path }) =>
      path.startsWith('/v1/comments') ? failure(403, 'restricted_resource', 'Not for you.') : undefined,
  };
  const done = await world.between.spoil(refuse, () =>
    world.inPlace(`${snapshot}:/Home/Synced/Below 0`, '--verify', 'full'),
  );
  expect(done.code, done.said).toBe(3);
  // Those of the page and of its three blocks.
  expect(at(done.json, 'comparison', 'counts')).toMatchObject({ lost: 0, extra: 0, unknown: 4 });
});

test('a page that cannot be read back is unknown, and the others are compared: exit 3', async () => {
  const [first] = page.children.filter((id) => world.state.pages.has(id));
  let written = false;
  const refuse: Meddler = {
    before: ({ method, path }) => {
      written ||= method !== 'GET' && path.startsWith('/v1/blocks/');
      return written && path === `/v1/pages/${first}`
        ? failure(403, 'restricted_resource', 'Not for you.')
        : undefined;
    },
  };
  world.reword(damaged, 'defaced');
  const done = await world.between.spoil(refuse, () =>
    world.inPlace(`${snapshot}:/Home/Synced`, '--verify', 'full'),
  );
  expect(done.code, done.said).toBe(3);
  expect(at(done.json, 'comparison', 'counts')).toMatchObject({ lost: 0, extra: 0, unknown: 1 });
});

test('verifying fast, the default, costs at most half as much again as the restore alone', async () => {
  const without = await requestsOf('none');
  const fast = await requestsOf('fast');
  const usual = await requestsOf();
  expect(fast).toBeLessThanOrEqual(1.5 * without);
  expect(usual).toBe(fast);
});

test('people who are not in the other workspace are foretold, and are no extra property there', async () => {
  const env = { NOTION_API_URL: elsewhere.between.url, NOTION_TOKEN: elsewhere.simulator.token };
  const words = ['restore', '--json', '--root-id', copied.id, `${snapshot}:/Home/Tasks`];
  const done = await world.run(words, { env });
  expect(done.code, done.said).toBe(0);
  expect(at(done.json, 'comparison', 'counts', 'extra')).toBe(0);
  expect(at(done.json, 'comparison', 'counts', 'lost')).toBe(0);
});

test('a text that somebody defaces again right after it was restored is not a success: exit 3, and the finding shows it', async () => {
  world.reword(damaged, 'defaced');
  const done = await world.between.spoil(
    {
      after: ({ method, path }) => {
        if (method === 'GET' || !path.startsWith('/v1/blocks/')) return undefined;
        for (const block of page.children.flatMap((id) => world.state.blocks.get(id) ?? []))
          if (textOf(block.payload.rich_text) === 'to be defaced') world.reword(block, 'defaced again');
        return undefined;
      },
    },
    () => world.inPlace(`${snapshot}:/Home/Synced`),
  );
  expect(done.code, done.said).toBe(3);
  expect(about(at(done.json, 'comparison', 'findings'), 'defaced again')).not.toBe('');
});

test('--verify takes full, fast and none alone, and --no-verify is none', async () => {
  const odd = await world.inPlace(`${snapshot}:/Home/Synced`, '--verify', 'twice');
  expect(odd.code, odd.said).toBe(64);
  const none = await world.inPlace(`${snapshot}:/Home/Synced`, '--no-verify');
  expect(none.code, none.said).toBe(0);
  expect(none.json.comparison ?? null).toBeNull();
});

/** Requests of a restore in place of the same damage. */
async function requestsOf(verify?: string): Promise<number> {
  world.reword(damaged, 'defaced');
  const from = world.simulator.log.length;
  const words = verify === undefined ? [] : ['--verify', verify];
  const done = await world.inPlace(`${snapshot}:/Home/Synced`, ...words);
  expect(done.code, done.said).toBe(0);
  expect(world.texts(page)).toContain('to be defaced');
  return world.simulator.log.length - from;
}
