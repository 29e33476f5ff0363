/** The words a restore ends with match what it did, and an undo names what it undoes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page, World } from '../../truth/world.ts';
import { failure, newWorld } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;
let snapshot: string;
let page: Page;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  page = world.page('Page');
  world.write(page, 'one', 'two');
  world.block(page, 'unsupported', { block_type: 'button' });
  snapshot = await world.backup();
});
afterAll(() => world.close());

test('“completed successfully” does not stand above something that was lost', async () => {
  const target = world.page('Refusing target');
  const done = await world.between.spoil(
    {
      before: ({ method, path, body }) =>
        method !== 'GET' && !path.endsWith('/search') && JSON.stringify(body).includes('"two"')
          ? failure(400, 'validation_error', 'body failed validation.')
          : undefined,
    },
    () => world.run(['restore', '--root-id', target.id, `${snapshot}:/Home/Page`]),
  );
  expect(done.code, done.said).toBe(3);
  expect(done.said).not.toMatch(/success/i);
});

test('“completed successfully” does not stand above a copy that nobody read back', async () => {
  const target = world.page('Unread target');
  const words = ['restore', '--root-id', target.id, '--verify', 'none', `${snapshot}:/Home/Page`];
  const done = await world.run(words);
  expect(done.code, done.said).toBe(0);
  expect(done.said).toContain('not read back');
  expect(done.said).not.toMatch(/success/i);
});

test('a loss that the plan foretold is not told as a surprise at the end: exit 0', async () => {
  const target = world.page('Plain target');
  const words = ['restore', '--root-id', target.id, `${snapshot}:/Home/Page`];
  const plan = await world.run([...words, '--dry-run']);
  expect(plan.stdout).toMatch(/unsupported|button/);
  const done = await world.run(words);
  expect(done.code, done.said).toBe(0);
  expect(done.said).not.toMatch(/[1-9]\d* lost/);
});

test('undo names what it undoes and does nothing without --yes where nobody can be asked', async () => {
  const target = world.page('Undone target');
  await world.run(['restore', '--root-id', target.id, `${snapshot}:/Home/Page`]);
  const [copy] = target.children.flatMap((id) => world.state.pages.get(id) ?? []);
  const asked = await world.run(['restore', '--undo']);
  expect(asked.code, asked.said).toBe(64);
  expect(asked.said).toContain('--yes');
  expect(asked.said).toContain('Page');
  expect(copy?.inTrash).toBe(false);
  const done = await world.run(['restore', '--undo', '--yes']);
  expect(done.code, done.said).toBe(0);
  expect(copy?.inTrash).toBe(true);
});

test('undo takes only what was restored from this store', async () => {
  const target = world.page('Target of this store');
  await world.run(['restore', '--root-id', target.id, `${snapshot}:/Home/Page`]);
  const [copy] = target.children.flatMap((id) => world.state.pages.get(id) ?? []);
  const other = ['--keyfile', world.machine.keyFile, 'at', world.machine.path('other')];
  await world.machine.run([...other, 'create']);
  const done = await world.machine.run([...other, 'restore', '--undo', '--yes']);
  expect(done.code).not.toBe(0);
  expect(copy?.inTrash).toBe(false);
});
