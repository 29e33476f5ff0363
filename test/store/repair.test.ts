import { describe, expect, test } from 'vitest';
import type { MemoryBackend } from '../../src/backend/memory.ts';
import { endorse } from '../../src/store/access/identity.ts';
import { newKey } from '../../src/store/access/key-file.ts';
import type { RecoverConfigOptions } from '../../src/store/access/recover-config.ts';
import { recoverConfig } from '../../src/store/access/recover-config.ts';
import { openTrust } from '../../src/store/access/trust.ts';
import type { RecoverPacksOptions } from '../../src/store/maintenance/recover-packs.ts';
import { namesOf, bytesOf as text } from '../backend/contract.ts';
import { copyOf, FaultyBackend, stateAfter } from '../backend/faulty-backend.ts';
import { TestStore } from './fixture.ts';
import { errorsOf, everything, otherMachine, pagesOf, warningsOf } from './life-cycle.ts';

async function storeOf(...snapshots: number[][]): Promise<TestStore> {
  const machine = new TestStore();
  machine.packBytes = 6000;
  await machine.create();
  for (const pages of snapshots) await machine.snapshot(pagesOf(pages, 900));
  return machine;
}

const repair = (machine: TestStore, options: RecoverPacksOptions = { apply: true }) =>
  machine.open((store) => store.recoverPacks(options));

/** A state of the store that a fresh machine of the same user sees. */
async function damaged(
  machine: TestStore,
  damage: (backend: MemoryBackend) => Promise<void>,
): Promise<TestStore> {
  const backend = await copyOf(machine.backend);
  await damage(backend);
  return await otherMachine(machine, backend);
}

describe('rebuilding the index', () => {
  test('from the packfiles alone gives the same store', async () => {
    const machine = await storeOf([1, 2, 3], [3, 4]);
    const before = await everything(machine);
    const state = await damaged(machine, async (backend) => {
      for (const name of await namesOf(backend, 'index/')) await backend.remove(name);
    });
    expect((await errorsOf(state)).length).toBeGreaterThan(0);
    const report = await state.open((store) => store.rebuildIndex());
    expect(report).toMatchObject({ oldDeltas: 0, newDeltas: 1, unreadable: [] });
    expect(report.packs).toBe((await namesOf(state.backend, 'packs/')).length);
    expect(await everything(state)).toEqual(before);
    expect([await errorsOf(state), await warningsOf(state)]).toEqual([[], []]);
  });

  test('replaces damaged deltas and keeps the store whole after a crash at any moment', async () => {
    const machine = await storeOf([1, 2, 3], [3, 4]);
    const before = await everything(machine);
    const [first = ''] = await namesOf(machine.backend, 'index/');
    const backend = new FaultyBackend(await copyOf(machine.backend));
    await backend.replace(first, text('damaged'));
    const start = await copyOf(backend);
    const changes = backend.changes.length;
    const state = await otherMachine(machine, backend);
    await state.open((store) => store.rebuildIndex());
    expect([await errorsOf(state), await warningsOf(state)]).toEqual([[], []]);
    for (let count = 0; count <= backend.changes.length - changes; count++) {
      const crashed = await otherMachine(
        machine,
        await stateAfter(backend.changes.slice(changes), count, start),
      );
      crashed.nowMs += 3600_000;
      await crashed.open((store) => store.rebuildIndex());
      expect(await everything(crashed)).toEqual(before);
    }
  });

  test('keeps the old deltas while a packfile cannot tell what lies in it', async () => {
    const machine = await storeOf([1, 2, 3]);
    const before = await everything(machine);
    const [name = ''] = await namesOf(machine.backend, 'packs/');
    const state = await damaged(machine, async (backend) => {
      const bytes = await backend.read(name);
      await backend.replace(name, bytes.fill(0, bytes.length - 8));
    });
    const report = await state.open((store) => store.rebuildIndex());
    expect(report.unreadable).toMatchObject([{ packId: name.slice(-64) }]);
    expect(await everything(state)).toEqual(before);
  });
});

describe('salvage', () => {
  test('finds nothing to do in a sound store', async () => {
    const machine = await storeOf([1, 2], [2, 3]);
    const names = await namesOf(machine.backend);
    const report = await repair(machine);
    expect(report).toMatchObject({
      damagedPacks: [],
      missingPacks: [],
      damagedDeltas: [],
      lostBlobs: 0,
      losses: [],
    });
    expect(await namesOf(machine.backend)).toEqual(names);
  });

  test('saves every blob but the damaged one, names what is lost, and leaves a consistent store', async () => {
    const machine = await storeOf([1, 2, 3, 4]);
    const before = await everything(machine);
    let savedInAll = 0;
    let lostPaths = 0;
    for (const name of await namesOf(machine.backend, 'packs/')) {
      const state = await damaged(machine, async (backend) => {
        const bytes = await backend.read(name);
        bytes[100] = (bytes[100] ?? 0) ^ 1;
        await backend.replace(name, bytes);
      });
      const planned = await repair(state, {});
      const report = await repair(state);
      expect({ ...planned, packs: 0 }).toEqual({ ...report, packs: 0 });
      expect(report).toMatchObject({ damagedPacks: [name.slice(-64)], lostBlobs: 1 });
      savedInAll += report.savedBlobs;
      const [losses] = report.losses;
      lostPaths += losses?.count ?? 0;
      expect(report.losses).toHaveLength(1);
      const readable = await state.open(async (store) => {
        const [snapshot] = await store.listSnapshots();
        const reader = await store.openSnapshot(snapshot?.id ?? '');
        const lost: string[] = [];
        for (const path of before.get(snapshot?.id ?? '')?.keys() ?? []) {
          try {
            const entry = await reader.entry(path);
            if (entry?.type === 'file') for await (const _ of reader.read(entry.content));
          } catch {
            lost.push(path);
          }
        }
        return lost;
      });
      for (const path of readable) expect(losses?.paths.some((lost) => path.startsWith(lost))).toBe(true);
      expect((await errorsOf(state)).every((error) => error.startsWith('missing blob '))).toBe(true);
      expect(await namesOf(state.backend)).not.toContain(name);
      expect(await repair(state)).toMatchObject({ damagedPacks: [], savedBlobs: 0 });
    }
    expect(savedInAll).toBeGreaterThan(5);
    expect(lostPaths).toBeGreaterThan(1);
  });

  test('of a lost packfile lets the next backup heal old snapshots', async () => {
    const machine = await storeOf([1, 2, 3], [2, 3, 4]);
    const before = await everything(machine);
    for (const name of await namesOf(machine.backend, 'packs/')) {
      const state = await damaged(machine, (backend) => backend.remove(name));
      const report = await repair(state);
      expect(report.missingPacks).toEqual([name.slice(-64)]);
      expect(report.losses.length).toBeGreaterThan(0);
      await state.snapshot(pagesOf([1, 2, 3], 900));
      await state.snapshot(pagesOf([2, 3, 4], 900));
      const after = await everything(state);
      for (const [id, contents] of before) expect(after.get(id)).toEqual(contents);
      expect(await errorsOf(state)).toEqual([]);
    }
  });

  test('reads blobs in front of a broken footer by what the index delta says', async () => {
    const machine = await storeOf([1, 2, 3]);
    const before = await everything(machine);
    for (const name of await namesOf(machine.backend, 'packs/')) {
      const state = await damaged(machine, async (backend) => {
        const bytes = await backend.read(name);
        await backend.replace(name, bytes.subarray(0, bytes.length - 60));
      });
      expect(await repair(state)).toMatchObject({ lostBlobs: 0, losses: [] });
      expect(await everything(state)).toEqual(before);
      expect([await errorsOf(state), await warningsOf(state)]).toEqual([[], []]);
    }
  });

  test('replaces damaged deltas by what the packfiles say', async () => {
    const machine = await storeOf([1, 2, 3], [3, 4]);
    const before = await everything(machine);
    const state = await damaged(machine, async (backend) => {
      for (const name of await namesOf(backend, 'index/')) await backend.replace(name, text('damaged'));
    });
    const report = await repair(state);
    expect(report.damagedDeltas.length).toBeGreaterThan(1);
    expect(report.losses).toEqual([]);
    expect(await everything(state)).toEqual(before);
    expect([await errorsOf(state), await warningsOf(state)]).toEqual([[], []]);
  });

  test('makes maintenance possible again and loses nothing after a crash at any moment', async () => {
    const machine = await storeOf([1, 2, 3]);
    const [, name = ''] = await namesOf(machine.backend, 'packs/');
    const start = await copyOf(machine.backend);
    const bytes = await start.read(name);
    await start.replace(name, bytes.subarray(0, bytes.length - 60));
    const before = await everything(machine);
    const backend = new FaultyBackend(await copyOf(start));
    const state = await otherMachine(machine, backend);
    await repair(state);
    for (let count = 0; count <= backend.changes.length; count++) {
      const crashed = await otherMachine(machine, await stateAfter(backend.changes, count, start));
      crashed.nowMs += 3600_000;
      await repair(crashed);
      expect(await everything(crashed)).toEqual(before);
      await crashed.open((store) => store.collectGarbage({ apply: true, rules: { graceMs: 0 } }));
      expect([await errorsOf(crashed), await warningsOf(crashed)]).toEqual([[], []]);
      expect(await everything(crashed)).toEqual(before);
    }
  });
});

describe('rescue', () => {
  /** Repairs `state` as `machine` does it, which lets count what it remembers and what its secret opens. */
  const recover = async (
    machine: TestStore,
    { backend, secret }: Pick<TestStore, 'backend' | 'secret'>,
    more: Partial<RecoverConfigOptions> = {},
  ) =>
    recoverConfig({
      backend,
      secret,
      identity: await machine.identity(),
      trust: await openTrust(machine.configuration, machine.backend.location),
      choose: async (slots) =>
        slots.filter(({ isOpened, isRemembered }) => isOpened || isRemembered).map(({ id }) => id),
      ...more,
    });

  test('rebuilds a lost roster, so that every slot opens again', async () => {
    const machine = await storeOf([1]);
    const second = { kind: 'key-file', key: newKey() } as const;
    await machine.open((store) =>
      store.withKeySlots({}, (slots) =>
        slots.add(second, { label: 'two', created: '2026-02-02T00:00:00.000Z' }),
      ),
    );
    const before = await everything(machine);
    for (const damage of [
      (backend: MemoryBackend) => backend.remove('keys/roster'),
      (backend: MemoryBackend) => backend.replace('keys/roster', text('damaged')),
    ]) {
      const state = await damaged(machine, damage);
      await expect(everything(state)).rejects.toMatchObject({
        code: expect.stringMatching(/integrity|not-found/),
      });
      const { remembered } = await openTrust(machine.configuration, machine.backend.location);
      expect(remembered?.slotsGeneration).toBe(2);
      const report = await recover(machine, { backend: state.backend, secret: second });
      expect(report).toMatchObject({ isRosterRebuilt: true, isConfigRebuilt: false });
      expect(await everything(state)).toEqual(before);
      expect(
        await everything(Object.assign(await otherMachine(machine, state.backend), { secret: second })),
      ).toEqual(before);
      expect(await errorsOf(state)).toEqual([]);
    }
  });

  test('rebuilds a lost CONFIG byte for byte when nothing was added to it', async () => {
    const machine = await storeOf([1]);
    const before = await everything(machine);
    const config = await machine.backend.read('CONFIG');
    const state = await damaged(machine, (backend) => backend.remove('CONFIG'));
    const { backend } = state;
    expect(await recover(machine, state)).toMatchObject({
      isRosterRebuilt: false,
      isConfigRebuilt: true,
    });
    expect(await backend.read('CONFIG')).toEqual(config);
    expect(await everything(state)).toEqual(before);
  });

  test('rebuilds CONFIG with every signer this machine remembers, so that nobody asks', async () => {
    const machine = await storeOf([1]);
    const key = (await new TestStore().identity()).signer.publicKey;
    await machine.open(async (store) => store.admitSigners([endorse(await machine.identity(), key)]));
    const before = await everything(machine);
    await machine.backend.remove('CONFIG');
    expect(await recover(machine, machine)).toMatchObject({
      isConfigRebuilt: true,
    });
    expect(await everything(machine)).toEqual(before);
    expect(await machine.open(async (store) => store.config.signers.length)).toBe(2);
    expect(await errorsOf(machine)).toEqual([]);
  });

  test('changes nothing in a sound store, and nothing without a secret that opens a slot', async () => {
    const machine = await storeOf([1]);
    const names = await copyOf(machine.backend);
    const { backend } = machine;
    expect(await recover(machine, machine)).toMatchObject({
      isRosterRebuilt: false,
      isConfigRebuilt: false,
    });
    const wrong = { kind: 'key-file', key: newKey() } as const;
    await backend.remove('CONFIG');
    await expect(recover(machine, { backend, secret: wrong })).rejects.toMatchObject({ code: 'credentials' });
    await backend.replace('CONFIG', await names.read('CONFIG'));
    for await (const { name } of names.list(''))
      expect(await backend.read(name)).toEqual(await names.read(name));
  });

  test('takes no slot of another store into the roster', async () => {
    const [machine, stranger] = [await storeOf([1]), await storeOf([2])];
    const state = await damaged(machine, async (backend) => {
      await backend.remove('keys/roster');
      for (const name of await namesOf(stranger.backend, 'keys/')) {
        if (!name.endsWith('roster')) await backend.create(name, await stranger.backend.read(name));
      }
    });
    const report = await recover(machine, state);
    expect(report.storeId).toBe(await machine.open(async (store) => store.id));
    expect(await everything(state)).toEqual(await everything(machine));
    const strangers = (await namesOf(stranger.backend, 'keys/')).filter((name) => !name.endsWith('roster'));
    expect(await errorsOf(state)).toEqual(strangers.map((name) => `damaged ${name}`));
  });
});
