/** Search against a plain scan of every text. */
import { expect, test } from 'vitest';
import { search } from '../../../src/operations/search/search.ts';
import type { Random } from '../../../src/simulator/workspace/random.ts';
import { seededRandom } from '../../../src/simulator/workspace/random.ts';
import type { Store } from '../../../src/store/open-store.ts';
import { TestStore } from '../../store/fixture.ts';
import { remover } from '../../store/life-cycle.ts';
import type { WrittenPage } from '../history/written-world.ts';
import { idOf, writeWorld } from '../history/written-world.ts';

const vocabulary = [
  ...[
    'budget',
    'Budgets',
    'report',
    'reporting',
    'Café',
    'cafe',
    'naïve',
    'Übung',
    'ubung',
    'São',
    'x86',
    '2026',
  ],
  ...[
    'well-known',
    "don't",
    'C++',
    'a_b',
    'Straße',
    'Ελλάδα',
    'привет',
    'Ёлка',
    'مرحبا',
    'résumé',
    'I',
    'q1',
  ],
  ...['東京', '東京都', '京都', '会議の議事録', 'データベース', '회의록', '中', '会議', '데이터'],
  ...['项目计划', '项目', '计划', '项目、计划', '第3章', '東京2026', 'A社', 'แผน'],
];

function pageOf(random: Random, number: number, below: WrittenPage[]): WrittenPage {
  const some = (count: number) =>
    Array.from({ length: count }, () => vocabulary[random.below(vocabulary.length)] ?? '').join(
      random.chance(0.15) ? ', ' : ' ',
    );
  const texts = Array.from({ length: 1 + random.below(3) }, () => some(1 + random.below(6)));
  return { id: idOf(number), title: some(1 + random.below(2)), texts, below };
}

function world(seed: number): WrittenPage[] {
  const random = seededRandom(seed);
  return Array.from({ length: 5 }, (_, top) =>
    pageOf(
      random,
      top * 10,
      Array.from({ length: 5 }, (__, index) => pageOf(random, top * 10 + index + 1, [])),
    ),
  );
}

function everyPage(pages: readonly WrittenPage[]): WrittenPage[] {
  return pages.flatMap((page) => [page, ...everyPage(page.below)]);
}

const cjk = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}ー]/u;

/** Words of a text: runs of letters and digits without marks, and each character of Chinese, Japanese, Korean and Thai. */
function tokens(text: string): string[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC').toLowerCase();
  const words: string[] = [];
  let isOpen = false;
  for (const character of plain) {
    const isLetter = /[\p{L}\p{N}]/u.test(character) && !cjk.test(character);
    if (isLetter && isOpen) words.push(`${words.pop() ?? ''}${character}`);
    else if (isLetter || cjk.test(character)) words.push(character);
    isOpen = isLetter;
  }
  return words;
}

/** True when the tokens of `query` stand in the text one after the other; `isPrefix`: the last may go on. */
function has(text: string, query: string, isPrefix = false): boolean {
  const [all, asked] = [tokens(text), tokens(query)];
  return all.some((_, start) =>
    asked.every((token, index) => {
      const there = all[start + index];
      return isPrefix && index === asked.length - 1 ? there?.startsWith(token) === true : there === token;
    }),
  );
}

function scan(pages: readonly WrittenPage[], query: string, isPrefix = false): string[] {
  const parts = ({ title, texts }: WrittenPage) => [title, texts.join('\n')];
  return pages
    .filter((page) => parts(page).some((part) => has(part, query, isPrefix)))
    .map(({ id }) => id)
    .sort();
}

/** The same characters with a blank between two of them, without what separates them, and with a blank for that. */
function respaced(text: string): string[] {
  const [first = '', ...rest] = [...text];
  return [`${first} ${rest.join('')}`, text.replace(/[^\p{L}\p{N}]/gu, ''), text.replace('、', ' ')];
}

async function found(store: Store, query: string, more: object = {}): Promise<string[]> {
  const { hits, total } = await search(store, { query, limit: 1_000, ...more });
  expect(total).toBe(hits.length);
  return hits.map(({ id }) => id).sort();
}

test('search finds what a plain scan of all texts finds: words, beginnings, phrases, any script', async () => {
  const pages = everyPage(world(1));
  const machine = await new TestStore().create();
  await machine.snapshot((writer) => writeWorld(writer, world(1)));
  await machine.open(async (store) => {
    const wrong: unknown[] = [];
    const compare = async (query: string, expected: string[]) => {
      const got = await found(store, query);
      if (got.join() !== expected.join()) wrong.push([query, got.length, expected.length]);
    };
    const words = [
      ...new Set(pages.flatMap(({ title, texts }) => [title, ...texts].join(' ').split(/[ ,]+/))),
    ];
    for (const word of words) await compare(word, scan(pages, word));
    for (const word of words.filter((each) => !cjk.test(each)))
      await compare(`${word.slice(0, 2)}*`, scan(pages, word.slice(0, 2), true));
    for (const [text = ''] of pages.slice(0, 20).map(({ texts }) => texts))
      await compare(`"${text}"`, scan(pages, text));
    for (const text of new Set(words.filter((each) => cjk.test(each)).flatMap(respaced)))
      await compare(`"${text}"`, scan(pages, text));
    expect(wrong).toEqual([]);
  });
});

test('search keeps to a place, a kind and a time, and outlives removed snapshots and a broken index', async () => {
  const [first, second] = [world(2), world(3)];
  const machine = await new TestStore().create();
  const old = await machine.snapshot((writer) => writeWorld(writer, first));
  await machine.snapshot((writer) => writeWorld(writer, second));
  await machine.open(async (store) => {
    const inSecond = scan(everyPage(second), 'budget');
    expect(await found(store, 'budget')).toEqual(inSecond);
    expect(await found(store, 'budget', { kind: 'database' })).toEqual([]);
    expect(await found(store, 'budget', { kind: 'page' })).toEqual(inSecond);
    expect(
      await found(store, 'budget', { filter: { words: '--since later', sinceMs: machine.nowMs + 1 } }),
    ).toEqual([]);
    const both = [...scan(everyPage(first), 'budget'), ...inSecond].sort();
    expect([...new Set(await found(store, 'budget', { all: true }))]).toEqual([...new Set(both)]);
    const { hits } = await search(store, { query: 'budget', limit: 1_000 });
    const place = hits[0]?.path.split('/').slice(0, 2).join('/') ?? '';
    const within = hits
      .filter(({ path }) => path === place || path.startsWith(`${place}/`))
      .map(({ id }) => id);
    expect(await found(store, 'budget', { within: place })).toEqual(within.sort());
    store.derivedFile('search').write(new Uint8Array(5_000).fill(7));
    expect(await found(store, 'budget')).toEqual(inSecond);
    await store.removeSnapshots([old.id], remover);
    expect(
      (await search(store, { query: 'budget', limit: 1_000, all: true })).hits.map(({ id }) => id).sort(),
    ).toEqual(inSecond);
  });
});
