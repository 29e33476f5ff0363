/** Health: what the page says of a store is what the commands say. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InProcessMachine } from '../cli/in-process-machine.ts';
import type { World } from '../cli/world.ts';
import { newWorld } from '../cli/world.ts';
import { serveStore } from './served.ts';

let world: World;
beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  await world.backup();
});
afterAll(async () => world.close());

/** The words of the page, without markup. */
async function health(): Promise<string> {
  const served = await serveStore(world.machine);
  try {
    const { text } = await served.get('/health');
    return text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
  } finally {
    await served.stop();
  }
}

test('neither a drill nor a check is claimed that never ran', async () => {
  const text = await health();
  expect(text).toContain('Restore drill none known: run notion-kloset drill');
  expect(text).toContain('Last check none on this machine: run notion-kloset check');
  expect(text).toContain('No policy is configured on this machine');
});

test('the last drill and the last check are told with their results', async () => {
  expect(await world.run(['drill', '--turn', '1/1'])).toMatchObject({ code: 0 });
  expect(await world.run(['check'])).toMatchObject({ code: 0 });
  const { json } = await world.run(['status', '--json']);
  const [source] = json.sources as { drill: { equal: number; objects: number } }[];
  const { equal, objects } = source?.drill ?? {};
  const text = await health();
  expect(text).toMatch(new RegExp(`Restore drill passed, ${equal} of ${objects} objects? equal, `));
  expect(text).toMatch(/Last check the whole store, .*: 0 problems, .* read/);
});
