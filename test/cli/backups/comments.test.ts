/** Comments of unchanged pages and addresses of people, as the command line has them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addUser } from '../../../src/simulator/workspace/state.ts';
import type { Block, Page, World } from '../../truth/world.ts';
import { at, newWorld } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;
let discussed: Page;
let block: Block;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  discussed = world.page('Discussed');
  [block] = world.write(discussed, 'a disputed sentence') as [Block];
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
