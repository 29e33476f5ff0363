import { describe, expect, it } from 'vitest';
import { AppendOnlyBackend } from '../../../src/backend/append-only.ts';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import type { MarkChanges, SnapshotSummary } from '../../../src/store/open-store.ts';
import { withStoreWriter } from '../../../src/store/open-store.ts';
import { TestStore, writeSample } from '../fixture.ts';

const author = { tool: 'test 1.0.0', host: 'here' };

async function storeWithOne(): Promise<{ machine: TestStore; snapshot: SnapshotSummary }> {
  const machine = await new TestStore().create();
  return { machine, snapshot: await machine.snapshot((writer) => writeSample(writer)) };
}

async function mark(machine: TestStore, { id }: SnapshotSummary, changes: MarkChanges): Promise<void> {
  machine.nowMs += 60_000;
  await machine.write((store) => store.mark(id, changes, author));
}

const listed = (machine: TestStore) => machine.open((store) => store.listSnapshots());

describe('marks on snapshots', () => {
  it('add and remove tags, pin and acknowledge, and the last word counts', async () => {
    const { machine, snapshot } = await storeWithOne();
    await mark(machine, snapshot, { addTags: ['a', 'b'], pin: true });
    await mark(machine, snapshot, { removeTags: ['nightly', 'a'] });
    await mark(machine, snapshot, { acknowledged: true, note: 'we moved out' });
    const [found] = await listed(machine);
    expect(found).toMatchObject({ id: snapshot.id, tags: ['b'], isPinned: true, automatic: false });
    expect(found?.acknowledged?.note).toBe('we moved out');
    await mark(machine, snapshot, { pin: false, acknowledged: false });
    expect(await listed(machine)).toMatchObject([{ tags: ['b'], isPinned: false, acknowledged: undefined }]);
    expect((await machine.open((store) => store.check())).findings).toEqual([]);
  });

  it('need no right to delete', async () => {
    const { machine, snapshot } = await storeWithOne();
    const options = { ...(await machine.openOptions()), backend: new AppendOnlyBackend(machine.backend) };
    await withStoreWriter(options, (store) => store.mark(snapshot.id, { pin: true }, author));
    expect(await listed(machine)).toMatchObject([{ isPinned: true }]);
  });

  it('do not count when their signer is not trusted', async () => {
    const { machine, snapshot } = await storeWithOne();
    const colleague = new TestStore(machine.backend, new MemoryBackend('other configuration'));
    colleague.nowMs = machine.nowMs;
    await expect(mark(colleague, snapshot, { pin: true })).rejects.toMatchObject({ code: 'credentials' });
    expect(await listed(machine)).toMatchObject([{ isPinned: false }]);
  });

  it('are refused for a snapshot that is not there, and moot once it was removed', async () => {
    const { machine, snapshot } = await storeWithOne();
    const next = await machine.snapshot((writer) => writeSample(writer, 'Hello again'));
    await mark(machine, snapshot, { pin: true });
    await machine.open((store) => store.removeSnapshots([snapshot.id], author));
    await expect(mark(machine, snapshot, { pin: false })).rejects.toMatchObject({ code: 'not-found' });
    expect((await listed(machine)).map(({ id, isPinned }) => ({ id, isPinned }))).toEqual([
      { id: next.id, isPinned: false },
    ]);
    expect((await machine.open((store) => store.check())).findings).toEqual([]);
  });

  it('cannot vanish unseen', async () => {
    const { machine, snapshot } = await storeWithOne();
    await machine.write(async (store) => {
      const id = await store.mark(snapshot.id, { pin: true }, author);
      await machine.backend.remove(`snapshots/${id}`);
    });
    await expect(listed(machine)).rejects.toMatchObject({ code: 'integrity' });
  });

  it('leave a snapshot automatic that a restore took, whatever its tags are now', async () => {
    const machine = await new TestStore().create();
    const snapshot = await machine.snapshot((writer) => writeSample(writer), { tags: ['before-restore'] });
    await mark(machine, snapshot, { removeTags: ['before-restore'] });
    expect(await listed(machine)).toMatchObject([{ automatic: true, tags: [] }]);
  });
});
