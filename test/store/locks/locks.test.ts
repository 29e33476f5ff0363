import { spawnSync } from 'node:child_process';
import { beforeEach, describe, expect, test } from 'vitest';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import type { Clock } from '../../../src/clock.ts';
import { deriveStoreKeys, newMasterKey } from '../../../src/store/crypto/keys.ts';
import { newStoreId } from '../../../src/store/format/config.ts';
import { listLocks } from '../../../src/store/locks/listed-locks.ts';
import { ownerState, thisProcess } from '../../../src/store/locks/lock-owner.ts';
import type { LockKind } from '../../../src/store/locks/lock-record.ts';
import { decodeLock, encodeLock, lockExpiryMs } from '../../../src/store/locks/lock-record.ts';
import type { HeldLock, LockParts } from '../../../src/store/locks/locks.ts';
import { unlock, withLock } from '../../../src/store/locks/locks.ts';
import { bytesOf, namesOf } from '../../backend/contract.ts';
import { FaultyBackend } from '../../backend/faulty-backend.ts';
import { temporaryFolder } from '../fixture.ts';

/** Time that passes only while somebody sleeps, or when a test says so. */
class FakeClock implements Clock {
  time = Date.parse('2026-01-02T03:04:05.678Z');
  /** Called whenever somebody sleeps. */
  onSleep: () => void = () => {};
  now(): number {
    return this.time;
  }
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.time += ms;
    this.onSleep();
    await new Promise(setImmediate);
  }
}

let clock: FakeClock;
let backend: MemoryBackend;
let parts: LockParts;

beforeEach(() => {
  clock = new FakeClock();
  backend = new MemoryBackend('memory', () => clock.now());
  parts = { backend, clock, context: { storeId: newStoreId(), keys: deriveStoreKeys(newMasterKey()) } };
});

/** Runs work under a lock that lasts until `end` is called. */
async function begin(kind: LockKind): Promise<{ lock: HeldLock; end: () => Promise<void> }> {
  let finish: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let work: Promise<void> = Promise.resolve();
  const lock = await new Promise<HeldLock>((resolve, reject) => {
    work = withLock(parts, kind, { command: 'backup' }, async (held) => {
      resolve(held);
      await ended;
    });
    work.catch(reject);
  });
  const end = async () => {
    finish();
    await work;
  };
  return { lock, end };
}

const attempt = (kind: LockKind, retryForMs = 0) => withLock(parts, kind, { retryForMs }, async () => 'done');
const locked = { code: 'locked' };

/** What tells another machine from this one. */
const elsewhere = { machine: 'c'.repeat(32), boot: 'another boot' };

/** A lock another process holds. */
async function foreignLock(id: string, change: object): Promise<void> {
  const now = new Date(clock.now()).toISOString();
  const record = {
    ...thisProcess(),
    kind: 'exclusive' as const,
    command: '',
    created: now,
    refreshed: now,
    ...change,
  };
  await backend.create(`locks/${id}`, encodeLock(parts.context, id, record));
}

describe('locks', () => {
  test('shared holders work side by side, an exclusive one alone', async () => {
    const [first, second] = [await begin('shared'), await begin('shared')];
    await expect(attempt('exclusive')).rejects.toMatchObject(locked);
    await first.end();
    await expect(attempt('exclusive')).rejects.toMatchObject(locked);
    await second.end();
    const alone = await begin('exclusive');
    await expect(attempt('shared')).rejects.toMatchObject(locked);
    await expect(attempt('exclusive')).rejects.toMatchObject(locked);
    await alone.end();
    expect(await attempt('shared')).toBe('done');
    expect(await namesOf(backend)).toEqual([]);
  });

  test('are given back when the work fails', async () => {
    const failing = withLock(parts, 'exclusive', {}, async () => {
      throw new Error('work failed');
    });
    await expect(failing).rejects.toThrow('work failed');
    expect(await namesOf(backend)).toEqual([]);
  });

  test('are waited for as long as asked', async () => {
    const holder = await begin('exclusive');
    const before = clock.now();
    await expect(attempt('shared', 60_000)).rejects.toMatchObject(locked);
    expect(clock.now() - before).toBe(60_000);
    const tenthSecond = clock.now() + 10_000;
    clock.onSleep = () => void (clock.now() >= tenthSecond && holder.end());
    expect(await attempt('shared', 60_000)).toBe('done');
    expect(clock.now() - tenthSecond).toBeLessThan(10_000);
  });

  test('waiting ends when it is aborted', async () => {
    const holder = await begin('exclusive');
    const options = { retryForMs: 60_000, signal: AbortSignal.abort(new Error('stopped')) };
    await expect(withLock(parts, 'shared', options, async () => {})).rejects.toThrow('stopped');
    await holder.end();
  });

  test('of many that begin at the same time at most one exclusive holder goes on', async () => {
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
    };
    const attempts = Array.from({ length: 8 }, () =>
      withLock(parts, 'exclusive', { retryForMs: 600_000 }, work),
    );
    const results = await Promise.allSettled(attempts);
    expect(most).toBe(1);
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    expect(await namesOf(backend)).toEqual([]);
  });

  test('tell who holds the store and since when', async () => {
    await foreignLock('ab'.repeat(16), { ...elsewhere, host: 'mill', pid: 77, command: 'maintenance' });
    clock.time += 5 * 60_000;
    await expect(attempt('shared')).rejects.toThrow(/maintenance on mill \(process 77\) for 5 minutes/);
  });

  test('tell nobody else anything: an object of a lock has one size and no plain text', async () => {
    await foreignLock('ab'.repeat(16), { command: 'backup' });
    await foreignLock('cd'.repeat(16), { host: 'a-longer-host-name', command: 'maintenance of everything' });
    const objects = await Promise.all((await namesOf(backend)).map((name) => backend.read(name)));
    expect(new Set(objects.map(({ length }) => length)).size).toBe(1);
    expect(Buffer.concat(objects).includes('backup')).toBe(false);
  });
});

describe('an abandoned lock', () => {
  test('expires thirty minutes after its last refresh', async () => {
    await foreignLock('ab'.repeat(16), elsewhere);
    clock.time += lockExpiryMs - 1;
    await expect(attempt('shared')).rejects.toMatchObject(locked);
    clock.time += 1;
    expect(await attempt('shared')).toBe('done');
    expect(await namesOf(backend)).toEqual([]);
  });

  test('of a process that ended on this machine does not count', async () => {
    const { pid } = spawnSync('true');
    await foreignLock('ab'.repeat(16), { pid });
    expect(await attempt('exclusive')).toBe('done');
  });

  test('is removed by unlock, which leaves held ones alone unless told otherwise', async () => {
    await foreignLock('ab'.repeat(16), { ...elsewhere, kind: 'shared' });
    clock.time += lockExpiryMs;
    const holder = await begin('shared');
    await foreignLock('cd'.repeat(16), { ...elsewhere, kind: 'shared' });
    expect((await unlock(parts)).map(({ id }) => id)).toEqual(['ab'.repeat(16)]);
    expect((await unlock(parts, { ids: ['cdcd'] })).map(({ id }) => id)).toEqual(['cd'.repeat(16)]);
    await expect(unlock(parts, { ids: ['cdcd'] })).rejects.toMatchObject({ code: 'not-found' });
    expect(await listLocks(parts)).toMatchObject([
      { id: holder.lock.id, isStale: false, record: { command: 'backup' } },
    ]);
    expect(await unlock(parts, { all: true })).toHaveLength(1);
    await holder.end();
  });

  test('is named in the hint with the command that removes it', async () => {
    await foreignLock('ab'.repeat(16), { ...elsewhere, refreshed: '2036-01-01T00:00:00.000Z' });
    const error: unknown = await attempt('shared').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ hint: expect.stringContaining('`notion-kloset unlock abababab`') });
    await unlock(parts, { ids: ['abababab'] });
    expect(await attempt('shared')).toBe('done');
  });

  test('that cannot be read counts as held until it is old', async () => {
    await backend.create(`locks/${'5'.repeat(32)}`, bytesOf('not a lock'));
    await expect(attempt('shared')).rejects.toMatchObject(locked);
    clock.time += lockExpiryMs;
    expect(await attempt('shared')).toBe('done');
  });
});

describe('a held lock', () => {
  test('stays held as long as it is refreshed', async () => {
    const { lock, end } = await begin('exclusive');
    for (let hour = 0; hour < 6; hour++) {
      clock.time += lockExpiryMs - 1;
      await lock.refresh();
      await lock.assertHeld();
      await expect(attempt('shared')).rejects.toMatchObject(locked);
    }
    expect(lock.signal.aborted).toBe(false);
    await end();
  });

  test('that was not refreshed in time is lost, and says so before the work is made final', async () => {
    const { lock, end } = await begin('shared');
    clock.time += lockExpiryMs;
    await expect(lock.assertHeld()).rejects.toMatchObject(locked);
    expect(lock.signal.aborted).toBe(true);
    await expect(lock.assertHeld()).rejects.toMatchObject(locked);
    await end();
  });

  test('that somebody removed is lost, and is not written again', async () => {
    const { lock, end } = await begin('shared');
    await unlock(parts, { all: true });
    await expect(lock.refresh()).rejects.toMatchObject(locked);
    expect(lock.signal.reason).toMatchObject(locked);
    expect(await namesOf(backend)).toEqual([]);
    await end();
  });

  test('is not lost when the backend is out of reach for a moment', async () => {
    const faulty = new FaultyBackend(backend, { fault: 'error', at: 5, of: 'operations' });
    parts = { ...parts, backend: faulty };
    const { lock, end } = await begin('shared');
    while (faulty.operations.length < 4) await lock.assertHeld();
    await expect(lock.refresh()).rejects.toMatchObject({ code: 'unavailable' });
    expect(lock.signal.aborted).toBe(false);
    await lock.assertHeld();
    await end();
  });
});

describe('a lock of a wrong clock', () => {
  const inTenYears = '2036-01-01T00:00:00.000Z';

  test('that is dated in the future expires half an hour after this machine saw it first', async () => {
    const watching = { ...parts, cacheFolder: temporaryFolder() };
    const tried = () => withLock(watching, 'shared', {}, async () => 'done');
    await foreignLock('ab'.repeat(16), { ...elsewhere, created: inTenYears, refreshed: inTenYears });
    await expect(tried()).rejects.toMatchObject(locked);
    clock.time += lockExpiryMs - 1;
    await expect(tried()).rejects.toMatchObject(locked);
    clock.time += 1;
    expect(await tried()).toBe('done');
  });

  test('that is dated in the future and refreshed is held', async () => {
    const watching = { ...parts, cacheFolder: temporaryFolder() };
    for (let hour = 0; hour < 4; hour++) {
      await backend.remove(`locks/${'ab'.repeat(16)}`);
      const refreshed = new Date(Date.parse(inTenYears) + clock.time).toISOString();
      await foreignLock('ab'.repeat(16), { ...elsewhere, created: inTenYears, refreshed });
      await expect(withLock(watching, 'shared', {}, async () => {})).rejects.toMatchObject(locked);
      clock.time += lockExpiryMs;
    }
  });

  test('that runs a year behind is held as long as the place says that it is new', async () => {
    await foreignLock('ab'.repeat(16), { ...elsewhere, refreshed: '2025-01-01T00:00:00.000Z' });
    await expect(attempt('exclusive')).rejects.toMatchObject(locked);
    expect(await namesOf(backend)).toEqual([`locks/${'ab'.repeat(16)}`]);
    expect(await unlock(parts)).toEqual([]);
  });

  test('does not take the store from others: a machine whose clock ran ahead finds their locks held', async () => {
    const placeNow = clock.time;
    backend = new MemoryBackend('memory', () => placeNow);
    parts = { ...parts, backend };
    await foreignLock('ab'.repeat(16), { ...elsewhere, kind: 'shared' });
    clock.time += 8 * 24 * 3600 * 1000;
    await expect(attempt('exclusive', 5000)).rejects.toMatchObject(locked);
    expect(await attempt('shared')).toBe('done');
  });

  test('that others took for abandoned is gone, so that its holder does not finish', async () => {
    const far = { ...thisProcess(), ...elsewhere };
    await foreignLock('ab'.repeat(16), { ...far, kind: 'shared' });
    clock.time += lockExpiryMs;
    expect(await attempt('exclusive')).toBe('done');
    expect(await namesOf(backend)).toEqual([]);
  });
});

describe('the owner of a lock', () => {
  const first = 'pid:[4026531836]';
  const linux = {
    host: 'mill',
    machine: 'a'.repeat(32),
    boot: 'this boot',
    space: first,
    pid: process.pid,
    started: '',
  };

  test('runs while its process does', () => {
    const here = thisProcess();
    expect(ownerState(here)).toBe(here.started === '' ? 'unknown' : 'running');
  });

  test('has ended when its process has, also when another one was given the number', () => {
    const { pid } = spawnSync('true');
    expect(ownerState({ ...thisProcess(), pid })).toBe('ended');
    const here = thisProcess();
    expect(ownerState({ ...here, started: '1' }, here)).toBe(here.started === '' ? 'unknown' : 'ended');
  });

  test('has ended when its machine restarted since', () => {
    expect(ownerState({ ...linux, boot: 'earlier boot', pid: 1 }, linux)).toBe('ended');
  });

  test('is unknown on another machine of the same name', () => {
    const { pid } = spawnSync('true');
    expect(ownerState({ ...linux, machine: 'b'.repeat(32), boot: 'other boot', pid }, linux)).toBe('unknown');
  });

  test('is unknown in another container, though name, machine id and machine are the same', () => {
    const { pid } = spawnSync('true');
    const inside = { ...linux, space: 'pid:[4026532300]', pid };
    expect(ownerState(inside, { ...linux, space: 'pid:[4026532400]' })).toBe('unknown');
    expect(ownerState(inside, linux)).toBe('unknown');
  });

  test('is unknown in containers of one image on two machines', () => {
    const inside = { ...linux, space: 'pid:[4026532300]', boot: 'other boot', pid: 1 };
    expect(ownerState(inside, { ...linux, space: 'pid:[4026532300]' })).toBe('unknown');
  });

  test('is unknown where the system tells nothing of itself', () => {
    const { pid } = spawnSync('true');
    const bare = { ...linux, machine: '', boot: '', space: '', pid };
    expect(ownerState(bare, bare)).toBe('unknown');
    expect(ownerState({ ...bare, machine: 'a' }, { ...bare, machine: 'a' })).toBe('ended');
  });
});

test('a lock object is bound to its name and its store', () => {
  const now = new Date(clock.now()).toISOString();
  const record = { ...thisProcess(), kind: 'shared' as const, command: 'ls', created: now, refreshed: now };
  const bytes = encodeLock(parts.context, 'ab', record);
  expect(decodeLock(parts.context, 'ab', bytes)).toEqual(record);
  expect(() => decodeLock(parts.context, 'cd', bytes)).toThrow();
  expect(() => decodeLock({ ...parts.context, storeId: newStoreId() }, 'ab', bytes)).toThrow();
});
