/** Whether all data is there: looked at whole when something changed, and otherwise remembered for a day. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import type { Presence } from '../../../src/operations/status/presence.ts';
import { presenceOf } from '../../../src/operations/status/presence.ts';
import { copyOf, FaultyBackend } from '../../backend/faulty-backend.ts';
import { TestStore, writeSample } from '../../store/fixture.ts';

const hourMs = 3_600_000;
let inner: MemoryBackend;
let backend: FaultyBackend;
let machine: TestStore;

beforeEach(async () => {
  inner = new MemoryBackend();
  backend = new FaultyBackend(inner);
  machine = await new TestStore(backend).create();
  await machine.snapshot((writer) => writeSample(writer));
});

/** What is told, and the operations that it took. */
async function asked(
  on: TestStore = machine,
  isSuspect = false,
): Promise<Presence & { operations: string[] }> {
  return await on.open(async (store) => {
    const before = backend.operations.length;
    const presence = await presenceOf(on, store, isSuspect);
    return { ...presence, operations: backend.operations.slice(before) };
  });
}

const timeOf = (ms: number) => new Date(ms).toISOString();

/** The name of a packfile. */
async function anyPack(): Promise<string> {
  for await (const { name } of backend.list('packs/')) return name;
  throw new Error('The store has no packfile.');
}

test('a second look lists the store once, reads nothing, and says when all was found', async () => {
  const first = await asked();
  expect(first).toMatchObject({ problems: 0, unread: 0, isRemembered: false });
  expect(first.operations.filter((each) => each.startsWith('read packs/')).length).toBeGreaterThan(2);
  machine.nowMs += hourMs;
  const second = await asked();
  expect(second).toEqual({
    ...{ problems: 0, unread: 0, isRemembered: true, operations: ['list '] },
    lookedAt: timeOf(machine.nowMs - hourMs),
  });
});

test('a lock that comes or goes changes nothing', async () => {
  await asked();
  await backend.create(`locks/${'ab'.repeat(16)}`, Buffer.from('x'));
  expect((await asked()).isRemembered).toBe(true);
});

test('whatever is removed, cut or added is looked at', async () => {
  const name = await anyPack();
  const bytes = await backend.read(name);
  await asked();
  await backend.remove(name);
  expect(await asked()).toMatchObject({ isRemembered: false });
  expect((await asked()).problems).toBeGreaterThan(0);
  await backend.replace(name, bytes.subarray(1));
  expect(await asked()).toMatchObject({ isRemembered: false });
  expect((await asked()).problems).toBeGreaterThan(0);
  await backend.replace(name, bytes);
  expect(await asked()).toMatchObject({ problems: 0, isRemembered: true });
  await backend.create('stray', bytes);
  expect(await asked()).toMatchObject({ problems: 0, isRemembered: false });
  await machine.snapshot((writer) => writeSample(writer, 'Changed'));
  expect(await asked()).toMatchObject({ problems: 0, isRemembered: false });
  expect(await asked()).toMatchObject({ problems: 0, isRemembered: true });
});

test('bytes that changed in their place are found a day later, or at once where something else is suspect', async () => {
  const name = await anyPack();
  const bytes = await backend.read(name);
  const { lookedAt } = await asked();
  await backend.replace(name, bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1));
  machine.nowMs += 23 * hourMs;
  expect(await asked()).toMatchObject({ problems: 0, isRemembered: true, lookedAt });
  const suspect = await asked(machine, true);
  expect(suspect.isRemembered).toBe(false);
  expect(suspect.problems).toBeGreaterThan(0);
  machine.nowMs += hourMs;
  const later = await asked();
  expect(later).toMatchObject({ isRemembered: false, lookedAt: timeOf(machine.nowMs) });
  expect(later.problems).toBeGreaterThan(0);
});

test('a look at a time to come is not relied on', async () => {
  await asked();
  machine.nowMs -= hourMs;
  expect((await asked()).isRemembered).toBe(false);
});

test('a look at one place tells nothing of a copy of the store at another', async () => {
  await asked();
  const other = Object.assign(await copyOf(backend), { location: 'elsewhere' });
  const beside = new TestStore(other, machine.configuration);
  beside.nowMs = machine.nowMs;
  beside.cacheFolder = machine.cacheFolder;
  expect((await asked(beside)).isRemembered).toBe(false);
  expect((await asked(beside)).isRemembered).toBe(true);
  expect((await asked()).isRemembered).toBe(true);
});

test('a store that changes while it is looked at is not remembered', async () => {
  const list = inner.list.bind(inner);
  let isFirst = true;
  inner.list = async function* (prefix) {
    yield* list(prefix);
    if (prefix !== 'packs/' || !isFirst) return;
    isFirst = false;
    await inner.create('stray', Buffer.from('x'));
  };
  expect(await asked()).toMatchObject({ problems: 0, isRemembered: false });
  expect(isFirst).toBe(false);
  expect((await asked()).isRemembered).toBe(false);
  expect((await asked()).isRemembered).toBe(true);
});

test('a note that is damaged, foreign or cannot be written makes no difference but time', async () => {
  await asked();
  const folder = join(machine.cacheFolder, readdirSync(machine.cacheFolder)[0] ?? '');
  const note = join(folder, 'presence.sealed');
  writeFileSync(note, Buffer.alloc(200, 7));
  expect(await asked()).toMatchObject({ problems: 0, isRemembered: false });
  expect((await asked()).isRemembered).toBe(true);
  rmSync(note);
  mkdirSync(note);
  expect(await asked()).toMatchObject({ problems: 0, isRemembered: false });
  expect(await asked()).toMatchObject({ problems: 0, isRemembered: false });
});
