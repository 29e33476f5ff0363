import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../../src/backend/backend.ts';
import { BundleBackend } from '../../../src/backend/bundle/bundle.ts';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import type { Identity } from '../../../src/store/access/identity.ts';
import { endorse, rotateIdentity } from '../../../src/store/access/identity.ts';
import { openTrust } from '../../../src/store/access/trust.ts';
import type { Secret } from '../../../src/store/format/key-slot.ts';
import type { SyncOptions, SyncReport } from '../../../src/store/replicas/sync-options.ts';
import { namesOf } from '../../backend/contract.ts';
import { copyOf, FaultyBackend, stateAfter } from '../../backend/faulty-backend.ts';
import { testId } from '../context.ts';
import { details, TestStore, temporaryFolder } from '../fixture.ts';
import {
  contentsOf,
  errorsOf,
  everything,
  otherMachine,
  pagesOf,
  remover,
  sizeOf,
  warningsOf,
} from '../life-cycle.ts';

/** The same machine with the copy at another place. */
class Copy extends TestStore {
  constructor(machine: TestStore, backend: Backend) {
    super(backend);
    Object.assign(this, {
      configuration: machine.configuration,
      nowMs: machine.nowMs,
      packBytes: machine.packBytes,
    });
  }
}

async function copyStore(
  machine: TestStore,
  backend: Backend = new MemoryBackend('second place'),
): Promise<Copy> {
  const trust = await openTrust(machine.configuration, backend.location, { isNewStore: true });
  await machine.open((store) => store.replica.create({ backend, trust }));
  return new Copy(machine, backend);
}

const sync = (from: TestStore, to: TestStore, options: Partial<SyncOptions> = {}): Promise<SyncReport> =>
  from.open((source) =>
    to.open((target) => source.replica.copyTo(target.replica, { host: 'here', ...options })),
  );

/** Gives the machine a new key. */
async function rotate(machine: TestStore): Promise<Identity> {
  const identity = await rotateIdentity(machine.configuration, '2026-01-02T03:04:05.678Z');
  machine.identity = async () => identity;
  return identity;
}

const ids = (machine: TestStore) =>
  machine.open(async (store) => (await store.listSnapshots()).map(({ id }) => id).sort());

describe('sync', () => {
  test('writes an index delta for every eight packfiles; what a broken copy left is named by the next one', async () => {
    const machine = new TestStore();
    machine.packBytes = 10_000;
    await machine.create();
    await machine.snapshot(pagesOf(Array.from({ length: 30 }, (_, page) => page)));
    const place = new MemoryBackend('second place');
    const copy = await copyStore(machine, place);
    const packs = await namesOf(machine.backend, 'packs/');
    expect(packs.length).toBeGreaterThan(20);
    // The lock, twelve packfiles and the delta that names eight of them.
    const failing = new FaultyBackend(place, { fault: 'dead', at: 15, of: 'changes' });
    await expect(sync(machine, new Copy(machine, failing))).rejects.toThrow();
    machine.nowMs += 3_600_000;
    copy.nowMs = machine.nowMs;
    const left = await namesOf(place, 'packs/');
    expect(left).toHaveLength(12);
    await sync(machine, copy);
    expect(await namesOf(place, 'packs/')).toEqual(expect.arrayContaining(left));
    expect((await namesOf(place, 'index/')).length).toBeLessThanOrEqual(2 + Math.ceil(packs.length / 8));
    expect(await everything(copy)).toEqual(await everything(machine));
    expect([await errorsOf(copy), await warningsOf(copy)]).toEqual([[], []]);
  });

  test('copies every snapshot with its id, signature and contents', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot(pagesOf([1, 2, 3]));
    await machine.snapshot(pagesOf([2, 3, 4]));
    const copy = await copyStore(machine);
    const report = await sync(machine, copy);
    expect(report.copied).toHaveLength(2);
    expect(await everything(copy)).toEqual(await everything(machine));
    for (const name of await namesOf(machine.backend, 'snapshots/')) {
      expect(await copy.backend.read(name)).toEqual(await machine.backend.read(name));
    }
    expect([await errorsOf(copy), await warningsOf(copy)]).toEqual([[], []]);
  });

  test('sends only the blobs that the other place lacks', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot(pagesOf([1, 2, 3, 4, 5, 6, 7, 8], 20_000));
    const copy = await copyStore(machine);
    await sync(machine, copy);
    expect(await sync(machine, copy)).toMatchObject({ copied: [], blobsCopied: 0, bytesCopied: 0 });
    const before = await sizeOf(copy.backend, '');
    await machine.snapshot(pagesOf([1, 2, 3, 4, 5, 6, 7, 8, 9], 20_000));
    expect((await sync(machine, copy)).copied).toHaveLength(1);
    expect((await sizeOf(copy.backend, '')) - before).toBeLessThan(80_000);
  });

  test('works both ways between places that each went on', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot(pagesOf([1]));
    const copy = await copyStore(machine);
    await sync(machine, copy);
    await machine.snapshot(pagesOf([1, 2]));
    copy.nowMs += 90_000;
    await copy.snapshot(pagesOf([1, 3]));
    await sync(machine, copy);
    await sync(copy, machine);
    expect(await ids(machine)).toHaveLength(3);
    expect(await everything(machine)).toEqual(await everything(copy));
    machine.nowMs = Math.max(machine.nowMs, copy.nowMs);
    const joined = await machine.snapshot(pagesOf([1, 2, 3]));
    expect(joined.header?.parents).toHaveLength(2);
    expect(await errorsOf(machine)).toEqual([]);
  });

  test('copies a chosen snapshot with those it stands on, and the rest later', async () => {
    const machine = await new TestStore().create();
    const first = await machine.snapshot(pagesOf([1]));
    const second = await machine.snapshot(pagesOf([2]));
    const third = await machine.snapshot(pagesOf([3]));
    const copy = await copyStore(machine);
    await sync(machine, copy, { snapshots: [second.id] });
    expect(await ids(copy)).toEqual([first.id, second.id].sort());
    expect([await errorsOf(copy), await warningsOf(copy)]).toEqual([[], []]);
    expect((await sync(machine, copy)).copied).toEqual([third.id]);
    expect([await errorsOf(copy), await warningsOf(copy)]).toEqual([[], []]);
    await expect(sync(machine, copy, { snapshots: [testId('ab'.repeat(32))] })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('brings no snapshot back that was removed from the copy', async () => {
    const machine = await new TestStore().create();
    const first = await machine.snapshot(pagesOf([1]));
    const second = await machine.snapshot(pagesOf([2]));
    const copy = await copyStore(machine);
    await sync(machine, copy);
    await copy.open((store) => store.removeSnapshots([first.id], remover));
    await sync(machine, copy);
    expect(await ids(copy)).toEqual([second.id]);
    await expect(sync(machine, copy, { snapshots: [first.id] })).rejects.toMatchObject({ code: 'usage' });
  });

  test('removes nothing from the copy that was removed from the original', async () => {
    const machine = await new TestStore().create();
    const first = await machine.snapshot(pagesOf([1]));
    const second = await machine.snapshot(pagesOf([2]));
    const copy = await copyStore(machine);
    await sync(machine, copy);
    await machine.open((store) => store.removeSnapshots([first.id, second.id], remover));
    await machine.open((store) => store.collectGarbage({ apply: true, rules: { graceMs: 0 } }));
    const third = await machine.snapshot(pagesOf([3]));
    expect((await sync(machine, copy)).copied).toEqual([third.id]);
    expect(await ids(copy)).toEqual([first.id, second.id, third.id].sort());
    expect([await errorsOf(copy), await warningsOf(copy)]).toEqual([[], []]);
  });

  test('leaves out a snapshot that cannot be read and what stands on it, and copies whole what it copies', async () => {
    const machine = new TestStore();
    machine.packBytes = 4000;
    await machine.create();
    const first = await machine.snapshot(pagesOf([1, 2, 3], 900));
    const second = await machine.snapshot(pagesOf([1, 2, 3, 4], 900));
    const contents = await everything(machine);
    const outcomes = new Set<number>();
    for (const name of await namesOf(machine.backend, 'packs/')) {
      const state = await otherMachine(machine, await copyOf(machine.backend));
      await state.backend.replace(name, (await state.backend.read(name)).fill(0, 0, 500));
      const copy = await copyStore(state);
      const { copied, failed } = await sync(state, copy);
      expect([...copied, ...failed.map(({ id }) => id)]).toEqual([first.id, second.id]);
      outcomes.add(copied.length);
      for (const id of copied) {
        expect(await copy.open((store) => contentsOf(store, id))).toEqual(contents.get(id));
      }
      expect(await errorsOf(copy)).toEqual([]);
    }
    expect([...outcomes].sort()).toEqual([0, 1]);
  });

  test('heals what the copy has lost when told to', async () => {
    const machine = new TestStore();
    machine.packBytes = 4000;
    await machine.create();
    await machine.snapshot(pagesOf([1, 2, 3], 900));
    const copy = await copyStore(machine);
    await sync(machine, copy);
    for (const name of await namesOf(copy.backend, 'packs/')) {
      await copy.backend.remove(name);
      await sync(machine, copy, { heal: true });
      expect(await everything(copy)).toEqual(await everything(machine));
    }
  });

  test('takes the signers along', async () => {
    const machine = await new TestStore().create();
    const copy = await copyStore(machine);
    const { signer } = await rotate(machine);
    await machine.open((store) => store.admitSigners([signer]));
    const snapshot = await machine.snapshot(pagesOf([1]));
    await sync(machine, copy);
    expect(await ids(copy)).toEqual([snapshot.id]);
    expect(await errorsOf(copy)).toEqual([]);
  });

  test('leaves two whole stores after a crash at any moment, and goes on from there', async () => {
    const machine = new TestStore();
    machine.packBytes = 4000;
    await machine.create();
    await machine.snapshot(pagesOf([1, 2], 900));
    await machine.snapshot(pagesOf([2, 3], 900));
    const contents = await everything(machine);
    const backend = new FaultyBackend(new MemoryBackend());
    const copy = await copyStore(machine, backend);
    const start = backend.changes.length;
    await sync(machine, copy);
    for (let count = start; count <= backend.changes.length; count++) {
      const state = new Copy(machine, await stateAfter(backend.changes, count));
      Object.assign(state, { configuration: new MemoryBackend() });
      for (const [id, found] of await everything(state)) expect(found).toEqual(contents.get(id));
      expect(await errorsOf(state)).toEqual([]);
      state.nowMs += 3600_000;
      await sync(machine, state);
      expect(await everything(state)).toEqual(contents);
    }
  });

  test.each([
    ['error', 'operations'],
    ['disk-full', 'changes'],
    ['torn', 'changes'],
    ['short', 'changes'],
  ] as const)('leaves a whole copy after %s at any of the %s', async (fault, of) => {
    const machine = await new TestStore().create();
    await machine.snapshot(pagesOf([1], 300));
    const contents = await everything(machine);
    const empty = (await copyStore(machine)).backend;
    const outcomes = new Set<string>();
    for (let at = 1; ; at++) {
      const backend = new FaultyBackend(await copyOf(empty), { fault, at, of });
      const copy = new Copy(await otherMachine(machine), backend);
      const outcome = await sync(machine, copy).then(
        () => 'done',
        (error: { code?: unknown }) => String(error.code),
      );
      outcomes.add(outcome);
      if (at > (of === 'changes' ? backend.changesAsked : backend.operations.length)) break;
      backend.repair();
      if (fault === 'torn') {
        // Half an object under its own name is damage at the new place, which `check` names. Nothing is lost: the
        // original is untouched, and a copy made anew is whole.
        expect(await everything(machine)).toEqual(contents);
        continue;
      }
      await sync(machine, copy);
      expect(await everything(copy)).toEqual(contents);
    }
    expect([...outcomes].sort()).toEqual(
      ['done', fault === 'disk-full' ? 'temporary' : 'unavailable'].sort(),
    );
  });
});

describe('a copy of a store', () => {
  test('may have a secret of its own', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot(pagesOf([1]));
    const backend = new MemoryBackend('second place');
    const secret: Secret = { kind: 'key-file', key: new Uint8Array(32).fill(9) };
    const trust = await openTrust(machine.configuration, backend.location);
    await machine.open((store) => store.replica.create({ backend, trust, own: { secret, label: 'copy' } }));
    const copy = Object.assign(new Copy(machine, backend), { secret });
    await sync(machine, copy);
    expect(await everything(copy)).toEqual(await everything(machine));
    await expect(new Copy(machine, backend).open(async () => {})).rejects.toMatchObject({
      code: 'credentials',
    });
  });

  test('is made in an empty place only, and again after a crash', async () => {
    const machine = await new TestStore().create();
    const backend = new FaultyBackend(new MemoryBackend('second place'));
    await copyStore(machine, backend);
    await expect(copyStore(machine, backend)).rejects.toMatchObject({ code: 'usage' });
    for (let count = 0; count < backend.changes.length; count++) {
      const state = await stateAfter(backend.changes, count);
      const copy = await copyStore(machine, state);
      expect(await errorsOf(copy)).toEqual([]);
    }
  });
});

describe('signers', () => {
  test('endorsed by a trusted key are taken by other machines, others are asked for', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot(pagesOf([1]));
    const colleague = new TestStore(machine.backend);
    await colleague.open((store) => store.listSnapshots());
    const third = new TestStore(machine.backend);
    await third.open((store) => store.listSnapshots());
    const key = (await colleague.identity()).signer.publicKey;
    await machine.open(async (store) => store.admitSigners([endorse(await machine.identity(), key)]));
    const theirs = await colleague.snapshot(pagesOf([2]));
    expect(await ids(machine)).toContain(theirs.id);
    expect(await ids(third)).toContain(theirs.id);

    const stranger = new TestStore(machine.backend);
    const { signer } = await stranger.identity();
    await expect(stranger.open((store) => store.admitSigners([signer]))).rejects.toMatchObject({
      code: 'credentials',
    });
    await stranger.open((store) => store.adopt());
    await stranger.snapshot(pagesOf([3]));
    await expect(ids(machine)).rejects.toMatchObject({ code: 'integrity' });
    await machine.open(async () => {}, { signers: [signer.publicKey] }).catch(() => undefined);
  });

  test('of an identity that was rotated any number of times are admitted by themselves', async () => {
    const machine = await new TestStore().create();
    const onlooker = new TestStore(machine.backend);
    await onlooker.open((store) => store.listSnapshots());
    for (let count = 0; count < 3; count++) await rotate(machine);
    const before = await machine.backend.read('CONFIG');
    const snapshot = await machine.snapshot(pagesOf([1]));
    expect(await machine.backend.read('CONFIG')).not.toEqual(before);
    expect(await ids(onlooker)).toEqual([snapshot.id]);
    await expect(onlooker.snapshot(pagesOf([1]))).rejects.toMatchObject({ code: 'credentials' });
  });

  test('whose endorsement is forged are never written', async () => {
    const machine = await new TestStore().create();
    const before = await machine.backend.read('CONFIG');
    const { publicKey } = (await new TestStore().identity()).signer;
    const forged = { publicKey, endorsement: { by: publicKey, signature: 'ab'.repeat(64) } };
    await expect(machine.open((store) => store.admitSigners([forged]))).rejects.toMatchObject({
      code: 'usage',
    });
    expect(await machine.backend.read('CONFIG')).toEqual(before);
  });
});

describe('an export', () => {
  test('is one file that is read as a store and holds the chosen snapshots', async () => {
    const machine = await new TestStore().create();
    const first = await machine.snapshot(pagesOf([1, 2]));
    const second = await machine.snapshot(pagesOf([2, 3]));
    const path = join(temporaryFolder(), 'export.kloset');
    await machine.open((store) => store.replica.export({ snapshots: [second.id], path, host: 'here' }));
    const backend = await BundleBackend.open(path);
    const reader = await otherMachine(machine, backend);
    expect(await ids(reader)).toEqual([second.id]);
    expect((await everything(reader)).get(second.id)).toEqual((await everything(machine)).get(second.id));
    expect([await errorsOf(reader), await warningsOf(reader)]).toEqual([[], []]);
    await expect(reader.snapshot(pagesOf([9]))).rejects.toMatchObject({ code: 'usage' });
    expect(await ids(machine)).toEqual([first.id, second.id].sort());
  });

  test('can be copied into a store again', async () => {
    const machine = await new TestStore().create();
    const first = await machine.snapshot(pagesOf([1, 2]));
    const path = join(temporaryFolder(), 'export.kloset');
    await machine.open((store) => store.replica.export({ snapshots: [first.id], path, host: 'here' }));
    const backend = await BundleBackend.open(path);
    const bundle = Object.assign(new Copy(machine, backend), { configuration: new MemoryBackend() });
    const copy = await copyStore(machine);
    await sync(bundle, copy);
    expect(await everything(copy)).toEqual(await everything(machine));
  });

  test('that fails leaves no file', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot(pagesOf([1]));
    const path = join(temporaryFolder(), 'export.kloset');
    const failing = machine.open((store) =>
      store.replica.export({ snapshots: [testId('ab'.repeat(32))], path, host: 'here' }),
    );
    await expect(failing).rejects.toMatchObject({ code: 'not-found' });
    await expect(BundleBackend.open(path)).rejects.toMatchObject({ code: 'not-found' });
  });
});

test('two copies of a store on one machine never take each other’s blobs for their own', async () => {
  const machine = await new TestStore().create();
  const copy = Object.assign(await copyStore(machine), { cacheFolder: machine.cacheFolder });
  const snapshot = await machine.write(async (store) => {
    const writer = await store.beginSnapshot();
    // While this backup runs, the other copy stores the same pages and is listed.
    await copy.snapshot(pagesOf([1, 2]));
    await copy.open((other) => other.previous('test:workspace'));
    await pagesOf([1, 2])(writer);
    return await writer.commit(details);
  });
  expect((await everything(machine)).get(snapshot.id)?.size).toBe(7);
  expect(await errorsOf(machine)).toEqual([]);
});
