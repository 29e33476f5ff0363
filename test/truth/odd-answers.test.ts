/** Odd answers are read once more and then recorded as gaps, each named by its page; a better second answer leaves no gap. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Block, JsonMap, Meddler, Page, World } from './world.ts';
import { about, mapsIn, newWorld, textOf } from './world.ts';

let world: World;
let page: Page;
let block: Block;
let picture: Page;
let calm: Page;

beforeAll(async () => {
  world = await newWorld();
  page = world.page('Odd page');
  [, block] = world.write(page, 'first', 'second', 'third') as [Block, Block];
  picture = world.page('Odd picture');
  const bytes = new Uint8Array(300).fill(1);
  world.state.files.set('odd.png', {
    key: 'odd.png',
    name: 'odd.png',
    contentType: 'image/png',
    size: bytes.length,
    bytes: (from, to) => bytes.slice(from, to),
  });
  world.block(picture, 'image', { caption: [], type: 'file', file: { key: 'odd.png' } });
  calm = world.page('Calm page');
  world.write(calm, 'nothing odd');
});
afterAll(() => world.close());

const odd: readonly { title: string; on: () => Page; change: (body: JsonMap) => JsonMap; whole: string[] }[] =
  [
    {
      title: 'a block that is only its id',
      whole: ['first', 'second', 'third'],
      on: () => page,
      change: (body) =>
        withResults(body, (each) => (each.id === block.id ? { object: 'block', id: block.id } : each)),
    },
    {
      title: 'an object of a kind nobody knows',
      whole: ['first', 'second', 'third'],
      on: () => page,
      change: (body) =>
        withResults(body, (each) => (each.id === block.id ? { ...each, object: 'apparition' } : each)),
    },
    {
      title: 'a list that ends early, without a cursor',
      whole: ['first', 'second', 'third'],
      on: () => page,
      change: (body) => ({
        ...body,
        results: mapsIn(body.results).slice(0, 1),
        has_more: true,
        next_cursor: null,
      }),
    },
    {
      title: 'a hosted file without a URL',
      whole: ['files/odd.png'],
      on: () => picture,
      change: (body) =>
        withResults(body, (each) =>
          each.type === 'image' ? { ...each, image: { caption: [], type: 'file', file: {} } } : each,
        ),
    },
  ];

for (const { title, on, change, whole } of odd) {
  test(`${title}, again and again, is a gap: exit 3, named in the result, by info and by status`, async () => {
    const { meddler, asked } = spoilList(on, change, Number.POSITIVE_INFINITY);
    const done = await world.between.spoil(meddler, () => world.run(['backup', '--json', '--full']));
    expect(done.code, done.said).toBe(3);
    const name = textOf(on().values.title);
    expect(about(done.json.errors, name)).not.toBe('');
    expect(about(done.json.errors, 'Calm page')).toBe('');
    expect(asked()).toBeGreaterThanOrEqual(2);
    const status = await world.run(['status']);
    expect(status.code, status.said).toBe(3);
    expect(status.stdout).toContain(name);
    const info = await world.run(['info', String(done.json.snapshot), '--errors']);
    expect(info.stdout).toContain(name);
  });

  test(`${title}, once, is read again, and the snapshot is whole`, async () => {
    const { meddler } = spoilList(on, change, 1);
    const done = await world.between.spoil(meddler, () => world.run(['backup', '--json', '--full']));
    expect(done.code, done.said).toBe(0);
    expect(done.json.errors).toEqual([]);
    const place = `${String(done.json.snapshot)}:/Home/${textOf(on().values.title)}`;
    const printed = await world.run(['cat', place]);
    for (const text of whole) expect(printed.stdout).toContain(text);
  });
}

test('something else where a picture was promised is tried again and then a gap', async () => {
  let asked = 0;
  const done = await world.between.spoil(
    {
      // The picture is asked for at the server between, which answers with something else than an image.
      before: ({ path }) => {
        if (!path.includes('odd.png')) return undefined;
        asked += 1;
        return { status: 200, body: { not: 'a picture' } };
      },
      after: ({ path }, answer) =>
        path === `/v1/blocks/${picture.id}/children`
          ? {
              ...answer,
              body: JSON.parse(
                JSON.stringify(answer.body).replaceAll(world.simulator.url, world.between.url),
              ),
            }
          : undefined,
    },
    () => world.run(['backup', '--json', '--full']),
  );
  expect(asked).toBeGreaterThanOrEqual(2);
  expect(done.code, done.said).toBe(3);
  expect(about(done.json.errors, 'Odd picture')).not.toBe('');
});

/** Changes the list of a page's blocks so many times, and every answer about the block itself. */
function spoilList(on: () => Page, change: (body: JsonMap) => JsonMap, times: number) {
  let left = times;
  let asked = 0;
  const meddler: Meddler = {
    after: ({ path }, answer) => {
      if (path === `/v1/blocks/${on().id}/children` && left > 0) {
        left -= 1;
        asked += 1;
        return { ...answer, body: change(answer.body) };
      }
      const [single] = mapsIn(change({ results: [answer.body] }).results);
      if (!/^\/v1\/blocks\/[^/]+$/.test(path) || left === 0 || single === undefined) return undefined;
      asked += 1;
      return { ...answer, body: single };
    },
  };
  return { meddler, asked: () => asked };
}

function withResults(body: JsonMap, change: (each: JsonMap) => JsonMap): JsonMap {
  return { ...body, results: mapsIn(body.results).map(change) };
}
