import { expect, test } from 'vitest';
import type { PreviousObject, PreviousSnapshot, TreeStep } from '../../../src/document/content.ts';
import { ShrinkWatch } from '../../../src/operations/backup/shrink-watch.ts';

/** Title of a top page → sizes of the pages below it and its own, the own first. */
type Tree = { readonly [title: string]: readonly number[] };

const file = (size: number) =>
  ({ type: 'file', name: 'page.json', modified: '', content: { size, chunks: [] } }) as const;

function objectsOf(tree: Tree): PreviousObject[] {
  return Object.entries(tree).flatMap(([title, sizes]) =>
    sizes.map((size, at) => ({
      id: `${title} ${at}`,
      kind: 'page' as const,
      edited: '',
      path: at === 0 ? `/${title}~1` : `/${title}~1/Page~${at}`,
      parentId: at === 0 ? null : `${title} 0`,
      files: [file(size)],
    })),
  );
}

function alarmOf(before: Tree, now: Tree, percent = 10, settings = {}) {
  const objects = objectsOf(before);
  const previous: PreviousSnapshot = {
    id: 'a'.repeat(64),
    time: '',
    manifest: { settings: { media: true } },
    objects: () => objects,
    object: (id) => objects.find((each) => each.id === id),
  };
  const watch = new ShrinkWatch(previous, percent);
  for (const object of objectsOf(now)) {
    const enter: TreeStep = { type: 'enter', name: object.path, modified: '', object };
    for (const step of [enter, ...object.files, { type: 'leave' } as const]) watch.step(step);
  }
  return watch.alarm({ settings: { media: true, ...settings } });
}

const home = { Home: Array.from({ length: 20 }, () => 100) };

test('more than a tenth of the objects lost is an alarm, a tenth is none, new objects hide nothing', () => {
  expect(alarmOf(home, { Home: home.Home.slice(2) })).toBeUndefined();
  const lost = alarmOf(home, { Home: home.Home.slice(3), New: home.Home });
  expect(lost).toMatchObject({ lostObjects: 3, lostBytes: 300, gone: [], comparedWith: 'a'.repeat(64) });
  expect(alarmOf(home, { Home: home.Home.slice(1) }, 1)).toBeDefined();
});

test('bytes lost from objects that stay are an alarm, unless less was asked for', () => {
  const emptied = { Home: [...home.Home.slice(5), 1, 1, 1, 1, 1] };
  expect(alarmOf(home, emptied)).toMatchObject({ lostObjects: 0, lostBytes: 495 });
  expect(alarmOf(home, emptied, 10, { media: false })).toBeUndefined();
});

test('a top page that is gone is an alarm by its title, one that moved is none', () => {
  const before = { ...home, 'Small top': [1] };
  expect(alarmOf(before, home)?.gone).toEqual(['Small top']);
  expect(alarmOf(before, before)).toBeUndefined();
});
