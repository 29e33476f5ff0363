import { expect, test } from 'vitest';
import type { ByteRange } from '../../src/backend/backend.ts';
import { MemoryBackend } from '../../src/backend/memory.ts';
import { KlosetError } from '../../src/errors.ts';
import { TestStore } from './fixture.ts';
import { errorsOf, otherMachine, pagesOf, remover } from './life-cycle.ts';

/** A place whose key may remove nothing but locks, as that of a bucket can be. */
class KeepingBackend extends MemoryBackend {
  isKeeping = true;

  unreadable = '';

  override async read(name: string, range?: ByteRange): Promise<Uint8Array> {
    if (name === this.unreadable) throw new KlosetError('credentials', 'The key may not read there.');
    return await super.read(name, range);
  }

  override async remove(name: string): Promise<void> {
    if (this.isKeeping && !name.startsWith('locks/'))
      throw new KlosetError('credentials', 'The key may not remove there.');
    await super.remove(name);
  }
}

test('a removal that the place refused can be made by one who may, and until then nothing is lost', async () => {
  const backend = new KeepingBackend();
  const machine = await new TestStore(backend).create();
  const first = await machine.snapshot(pagesOf([1]));
  const second = await machine.snapshot(pagesOf([2]));
  await expect(machine.open((store) => store.removeSnapshots([first.id], remover))).rejects.toMatchObject({
    code: 'credentials',
  });
  expect(await errorsOf(machine)).toEqual([]);
  const third = await machine.snapshot(pagesOf([3]));
  backend.isKeeping = false;
  for (const each of [machine, await otherMachine(machine)]) {
    const left = await each.open(async (store) => (await store.listSnapshots()).map(({ id }) => id));
    expect(left).toEqual(expect.arrayContaining([second.id, third.id]));
  }
  await machine.open((store) => store.removeSnapshots([second.id], remover));
  expect(await errorsOf(machine)).toEqual([]);
});

test('a header that the key may not read is neither damaged nor lost', async () => {
  const backend = new KeepingBackend();
  const machine = await new TestStore(backend).create();
  const { id } = await machine.snapshot(pagesOf([1]));
  backend.unreadable = `snapshots/${id}`;
  const other = await otherMachine(machine);
  for (const use of [
    () => other.open((store) => store.listSnapshots()),
    () => other.snapshot(pagesOf([2])),
    () => other.open((store) => store.check()),
  ])
    await expect(use()).rejects.toMatchObject({ code: 'credentials' });
});
