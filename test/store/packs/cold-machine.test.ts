/** A machine without a cache fetches index and headers, and of the packfiles only those in which something lies that it was asked for. */
import { expect, test } from 'vitest';
import { namesOf } from '../../backend/contract.ts';
import { FaultyBackend } from '../../backend/faulty-backend.ts';
import { collect, TestStore } from '../fixture.ts';
import { otherMachine, pagesOf } from '../life-cycle.ts';

const nights = 12;

/** A store of twelve nights, each with new pages in packfiles of its own, and a cold machine whose operations are counted. */
async function coldMachine() {
  const machine = new TestStore();
  machine.packBytes = 40_000;
  await machine.create();
  for (let night = 0; night < nights; night++)
    await machine.snapshot(pagesOf([night, night + 100, night + 200, night + 300]));
  const backend = new FaultyBackend(machine.backend);
  const packs = await namesOf(machine.backend, 'packs/');
  const deltas = await namesOf(machine.backend, 'index/');
  return { cold: await otherMachine(machine, backend), backend, packs, deltas };
}

const read = (backend: FaultyBackend, prefix: string): string[] =>
  backend.operations.flatMap((line) => (line.startsWith(`read ${prefix}`) ? [line.slice(5)] : []));

test('snapshots are listed without any packfile, and each header is read once', async () => {
  const { cold, backend, packs } = await coldMachine();
  expect(packs.length).toBeGreaterThan(2 * nights - 1);
  expect(await cold.open((store) => store.listSnapshots())).toHaveLength(nights);
  expect(read(backend, 'packs/')).toEqual([]);
  expect(read(backend, 'index/')).toEqual([]);
  expect(read(backend, 'snapshots/')).toHaveLength(nights);
});

test('one page of one snapshot takes its packfiles alone: the tree and the content', async () => {
  const { cold, backend, deltas } = await coldMachine();
  await cold.open(async (store) => {
    const [newest] = await store.listSnapshots();
    const reader = await store.openSnapshot(newest?.id ?? expect.fail('no snapshot'));
    const entry = await reader.treeEntry('/Page 11/page.json');
    if (entry?.type !== 'file') expect.fail('no page');
    await collect(reader.read(entry.content));
  });
  expect(new Set(read(backend, 'packs/')).size).toBe(2);
  expect(read(backend, 'index/')).toHaveLength(deltas.length);
});

test('a warm machine reads no index delta and no header again', async () => {
  const { cold, backend } = await coldMachine();
  const newest = async () =>
    await cold.open(async (store) => store.openSnapshot((await store.resolveSnapshot('latest')).id));
  await newest();
  const before = backend.operations.length;
  await newest();
  const again = backend.operations.slice(before);
  expect(again.filter((line) => /^read (index|snapshots|packs)\//.test(line))).toEqual([]);
});
