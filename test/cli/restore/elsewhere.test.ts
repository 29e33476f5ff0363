/** Copies in another workspace: people are the same by their e-mail address, whatever their ids. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addUser } from '../../../src/simulator/workspace/state.ts';
import type { World } from '../../truth/world.ts';
import { newWorld, propertyOf } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;
let elsewhere: World;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  elsewhere = await newWorld({ seed: 77 }, new InProcessMachine());
});
afterAll(async () => {
  await world.close();
  await elsewhere.close();
});

test('somebody with the same address is assigned there, and is neither lost nor extra', async () => {
  const ada = addUser(world.state, { name: 'Ada', email: 'ada@example.com' });
  const bob = addUser(world.state, { name: 'Bob', email: 'bob@example.com' });
  const there = addUser(elsewhere.state, { name: 'Ada L.', email: 'ada@example.com' });
  const tasks = world.table('Tasks', { Owner: 'people' });
  const people = [ada, bob].map(({ id }) => ({ object: 'user', id }));
  world.row(tasks, 'Ours', { Owner: people });
  // Where addresses are kept only on request, it is made.
  const help = await world.machine.run(['backup', '--help']);
  const snapshot = await world.backup(help.stdout.includes('--emails') ? ['--emails'] : []);
  const target = elsewhere.page('Copies');
  const env = { NOTION_API_URL: elsewhere.between.url, NOTION_TOKEN: elsewhere.simulator.token };
  for (const mode of ['fast', 'full']) {
    const words = ['restore', '--json', '--root-id', target.id, '--verify', mode, `${snapshot}:/Home/Tasks`];
    const planned = await world.run([...words, '--dry-run'], { env });
    expect(planned.said).toContain('Bob is not in the target workspace');
    expect(planned.said).not.toContain('Ada is not');
    const done = await world.run(words, { env });
    expect(done.code, done.said).toBe(0);
    expect(done.json.comparison, done.said).toMatchObject({ counts: { lost: 0, extra: 0, approximated: 0 } });
  }
  const [source] = [...elsewhere.state.dataSources.values()];
  if (source === undefined) throw new Error('nothing was restored');
  const owner = propertyOf(source, 'Owner').id;
  const rows = source.rows.map((id) => JSON.stringify(elsewhere.state.pages.get(id)?.values[owner]));
  expect(rows).toEqual([expect.stringContaining(there.id)]);
});
