/** Clocks that are wrong: the order of snapshots follows the chain of parents, and no time alone removes or blocks anything. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Forger, SigningKey } from './attacks/forge.ts';
import { objectsOf } from './attacks/stage.ts';
import { useTwoSnapshots } from './two-snapshots.ts';

const { home, store, snapshots, run, backup } = useTwoSnapshots();
const minute = 60_000;
const tenYears = 3650 * 24 * 60 * minute;
const inTenYears = () => new Date(Date.now() + tenYears).toISOString();

/** A child of the newest snapshot, signed by this machine, with another time. Returns its id. */
function backdated(time: string): string {
  const head = snapshots.at(-1) ?? '';
  const forger = new Forger(store);
  const { members, version } = forger.header(head);
  const key = SigningKey.of(join(home, '.config'));
  return forger.writeHeader({ ...members, time, parents: [head] }, version, key);
}

const listed = async (): Promise<{ id: string; time: string; stated_time?: string }[]> =>
  JSON.parse((await run(['ls', '--json'])).out).snapshots;
const latest = async () => JSON.parse((await run(['info', 'latest', '--json'])).out).snapshot;

test('a snapshot of a machine whose clock ran ahead removes nothing and does not stay the newest', async () => {
  const before = objectsOf(store);
  const ahead = await backup({ shiftMs: tenYears });
  expect(objectsOf(store)).toMatchObject(before);
  expect(await latest()).toBe(ahead);
  const real = await backup();
  expect(await latest()).toBe(real);
  expect((await listed()).map(({ id }) => id)).toEqual([...snapshots, ahead, real]);
  expect((await run(['check'])).code).toBe(0);
});

test('a child dated before its parent is the newest all the same, shown no earlier, and said to be wrong', async () => {
  const child = backdated('2001-01-01T00:00:00.000Z');
  expect(await latest()).toBe(child);
  const all = await listed();
  expect(all.map(({ id }) => id)).toEqual([...snapshots, child]);
  expect(all.map(({ time }) => time)).toEqual(all.map(({ time }) => time).sort());
  expect(all.at(-1)?.stated_time).toBe('2001-01-01T00:00:00.000Z');
  expect((await run(['ls'])).out).toMatch(/clock was wrong.*2001-01-01/);
  expect((await run(['info', 'latest'])).out).toMatch(/clock was wrong.*2001-01-01/);
});

test('prune --keep-within keeps the real snapshots beside one dated in the future', async () => {
  backdated(inTenYears());
  const real = await backup();
  expect(await run(['prune', '--keep-within', '30d', '--apply'])).toMatchObject({ code: 0 });
  expect((await listed()).map(({ id }) => id)).toEqual(expect.arrayContaining([...snapshots, real]));
});

test('a backup tells of a clock that was wrong before it, and of its own', async () => {
  backdated(inTenYears());
  const after = await run(['backup']);
  expect(after).toMatchObject({ code: 0, err: expect.stringMatching(/clock was wrong/i) });
  expect((await run(['backup'])).err).not.toMatch(/clock/i);
  const behind = await run(['backup'], { shiftMs: -tenYears });
  expect(behind.err).toMatch(/clock .* wrong/i);
});

/** A lock as another machine writes it. */
function plantLock(refreshed: string): string {
  const lock = {
    boot: 'another boot',
    command: 'maintenance',
    created: refreshed,
    host: 'elsewhere',
    kind: 'exclusive',
    machine: 'c'.repeat(32),
    pid: 77,
    refreshed,
    space: 'pid:[4026531836]',
    started: '1',
  };
  return new Forger(store).writeLock(lock, '1');
}

test('a lock dated in the future expires half an hour after this machine saw it first', async () => {
  plantLock(inTenYears());
  expect((await run(['backup'])).code).toBe(75);
  expect((await run(['backup'], { shiftMs: 20 * minute })).code).toBe(75);
  expect((await run(['backup'], { shiftMs: 40 * minute })).code).toBe(0);
  expect(readdirSync(join(store, 'locks'))).toEqual([]);
});

test('the hint of a locked store names the command that removes the lock', async () => {
  const id = plantLock(inTenYears());
  const refused = await run(['backup']);
  expect(refused.code).toBe(75);
  const [, words = ''] = /`notion-kloset (unlock [^`]*)`/.exec(refused.err) ?? [];
  expect(words).toBe(`unlock ${id.slice(0, 8)}`);
  expect(await run(['unlock'])).toMatchObject({ code: 0, out: expect.stringContaining('removed 0 locks') });
  expect(await run(words.split(' '))).toMatchObject({ code: 0 });
  expect((await run(['unlock', 'ffff'])).code).toBe(66);
  expect((await run(['backup'])).code).toBe(0);
});

test('a machine whose clock runs ahead leaves the lock of another alone, and with it what its work needs', async () => {
  const id = plantLock(new Date().toISOString());
  const before = objectsOf(store);
  const shiftMs = 8 * 24 * 60 * minute;
  expect((await run(['maintenance', '--apply', '--grace', '0s'], { shiftMs })).code).toBe(75);
  expect((await run(['backup'], { shiftMs })).code).toBe(75);
  expect(objectsOf(store)).toEqual(before);
  expect(readdirSync(join(store, 'locks'))).toEqual([id]);
});
