/** Another machine has a key accepted, and signs with it, while this one has the store open. */
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../../src/backend/backend.ts';
import { ensureIdentity, rotateIdentity } from '../../../src/store/access/identity.ts';
import type { SnapshotId } from '../../../src/store/format/ids.ts';
import { TestStore } from '../fixture.ts';
import { otherMachine, pagesOf, remover } from '../life-cycle.ts';

const now = '2026-01-02T03:04:05.678Z';

/** Two machines that know a store with three snapshots; the third was removed by nobody yet. */
async function twoMachines(): Promise<{ one: TestStore; other: TestStore; oldest: SnapshotId }> {
  const one = await new TestStore().create();
  const { id: oldest } = await one.snapshot(pagesOf([1, 2]));
  await one.snapshot(pagesOf([2, 3]));
  const other = await otherMachine(one);
  await other.open(async (store) => await store.listSnapshots());
  return { one, other, oldest };
}

/** The machine gets a new key, which the store accepts. */
async function rotate(machine: TestStore): Promise<void> {
  const identity = await rotateIdentity(machine.configuration, now);
  machine.identity = async () => identity;
  const { lineage } = await ensureIdentity(machine.configuration, now);
  await machine.open(async (store) => await store.admitSigners(lineage));
}

/** The same place, at which `once` happens after CONFIG was read for the first time. */
function afterConfig(inner: Backend, once: () => Promise<void>): Backend {
  let happened = false;
  return {
    location: inner.location,
    read: async (name, range) => {
      const bytes = await inner.read(name, range);
      if (name === 'CONFIG' && !happened) {
        happened = true;
        await once();
      }
      return bytes;
    },
    size: (name) => inner.size(name),
    list: (prefix) => inner.list(prefix),
    create: (name, bytes) => inner.create(name, bytes),
    replace: (name, bytes) => inner.replace(name, bytes),
    remove: (name) => inner.remove(name),
  };
}

describe('a key that was accepted after the store was opened', () => {
  test('signed a removal: garbage collection does not take what it removed for lost', async () => {
    const { one, other, oldest } = await twoMachines();
    await other.open(async (store) => {
      await rotate(one);
      await one.open(async (mine) => await mine.removeSnapshots([oldest], remover));
      expect(await store.collectGarbage()).toMatchObject({ missingBlobs: 0 });
    });
  });

  test('signed a removal and a snapshot: a check finds nothing wrong, and both count', async () => {
    const { one, other, oldest } = await twoMachines();
    await other.open(async (store) => {
      await rotate(one);
      await one.open(async (mine) => await mine.removeSnapshots([oldest], remover));
      const { id } = await one.snapshot(pagesOf([4]));
      const { findings } = await store.check();
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      const listed = await store.listSnapshots();
      expect(listed.map((each) => [each.id, each.problem])).toContainEqual([id, undefined]);
    });
  });

  test('signed the list of key slots: they can be changed all the same', async () => {
    const { one, other } = await twoMachines();
    await other.open(async (store) => {
      await rotate(one);
      await one.open((mine) =>
        mine.withKeySlots({}, (slots) => slots.add(one.secret, { label: 'second', created: now })),
      );
      const slot = await store.withKeySlots({}, (slots) =>
        slots.add(other.secret, { label: 'third', created: now }),
      );
      expect(slot.label).toBe('third');
    });
  });

  test('signed the list of key slots between the reading of CONFIG and of the list: the store opens', async () => {
    const { one, other } = await twoMachines();
    const backend = afterConfig(one.backend, async () => {
      await rotate(one);
      await one.open((mine) =>
        mine.withKeySlots({}, (slots) => slots.add(one.secret, { label: 'second', created: now })),
      );
    });
    const late = Object.assign(new TestStore(backend, other.configuration), { nowMs: other.nowMs });
    expect(await late.open(async (store) => (await store.listSnapshots()).length)).toBe(2);
  });
});

test('a stranger that nobody accepted stays one, however often CONFIG is read', async () => {
  const { one, other } = await twoMachines();
  const stranger = new TestStore(one.backend);
  stranger.nowMs = one.nowMs;
  await expect(stranger.snapshot(pagesOf([9]))).rejects.toMatchObject({ code: 'credentials' });
  await other.open(async (store) => {
    const { findings } = await store.check();
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});
