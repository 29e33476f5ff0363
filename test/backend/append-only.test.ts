import { expect, test } from 'vitest';
import { AppendOnlyBackend } from '../../src/backend/append-only.ts';
import { MemoryBackend } from '../../src/backend/memory.ts';
import { removeKeySlot } from '../../src/store/access/key-slots.ts';
import { TestStore } from '../store/fixture.ts';
import { errorsOf, everything, otherMachine, pagesOf, remover } from '../store/life-cycle.ts';
import { bytesOf, namesOf } from './contract.ts';
import { copyOf } from './faulty-backend.ts';

test('an append-only backend adds and reads, and lets locks come and go', async () => {
  const backend = new AppendOnlyBackend(new MemoryBackend());
  await backend.create('packs/ab/one', bytesOf('0123'));
  await backend.create('locks/a', bytesOf('a'));
  await backend.replace('locks/a', bytesOf('b'));
  await backend.remove('locks/a');
  expect(await namesOf(backend)).toEqual(['packs/ab/one']);
  expect(await backend.read('packs/ab/one', { offset: 1, length: 2 })).toEqual(bytesOf('12'));
  expect(await backend.size('packs/ab/one')).toBe(4);
});

test('an append-only backend changes and removes nothing else', async () => {
  const backend = new AppendOnlyBackend(new MemoryBackend());
  await backend.create('CONFIG', bytesOf('x'));
  await expect(backend.replace('CONFIG', bytesOf('y'))).rejects.toMatchObject({ code: 'usage' });
  await expect(backend.remove('CONFIG')).rejects.toMatchObject({ code: 'usage' });
  expect(await backend.read('CONFIG')).toEqual(bytesOf('x'));
});

test('a store used append-only takes backups, and loses nothing to what would remove', async () => {
  const machine = await new TestStore().create();
  const first = await machine.snapshot(pagesOf([1]));
  const careful = await otherMachine(machine, new AppendOnlyBackend(machine.backend));
  const second = await careful.snapshot(pagesOf([2]));
  const before = await copyOf(machine.backend);
  const snapshots = await everything(careful);
  const removing = careful.open((store) => store.removeSnapshots([first.id], remover));
  await expect(removing).rejects.toMatchObject({ code: 'usage' });
  const sweeping = careful.open((store) =>
    store.collectGarbage({ apply: true, rules: { graceMs: 0, repackBelow: 2 } }),
  );
  await expect(sweeping).rejects.toMatchObject({ code: 'usage' });
  await expect(careful.open((store) => store.rebuildIndex())).rejects.toMatchObject({ code: 'usage' });
  await expect(careful.open((store) => store.recoverPacks({ apply: true }))).rejects.toMatchObject({
    code: 'usage',
  });
  const access = {
    backend: careful.backend,
    storeId: 'ab'.repeat(16),
    masterKey: new Uint8Array(32),
    identity: await careful.identity(),
  };
  await expect(removeKeySlot(access, 'ab'.repeat(16))).rejects.toMatchObject({ code: 'usage' });
  expect(await namesOf(machine.backend)).toEqual(await namesOf(before));
  expect(await everything(careful)).toEqual(snapshots);
  expect([...snapshots.keys()].sort()).toEqual([first.id, second.id].sort());
  expect(await errorsOf(careful)).toEqual([]);
});
