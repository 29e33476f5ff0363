/** Videos, embeds and files of other hosts: written in the form that Notion takes, and never gone without a trace. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusalsOf } from '../../../src/simulator/write/routes.ts';
import type { Block, JsonMap, Page, Told, World } from '../../truth/world.ts';
import { at, failure, newWorld } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

let world: World;
let snapshot: string;

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  const videos = world.page('Videos');
  const add = (type: string, payload: JsonMap) => world.block(videos, type, payload);
  for (const url of [
    'https://www.youtube.com/watch?v=aaaaaaaaaaa',
    'https://youtu.be/bbbbbbbbbbb',
    'https://vimeo.com/123456789',
    'https://video.example.com/film.mp4',
  ])
    add('video', { caption: [], type: 'external', external: { url } });
  const links = world.page('Links');
  world.block(links, 'embed', { caption: [], url: 'https://refused.example.com/embed' });
  world.block(links, 'bookmark', { caption: [], url: 'https://refused.example.com/bookmark' });
  world.block(links, 'image', {
    caption: [],
    type: 'external',
    external: { url: 'https://refused.example.com/image.png' },
  });
  world.write(links, 'what stands beside them');
  snapshot = await world.backup();
});
afterAll(() => world.close());

test('YouTube stays a video, short addresses are written long, Vimeo becomes an embed, and nothing is called lost', async () => {
  const { done, blocks } = await copyOf('Videos');
  expect(done.code, done.said).toBe(0);
  expect(at(done.json, 'comparison', 'counts', 'lost')).toBe(0);
  const forms = blocks.map(
    ({ type, payload }) => `${type} ${String(at(payload, 'external', 'url') ?? payload.url)}`,
  );
  expect(forms[0]).toBe('video https://www.youtube.com/watch?v=aaaaaaaaaaa');
  expect(forms[1]).toBe('video https://www.youtube.com/watch?v=bbbbbbbbbbb');
  expect(forms[2]).toMatch(/^embed https:\/\/(player\.)?vimeo\.com\/.*123456789/);
  expect(forms[3]).toBe('video https://video.example.com/film.mp4');
  expect(refusalsOf(world.state)).toEqual([]);
});

test('the dry run foretells what will have another form, and calls nothing of it lost', async () => {
  const target = world.page('Planned copies');
  const plan = await world.run(['restore', '--dry-run', '--root-id', target.id, `${snapshot}:/Home/Videos`]);
  expect(plan.code, plan.said).toBe(0);
  expect(plan.stdout).toMatch(/video/);
});

test('an address that Notion refuses as embed, bookmark or image leaves its address in the copy, and is told', async () => {
  const refused = failure(400, 'validation_error', 'body failed validation: Invalid URL.');
  const { done, blocks } = await world.between.spoil(
    {
      before: ({ method, body }) => {
        const text = JSON.stringify(body);
        const isRefused =
          /"(embed|bookmark|image)":\{[^}]*refused\.example\.com|"external":\{"url":"https:\/\/refused/.test(
            text,
          );
        return method !== 'GET' && isRefused ? refused : undefined;
      },
    },
    () => copyOf('Links'),
  );
  const text = JSON.stringify(blocks.map(({ payload }) => payload));
  for (const name of ['embed', 'bookmark', 'image.png'])
    expect(text).toContain(`https://refused.example.com/${name}`);
  expect(text).toContain('what stands beside them');
  expect(done.said).toContain('refused.example.com');
});

/** A copy of a page under a page of its own. */
async function copyOf(title: string): Promise<{ done: Told; blocks: Block[] }> {
  const target = world.page(`Copies of ${title}`);
  const done = await world.run(['restore', '--json', '--root-id', target.id, `${snapshot}:/Home/${title}`]);
  const [copy] = target.children.flatMap((id): Page[] => {
    const page = world.state.pages.get(id);
    return page === undefined ? [] : [page];
  });
  const blocks = (copy?.children ?? []).flatMap((id) => world.state.blocks.get(id) ?? []);
  return { done, blocks: blocks.filter(({ inTrash }) => !inTrash) };
}
