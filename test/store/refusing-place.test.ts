import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ByteRange } from '../../src/backend/backend.ts';
import { BundleBackend } from '../../src/backend/bundle/bundle.ts';
import { MemoryBackend } from '../../src/backend/memory.ts';
import type { ErrorCode } from '../../src/errors.ts';
import { KlosetError } from '../../src/errors.ts';
import { withLock } from '../../src/store/locks/locks.ts';
import { contentsOf, noticed } from './damage.ts';
import { collect, TestStore, temporaryFolder } from './fixture.ts';
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

/** A place that takes nothing: a disk that is mounted read-only, rights that only let read, a disk that is full. */
class TakingNothing extends MemoryBackend {
  code: ErrorCode | undefined;

  override async create(name: string, bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    if (this.code !== undefined) throw new KlosetError(this.code, `${name} cannot be written there.`);
    await super.create(name, bytes);
  }
}

const nothingTaken = ['unavailable', 'credentials', 'temporary'] as const;

test.each(nothingTaken)('a place that takes nothing (%s) can be copied from, and looked at', async (code) => {
  const backend = new TakingNothing();
  const machine = await new TestStore(backend).create();
  const { id } = await machine.snapshot(pagesOf([1]));
  backend.code = code;
  const path = join(temporaryFolder(), 'exported');
  await machine.open((store) => store.replica.export({ snapshots: [id], path, host: 'here' }));
  const exported = new TestStore(await BundleBackend.open(path));
  expect((await exported.open((store) => store.listSnapshots())).map((each) => each.id)).toEqual([id]);
  await machine.open((store) => store.recoverPacks());
  await machine.open((store) => store.collectGarbage());
  expect(machine.events.filter(({ type }) => type === 'warning')).toHaveLength(3);
  const refused = expect.objectContaining({ code });
  await expect(machine.open((store) => store.collectGarbage({ apply: true }))).rejects.toEqual(refused);
});

test('a place that takes nothing is not read while somebody works alone there', async () => {
  const backend = new TakingNothing();
  const machine = await new TestStore(backend).create();
  const { context } = await machine.secrets();
  await withLock({ backend, context, clock: machine.clock }, 'exclusive', {}, async () => {
    backend.code = 'unavailable';
    const other = await otherMachine(machine, backend);
    await expect(other.open((store) => store.recoverPacks())).rejects.toMatchObject({ code: 'locked' });
  });
});

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

test('a blob that this machine lost sight of is not called lost while the index in the store cannot be read', async () => {
  const backend = new KeepingBackend();
  const machine = await new TestStore(backend).create();
  const { id } = await machine.snapshot(pagesOf([1]));
  const contents = await contentsOf(backend);
  const packs = [...contents].filter(([name]) => name.startsWith('packs/'));
  // A check takes from this machine's tables what it finds damaged.
  for (const [name, bytes] of packs)
    await backend.replace(
      name,
      bytes.map((byte) => byte ^ 1),
    );
  expect(await noticed(machine)).not.toEqual([]);
  for (const [name, bytes] of packs) await backend.replace(name, bytes);
  const read = () =>
    machine.open(async (store) => {
      for await (const entry of (await store.openSnapshot(id)).walk('/'))
        if (entry.type === 'file') await collect((await store.openSnapshot(id)).read(entry.content));
    });
  backend.unreadable = [...contents.keys()].find((name) => name.startsWith('index/')) ?? '';
  await expect(read()).rejects.toMatchObject({ code: 'credentials' });
  backend.unreadable = '';
  await read();
});
