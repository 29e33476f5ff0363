/** The index of words, as it grows from backup to backup. */
import { expect, test } from 'vitest';
import { openSearch } from '../../../src/operations/search/search.ts';
import type { Random } from '../../../src/simulator/workspace/random.ts';
import { seededRandom } from '../../../src/simulator/workspace/random.ts';
import type { Store } from '../../../src/store/open-store.ts';
import { TestStore } from '../../store/fixture.ts';
import type { WrittenPage } from '../history/written-world.ts';
import { CountingReader, directoryOf, idOf, sections, writeWorld } from '../history/written-world.ts';

/** The store, with what is read of its snapshots counted. */
function countingStore(store: Store) {
  const readers: CountingReader[] = [];
  const openSnapshot = async (id: Parameters<Store['openSnapshot']>[0]) => {
    const reader = new CountingReader(await store.openSnapshot(id));
    readers.push(reader);
    return reader;
  };
  const counted = new Proxy(store, {
    get: (target, name) => {
      if (name === 'openSnapshot') return openSnapshot;
      const member = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const sum = (what: keyof CountingReader['counts']) =>
    readers.reduce((total, { counts }) => total + counts[what], 0);
  return { store: counted, reads: () => ({ listings: sum('listings'), contents: sum('contents') }) };
}

/** Adds what is new to the index and searches; gives the hits with what was read for them. */
async function searched(machine: TestStore, query: string, limit = 1_000) {
  return await machine.open(async (store) => {
    const counted = countingStore(store);
    const open = await openSearch(counted.store);
    const added = counted.reads();
    const { hits, total } = await open.find({ query, limit });
    open.close();
    return { hits, total, added, shown: counted.reads().contents - added.contents };
  });
}

test('the index reads each document once, later only what differs, and of hits only those it shows', async () => {
  const machine = await new TestStore().create();
  await machine.snapshot((writer) => writeWorld(writer, sections(300)));
  const first = await searched(machine, 'same', 20);
  // Three hundred pages, three sections and Home.
  expect([first.total, first.hits.length, first.shown, first.added.contents]).toEqual([300, 20, 20, 304]);

  await machine.snapshot((writer) => writeWorld(writer, sections(300, new Set([5, 6, 205]))));
  const edited = await searched(machine, 'edited', 20);
  expect([edited.total, edited.added.contents]).toEqual([3, 3]);
  // On each side the root, Home, two sections, three pages.
  expect(edited.added.listings).toBe(14);

  const [home] = sections(300);
  await machine.snapshot((writer) => writeWorld(writer, [{ ...home, title: 'Renamed' } as WrittenPage]));
  const renamed = await searched(machine, 'same');
  // Home is renamed and three pages are as they were before: their texts are known.
  expect([renamed.total, renamed.added.contents]).toEqual([300, 1]);
  expect(renamed.hits.filter(({ path }) => !path.startsWith('/Renamed~'))).toEqual([]);
});

const vocabulary = ['amber', 'birch', 'cedar', 'daisy', 'elder', 'fern'];

/** Edits, renames, moves, removes and brings back pages of a world of three levels. */
class ChangingWorld {
  readonly #random: Random;
  readonly #pages = new Map<number, { title: string; text: string; parent: number; isGone: boolean }>();

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    for (let number = 0; number < 30; number += 1) {
      const parent = number < 3 ? -1 : number % 3;
      this.#pages.set(number, { title: this.#some(), text: this.#some(), parent, isGone: false });
    }
  }

  #some(): string {
    return vocabulary[this.#random.below(vocabulary.length)] ?? '';
  }

  change(): void {
    for (const [number, page] of this.#pages) {
      if (!this.#random.chance(0.2)) continue;
      const kind = this.#random.below(4);
      if (kind === 0) page.text = this.#some();
      else if (kind === 1) page.title = this.#some();
      else if (number < 3) continue;
      else if (kind === 2) page.isGone = !page.isGone;
      else page.parent = this.#random.below(3);
    }
  }

  pages(parent = -1): WrittenPage[] {
    return [...this.#pages]
      .filter(([, page]) => page.parent === parent && !page.isGone)
      .map(([number, { title, text }]) => ({
        id: idOf(number),
        title,
        texts: [text],
        below: parent === -1 ? this.pages(number) : [],
      }));
  }
}

/** Id and path of the pages that have a word. */
function scan(pages: readonly WrittenPage[], word: string, above = ''): string[] {
  return pages.flatMap((page) => {
    const path = `${above}/${directoryOf(page)}`;
    const own = [page.title, ...page.texts].includes(word) ? [`${page.id} ${path}`] : [];
    return [...own, ...scan(page.below, word, path)];
  });
}

test.each([1, 2, 3])(
  'through edits, renames and moves each backup has the words a scan of it finds (seed %i)',
  async (seed) => {
    const machine = await new TestStore().create();
    const world = new ChangingWorld(seed);
    const worlds = new Map<string, WrittenPage[]>();
    for (let number = 0; number < 6; number += 1) {
      const pages = world.pages();
      worlds.set((await machine.snapshot((writer) => writeWorld(writer, pages))).id, pages);
      // Sometimes one is added to the index, sometimes two.
      if (number % 3 > 0) await searched(machine, 'fern');
      world.change();
    }
    await machine.open(async (store) => {
      const open = await openSearch(store);
      for (const word of vocabulary) {
        const { hits } = await open.find({ query: word, all: true, limit: 10_000 });
        for (const [snapshot, pages] of worlds) {
          const found = hits.filter(({ snapshots }) => snapshots.some(({ id }) => id === snapshot));
          expect(found.map(({ id, path }) => `${id} ${path}`).sort()).toEqual(scan(pages, word).sort());
        }
      }
      open.close();
    });
  },
);
