/** A snapshot that another machine removes between the list of headers and their reading is removed, not lost. */
import { expect, test } from 'vitest';
import type { Backend } from '../../../src/backend/backend.ts';
import { openTrust } from '../../../src/store/access/trust.ts';
import type { SnapshotId } from '../../../src/store/open-store.ts';
import { TestStore, writeSample } from '../fixture.ts';

/** A store of three snapshots; its first is removed by another machine right after the next list of headers. */
async function removedMeanwhile() {
  const machine = await new TestStore().create();
  const ids: SnapshotId[] = [];
  for (let count = 0; count < 3; count += 1)
    ids.push((await machine.snapshot((writer) => writeSample(writer))).id);
  const [first, second] = ids;
  if (first === undefined || second === undefined) throw new Error('no snapshot');
  const { backend } = machine;
  const list = backend.list.bind(backend);
  const state = { hasRemoved: false };
  const meanwhile: Backend['list'] = async function* (prefix) {
    const found = [];
    for await (const entry of list(prefix)) found.push(entry);
    if (prefix.startsWith('snapshots/') && !state.hasRemoved) {
      state.hasRemoved = true;
      await machine.open((store) => store.removeSnapshots([first], { host: 'other', tool: 'test' }));
    }
    yield* found;
  };
  backend.list = meanwhile;
  return { machine, first, second, state };
}

test('a header that goes away after it was listed is looked for again before it counts as lost', async () => {
  const { machine, second, state } = await removedMeanwhile();
  // A removal reads every header from the place itself, none from the cache.
  await machine.open((store) => store.removeSnapshots([second], { host: 'here', tool: 'test' }));
  expect(state.hasRemoved).toBe(true);
  const left = await machine.open((store) => store.listSnapshots());
  expect(left).toHaveLength(1);
});

test('with losses accepted, it is not accepted as one', async () => {
  const { machine, second, state } = await removedMeanwhile();
  await machine.open((store) => store.removeSnapshots([second], { host: 'here', tool: 'test' }), {
    loss: true,
  });
  expect(state.hasRemoved).toBe(true);
  const { remembered } = await openTrust(machine.configuration, machine.backend.location);
  expect(remembered?.missed).toEqual([]);
});

test('check does not name it as lost either', async () => {
  const { machine, state } = await removedMeanwhile();
  const { findings } = await machine.open((store) => store.check());
  expect(state.hasRemoved).toBe(true);
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});
