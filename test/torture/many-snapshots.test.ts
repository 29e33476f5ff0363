/** Stores of more than a thousand snapshots: what they cost, and that very many can be removed at once. */
import { expect, test } from 'vitest';
import { namesOf } from '../backend/contract.ts';
import { FaultyBackend } from '../backend/faulty-backend.ts';
import { TestStore } from '../store/fixture.ts';
import { otherMachine, pagesOf, remover, sizeOf } from '../store/life-cycle.ts';
import { manySnapshots } from '../store/many-snapshots.ts';

test('a thousand snapshots cost a cold machine one read each and a warm one none', async () => {
  const machine = await new TestStore().create();
  await manySnapshots(machine, 1000);
  const headerBytes = await sizeOf(machine.backend, 'snapshots/');
  const backend = new FaultyBackend(machine.backend);
  const reader = await otherMachine(machine, backend);
  const list = async (): Promise<{ readonly reads: number; readonly cpuMs: number }> => {
    const [before, began] = [backend.operations.length, process.cpuUsage()];
    expect(await reader.open((store) => store.listSnapshots())).toHaveLength(1000);
    const reads = backend.operations
      .slice(before)
      .filter((line) => line.startsWith('read snapshots/')).length;
    const { user, system } = process.cpuUsage(began);
    return { reads, cpuMs: Math.round((user + system) / 1000) };
  };
  const [cold, warm] = [await list(), await list()];
  console.info(
    `1,000 headers: ${headerBytes} bytes; cold ${cold.cpuMs}, warm ${warm.cpuMs} ms of processor time`,
  );
  expect([cold.reads, warm.reads]).toEqual([1000, 0]);
});

// More than a header may have parents: the store can be written ever after.
test('a removal of more than a thousand snapshots keeps nobody from writing', async () => {
  const machine = await new TestStore().create();
  const made = await manySnapshots(machine, 2061);
  const doomed = made.filter((_, at) => at % 2 === 1);
  await machine.open((store) => store.removeSnapshots(doomed, remover));
  expect(await namesOf(machine.backend, 'snapshots/')).toHaveLength(1031 + 1);
  const next = await machine.snapshot(pagesOf([2]));
  expect(next.header?.parents).toHaveLength(1);
  await machine.open(async (store) => {
    const [latest, ...older] = (await store.listSnapshots()).map(({ id }) => id);
    expect(latest).toBe(next.id);
    expect(older).toEqual(made.filter((id) => !doomed.includes(id)).reverse());
    await store.removeSnapshots(older, remover);
    expect((await store.listSnapshots()).map(({ id }) => id)).toEqual([next.id]);
  });
});
