import { describe, expect, test } from 'vitest';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import type { SnapshotId } from '../../../src/store/format/ids.ts';
import { namesOf } from '../../backend/contract.ts';
import { FaultyBackend, stateAfter } from '../../backend/faulty-backend.ts';
import { testId } from '../context.ts';
import { TestStore } from '../fixture.ts';
import {
  contentsOf,
  errorsOf,
  everything,
  otherMachine,
  pagesOf,
  remover,
  warningsOf,
} from '../life-cycle.ts';
import { manySnapshots } from '../many-snapshots.ts';

const ids = (machine: TestStore) =>
  machine.open(async (store) => (await store.listSnapshots()).map(({ id }) => id).sort());

describe('removing snapshots', () => {
  test('takes them from the list and leaves the others whole', async () => {
    const machine = await new TestStore().create();
    const first = await machine.snapshot(pagesOf([1, 2]));
    const second = await machine.snapshot(pagesOf([1, 2, 3]));
    const third = await machine.snapshot(pagesOf([3]));
    await machine.open((store) => store.removeSnapshots([second.id], remover));
    expect(await ids(machine)).toEqual([first.id, third.id].sort());
    expect((await everything(machine)).get(first.id)?.size).toBe(7);
    expect(await errorsOf(machine)).toEqual([]);
  });

  test('of the newest, or of all, is no rollback to this machine nor to another', async () => {
    const machine = await new TestStore().create();
    const first = await machine.snapshot(pagesOf([1]));
    const second = await machine.snapshot(pagesOf([2]));
    const other = new TestStore(machine.backend);
    await other.open((store) => store.listSnapshots());
    await machine.open((store) => store.removeSnapshots([second.id], remover));
    expect(await ids(machine)).toEqual([first.id]);
    expect(await ids(other)).toEqual([first.id]);
    await machine.open((store) => store.removeSnapshots([first.id], remover));
    expect(await ids(machine)).toEqual([]);
    expect(await ids(other)).toEqual([]);
    const third = await machine.snapshot(pagesOf([3]));
    expect(await ids(other)).toEqual([third.id]);
  });

  test('without a signed header is noticed', async () => {
    const machine = await new TestStore().create();
    const first = await machine.snapshot(pagesOf([1]));
    await machine.snapshot(pagesOf([2]));
    await machine.backend.remove(`snapshots/${first.id}`);
    await expect(ids(machine)).rejects.toMatchObject({ code: 'integrity' });
  });

  test('refuses what is not there, and removal headers themselves', async () => {
    const machine = await new TestStore().create();
    const { id } = await machine.snapshot(pagesOf([1]));
    const remove = (wanted: SnapshotId[]) => machine.open((store) => store.removeSnapshots(wanted, remover));
    await expect(remove([testId('ab'.repeat(32))])).rejects.toMatchObject({ code: 'not-found' });
    await expect(remove([id, testId('ab'.repeat(32))])).rejects.toMatchObject({ code: 'not-found' });
    expect(await ids(machine)).toEqual([id]);
    await remove([id]);
    const [header = ''] = await namesOf(machine.backend, 'snapshots/');
    await expect(remove([testId(header.slice('snapshots/'.length))])).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(remove([id])).rejects.toMatchObject({ code: 'not-found' });
  });

  test('takes away one that cannot be read', async () => {
    const machine = await new TestStore().create();
    const first = await machine.snapshot(pagesOf([1]));
    const second = await machine.snapshot(pagesOf([2]));
    await machine.backend.replace(`snapshots/${first.id}`, new Uint8Array(100));
    expect(await errorsOf(machine)).toEqual([`damaged snapshots/${first.id}`]);
    await machine.open((store) => store.removeSnapshots([first.id], remover));
    expect(await errorsOf(machine)).toEqual([]);
    expect(await ids(machine)).toEqual([second.id]);
  });

  test('is done or not after a crash at any moment, and can be done again', async () => {
    const backend = new FaultyBackend(new MemoryBackend());
    const machine = await new TestStore(backend).create();
    const first = await machine.snapshot(pagesOf([1]));
    const second = await machine.snapshot(pagesOf([2]));
    const start = backend.changes.length;
    await machine.open((store) => store.removeSnapshots([first.id, second.id], remover));
    for (let count = start; count <= backend.changes.length; count++) {
      const state = new TestStore(await stateAfter(backend.changes, count));
      expect(await errorsOf(state)).toEqual([]);
      for (const id of await ids(state)) await state.open((store) => contentsOf(store, id));
      state.nowMs += 3600_000;
      await state.open((store) => store.collectGarbage({ apply: true }));
      expect(await warningsOf(state)).toEqual([]);
    }
  });

  test('of every second one names what they stood on, so that the others are no heads and cannot vanish unseen', async () => {
    const machine = await new TestStore().create();
    const made = await manySnapshots(machine, 24);
    const doomed = made.filter((_, at) => at % 2 === 0);
    await machine.open((store) => store.removeSnapshots(doomed, remover));
    const next = await machine.snapshot(pagesOf([2]));
    expect(next.header?.parents).toHaveLength(1);
    await machine.backend.remove(`snapshots/${made[7]}`);
    for (const each of [machine, await otherMachine(machine)])
      await expect(ids(each)).rejects.toMatchObject({ code: 'integrity' });
  });

  test('by an identity that is no signer of the store is refused', async () => {
    const machine = await new TestStore().create();
    const { id } = await machine.snapshot(pagesOf([1]));
    const stranger = new TestStore(machine.backend);
    const removing = stranger.open((store) => store.removeSnapshots([id], remover));
    await expect(removing).rejects.toMatchObject({ code: 'credentials' });
    expect(await ids(machine)).toEqual([id]);
  });
});
