/** A closed pipe stops no writing. Real processes: the pipe is theirs. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page, World } from '../truth/world.ts';
import { newWorld } from '../truth/world.ts';

let world: World;
let snapshot: string;
let page: Page;

beforeAll(async () => {
  world = await newWorld();
  page = world.page('Page');
  world.write(page, 'one', 'two');
  snapshot = await world.backup();
});
afterAll(() => world.close());

test('a backup whose output nobody reads any more still commits its snapshot', async () => {
  world.edited(page);
  const before = snapshotsIn(world);
  const code = await runWithClosedOutput(world, ['backup']);
  expect(snapshotsIn(world)).toHaveLength(before.length + 1);
  expect(code).toBe(0);
});

test('a restore into Notion whose output nobody reads any more still writes all of it', async () => {
  const target = world.page('Silent target');
  const code = await runWithClosedOutput(world, [
    'restore',
    '--root-id',
    target.id,
    `${snapshot}:/Home/Page`,
  ]);
  const [copy] = target.children.flatMap((id) => world.state.pages.get(id) ?? []);
  expect(copy === undefined ? [] : world.texts(copy).filter((text) => text !== '')).toEqual(['one', 'two']);
  expect(code).toBe(0);
});

/** Starts a command and closes both ends of its output at once. */
function runWithClosedOutput({ machine }: World, words: readonly string[]): Promise<number> {
  const running = machine.start(machine.atWords(words));
  running.process.stdout?.destroy();
  running.process.stderr?.destroy();
  return new Promise((resolve) => running.process.once('exit', (code) => resolve(code ?? -1)));
}

function snapshotsIn({ machine }: World): string[] {
  return readdirSync(join(machine.store, 'snapshots')).filter((name) => /^[0-9a-f]{64}$/.test(name));
}
