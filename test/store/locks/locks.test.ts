import { spawnSync } from 'node:child_process';
import { beforeEach, describe, expect, test } from 'vitest';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import type { Clock } from '../../../src/clock.ts';
import { deriveStoreKeys, newMasterKey } from '../../../src/store/crypto/keys.ts';
import { newStoreId } from '../../../src/store/format/config.ts';
import { isRunningHere, thisProcess } from '../../../src/store/locks/lock-owner.ts';
import type { LockKind } from '../../../src/store/locks/lock-record.ts';
import { decodeLock, encodeLock } from '../../../src/store/locks/lock-record.ts';
import type { HeldLock, LockParts } from '../../../src/store/locks/locks.ts';
import { listLocks, lockExpiryMs, unlock, withLock } from '../../../src/store/locks/locks.ts';
import { bytesOf, namesOf } from '../../backend/contract.ts';
import { FaultyBackend } from '../../backend/faulty-backend.ts';

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
    await foreignLock('ab'.repeat(16), { host: 'mill', hostId: 'mill', pid: 77, command: 'maintenance' });
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
    await foreignLock('ab'.repeat(16), { hostId: 'elsewhere' });
    clock.time += lockExpiryMs - 1;
    await expect(attempt('shared')).rejects.toMatchObject(locked);
    clock.time += 1;
    expect(await attempt('shared')).toBe('done');
  });

  test('of a process that ended on this machine does not count', async () => {
    const { pid } = spawnSync('true');
    await foreignLock('ab'.repeat(16), { pid });
    expect(await attempt('exclusive')).toBe('done');
    expect(isRunningHere({ ...thisProcess(), pid })).toBe(false);
    expect(isRunningHere(thisProcess())).toBe(true);
    expect(isRunningHere({ ...thisProcess(), hostId: 'elsewhere', pid })).toBe(true);
  });

  test('is removed by unlock, which leaves held ones alone unless told otherwise', async () => {
    const holder = await begin('shared');
    await foreignLock('ab'.repeat(16), { hostId: 'elsewhere', refreshed: '2025-01-01T00:00:00.000Z' });
    expect((await unlock(parts)).map(({ id }) => id)).toEqual(['ab'.repeat(16)]);
    expect(await listLocks(parts)).toMatchObject([
      { id: holder.lock.id, isStale: false, record: { command: 'backup' } },
    ]);
    expect(await unlock(parts, { all: true })).toHaveLength(1);
    await holder.end();
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

test('a lock object is bound to its name and its store', () => {
  const now = new Date(clock.now()).toISOString();
  const record = { ...thisProcess(), kind: 'shared' as const, command: 'ls', created: now, refreshed: now };
  const bytes = encodeLock(parts.context, 'ab', record);
  expect(decodeLock(parts.context, 'ab', bytes)).toEqual(record);
  expect(() => decodeLock(parts.context, 'cd', bytes)).toThrow();
  expect(() => decodeLock({ ...parts.context, storeId: newStoreId() }, 'ab', bytes)).toThrow();
});
