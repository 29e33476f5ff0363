import { describe, expect, test } from 'vitest';
import type { Backend } from '../../../src/backend/backend.ts';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import { KlosetError } from '../../../src/errors.ts';
import type { PackId, SnapshotId } from '../../../src/store/format/ids.ts';
import { lockExpiryMs } from '../../../src/store/locks/lock-record.ts';
import { withLock } from '../../../src/store/locks/locks.ts';
import type { GcOptions, GcReport } from '../../../src/store/maintenance/gc.ts';
import { defaultGcRules, expired, markDead, planGc } from '../../../src/store/maintenance/gc-plan.ts';
import { namesOf } from '../../backend/contract.ts';
import { copyOf, FaultyBackend, stateAfter } from '../../backend/faulty-backend.ts';
import { anyId } from '../context.ts';
import { TestStore } from '../fixture.ts';
import { errorsOf, everything, otherMachine, pagesOf, remover, sizeOf, warningsOf } from '../life-cycle.ts';

const day = 24 * 3600 * 1000;
const atOnce = { apply: true, rules: { graceMs: 0 } };

const run = (machine: TestStore, options: GcOptions = { apply: true }): Promise<GcReport> =>
  machine.open((store) => store.collectGarbage(options));
const remove = (machine: TestStore, ...ids: SnapshotId[]) =>
  machine.open((store) => store.removeSnapshots(ids, remover));

async function smallPacks(backend = new MemoryBackend()): Promise<TestStore> {
  const machine = new TestStore(backend);
  machine.packBytes = 20_000;
  return await machine.create();
}

describe('maintenance', () => {
  test('finds nothing to do in a store all of which is needed', async () => {
    const machine = await smallPacks();
    await machine.snapshot(pagesOf([1, 2, 3, 4, 5, 6]));
    const rules = { smallPackBytes: 0 };
    const before = await copyOf(machine.backend);
    const report = await run(machine, { apply: true, rules });
    expect(report).toMatchObject({ sweptPacks: 0, repackedPacks: 0, waitingPacks: 0, missingBlobs: 0 });
    expect(await namesOf(machine.backend)).toEqual(await namesOf(before));
  });

  test('frees what only removed snapshots needed, once the grace period is over', async () => {
    const machine = await smallPacks();
    const kept = await machine.snapshot(pagesOf([1, 2, 3, 4]));
    const keptBytes = await sizeOf(machine.backend, 'packs/');
    const removed = await machine.snapshot(pagesOf([11, 12, 13, 14, 15, 16]));
    const contents = (await everything(machine)).get(kept.id);
    await remove(machine, removed.id);
    const marked = await run(machine);
    expect(marked.waitingPacks).toBeGreaterThan(2);
    expect(marked.sweptPacks).toBe(0);
    machine.nowMs += 7 * day - 1;
    expect((await run(machine)).sweptPacks).toBe(0);
    machine.nowMs += 1;
    expect((await run(machine)).sweptPacks).toBe(marked.waitingPacks);
    expect(await sizeOf(machine.backend, 'packs/')).toBe(keptBytes);
    expect(await everything(machine)).toEqual(new Map([[kept.id, contents]]));
    expect([await errorsOf(machine), await warningsOf(machine)]).toEqual([[], []]);
  });

  test('changes nothing without being told to apply, and says the same as when it is', async () => {
    const machine = await smallPacks();
    const first = await machine.snapshot(pagesOf([1, 2, 3, 4]));
    await machine.snapshot(pagesOf([11, 12, 13, 14]));
    await remove(machine, first.id);
    const before = await copyOf(machine.backend);
    const planned = await run(machine, { rules: { graceMs: 0 } });
    expect(await namesOf(machine.backend)).toEqual(await namesOf(before));
    const done = await run(machine, atOnce);
    expect(done.sweptPacks).toBe(planned.sweptPacks);
    expect(done.sweptBytes).toBe(planned.sweptBytes);
    expect(done.sweptPacks).toBeGreaterThan(0);
  });

  test('moves what is needed out of packfiles that are mostly not', async () => {
    const machine = await smallPacks();
    const first = await machine.snapshot(pagesOf([1, 2, 3, 4, 5, 6, 7, 8]));
    const second = await machine.snapshot(pagesOf([1, 6]));
    const contents = (await everything(machine)).get(second.id);
    await remove(machine, first.id);
    const before = await sizeOf(machine.backend, 'packs/');
    const report = await run(machine, atOnce);
    expect(report.repackedPacks).toBeGreaterThan(1);
    expect(report.newPacks).toBeGreaterThan(0);
    expect(await sizeOf(machine.backend, 'packs/')).toBeLessThan(before / 2);
    expect(await everything(machine)).toEqual(new Map([[second.id, contents]]));
    expect([await errorsOf(machine), await warningsOf(machine)]).toEqual([[], []]);
    expect(await run(machine, atOnce)).toMatchObject({ sweptPacks: 0, repackedPacks: 0 });
  });

  test('does not repack again and again what waits for its grace period', async () => {
    const machine = await smallPacks();
    const first = await machine.snapshot(pagesOf([1, 2, 3, 4, 5, 6, 7, 8]));
    await machine.snapshot(pagesOf([1, 6]));
    await remove(machine, first.id);
    expect((await run(machine)).repackedPacks).toBeGreaterThan(0);
    const names = await namesOf(machine.backend);
    for (let night = 0; night < 3; night++) {
      machine.nowMs += day;
      expect(await run(machine)).toMatchObject({ repackedPacks: 0, newPacks: 0, sweptPacks: 0 });
    }
    expect(await namesOf(machine.backend)).toEqual(names);
    machine.nowMs += 7 * day;
    expect((await run(machine)).sweptPacks).toBeGreaterThan(0);
    expect(await errorsOf(machine)).toEqual([]);
  });

  test('merges the small packfiles and deltas of many nights', async () => {
    const machine = await new TestStore().create();
    const pages: number[] = [];
    for (let night = 0; night < 9; night++) {
      pages.push(night);
      await machine.snapshot(pagesOf(pages, 500));
    }
    const before = await everything(machine);
    expect((await namesOf(machine.backend, 'packs/')).length).toBe(18);
    const report = await run(machine, atOnce);
    expect(report).toMatchObject({ repackedPacks: 18, newPacks: 2, sweptPacks: 18 });
    expect(await namesOf(machine.backend, 'packs/')).toHaveLength(2);
    expect((await namesOf(machine.backend, 'index/')).length).toBeLessThan(5);
    expect(await everything(machine)).toEqual(before);
    expect([await errorsOf(machine), await warningsOf(machine)]).toEqual([[], []]);
  });

  test('a packfile that is needed again before its time is kept, and its mark forgotten', async () => {
    const machine = await smallPacks();
    const first = await machine.snapshot(pagesOf([1, 2, 3, 4]));
    await remove(machine, first.id);
    expect((await run(machine)).waitingPacks).toBeGreaterThan(0);
    machine.nowMs += 6 * day;
    const again = await machine.snapshot(pagesOf([1, 2, 3, 4]));
    expect(await run(machine)).toMatchObject({ waitingPacks: 0, sweptPacks: 0 });
    await remove(machine, again.id);
    machine.nowMs += 6 * day;
    expect((await run(machine)).sweptPacks).toBe(0);
  });

  test('waits for a running backup, which keeps what it counts on', async () => {
    const machine = await smallPacks();
    const first = await machine.snapshot(pagesOf([1, 2, 3, 4]));
    await remove(machine, first.id);
    await machine.write(async (store) => {
      const writer = await store.beginSnapshot();
      await expect(run(machine, atOnce)).rejects.toMatchObject({ code: 'locked' });
      await writer.abandon();
    });
    expect((await run(machine, atOnce)).sweptPacks).toBeGreaterThan(0);
  });

  test('keeps what an interrupted backup stored until the grace period is over', async () => {
    const machine = await smallPacks();
    await machine.snapshot(pagesOf([1]));
    await machine.write(async (store) => {
      const writer = await store.beginSnapshot();
      await pagesOf([11, 12, 13, 14, 15])(writer);
      await writer.abandon();
    });
    const stored = await sizeOf(machine.backend, 'packs/');
    expect((await run(machine, { apply: true, rules: { smallPackBytes: 0 } })).waitingPacks).toBeGreaterThan(
      0,
    );
    expect(await sizeOf(machine.backend, 'packs/')).toBe(stored);
  });

  test('refuses to free anything while a snapshot or a listing cannot be read', async () => {
    const machine = await smallPacks();
    const first = await machine.snapshot(pagesOf([1, 2, 3]));
    await machine.snapshot(pagesOf([3, 4, 5]));
    const whole = await copyOf(machine.backend);
    for (const name of [`snapshots/${first.id}`, ...(await namesOf(machine.backend, 'index/'))]) {
      const bytes = await machine.backend.read(name);
      await machine.backend.replace(name, bytes.fill(1, 20, 30));
      // A machine that read the header before still has it; another cannot know what the snapshot needs.
      await expect(run(await otherMachine(machine), atOnce)).rejects.toMatchObject({ code: 'integrity' });
      await machine.backend.replace(name, await whole.read(name));
    }
    expect(await namesOf(machine.backend)).toEqual(await namesOf(whole));
  });

  test('keeps the good copy of a blob whose other copy is damaged', async () => {
    const machine = await smallPacks();
    const empty = await copyOf(machine.backend);
    const { id } = await machine.snapshot(pagesOf([1, 2, 3]));
    const contents = (await everything(machine)).get(id);
    const mine = await namesOf(machine.backend, 'packs/');
    // Two machines that store the same at the same time store it twice.
    const twin = await otherMachine(machine, empty);
    await twin.snapshot(pagesOf([1, 2, 3]));
    for await (const { name } of twin.backend.list('')) {
      if (/^(packs|index)/.test(name)) await machine.backend.create(name, await twin.backend.read(name));
    }
    for (const damaged of [
      mine,
      (await namesOf(machine.backend, 'packs/')).filter((name) => !mine.includes(name)),
    ]) {
      const store = await otherMachine(machine, await copyOf(machine.backend));
      for (const name of damaged) {
        await store.backend.replace(name, (await store.backend.read(name)).fill(0, 0, 64));
      }
      for (let round = 0; round < 2; round++) await run(store, atOnce);
      expect((await everything(store)).get(id)).toEqual(contents);
    }
  });

  test('takes in packfiles that no index names, and sweeps torn ones', async () => {
    const machine = await smallPacks();
    const { id } = await machine.snapshot(pagesOf([1, 2, 3]));
    const contents = (await everything(machine)).get(id);
    for (const name of await namesOf(machine.backend, 'index/')) await machine.backend.remove(name);
    const torn = `packs/ab/${'ab'.repeat(32)}`;
    await machine.backend.create(torn, new Uint8Array(5000).fill(3));
    await run(machine, { apply: true });
    expect(await namesOf(machine.backend, 'packs/')).toContain(torn);
    expect((await everything(machine)).get(id)).toEqual(contents);
    await run(machine, atOnce);
    expect(await namesOf(machine.backend, 'packs/')).not.toContain(torn);
    expect([await errorsOf(machine), await warningsOf(machine)]).toEqual([[], []]);
  });

  test('counts blobs that are missing, and then sweeps no packfile it cannot read', async () => {
    const machine = await smallPacks();
    await machine.snapshot(pagesOf([1, 2, 3, 4, 5, 6]));
    const trees = new Set<string>();
    await machine.open(async (store) => {
      const report = await store.collectGarbage({});
      expect(report.missingBlobs).toBe(0);
    });
    for (const name of await namesOf(machine.backend, 'packs/')) {
      const bytes = await machine.backend.read(name);
      await machine.backend.remove(name);
      const missing = await run(machine).catch(() => undefined);
      if (missing === undefined) trees.add(name);
      else expect(missing.missingBlobs).toBeGreaterThan(0);
      await machine.backend.create(name, bytes);
    }
    expect(trees.size).toBe(1);
    expect(await errorsOf(machine)).toEqual([]);
  });

  test('stops before it removes anything when its lock was lost', async () => {
    const machine = await smallPacks();
    const first = await machine.snapshot(pagesOf([1, 2, 3]));
    await machine.snapshot(pagesOf([4, 5, 6]));
    await remove(machine, first.id);
    const before = await namesOf(machine.backend, 'packs/');
    // The machine sleeps while it looks for what is needed.
    machine.events.push = () => {
      machine.nowMs += lockExpiryMs;
      return 0;
    };
    await expect(run(machine, atOnce)).rejects.toMatchObject({ code: 'locked' });
    expect(await namesOf(machine.backend, 'packs/')).toEqual(before);
  });

  /** A store with something to sweep, to repack and to keep. */
  async function untidy(
    backend: Backend,
  ): Promise<{ machine: TestStore; contents: Map<string, Map<string, string>> }> {
    const machine = new TestStore(backend);
    machine.packBytes = 4000;
    await machine.create();
    const removed = await machine.snapshot(pagesOf([1, 2, 3, 4], 400));
    await machine.snapshot(pagesOf([1, 4, 5], 400));
    await remove(machine, removed.id);
    return { machine, contents: await everything(machine) };
  }

  test('leaves a whole store after a crash at any moment, and ends what was begun', async () => {
    const backend = new FaultyBackend(new MemoryBackend());
    const { machine, contents } = await untidy(backend);
    const start = backend.changes.length;
    expect(await run(machine, atOnce)).toMatchObject({ newPacks: 2, repackedPacks: 2 });
    const packs = await sizeOf(backend, 'packs/');
    for (let count = start; count <= backend.changes.length; count++) {
      const state = await otherMachine(machine, await stateAfter(backend.changes, count));
      expect(await errorsOf(state)).toEqual([]);
      expect(await everything(state)).toEqual(contents);
      state.nowMs += day;
      await run(state, atOnce);
      expect([await errorsOf(state), await warningsOf(state)]).toEqual([[], []]);
      expect(await everything(state)).toEqual(contents);
      expect(await sizeOf(state.backend, 'packs/')).toBeLessThanOrEqual(packs);
    }
  });

  test('writes nothing again that a run had repacked before it was killed', async () => {
    const backend = new FaultyBackend(new MemoryBackend());
    const { machine } = await untidy(backend);
    const start = backend.changes.length;
    const { newPacks } = await run(machine, { apply: true });
    expect(newPacks).toBeGreaterThan(1);
    const isPack = ({ type, name }: (typeof backend.changes)[number]) =>
      type === 'create' && name.startsWith('packs/');
    for (let count = start; count <= backend.changes.length; count++) {
      const state = await otherMachine(machine, await stateAfter(backend.changes, count));
      const written = backend.changes.slice(start, count).filter(isPack).length;
      state.nowMs += day;
      expect((await run(state, { apply: true })).newPacks).toBe(newPacks - written);
    }
  });

  test.each([
    ['error', 'operations'],
    ['disk-full', 'changes'],
    ['torn', 'changes'],
    ['short', 'changes'],
  ] as const)('loses nothing after %s at any of the %s', async (fault, of) => {
    const { machine, contents } = await untidy(new MemoryBackend());
    const outcomes = new Set<string>();
    for (let at = 1; ; at++) {
      const backend = new FaultyBackend(await copyOf(machine.backend), { fault, at, of });
      const state = await otherMachine(machine, backend);
      const outcome = await run(state, atOnce).then(
        () => 'done',
        (error: { code?: unknown }) => String(error.code),
      );
      outcomes.add(outcome);
      if (at > (of === 'changes' ? backend.changesAsked : backend.operations.length)) break;
      backend.repair();
      expect(await everything(state)).toEqual(contents);
    }
    expect([...outcomes].sort()).toEqual(
      ['done', fault === 'disk-full' ? 'temporary' : 'unavailable'].sort(),
    );
  });
});

/** A place that has room for so many packfiles more, and for small objects. */
class FullBackend extends MemoryBackend {
  room = Number.POSITIVE_INFINITY;

  override async create(name: string, bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    if (name.startsWith('packs/')) {
      if (this.room === 0) throw new KlosetError('temporary', 'The disk is full.');
      this.room--;
    }
    await super.create(name, bytes);
  }
}

describe('maintenance of a place without room for repacking', () => {
  /** A store with packfiles that are partly needed, and others that are not needed at all. */
  async function fullPlace(room = 0): Promise<TestStore & { backend: FullBackend }> {
    const backend = new FullBackend();
    const machine = await smallPacks(backend);
    const first = await machine.snapshot(pagesOf([1, 2, 3, 4, 5, 6, 7, 8]));
    await machine.snapshot(pagesOf([1, 6]));
    const third = await machine.snapshot(pagesOf([11, 12, 13, 14, 15, 16]));
    await remove(machine, first.id, third.id);
    backend.room = room;
    return Object.assign(machine, { backend });
  }

  test.each([0, 1])(
    'removes what needs none, says that it did not repack, and repacks when there is room (%i)',
    async (room) => {
      const machine = await fullPlace(room);
      const contents = await everything(machine);
      const before = await sizeOf(machine.backend, 'packs/');
      machine.events.length = 0;
      const report = await run(machine, atOnce);
      const told = machine.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
      expect(report).toMatchObject({ repackedPacks: 0, newPacks: room, missingBlobs: 0 });
      expect(report.sweptPacks).toBeGreaterThan(2);
      expect(told).toEqual([expect.stringMatching(/repacked.*The disk is full\./)]);
      const after = await sizeOf(machine.backend, 'packs/');
      expect(after).toBeLessThan(before);
      expect(await everything(machine)).toEqual(contents);
      expect(await errorsOf(machine)).toEqual([]);
      machine.backend.room = Number.POSITIVE_INFINITY;
      expect((await run(machine, atOnce)).repackedPacks).toBeGreaterThan(0);
      expect(await sizeOf(machine.backend, 'packs/')).toBeLessThan(after);
      expect(await everything(machine)).toEqual(contents);
      expect([await errorsOf(machine), await warningsOf(machine)]).toEqual([[], []]);
    },
  );

  test('where nothing can be removed, ends with the reason', async () => {
    const machine = await fullPlace();
    await run(machine, atOnce);
    const names = await namesOf(machine.backend);
    await expect(run(machine, atOnce)).rejects.toMatchObject({ code: 'temporary' });
    expect(await namesOf(machine.backend)).toEqual(names);
  });

  test('begins the grace period of what is not needed all the same', async () => {
    const machine = await fullPlace();
    await expect(run(machine)).rejects.toMatchObject({ code: 'temporary' });
    machine.nowMs += 7 * day;
    expect((await run(machine)).sweptPacks).toBeGreaterThan(2);
    expect(await errorsOf(machine)).toEqual([]);
  });
});

describe('the plan of maintenance', () => {
  const pack = (id: PackId, liveShare: number, sizeBytes = 16_000_000) => ({
    id,
    sizeBytes,
    blobBytes: sizeBytes,
    liveBytes: liveShare * sizeBytes,
    liveBlobs: liveShare > 0 ? 10 : 0,
    blobs: 20,
  });

  test('tells dead packfiles, mostly dead ones, and small ones when there are many', () => {
    const [dead, mostlyDead, half, small] = [anyId('a'), anyId('b'), anyId('c'), anyId('d')];
    const packs = [pack(dead, 0), pack(mostlyDead, 0.49), pack(half, 0.5), pack(small, 1, 1000)];
    expect(planGc(packs, defaultGcRules)).toEqual({ dead: [dead], repack: [mostlyDead] });
    const many = Array.from({ length: 8 }, (_, count) => pack(anyId(String(count)), 1, 1000));
    expect(planGc(many, defaultGcRules).repack).toHaveLength(8);
    expect(planGc(many.slice(1), defaultGcRules).repack).toEqual([]);
  });

  test('counts the grace period from the first mark, and distrusts marks from the future', () => {
    const [old, fresh, future, alive] = [anyId('a'), anyId('b'), anyId('c'), anyId('d')];
    const marks = new Map([
      [old, 1000],
      [future, 9000],
      [alive, 1000],
    ]);
    const marked = markDead([old, fresh, future], marks, 5000);
    expect(marked).toEqual(
      new Map([
        [old, 1000],
        [fresh, 5000],
        [future, 5000],
      ]),
    );
    expect(expired(marked, 4000, 5000)).toEqual(new Set([old]));
    expect(expired(marked, 0, 5000).size).toBe(3);
  });
});

test('maintenance and a lock of another machine exclude each other', async () => {
  const machine = await smallPacks();
  const { backend, clock } = machine;
  const { context } = await machine.secrets();
  await withLock({ backend, clock, context }, 'shared', {}, async () => {
    await expect(run(machine)).rejects.toMatchObject({ code: 'locked' });
    await run(machine, {});
  });
});
