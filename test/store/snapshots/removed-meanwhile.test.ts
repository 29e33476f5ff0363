/** A snapshot that another machine removes between the list of headers and their reading is removed, not lost. */
import { expect, test } from 'vitest';
import type { Backend } from '../../../src/backend/backend.ts';
import { TestStore, writeSample } from '../fixture.ts';

test('a header that goes away after it was listed is looked for again before it counts as lost', async () => {
  const machine = await new TestStore().create();
  const { id } = await machine.snapshot((writer) => writeSample(writer));
  const second = await machine.snapshot((writer) => writeSample(writer));
  await machine.snapshot((writer) => writeSample(writer));
  const { backend } = machine;
  const list = backend.list.bind(backend);
  let hasRemoved = false;
  const meanwhile: Backend['list'] = async function* (prefix) {
    const found = [];
    for await (const entry of list(prefix)) found.push(entry);
    if (prefix.startsWith('snapshots/') && !hasRemoved) {
      hasRemoved = true;
      await machine.open((store) => store.removeSnapshots([id], { host: 'other', tool: 'test' }));
    }
    yield* found;
  };
  backend.list = meanwhile;
  // A removal reads every header from the place itself, none from the cache.
  await machine.open((store) => store.removeSnapshots([second.id], { host: 'here', tool: 'test' }));
  expect(hasRemoved).toBe(true);
  const left = await machine.open((store) => store.listSnapshots());
  expect(left).toHaveLength(1);
});
