/** Limits of the API empty nothing, and refused capabilities are told once and make no backup a bad one. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { capabilitiesWithout } from '../../../src/simulator/server.ts';
import type { Block, Told, World } from '../../truth/world.ts';
import { failure, newWorld, refuseChildren } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;
let button: Block;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  const page = world.page('Page');
  button = world.toggle(page, 'Looks like a toggle');
  world.write(button, 'out of reach');
  world.write(page, 'within reach');
  const limit = refuseChildren(
    button.id,
    failure(400, 'validation_error', 'Block type ai_block is not supported via the API.'),
  );
  await world.between.spoil(limit, () => world.backup());
});
afterAll(() => world.close());

test('what lies below a blind spot is not emptied by a restore in place, and is named as not in the snapshot', async () => {
  const done = await world.inPlace('latest:/Home/Page');
  expect(world.texts(button)).toEqual(['out of reach']);
  expect(JSON.stringify(done.json.not_in_snapshot)).toMatch(/supported/);
});

for (const refusal of [403, 404] as const) {
  let silent: World | undefined;
  afterEach(async () => {
    await silent?.close();
    silent = undefined;
  });

  test(`a connection that may not read comments (${refusal}) is told so once, at the end and by status, with exit 0`, async () => {
    silent = await newWorld(
      {
        capabilities: capabilitiesWithout('read_comments', 'insert_comments'),
        commentRefusal: refusal,
      },
      new InProcessMachine(),
    );
    for (const title of ['One', 'Two', 'Three']) silent.write(silent.page(title), 'text');
    const done = await silent.run(['backup']);
    expect(done.code, done.said).toBe(0);
    expect(linesAbout(done)).toHaveLength(1);
    const last = done.stdout.trimEnd().split('\n').slice(-4).join('\n');
    expect(last).toMatch(/comments?\b.*\b(not|without|refused|capability)\b/i);
    const status = await silent.run(['status']);
    expect(status.code, status.said).toBe(0);
    expect(linesAbout(status)).toHaveLength(1);
  });
}

/** Lines that say that comments could not be read; counts of comments are none. */
function linesAbout({ said }: Told): string[] {
  return said
    .split('\n')
    .filter((line) => /comment/i.test(line) && /\b(not|without|refused|capability|missing)\b/i.test(line));
}
