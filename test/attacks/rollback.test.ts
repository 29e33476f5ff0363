/** The newest header damaged, missing, or the whole store set back: nothing takes an older snapshot for the newest. */
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ended, flip, namesIn, objectsOf, ok, useStage } from './stage.ts';

const stage = useStage({
  between: ({ laptop }, done) => {
    if (done === 1) cpSync(laptop.store, laptop.path('yesterday'), { recursive: true });
  },
});

const headFile = () => join(stage.laptop.store, 'snapshots', stage.snapshots.at(-1) ?? '');

/** Damages the newest header, where nothing that was read before can hide it. */
function damageHead(): void {
  flip(headFile());
  rmSync(stage.laptop.path('cache'), { recursive: true, force: true });
}

const whatNeedsTheNewest: readonly (readonly [string, (home: string) => readonly string[]])[] = [
  ['cat latest', () => ['cat', 'latest:/manifest.json']],
  ['restore latest', (home) => ['restore', 'latest', '--to', join(home, 'restored')]],
  ['prune', () => ['prune', '--keep-last', '1', '--apply']],
  ['rm of the older one', () => ['rm', stage.snapshots[0] ?? '', '--apply']],
  ['maintenance', () => ['maintenance', '--apply', '--grace', '0s']],
  ['sync', (home) => ['sync', 'to', join(home, 'replica')]],
  ['export', (home) => ['export', join(home, 'bundle')]],
];

test.for(whatNeedsTheNewest)('%s refuses a store whose newest header is damaged', async ([, words]) => {
  const { laptop } = stage;
  damageHead();
  const before = objectsOf(laptop.store);
  ended(await laptop.at(words(laptop.home)), 65);
  expect(objectsOf(laptop.store)).toEqual(before);
  expect(existsSync(laptop.path('bundle'))).toBe(false);
});

test('an older snapshot named by its id can be restored though the newest header is damaged', async () => {
  const { laptop, snapshots } = stage;
  damageHead();
  ok(await laptop.at(['restore', snapshots[0] ?? '', '--to', laptop.path('restored')]));
});

test('backup goes on where the newest header is damaged, warns and ends with 3', async () => {
  const { laptop, snapshots } = stage;
  damageHead();
  const run = await laptop.at(['backup']);
  ended(run, 3);
  expect(run.stderr).toContain((snapshots.at(-1) ?? '').slice(0, 8));
  expect(namesIn(laptop.store, 'snapshots')).toHaveLength(3);
});

test.for([
  ['cat latest', ['cat', 'latest:/manifest.json'], 65],
  ['prune', ['prune', '--keep-last', '1', '--apply'], 65],
  ['backup', ['backup'], 3],
] as const)('%s notices that the newest header is gone', async ([, words, code]) => {
  rmSync(headFile());
  const run = await stage.laptop.at(words);
  ended(run, code);
  expect(run.stderr).not.toBe('');
});

test.for([
  ['cat latest', ['cat', 'latest:/manifest.json'], 65],
  ['check', ['check'], 65],
  ['backup', ['backup'], 3],
] as const)('%s notices that the whole store was set back', async ([, words, code]) => {
  const { laptop } = stage;
  rmSync(laptop.store, { recursive: true });
  cpSync(laptop.path('yesterday'), laptop.store, { recursive: true });
  const run = await laptop.at(words);
  ended(run, code);
  expect(run.stderr).not.toBe('');
});

test('a loss that was accepted by name is accepted once, told, and nothing else with it', async () => {
  const { laptop, snapshots } = stage;
  rmSync(headFile());
  const run = ok(await laptop.at(['ls', '--accept-loss']));
  expect(run.stderr).toContain((snapshots.at(-1) ?? '').slice(0, 8));
  expect(run.stderr).toContain((snapshots[0] ?? '').slice(0, 8));
  ok(await laptop.at(['cat', 'latest:/manifest.json']));
});
