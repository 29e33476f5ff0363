/** Two snapshots of many pages, some of them edited, and what a diff of them reads. */
import { diffSnapshots } from '../../../src/operations/history/diff-snapshots.ts';
import { TestStore } from '../../store/fixture.ts';
import { CountingReader, sections, writeWorld } from './written-world.ts';

/** @param edited numbers of the pages edited in the later snapshot */
export async function diffReads(pages: number, edited: readonly number[]) {
  const machine = await new TestStore().create();
  const before = await machine.snapshot((writer) => writeWorld(writer, sections(pages)));
  const after = await machine.snapshot((writer) => writeWorld(writer, sections(pages, new Set(edited))));
  return await machine.open(async (store) => {
    const [old, now] = [
      new CountingReader(await store.openSnapshot(before.id)),
      new CountingReader(await store.openSnapshot(after.id)),
    ];
    const titles: string[] = [];
    const start = process.cpuUsage();
    for await (const { title } of diffSnapshots({ snapshot: old, path: '/' }, { snapshot: now, path: '/' }))
      titles.push(title);
    const { user, system } = process.cpuUsage(start);
    return { titles, reads: [old.counts, now.counts], cpuMs: (user + system) / 1_000 };
  });
}
