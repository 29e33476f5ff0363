/** Each folder is listed once for a command; what others do meanwhile is neither lost nor taken for damage. */
import { expect, test } from 'vitest';
import type { Backend } from '../../../src/backend/backend.ts';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import type { SnapshotSummary, StoreWriter } from '../../../src/store/open-store.ts';
import { FaultyBackend } from '../../backend/faulty-backend.ts';
import { details, TestStore, writeSample } from '../fixture.ts';

/** Two machines with one identity and one store, each with a cache of its own. */
async function twoMachines(): Promise<{ here: TestStore; there: TestStore; backend: FaultyBackend }> {
  const backend = new FaultyBackend(new MemoryBackend());
  const here = await new TestStore(backend).create();
  const there = new TestStore(backend, here.configuration);
  there.nowMs = here.nowMs;
  await here.snapshot((writer) => writeSample(writer, 'first'));
  return { here, there, backend };
}

async function commit(store: StoreWriter, machine: TestStore, text: string): Promise<SnapshotSummary> {
  const previous = await store.previous(details.source);
  expect(previous).not.toBeNull();
  const writer = await store.beginSnapshot();
  await writeSample(writer, text);
  machine.nowMs += 60_000;
  const snapshot = await writer.commit({ ...details, time: new Date(machine.nowMs).toISOString() });
  await store.surveySnapshots();
  return snapshot;
}

const listsOf = (backend: FaultyBackend): string[] =>
  backend.operations
    .filter((operation) => operation.startsWith('list '))
    .map((operation) => operation.slice('list '.length));

test('a writer lists each folder once, and its lock is there before', async () => {
  const { here, backend } = await twoMachines();
  backend.operations.length = 0;
  await here.write((store) => commit(store, here, 'second'));
  expect(listsOf(backend)).toEqual(['locks/', 'snapshots/', 'index/', 'packs/']);
  const [first = ''] = backend.operations.filter((operation) => /^(create locks|list )/.test(operation));
  expect(first).toMatch(/^create locks/);
});

test('a second snapshot of one command stands on the first, and lists nothing again', async () => {
  const { here, backend } = await twoMachines();
  await here.write(async (store) => {
    const first = await commit(store, here, 'second');
    backend.operations.length = 0;
    const second = await commit(store, here, 'third');
    expect(second.header?.parents).toEqual([first.id]);
    expect(listsOf(backend)).toEqual([]);
    expect((await store.listSnapshots()).map(({ id }) => id).slice(0, 2)).toEqual([second.id, first.id]);
  });
});

test('a snapshot that another machine commits meanwhile is joined by the next one, and nothing counts as lost', async () => {
  const { here, there } = await twoMachines();
  let theirs: SnapshotSummary | undefined;
  const ours = await here.write(async (store) => {
    await store.listSnapshots();
    theirs = await there.write((other) => commit(other, there, 'theirs'));
    return await commit(store, here, 'ours');
  });
  const next = await here.write((store) => commit(store, here, 'next'));
  expect([...(next.header?.parents ?? [])].sort()).toEqual([ours.id, theirs?.id].sort());
  for (const machine of [here, there]) {
    const { snapshots, loss } = await machine.open((store) => store.surveySnapshots());
    expect({ count: snapshots.length, loss }).toEqual({ count: 4, loss: undefined });
  }
  expect((await here.open((store) => store.check())).findings).toEqual([]);
});

test('a snapshot that is removed meanwhile is named as a parent, and is not lost for that', async () => {
  const { here, there } = await twoMachines();
  const ours = await here.write(async (store) => {
    const [first] = await store.listSnapshots();
    if (first === undefined) throw new Error('no snapshot');
    await there.open((other) => other.removeSnapshots([first.id], { host: 'there', tool: 'test' }));
    const writer = await store.beginSnapshot();
    await writeSample(writer, 'ours');
    const snapshot = await writer.commit({ ...details, time: new Date(here.nowMs).toISOString() });
    expect(snapshot.header?.parents).toEqual([first.id]);
    return snapshot;
  });
  const { snapshots, loss } = await here.open((store) => store.surveySnapshots());
  expect(snapshots.map(({ id }) => id)).toEqual([ours.id]);
  expect(loss).toBeUndefined();
});

test('the objects of a snapshot that another run of this machine commits meanwhile are kept for its next run', async () => {
  const { here, there, backend } = await twoMachines();
  there.cacheFolder = here.cacheFolder;
  await here.write(async (store) => {
    await store.listSnapshots();
    await there.snapshot((writer) => writeSample(writer, 'theirs'), { source: 'test:other' });
    await commit(store, here, 'ours');
  });
  backend.operations.length = 0;
  await there.open((store) => store.previous('test:other'));
  // Only its manifest and root are read: the tree was not walked again.
  const phases = there.events.flatMap((event) => (event.type === 'phase' ? [event.phase] : []));
  expect(phases).not.toContain('reading the last snapshot');
});

test('whoever runs on and on sees what was added when it looks again, with every blob of it', async () => {
  const { here, there } = await twoMachines();
  await here.open(async (store) => {
    expect(await store.listSnapshots()).toHaveLength(1);
    const theirs = await there.snapshot((writer) => writeSample(writer, 'theirs'));
    expect(await store.listSnapshots()).toHaveLength(1);
    store.lookAgain();
    expect((await store.listSnapshots()).map(({ id }) => id)).toContain(theirs.id);
    const reader = await store.openSnapshot(theirs.id);
    expect(await reader.entry('/Start~1/page.json')).toMatchObject({ type: 'file' });
  });
});

test('a command that changes the store by another way sees what it has done', async () => {
  const { here } = await twoMachines();
  await here.open(async (store) => {
    const [first] = await store.listSnapshots();
    if (first === undefined) throw new Error('no snapshot');
    await store.removeSnapshots([first.id], { host: 'here', tool: 'test' });
    expect(await store.listSnapshots()).toEqual([]);
  });
});

test('a list that fails is asked for again', async () => {
  const { here, backend } = await twoMachines();
  await here.open(async (store) => {
    const list: Backend['list'] = backend.list.bind(backend);
    backend.list = () => {
      throw new Error('cut');
    };
    await expect(store.listSnapshots()).rejects.toThrow('cut');
    backend.list = list;
    expect(await store.listSnapshots()).toHaveLength(1);
  });
});
