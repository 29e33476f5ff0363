/** A closed pipe stops no writing. Real processes: the pipe is theirs. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page, World } from '../cli/world.ts';
import { newWorld } from '../cli/world.ts';

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

test.runIf(existsSync('/dev/full'))('an answer that does not fit is not called a success', async () => {
  const { machine } = world;
  const before = 'exec >/dev/full';
  for (const words of [
    ['ls'],
    ['ls', '--json'],
    ['check'],
    ['cat', `${snapshot}:/manifest.json`],
    ['dump', '--to', '-', '--format', 'tar'],
  ]) {
    const { code, stderr } = await machine.start(machine.atWords(words), { before }).finished;
    expect({ words, code }).toEqual({ words, code: 75 });
    expect(stderr).toMatch(/^notion-kloset: Cannot write the output: ENOSPC/m);
    expect(stderr).not.toContain('success');
  }
});

test('an archive whose reader went away before its end is not called a success', async () => {
  const { machine } = world;
  const words = machine.atWords(['dump', '--to', '-', '--format', 'zip']);
  const running = machine.start(words);
  running.process.stdout?.destroy();
  const { code, stderr } = await running.finished;
  expect(code).toBe(75);
  expect(stderr).toContain('The output was closed before all of it was written.');
  expect(stderr).not.toContain('success');
});

test.runIf(existsSync('/usr/bin/script'))(
  'a terminal without a width gets no progress, and ends nobody',
  async () => {
    const { machine } = world;
    world.edited(page);
    // As in a container without a size, or on a serial line.
    const before = 'set -- script -qec "stty cols 0 rows 0; exec $*" /dev/null';
    const running = machine.start(machine.atWords(['backup']), { before });
    const tooLong = setTimeout(() => running.process.kill('SIGKILL'), 30_000);
    const { code, stdout } = await running.finished;
    clearTimeout(tooLong);
    expect(code).toBe(0);
    expect(stdout).toContain('created signed snapshot');
    expect(stdout.length).toBeLessThan(2000);
  },
);

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
