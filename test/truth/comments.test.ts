/** Comments of unchanged pages are seen by the next run where there were comments, and addresses of people stay out unless asked for. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addUser } from '../../src/simulator/workspace/state.ts';
import type { Block, Page, World } from './world.ts';
import { at, newWorld } from './world.ts';

let world: World;
let discussed: Page;
let block: Block;
let quiet: Page;

beforeAll(async () => {
  world = await newWorld();
  discussed = world.page('Discussed');
  [block] = world.write(discussed, 'a disputed sentence') as [Block];
  quiet = world.page('Quiet');
  world.write(quiet, 'nobody says anything');
  world.comment(discussed, 'first word');
  world.comment(block, 'first objection');
  addUser(world.state, { name: 'Ada', email: 'ada@example.com' });
  await world.backup();
});
afterAll(() => world.close());

test('a new comment on an unchanged page and block that had comments is in the very next snapshot', async () => {
  world.comment(discussed, 'second word');
  world.comment(block, 'second objection');
  const id = await world.backup();
  const printed = await world.run(['cat', `${id}:/Home/Discussed`]);
  expect(printed.stdout).toContain('second word');
  expect(printed.stdout).toContain('second objection');
});

test('a comment that was deleted from an unchanged page is gone from the next snapshot', async () => {
  for (const comment of world.state.comments.values())
    if (JSON.stringify(comment.richText).includes('second')) comment.isResolved = true;
  const id = await world.backup();
  const printed = await world.run(['cat', `${id}:/Home/Discussed`]);
  expect(printed.stdout).toContain('first word');
  expect(printed.stdout).not.toContain('second');
});

test('a first comment on a quiet page is found by the rolling sweep within a few runs', async () => {
  world.comment(quiet, 'somebody speaks up');
  let printed = '';
  for (let run = 0; run < 5 && !printed.includes('speaks up'); run += 1) {
    const id = await world.backup();
    printed = (await world.run(['cat', `${id}:/Home/Quiet`])).stdout;
  }
  expect(printed).toContain('somebody speaks up');
});

test('the manifest has the age of each sweep', async () => {
  const info = await world.run(['info', 'latest', '--json']);
  const comments = JSON.stringify(at(info.json, 'manifest', 'comments'));
  expect(comments.match(/\d{4}-\d\d-\d\dT/g)?.length ?? 0).toBeGreaterThanOrEqual(2);
});

test('e-mail addresses are kept only with --emails', async () => {
  const without = await world.run(['cat', 'latest:/workspace.json']);
  expect(without.stdout).toContain('Ada');
  expect(without.stdout).not.toContain('ada@example.com');
  const id = await world.backup(['--emails']);
  expect((await world.run(['cat', `${id}:/workspace.json`])).stdout).toContain('ada@example.com');
});
