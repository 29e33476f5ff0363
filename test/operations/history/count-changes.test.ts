import { expect, test } from 'vitest';
import { countChanges } from '../../../src/operations/history/count-changes.ts';
import { surveyKnownSnapshots } from '../../../src/operations/look/known-snapshots.ts';
import { namesOf } from '../../backend/contract.ts';
import { TestStore } from '../../store/fixture.ts';
import { idOf, sections, writeWorld } from './written-world.ts';

/** Snapshots of one source: each edits one page more, the last but one lacks a section that it could not read. */
async function storeOf(snapshots: number, pages: number) {
  const machine = await new TestStore().create();
  for (let number = 0; number < snapshots; number += 1) {
    const edited = new Set(Array.from({ length: number }, (_, page) => page));
    await machine.snapshot((writer) => writeWorld(writer, sections(pages, edited)));
  }
  return machine;
}

test('each snapshot is counted against the one before, the newest first, up to a limit; what is known is not counted again', async () => {
  const machine = await storeOf(5, 120);
  await machine.open(async (store) => {
    const { snapshots } = await surveyKnownSnapshots(store);
    const count = async (limit: number) => {
      let compared = 0;
      const found = await countChanges(store, snapshots, snapshots, {
        limit,
        onCompare: () => {
          compared += 1;
        },
      });
      return { compared, found: snapshots.map(({ id }) => found.get(id)) };
    };
    const one = { added: 0, changed: 1, removed: 0, unknown: 0 };
    const some = await count(3);
    expect(some.compared).toBe(3);
    expect(some.found.map((each) => [each?.comparedWith, each?.counts, each?.isLeft])).toEqual([
      [snapshots[1]?.id, one, undefined],
      [snapshots[2]?.id, one, undefined],
      [snapshots[3]?.id, one, undefined],
      [snapshots[4]?.id, undefined, true],
      [undefined, undefined, undefined],
    ]);
    const all = await count(3);
    expect(all.compared).toBe(1);
    expect(all.found.slice(0, 4).map((each) => each?.counts)).toEqual([one, one, one, one]);
    expect((await count(3)).compared).toBe(0);
  });
});

test('a page that nobody edited and whose document is damaged counts as changed, and hides no other count', async () => {
  const machine = await new TestStore().create();
  await machine.snapshot((writer) => writeWorld(writer, sections(20)));
  const before = await namesOf(machine.backend, 'packs/');
  await machine.snapshot((writer) => writeWorld(writer, sections(21, new Set([1, 2]))));
  for (const name of await namesOf(machine.backend, 'packs/'))
    if (!before.includes(name) && !(await holdsTrees(machine, name))) await machine.backend.remove(name);
  await machine.open(async (store) => {
    const { snapshots } = await surveyKnownSnapshots(store);
    const found = await countChanges(store, snapshots, snapshots, { limit: 9 });
    const counts = { added: 1, changed: 2, removed: 0, unknown: 0 };
    expect(found.get(snapshots[0]?.id ?? '')?.counts).toEqual(counts);
  });
});

async function holdsTrees(machine: TestStore, name: string): Promise<boolean> {
  const id = name.slice(name.lastIndexOf('/') + 1);
  const pack = await machine.open(async (store) => (await store.inspect()).pack(id));
  return pack.contents.some(({ type }) => type === 'tree');
}

test('what a snapshot could not read counts as unknown, not as removed', async () => {
  const machine = await new TestStore().create();
  const [home] = sections(120);
  if (home === undefined) throw new Error('no page');
  await machine.snapshot((writer) => writeWorld(writer, [home]));
  const less = { ...home, below: home.below.slice(0, 1) };
  await machine.snapshot((writer) => writeWorld(writer, [less], [idOf(1_000_001)]));
  await machine.open(async (store) => {
    const { snapshots } = await surveyKnownSnapshots(store);
    const found = await countChanges(store, snapshots, snapshots, { limit: 9 });
    // Section 1 is named as unread; its twenty pages are not there either.
    expect(found.get(snapshots[0]?.id ?? '')?.counts).toEqual({
      added: 0,
      changed: 0,
      removed: 20,
      unknown: 1,
    });
  });
});

test('a run that has no time left makes one comparison, so that each run comes further', async () => {
  const machine = await storeOf(4, 20);
  await machine.open(async (store) => {
    const { snapshots } = await surveyKnownSnapshots(store);
    const left = async () => {
      const found = await countChanges(store, snapshots, snapshots, { limit: 99, isTimeUp: () => true });
      return [...found.values()].filter(({ isLeft }) => isLeft === true).length;
    };
    expect([await left(), await left(), await left()]).toEqual([2, 1, 0]);
  });
});
