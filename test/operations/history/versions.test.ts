/** The versions of one page through many snapshots. */
import { expect, test } from 'vitest';
import { blame } from '../../../src/operations/history/blame.ts';
import { versionsOf } from '../../../src/operations/history/versions.ts';
import type { StoreMaintenance } from '../../../src/store/open-store.ts';
import { details, TestStore } from '../../store/fixture.ts';
import type { WrittenPage } from './written-world.ts';
import { CountingReader, idOf, writeWorld } from './written-world.ts';

const [home, archive, notes] = [idOf(1), idOf(2), idOf(3)];

/** Pages that never change. */
const library = Array.from({ length: 6 }, (_, index) => ({
  id: idOf(100 + index),
  title: `Book ${index}`,
  texts: ['Read'],
  below: [],
}));

/** Where the page is and what it says, snapshot by snapshot. */
function stateAt(number: number) {
  return {
    title: number < 10 ? 'Notes' : 'Renamed notes',
    isArchived: number >= 20 && number < 30,
    texts: ['First', number >= 15 ? 'Second, edited' : 'Second', ...(number >= 25 ? ['Third'] : [])],
    isGone: number >= 32 && number < 36,
    isUnread: number === 40 || number === 41,
  };
}

function worldAt(number: number): WrittenPage[] {
  const { title, isArchived, texts, isGone, isUnread } = stateAt(number);
  const page = { id: notes, title, texts, below: [] };
  const [inHome, inArchive] = [!isArchived, isArchived].map((is) =>
    is && !isGone && !isUnread ? [page] : [],
  );
  // Others change all the time.
  return [
    {
      id: home,
      title: number < 45 ? 'Home' : 'Other home',
      texts: [`Backup ${number}`],
      below: inHome ?? [],
    },
    { id: archive, title: 'Archive', texts: [], below: inArchive ?? [] },
    { id: idOf(4), title: 'Library', texts: [], below: library },
  ];
}

test('log and blame follow a page through 50 snapshots: renamed, edited, moved, gone, back and unreadable', async () => {
  const machine = await new TestStore().create();
  const ids: string[] = [];
  await machine.write(async (store) => {
    for (let number = 0; number < 50; number += 1) {
      // A lock ages, and a session that holds one does not sleep for long.
      machine.nowMs += 1_000;
      const writer = await store.beginSnapshot();
      await writeWorld(writer, worldAt(number), stateAt(number).isUnread ? [notes] : []);
      ids.push((await writer.commit({ ...details, time: new Date(machine.nowMs).toISOString() })).id);
    }
  });
  const readers: CountingReader[] = [];
  await machine.open(async (store: StoreMaintenance) => {
    const counted = async (id: Parameters<typeof store.openSnapshot>[0]) => {
      const reader = new CountingReader(await store.openSnapshot(id));
      readers.push(reader);
      return reader;
    };
    const dated = (await store.listSnapshots())
      .reverse()
      .map(({ id, header }) => ({ id, time: header?.time ?? '', open: () => counted(id) }));
    expect(dated.map(({ id }) => id)).toEqual(ids);
    const versions: unknown[] = [];
    for await (const { version } of versionsOf(dated, notes)) {
      const parts = version.changes.map(({ kind, part }) => `${part} ${kind}`);
      versions.push([ids.indexOf(version.snapshot), version.kind, version.title, ...parts]);
    }
    expect(versions).toEqual([
      [0, 'first', 'Notes'],
      [10, 'changed', 'Renamed notes', 'title renamed'],
      [15, 'changed', 'Renamed notes', 'block changed'],
      [20, 'moved', 'Renamed notes'],
      [25, 'changed', 'Renamed notes', 'block added'],
      [30, 'moved', 'Renamed notes'],
      [32, 'removed', 'Renamed notes'],
      [36, 'added', 'Renamed notes'],
      [40, 'unknown', 'Renamed notes'],
    ]);
    // The page as it was first, renamed, edited and longer; and why it is not there, in six manifests.
    expect(readers.map(({ counts }) => counts.contents).reduce((sum, count) => sum + count)).toBe(4 + 6);
    // What never changes is listed once, and where the page may be, a few directories of each snapshot.
    const listed = readers.flatMap(({ listed }) => listed);
    expect(listed.filter((path) => path.startsWith('/Library'))).toHaveLength(1 + library.length);
    expect(listed.length).toBeLessThan(1 + library.length + 3 * 50);
    const blamed = await blame(dated, notes);
    expect(blamed.map(({ text, snapshot }) => [text, ids.indexOf(snapshot)])).toEqual([
      ['First', 0],
      ['Second, edited', 15],
      ['Third', 25],
    ]);
  });
});
