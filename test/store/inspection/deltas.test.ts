import { expect, test } from 'vitest';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import { deltaIdIn, deltaName } from '../../../src/store/format/index-delta.ts';
import { collectAll, TestStore, writeSample } from '../fixture.ts';

test('a delta under the name of another is told as damaged, though it can be opened', async () => {
  const backend = new MemoryBackend();
  const machine = await new TestStore(backend).create();
  await machine.snapshot(writeSample);
  const [own] = (await collectAll(backend.list('index/'))).map(({ name }) => deltaIdIn(name));
  if (own === undefined) throw new Error('no delta was written');
  const other = own.replace(/^./, own.startsWith('0') ? '1' : '0') as typeof own;
  await backend.create(deltaName(other), await backend.read(deltaName(own)));
  const { deltas } = await machine.open(async (store) => await (await store.inspect()).state());
  const problemOf = new Map(deltas.map(({ id, problem }) => [id, problem]));
  expect(problemOf.get(own)).toBeUndefined();
  expect(problemOf.get(other)).toContain('its SHA-256 does not match its name');
});
