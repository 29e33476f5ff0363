/** More than a thousand snapshots removed at once, more than a header may have parents: the store can be written ever after. */
import { expect, test } from 'vitest';
import { namesOf } from '../backend/contract.ts';
import { TestStore } from '../store/fixture.ts';
import { pagesOf, remover } from '../store/life-cycle.ts';
import { manySnapshots } from '../store/many-snapshots.ts';

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
