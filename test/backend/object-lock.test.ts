/** Object Lock of a bucket: what a store asks the server to keep, what it cannot remove yet, and how that is told. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppendOnlyBackend } from '../../src/backend/append-only.ts';
import type { Backend } from '../../src/backend/backend.ts';
import { backendAt } from '../../src/backend/location/at-location.ts';
import { MemoryBackend } from '../../src/backend/memory.ts';
import type { ObjectLock } from '../../src/backend/object-lock.ts';
import { openTrust } from '../../src/store/access/trust.ts';
import { createStore } from '../../src/store/open-store.ts';
import { TestStore, writeSample } from '../store/fixture.ts';
import { bytesOf, namesOf } from './contract.ts';
import { FakeS3, fakeKey } from './fake-s3.ts';

const keys = { accessKeyId: fakeKey, secretAccessKey: 'secret' };
const dayMs = 24 * 3600_000;
let server: FakeS3;
let nowMs: number;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  server = await new FakeS3({ objectLock: true }).start();
  if (server.versions !== undefined) server.versions.nowMs = () => nowMs;
});
afterEach(() => server.stop());

const clock = { now: () => nowMs, sleep: async () => {} };
const open = (): Promise<Backend> => backendAt(`${server.address}/store`, { clock, s3: { keys } });

async function keeping(days: number): Promise<{ backend: Backend; objectLock: ObjectLock }> {
  const backend = await open();
  const { objectLock } = backend;
  if (objectLock === undefined) throw new Error('no object lock');
  await objectLock.requireAvailable();
  objectLock.keepFor(days);
  return { backend, objectLock };
}

/** So many days from now, by the clock of the server, which is known to a second. */
const expectDate = (found: number | undefined, days: number): void =>
  expect(Math.abs((found ?? 0) - nowMs - days * dayMs)).toBeLessThan(2000);

const dateOf = (name: string): number | undefined => server.versions?.of(`store/${name}`).at(-1)?.keptUntilMs;

describe('a backend that keeps', () => {
  test('writes the date with every new object, large and replaced ones too, but not with locks', async () => {
    const { backend } = await keeping(30);
    await backend.create('packs/ab/small', bytesOf('1'));
    await backend.create('packs/ab/large', Buffer.alloc(33 * 1024 ** 2, 7));
    await backend.replace('CONFIG', bytesOf('2'));
    await backend.create('locks/one', bytesOf('3'));
    await backend.replace('locks/one', bytesOf('4'));
    for (const name of ['packs/ab/small', 'packs/ab/large', 'CONFIG']) expectDate(dateOf(name), 30);
    expect(dateOf('locks/one')).toBeUndefined();
    await backend.remove('locks/one');
    expect(await namesOf(backend, 'locks/')).toEqual([]);
  });

  test('refuses to remove before the date, and removes the bytes themselves after it', async () => {
    const { backend, objectLock } = await keeping(2);
    await backend.create('packs/ab/one', bytesOf('1'));
    expectDate(await objectLock.keptUntil('packs/ab/one'), 2);
    await expect(backend.remove('packs/ab/one')).rejects.toMatchObject({
      code: 'temporary',
      message: expect.stringMatching(/until 2026-01-0[23]T/),
    });
    expect(await namesOf(backend)).toEqual(['packs/ab/one']);
    nowMs += 2 * dayMs + 2000;
    expect(await objectLock.keptUntil('packs/ab/one')).toBeUndefined();
    await backend.remove('packs/ab/one');
    expect(server.versions?.of('store/packs/ab/one')).toEqual([]);
    await backend.remove('packs/ab/one');
  });

  test('removes older versions too, where the server writes over objects and keeps what was there', async () => {
    await server.stop();
    server = await new FakeS3({ objectLock: true, conditional: 'ignored' }).start();
    const { versions } = server;
    if (versions === undefined) throw new Error('no versions');
    versions.nowMs = () => nowMs;
    const { backend } = await keeping(2);
    // The first object is written twice, to see whether the server refuses.
    await backend.create('packs/ab/one', bytesOf('1'));
    await backend.create('packs/ab/two', bytesOf('2'));
    expect(backend.refusesToOverwrite).toBe(false);
    expect(versions.of('store/packs/ab/one')).toHaveLength(2);
    nowMs += 2 * dayMs + 2000;
    for (const name of ['packs/ab/one', 'packs/ab/two']) await backend.remove(name);
    expect(await namesOf(backend)).toEqual([]);
    expect(versions.of('store/packs/ab/one')).toEqual([]);
  });

  test('renews, and never moves a date back', async () => {
    const { backend, objectLock } = await keeping(10);
    await backend.create('packs/ab/one', bytesOf('1'));
    nowMs += 6 * dayMs;
    await objectLock.renew('packs/ab/one');
    expectDate(dateOf('packs/ab/one'), 10);
    objectLock.keepFor(1);
    await objectLock.renew('packs/ab/one');
    expectDate(dateOf('packs/ab/one'), 10);
    await expect(objectLock.renew('packs/ab/none')).rejects.toMatchObject({ code: 'not-found' });
  });

  test('is the same through a key that may not remove', async () => {
    const { backend } = await keeping(3);
    const appending = new AppendOnlyBackend(backend);
    await appending.create('packs/ab/one', bytesOf('1'));
    expectDate(await appending.objectLock?.keptUntil('packs/ab/one'), 3);
  });
});

describe('create', () => {
  const create = async (backend: Backend, objectLockDays: number): Promise<void> => {
    const machine = new TestStore(backend);
    await createStore({
      backend,
      secret: machine.secret,
      label: 'test',
      identity: await machine.identity(),
      trust: await openTrust(machine.configuration, backend.location),
      clock,
      objectLockDays,
    });
  };

  test('refuses a folder, a bucket without Object Lock, and a server that takes the date and forgets it', async () => {
    await expect(create(new MemoryBackend(), 30)).rejects.toMatchObject({ code: 'usage' });
    const plain = await new FakeS3().start();
    const backend = await backendAt(`${plain.address}/store`, { clock, s3: { keys } });
    await expect(create(backend, 30)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/no Object Lock/),
    });
    await plain.stop();
    const forgetful = await open();
    const { versions } = server;
    if (versions === undefined) throw new Error('no versions');
    const add = versions.add.bind(versions);
    versions.add = (key, object) => add(key, object, {});
    await expect(create(forgetful, 30)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/does not say that it keeps it/),
    });
    expect(await namesOf(forgetful, 'CONFIG')).toEqual([]);
  });

  test('a key that may not ask is told so', async () => {
    server.fault = ({ query }) =>
      query.has('object-lock') ? { status: 403, code: 'AccessDenied' } : undefined;
    await expect(create(await open(), 30)).rejects.toMatchObject({ code: 'credentials' });
  });
});

describe('a store that is kept for ten days', () => {
  let machine: TestStore;
  /** Snapshots of three texts, a day apart. */
  const texts = ['one', 'two', 'three'];

  beforeEach(async () => {
    machine = new TestStore(await open());
    machine.nowMs = nowMs;
    await createStore({
      backend: machine.backend,
      secret: machine.secret,
      label: 'test',
      identity: await machine.identity(),
      trust: await openTrust(machine.configuration, machine.backend.location),
      clock,
      objectLockDays: 10,
    });
    for (const text of texts) {
      await machine.snapshot((writer) => writeSample(writer, text.repeat(500)));
      pass(1);
    }
  });

  function pass(days: number): void {
    nowMs += days * dayMs;
    machine.nowMs = nowMs;
  }
  const collect = (graceMs = 0) =>
    machine.open((store) => store.collectGarbage({ apply: true, rules: { graceMs } }));
  const errors = async () => {
    const { findings } = await machine.open((store) => store.check());
    return findings.filter(({ severity }) => severity === 'error');
  };

  test('is opened by a program that learns of it from CONFIG, and keeps all it writes but locks', async () => {
    machine = Object.assign(new TestStore(await open(), machine.configuration), { nowMs });
    await machine.snapshot((writer) => writeSample(writer, 'four'));
    const written = (server.versions?.keys ?? []).filter((key) => !key.startsWith('store/locks/'));
    expect(written.length).toBeGreaterThan(8);
    for (const key of written) expect(server.versions?.of(key).at(-1)?.keptUntilMs, key).toBeDefined();
  });

  test('removal hides a snapshot at once; what its files hold is left, told, and freed when its time is over', async () => {
    const [, second] = await machine.open((store) => store.listSnapshots());
    if (second === undefined) throw new Error('no snapshot');
    await machine.open((store) => store.removeSnapshots([second.id], { host: 'here', tool: 'test' }));
    expect(machine.events).toContainEqual({
      type: 'notice',
      message: expect.stringMatching(/server keeps the file of a removed snapshot until 2026-01-1[12]T/),
    });
    expect(await machine.open((store) => store.listSnapshots())).toHaveLength(2);
    const early = await collect();
    expect(early).toMatchObject({ sweptPacks: 0, keptUntil: expect.stringMatching(/^2026-01-1/) });
    expect(early.keptPacks).toBeGreaterThan(0);
    expect(early.waitingPacks).toBe(early.keptPacks);
    expect(await errors()).toEqual([]);
    pass(20);
    const late = await collect();
    expect(late).toMatchObject({ sweptPacks: early.keptPacks, keptPacks: 0, keptUntil: null });
    expect(await errors()).toEqual([]);
    const left = await namesOf(machine.backend, 'snapshots/');
    expect(left).not.toContain(`snapshots/${second.id}`);
    // No bytes of what was removed stay behind under a mark.
    for (const key of server.versions?.keys ?? [])
      if (!key.startsWith('store/locks/')) expect(server.objects.has(key), key).toBe(true);
  });

  test('maintenance keeps on what snapshots need before half of its time is over, and deltas can still be merged', async () => {
    expect((await collect()).renewed).toBe(0);
    pass(6);
    const { renewed } = await collect();
    expect(renewed).toBeGreaterThan(6);
    for (const prefix of ['packs/', 'snapshots/', 'keys/', 'CONFIG'])
      for (const name of await namesOf(machine.backend, prefix))
        expect(dateOf(name), name).toBeGreaterThanOrEqual(nowMs + 5 * dayMs);
    expect((await collect()).renewed).toBe(0);
    for (const name of await namesOf(machine.backend, 'index/'))
      expect(dateOf(name), name).toBeLessThan(nowMs + 10 * dayMs);
  });

  test('a packfile that may go waits for the delta that names it', async () => {
    const [, second] = await machine.open((store) => store.listSnapshots());
    if (second === undefined) throw new Error('no snapshot');
    await machine.open((store) => store.removeSnapshots([second.id], { host: 'here', tool: 'test' }));
    await collect();
    // The deltas are kept for longer than the packfiles.
    const { objectLock } = machine.backend;
    pass(20);
    for (const name of await namesOf(machine.backend, 'index/')) await objectLock?.renew(name);
    const report = await collect();
    expect(report.sweptPacks).toBe(0);
    expect(report.keptPacks).toBeGreaterThan(0);
    expect(await errors()).toEqual([]);
  });

  test('a key is removed though the server keeps its slot', async () => {
    const added = await machine.open((store) =>
      store.withKeySlots({}, (slots) =>
        slots.add(
          { kind: 'key-file', key: new Uint8Array(32).fill(9) },
          { label: 'x', created: '2026-01-01T00:00:00.000Z' },
        ),
      ),
    );
    await machine.open((store) => store.withKeySlots({}, (slots) => slots.remove(added.id)));
    const slots = await machine.open((store) => store.listKeySlots());
    expect(slots.map(({ id }) => id)).not.toContain(added.id);
    expect(await namesOf(machine.backend, `keys/${added.id}`)).toHaveLength(1);
    expect(await errors()).toEqual([]);
  });
});
