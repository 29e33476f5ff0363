/** Snapshots in a store of another key: sealed again, with the first header kept and verifiable. */
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../../src/backend/backend.ts';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import type { SnapshotId } from '../../../src/store/format/ids.ts';
import {
  decodeHeader,
  encodeHeader,
  headerIdOf,
  headerName,
} from '../../../src/store/format/snapshot-header.ts';
import type { SyncOptions, SyncReport } from '../../../src/store/replicas/sync-options.ts';
import { namesOf } from '../../backend/contract.ts';
import { copyOf, FaultyBackend, stateAfter } from '../../backend/faulty-backend.ts';
import { TestStore } from '../fixture.ts';
import { contentsOf, errorsOf, everything, pagesOf, remover, sizeOf, warningsOf } from '../life-cycle.ts';

/** A machine of its own user, whose store has another key. */
async function strangerOf(backend: Backend = new MemoryBackend('other place')): Promise<TestStore> {
  const other = new TestStore(backend);
  other.secret = { kind: 'key-file', key: new Uint8Array(32).fill(9) };
  return await other.create();
}

/** The same user and secrets before the store on `backend`, with nothing remembered. */
async function again(machine: TestStore, backend: Backend): Promise<TestStore> {
  const identity = await machine.identity();
  return Object.assign(new TestStore(backend), {
    secret: machine.secret,
    nowMs: machine.nowMs,
    packBytes: machine.packBytes,
    identity: async () => identity,
  });
}

const sync = (from: TestStore, to: TestStore, options: Partial<SyncOptions> = {}): Promise<SyncReport> =>
  from.open((source) =>
    to.open((target) => source.replica.copyTo(target.replica, { host: 'here', ...options })),
  );

const list = (machine: TestStore) => machine.open((store) => store.listSnapshots());
const ids = async (machine: TestStore) => (await list(machine)).map(({ id }) => id);

/** The contents of every snapshot by the id it was first known by. */
async function byOrigin(machine: TestStore): Promise<Map<string, Map<string, string>>> {
  return await machine.open(async (store) => {
    const all = new Map<string, Map<string, string>>();
    for (const { id, header } of await store.listSnapshots())
      all.set(header?.origin?.id ?? id, await contentsOf(store, id));
    return all;
  });
}

async function digestsOf(backend: Backend): Promise<string[]> {
  const all: string[] = [];
  for (const name of await namesOf(backend))
    all.push(`${name} ${Buffer.from(await backend.read(name)).toString('base64')}`);
  return all;
}

async function withTwo(): Promise<TestStore> {
  const machine = await new TestStore().create();
  await machine.snapshot(pagesOf([1, 2, 3], 900));
  await machine.snapshot(pagesOf([2, 3, 4], 900));
  return machine;
}

describe('sync between stores of different keys', () => {
  test('seals contents again; the target checks clean and restores the same', async () => {
    const machine = await withTwo();
    const other = await strangerOf();
    const report = await sync(machine, other);
    expect(report.copied).toHaveLength(2);
    expect(report.failed).toEqual([]);
    expect(await byOrigin(other)).toEqual(await everything(machine));
    expect([await errorsOf(other), await warningsOf(other)]).toEqual([[], []]);
    const [newest, oldest] = await list(other);
    expect(newest?.header?.parents).toEqual([oldest?.id]);
    const ours = new Set(
      (await namesOf(machine.backend)).filter((name) => name !== 'CONFIG' && name !== 'keys/roster'),
    );
    expect((await namesOf(other.backend)).filter((name) => ours.has(name))).toEqual([]);
  });

  test('keeps id, signer and signature of the first header, and members that a key does not change', async () => {
    const machine = await withTwo();
    const other = await strangerOf();
    await sync(machine, other);
    const originals = new Map((await list(machine)).map((each) => [String(each.id), each]));
    const signer = (await machine.identity()).signer.publicKey;
    for (const { header } of await list(other)) {
      const original = originals.get(header?.origin?.id ?? '')?.header;
      expect(header?.origin).toMatchObject({ storeId: (await machine.secrets()).context.storeId, signer });
      expect(header?.signer).toBe((await other.identity()).signer.publicKey);
      const { time, durationMs, source, counts, manifest, contentBytes, tags } = original ?? {};
      expect(header).toMatchObject({ time, durationMs, source, counts, manifest, contentBytes, tags });
    }
  });

  test('copies nothing twice, by whatever way a snapshot came', async () => {
    const machine = await withTwo();
    const [other, third] = [await strangerOf(), await strangerOf(new MemoryBackend('third place'))];
    await sync(machine, other);
    await sync(other, third);
    const contents = await everything(machine);
    for (const [from, to] of [
      [machine, other],
      [machine, third],
      [third, other],
      [other, machine],
    ] as const) {
      const before = await digestsOf(to.backend);
      expect(await sync(from, to)).toMatchObject({ copied: [], failed: [], blobsCopied: 0, bytesCopied: 0 });
      expect(await digestsOf(to.backend)).toEqual(before);
    }
    expect(await byOrigin(third)).toEqual(contents);
    const signer = (await machine.identity()).signer.publicKey;
    for (const { header } of await list(third)) expect(header?.origin?.signer).toBe(signer);
  });

  test('reads and stores only what the target lacks', async () => {
    const machine = await new TestStore().create();
    const many = [1, 2, 3, 4, 5, 6, 7, 8];
    await machine.snapshot(pagesOf(many, 20_000));
    const backend = new FaultyBackend(machine.backend);
    const other = await strangerOf();
    await sync(machine, other);
    const before = await sizeOf(other.backend, '');
    await machine.snapshot(pagesOf([...many, 9], 20_000));
    const reader = await again(machine, backend);
    expect((await sync(reader, other)).copied).toHaveLength(1);
    expect((await sizeOf(other.backend, '')) - before).toBeLessThan(90_000);
    const media = backend.operations.filter((operation) => / packs\//.test(operation)).length;
    expect(media).toBeLessThan(20);
    expect(await byOrigin(other)).toEqual(await everything(machine));
  });

  test('deduplicates with what the target stored by itself', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot(pagesOf([1, 2, 3], 20_000));
    const other = await strangerOf();
    await other.snapshot(pagesOf([1, 2, 3], 20_000));
    const before = await sizeOf(other.backend, 'packs/');
    await sync(machine, other);
    expect((await sizeOf(other.backend, 'packs/')) - before).toBe(0);
    expect(await ids(other)).toHaveLength(2);
  });

  test('works both ways between stores that each went on, and the next backup stands on all', async () => {
    const machine = await withTwo();
    const other = await strangerOf();
    await sync(machine, other);
    other.nowMs = machine.nowMs + 60_000;
    await other.snapshot(pagesOf([7], 900));
    await machine.snapshot(pagesOf([8], 900));
    await sync(other, machine);
    await sync(machine, other);
    expect([...(await byOrigin(machine)).keys()].sort()).toEqual([...(await byOrigin(other)).keys()].sort());
    for (const each of [machine, other]) expect(await errorsOf(each)).toEqual([]);
    machine.nowMs += 600_000;
    expect((await machine.snapshot(pagesOf([9], 900))).header?.parents.length).toBeGreaterThan(1);
  });

  test('takes a chosen snapshot alone, and the rest later in the order of the first store', async () => {
    const machine = await withTwo();
    await machine.snapshot(pagesOf([5], 900));
    const other = await strangerOf();
    other.nowMs = machine.nowMs;
    const [third, second, first] = await ids(machine);
    await sync(machine, other, { snapshots: [second as SnapshotId] });
    expect([...(await byOrigin(other)).keys()]).toEqual([second]);
    await sync(machine, other);
    expect((await list(other)).map(({ header }) => header?.origin?.id)).toEqual([third, second, first]);
    expect([await errorsOf(other), await warningsOf(other)]).toEqual([[], []]);
  });

  test('takes tags and pins along, also those of later, and never undoes what the target said since', async () => {
    const machine = await withTwo();
    const other = await strangerOf();
    const [newest] = await ids(machine);
    const author = { host: 'here', tool: 'test' };
    const mark = (who: TestStore, id: SnapshotId | undefined, pin: boolean) =>
      who.write((store) => store.mark(id as SnapshotId, { pin, addTags: [`pin-${pin}`] }, author));
    await mark(machine, newest, true);
    await sync(machine, other);
    const state = async () => (await list(other))[0];
    expect(await state()).toMatchObject({ isPinned: true, tags: ['nightly', 'pin-true'] });
    other.nowMs = machine.nowMs + 60_000;
    await mark(other, (await state())?.id, false);
    expect(await sync(machine, other)).toMatchObject({ copied: [] });
    expect(await state()).toMatchObject({ isPinned: false });
    machine.nowMs = other.nowMs + 60_000;
    await mark(machine, newest, true);
    other.nowMs = machine.nowMs;
    await sync(machine, other);
    expect(await state()).toMatchObject({ isPinned: true });
    expect([await errorsOf(other), await warningsOf(other)]).toEqual([[], []]);
  });

  test('brings nothing back that either store removed', async () => {
    const machine = await withTwo();
    const other = await strangerOf();
    await sync(machine, other);
    const [newest, oldest] = await ids(other);
    await other.open((store) => store.removeSnapshots([oldest as SnapshotId], remover));
    await sync(machine, other);
    expect(await ids(other)).toEqual([newest]);
    const [first] = (await ids(machine)).slice(-1);
    await expect(sync(machine, other, { snapshots: [first as SnapshotId] })).rejects.toMatchObject({
      code: 'usage',
    });
    const third = await strangerOf(new MemoryBackend('third place'));
    await sync(machine, third);
    await machine.open((store) => store.removeSnapshots([first as SnapshotId], remover));
    await sync(third, machine);
    expect(await ids(machine)).toHaveLength(1);
    expect(await ids(third)).toHaveLength(2);
  });

  test('leaves out what cannot be read at the source, and takes it once that is healed', async () => {
    const machine = new TestStore();
    machine.packBytes = 4000;
    await machine.create();
    await machine.snapshot(pagesOf([1, 2, 3], 900));
    const packs = await namesOf(machine.backend, 'packs/');
    await machine.snapshot(pagesOf([1, 2, 3, 4], 900));
    const contents = await everything(machine);
    for (const name of packs) {
      const state = await again(machine, await copyOf(machine.backend));
      const good = await state.backend.read(name);
      await state.backend.replace(name, Buffer.from(good).fill(0, 0, 500));
      const other = await strangerOf();
      const { copied, failed } = await sync(state, other);
      expect(failed.length).toBeGreaterThan(0);
      expect(copied.length + failed.length).toBe(2);
      expect(await errorsOf(other)).toEqual([]);
      await state.backend.replace(name, good);
      await sync(state, other);
      expect(await byOrigin(other)).toEqual(contents);
    }
  });

  test('takes nothing that a stranger signed, and is not kept from the real one by what a stranger says', async () => {
    const machine = await withTwo();
    const other = await strangerOf();
    const [newest] = await list(machine);
    const forger = await new TestStore().identity();
    const put = async (store: TestStore, header: object) => {
      const { context } = await store.secrets();
      const file = encodeHeader(context, header as never, forger);
      await store.backend.create(headerName(headerIdOf(file)), file);
      return headerIdOf(file);
    };
    const name = headerName(newest?.id as SnapshotId);
    const own = decodeHeader((await machine.secrets()).context, await machine.backend.read(name), 'it');
    const forged = await put(machine, { ...own, signer: forger.signer.publicKey });
    await sync(machine, other);
    const copy = (await list(other)).find(({ header }) => header?.origin?.id === newest?.id);
    expect([...(await byOrigin(other)).keys()]).not.toContain(forged);
    expect(await ids(other)).toHaveLength(2);

    const third = await strangerOf(new MemoryBackend('third place'));
    await put(third, { ...copy?.header, parents: [], signer: forger.signer.publicKey });
    expect((await sync(machine, third)).copied).toHaveLength(2);
  });

  test('needs an identity that may sign at the target', async () => {
    const machine = await withTwo();
    const other = await strangerOf();
    const guest = await again(other, other.backend);
    guest.identity = new TestStore().identity;
    await expect(sync(machine, guest)).rejects.toMatchObject({ code: 'credentials' });
    expect(await ids(other)).toEqual([]);
  });

  test('seals again what the target has lost when told to heal', async () => {
    const machine = await withTwo();
    const other = await strangerOf();
    other.packBytes = 4000;
    await sync(machine, other);
    const contents = await byOrigin(other);
    for (const name of await namesOf(other.backend, 'packs/')) {
      const state = await again(other, await copyOf(other.backend));
      await state.backend.remove(name);
      await sync(machine, state, { heal: true });
      expect(await byOrigin(state)).toEqual(contents);
      expect(await errorsOf(state)).toEqual([]);
    }
  });
});

describe('a resealed header', () => {
  test('is refused when it says other things than its origin, or its origin was changed', async () => {
    const machine = await withTwo();
    const other = await strangerOf();
    await sync(machine, other);
    const { context } = await other.secrets();
    const signer = await other.identity();
    const [snapshot] = await list(other);
    const name = headerName(snapshot?.id as SnapshotId);
    const header = decodeHeader(context, await other.backend.read(name), 'it');
    if (header.kind !== 'snapshot' || header.origin === undefined) throw new Error('not resealed');
    const decode = (change: object) => () =>
      decodeHeader(context, encodeHeader(context, { ...header, ...change }, signer), 'it');
    expect(decode({})()).toEqual(header);
    const { origin } = header;
    for (const change of [
      { time: '2020-01-01T00:00:00.000Z' },
      { counts: { pages: 1_000_000 } },
      { manifest: 'ab'.repeat(32) },
      { source: 'test:other' },
      { root: { ...header.root, size: header.root.size + 1 } },
      { origin: { ...origin, storeId: 'ab'.repeat(16) } },
      { origin: { ...origin, text: origin.text.replace('"nightly"', '"weekly"') } },
      { origin: { ...origin, signature: 'ab'.repeat(64) } },
    ])
      expect(decode(change), JSON.stringify(change)).toThrow();
  });
});

describe('an interrupted sync between stores of different keys', () => {
  test('leaves two whole stores after a crash at any moment, and goes on from there', async () => {
    const machine = new TestStore();
    await machine.create();
    await machine.snapshot(pagesOf([1], 300));
    await machine.snapshot(pagesOf([2], 300));
    const contents = await everything(machine);
    const before = await digestsOf(machine.backend);
    const backend = new FaultyBackend(new MemoryBackend('other place'));
    const other = await strangerOf(backend);
    const start = backend.changes.length;
    await sync(machine, other);
    for (let count = start; count <= backend.changes.length; count++) {
      const state = await again(other, await stateAfter(backend.changes, count));
      for (const [id, found] of await byOrigin(state)) expect(found).toEqual(contents.get(id));
      expect(await errorsOf(state)).toEqual([]);
      state.nowMs += 3600_000;
      await sync(machine, state);
      expect(await byOrigin(state)).toEqual(contents);
    }
    expect(await digestsOf(machine.backend)).toEqual(before);
  });

  test.each([
    ['error', 'operations'],
    ['disk-full', 'changes'],
    ['short', 'changes'],
  ] as const)('leaves a whole target after %s at any of the %s', async (fault, of) => {
    const machine = await new TestStore().create();
    await machine.snapshot(pagesOf([1], 300));
    const contents = await everything(machine);
    const empty = await strangerOf();
    for (let at = 1; ; at++) {
      const backend = new FaultyBackend(await copyOf(empty.backend), { fault, at, of });
      const state = await again(empty, backend);
      await sync(machine, state).catch((error: { code?: unknown }) =>
        expect(error.code).toBe(fault === 'disk-full' ? 'temporary' : 'unavailable'),
      );
      if (at > (of === 'changes' ? backend.changesAsked : backend.operations.length)) break;
      backend.repair();
      await sync(machine, state);
      expect(await byOrigin(state)).toEqual(contents);
      expect(await errorsOf(state)).toEqual([]);
    }
  });
});
