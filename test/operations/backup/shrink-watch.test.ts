import { expect, test } from 'vitest';
import type { PreviousObject, PreviousSnapshot, TreeStep } from '../../../src/document/content.ts';
import type { JsonObject } from '../../../src/document/json.ts';
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

function alarmOf(before: Tree, now: Tree, percent = 10, settings = {}, errors: JsonObject[] = []) {
  const objects = objectsOf(before);
  const previous: PreviousSnapshot = {
    id: 'a'.repeat(64),
    time: '',
    manifest: { settings: { media: true } },
    objects: () => objects,
    object: (id) => objects.find((each) => each.id === id),
  };
  const manifest = { settings: { media: true, ...settings }, errors: { list: errors } };
  const watch = new ShrinkWatch(previous, manifest, percent);
  for (const object of objectsOf(now)) {
    const enter: TreeStep = { type: 'enter', name: object.path, modified: '', object };
    for (const step of [enter, ...object.files, { type: 'leave' } as const]) watch.step(step);
  }
  return watch.alarm();
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

test('what could not be read is unknown, not lost, and hides no loss beside it', () => {
  const unread = ({ id, kind = 'blocks' }: { id: string; kind?: string }) => ({ kind, owner: id, id });
  const lacking = { Home: [1, ...home.Home.slice(1)] };
  const heavy = { Home: [1_000, ...home.Home.slice(1)] };
  expect(alarmOf(heavy, lacking)).toMatchObject({ lostBytes: 999 });
  expect(alarmOf(heavy, lacking, 10, {}, [unread({ id: 'Home 0' })])).toBeUndefined();
  expect(alarmOf(heavy, lacking, 10, {}, [unread({ id: 'Home 1' })])).toMatchObject({ lostBytes: 999 });
  // A page that could not be read at all is no missing one, at the top neither; those beside it are.
  const before = { ...home, Other: [100] };
  expect(alarmOf(before, home, 10, {}, [unread({ id: 'Other 0', kind: 'page' })])).toBeUndefined();
  const lost = alarmOf(before, { Home: home.Home.slice(5) }, 10, {}, [
    unread({ id: 'Other 0', kind: 'page' }),
  ]);
  expect(lost).toMatchObject({ lostObjects: 5, lostBytes: 500, gone: [] });
});

test('of a page with an unread picture, only the bytes of that picture are unknown', () => {
  const picture = (n: number, size: number) => ({
    ...file(size),
    name: `files/${n}.png`,
    source: `https://files.example/${n}.png`,
  });
  const page = { id: 'p', kind: 'page' as const, edited: '', path: '/P~1', parentId: null };
  const before = { ...page, files: [file(10), picture(1, 500), picture(2, 500)] };
  const watch = (files: typeof before.files, errors: JsonObject[]) => {
    const previous: PreviousSnapshot = {
      id: 'a'.repeat(64),
      time: '',
      manifest: {},
      objects: () => [before],
      object: (id) => (id === before.id ? before : undefined),
    };
    const watching = new ShrinkWatch(previous, { errors: { list: errors } }, 10);
    const enter: TreeStep = { type: 'enter', name: 'P', modified: '', object: page };
    for (const step of [enter, ...files, { type: 'leave' } as const]) watching.step(step);
    return watching.alarm();
  };
  const gap = { kind: 'media', owner: 'p', id: 'https://files.example/1.png' };
  expect(watch([file(10), picture(2, 500)], [gap])).toBeUndefined();
  expect(watch([file(10), picture(2, 500)], [])).toMatchObject({ lostBytes: 500 });
  expect(watch([file(10)], [gap])).toMatchObject({ lostBytes: 500 });
  // The file came without its address, so nobody can tell which it was.
  expect(watch([file(10), picture(2, 500)], [{ kind: 'media', owner: 'p', id: 'b' }])).toBeUndefined();
});
