/** The newest header damaged, missing, or the whole store set back: no command takes an older snapshot for the newest. */
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { flip, namesIn, objectsOf } from './attacks/stage.ts';
import { useTwoSnapshots } from './two-snapshots.ts';

const stage = useTwoSnapshots((home) =>
  cpSync(join(home, 'store'), join(home, 'yesterday'), { recursive: true }),
);
const { home, store, snapshots, run } = stage;
const head = () => snapshots.at(-1) ?? '';
const headFile = () => join(store, 'snapshots', head());

/** Damages the newest header, where nothing that was read before can hide it. */
function damageHead(): void {
  flip(headFile());
  rmSync(join(home, '.cache'), { recursive: true, force: true });
}

/** The same where something was said of the snapshot, so that the newest header is not its own. */
async function damageBelowMark(): Promise<void> {
  expect(await run(['tag', head(), 'monthly'])).toMatchObject({ code: 0 });
  damageHead();
}

function setBack(): void {
  rmSync(store, { recursive: true });
  cpSync(join(home, 'yesterday'), store, { recursive: true });
}

/** Commands that say `latest`, delete or copy. */
const needy: readonly (readonly [string, () => string[]])[] = [
  ['cat latest', () => ['cat', 'latest:/manifest.json']],
  ['cat of a path alone', () => ['cat', '/manifest.json']],
  ['restore latest', () => ['restore', 'latest', '--to', join(home, 'restored')]],
  ['prune', () => ['prune', '--keep-last', '1', '--apply']],
  ['prune, asked what it would do', () => ['prune', '--keep-last', '1']],
  ['rm of the older one', () => ['rm', snapshots[0] ?? '', '--apply']],
  ['rm, asked what it would do', () => ['rm', snapshots[0] ?? '']],
  ['tag latest', () => ['tag', 'latest', 'monthly']],
  ['maintenance', () => ['maintenance', '--apply', '--grace', '0s']],
  ['sync', () => ['sync', 'to', join(home, 'replica')]],
  ['export', () => ['export', join(home, 'bundle')]],
];

test.for([
  ['is damaged', damageHead],
  ['is damaged, below a mark', damageBelowMark],
  ['is gone', () => rmSync(headFile())],
  ['is gone with all that came with it', setBack],
] as const)('where the newest header %s, nothing that needs it does anything', async ([, harm]) => {
  await harm();
  const before = objectsOf(store);
  for (const [what, words] of needy) {
    const { code, err } = await run(words());
    expect({ what, code }, err).toEqual({ what, code: 65 });
    expect(err).toMatch(/--accept-loss/);
    expect(err).not.toMatch(/\n\s+at /);
  }
  expect(objectsOf(store)).toEqual(before);
  for (const made of ['replica', 'bundle', 'restored']) expect(existsSync(join(home, made))).toBe(false);
});

test.for([
  ['is damaged', damageHead],
  ['is damaged, below a mark', damageBelowMark],
  ['is gone', () => rmSync(headFile())],
] as const)(
  'where the newest header %s, what only shows says so, goes on and ends with 65',
  async ([, harm]) => {
    await harm();
    for (const words of [['ls'], ['ls', 'latest:/'], ['info'], ['info', 'latest'], ['status'], ['check']]) {
      const { code, out, err } = await run(words);
      expect({ words, code }, err).toEqual({ words, code: 65 });
      expect(out).not.toBe('');
      expect(err).toContain(head().slice(0, 8));
    }
  },
);

test.for([
  ['is damaged', damageHead],
  ['is gone', () => rmSync(headFile())],
  ['is gone with all that came with it', setBack],
] as const)('where the newest header %s, backup goes on, says so last, and ends with 3', async ([, harm]) => {
  harm();
  const before = namesIn(store, 'snapshots');
  for (const night of [1, 2]) {
    const { code, err } = await run(['backup']);
    expect(code, err).toBe(3);
    expect(err.trim().split('\n').at(-1)).toContain(head().slice(0, 8));
    expect(namesIn(store, 'snapshots')).toHaveLength(before.length + night);
  }
  // The new backups do not hide what is lost.
  expect((await run(['cat', 'latest:/manifest.json'])).code).toBe(65);
  expect((await run(['cat', 'latest:/manifest.json', '--accept-loss'])).code).toBe(0);
  expect((await run(['cat', 'latest:/manifest.json'])).code).toBe(0);
});

test('an older snapshot named by its id can be read and restored all the same', async () => {
  damageHead();
  const older = snapshots[0] ?? '';
  const restored = await run(['restore', older, '--to', join(home, 'restored')]);
  expect(restored).toMatchObject({ code: 0 });
  expect(restored.err).toMatch(/^warning: .*cannot be read/m);
  expect(restored.err).toContain(head().slice(0, 8));
  expect(await run(['cat', `${older.slice(0, 8)}:/manifest.json`])).toMatchObject({ code: 0 });
});

test('a loss that was accepted by name is accepted once, told, and nothing else with it', async () => {
  rmSync(headFile());
  const accepted = await run(['ls', '--accept-loss']);
  expect(accepted.code).toBe(0);
  expect(accepted.err).toContain(head().slice(0, 8));
  expect(accepted.err).toContain(snapshots[0]?.slice(0, 8));
  expect((await run(['cat', 'latest:/manifest.json'])).code).toBe(0);
  // A restore tells each time that something newer was given up.
  for (const [at, word] of ['latest', snapshots[0] ?? ''].entries()) {
    const restored = await run(['restore', word, '--to', join(home, `restored ${at}`)]);
    expect(restored).toMatchObject({ code: 0 });
    expect(restored.err).toMatch(/^warning: .*accepted as lost/m);
    expect(restored.err).toContain(head().slice(0, 8));
  }
});

test.for([
  ['damaged', damageHead],
  ['gone', () => rmSync(headFile())],
] as const)('a header that is %s comes back by sync from a copy, and all is well', async ([, harm]) => {
  const replica = join(home, 'replica');
  expect(await run(['sync', 'to', replica])).toMatchObject({ code: 0 });
  const before = objectsOf(store);
  harm();
  expect(await run(['sync', 'from', replica])).toMatchObject({ code: 0 });
  expect(objectsOf(store)).toEqual(before);
  expect((await run(['cat', 'latest:/manifest.json'])).code).toBe(0);
  expect((await run(['check'])).code).toBe(0);
});
