/** Parts that requests cannot write as they were: the plan names them before, the comparison after, and a second run leaves them alone. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as records from '../../../../src/simulator/workspace/state.ts';
import { InProcessMachine } from '../../../cli/in-process-machine.ts';
import type { Block, JsonMap, Page, World } from '../../../cli/world.ts';
import { at, mapsIn, newWorld, runs } from '../../../cli/world.ts';

let world: World;
let folder: Page;

beforeEach(async () => {
  world = await newWorld({}, new InProcessMachine());
  folder = world.page('Folder');
});
afterEach(() => world.close());

/** The losses that a plan names. */
async function lossesIn(place: string): Promise<JsonMap[]> {
  const { json } = await world.plan(place);
  return mapsIn(at(json, 'plan', 'changes')).flatMap(({ differences }) =>
    mapsIn(differences).filter(({ what }) => what === 'approximated' || what === 'lost'),
  );
}

/** An image made in the app: Notion shows it, but takes the address for no image when a request gives it. */
function oddImage(parent: Page | Block): Block {
  const external = { url: 'https://media.example.com/1.bin' };
  return world.block(parent, 'image', { caption: [], type: 'external', external });
}

function typesOn(page: Page): string[] {
  return page.children.flatMap((id) => {
    const block = world.state.blocks.get(id);
    return block === undefined || block.inTrash ? [] : [block.type];
  });
}

test('an image with an address that Notion refuses is told as an embed when its page is created again', async () => {
  const page = world.below(folder, 'Pictures');
  const image = oddImage(page);
  const snapshot = await world.backup();
  records.purge(world.state, image);
  records.purge(world.state, page);
  const place = `${snapshot}:/Home/Folder`;
  const told = {
    what: 'approximated',
    name: 'block image',
    id: image.id.replaceAll('-', ''),
    now: 'the API refuses the URL as media: written as an embed',
  };
  expect(await lossesIn(place)).toEqual([told]);
  const lines = await world.run(['restore', '--in-place', '--dry-run', place]);
  expect(lines.stdout).toContain(`    approximated: block image: ${told.now}`);
  const done = await world.inPlace(place);
  expect(mapsIn(done.json.changes).flatMap(({ differences }) => differences)).toContainEqual(told);
  expect(mapsIn(at(done.json, 'comparison', 'findings'))).toMatchObject([{ verdict: 'impossible' }]);
  expect(await world.writesOf(() => world.inPlace(place))).toEqual([]);
});

test('a single image of that kind is told when it is written again, and not when it comes out of the trash', async () => {
  const image = oddImage(folder);
  const snapshot = await world.backup();
  const place = `${snapshot}:/Home/Folder`;
  world.trash(image);
  expect(await lossesIn(place)).toEqual([]);
  expect((await world.inPlace(place)).code).toBe(0);
  expect(typesOn(folder)).toEqual(['image']);

  records.purge(world.state, image);
  expect(await lossesIn(place)).toHaveLength(1);
  await world.inPlace(place);
  expect(typesOn(folder)).toEqual(['embed']);
  expect(await world.writesOf(() => world.inPlace(place))).toEqual([]);
});

test('an embed that stands for such an image gets its address back, and stays an embed', async () => {
  const image = oddImage(folder);
  const snapshot = await world.backup();
  const place = `${snapshot}:/Home/Folder`;
  records.purge(world.state, image);
  await world.inPlace(place);
  const [id = ''] = folder.children;
  const embed = world.state.blocks.get(id);
  if (embed === undefined) throw new Error('no embed');
  embed.payload = { ...embed.payload, url: 'https://example.com/hacked' };
  world.edited(embed, folder);
  await world.inPlace(place);
  expect([folder.children, embed.payload.url]).toEqual([[id], 'https://media.example.com/1.bin']);
});

test('a database that is created again is told with what no request writes: views and comments among it', async () => {
  const { database, source } = world.table('Table', { Press: 'button' });
  const row = world.row({ database, source }, 'A row');
  world.comment(row, 'a word');
  const snapshot = await world.backup();
  for (const gone of [row, source, database]) records.purge(world.state, gone);
  const losses = await lossesIn(`${snapshot}:/Home`);
  expect(losses).toContainEqual(expect.objectContaining({ what: 'lost', name: 'property button' }));
  expect(losses).toContainEqual(
    expect.objectContaining({ name: 'comment', now: 'author and time stand in its text' }),
  );
});

test('a page with nothing that is lost is told without a loss', async () => {
  const page = world.below(folder, 'Plain');
  world.write(page, 'one', 'two');
  const toggle = world.toggle(page, 'a toggle');
  world.block(toggle, 'callout', {
    rich_text: runs('inside'),
    icon: { type: 'emoji', emoji: '💡' },
    color: 'default',
  });
  const snapshot = await world.backup();
  records.purge(world.state, page);
  const { json } = await world.plan(`${snapshot}:/Home/Folder`);
  expect(mapsIn(at(json, 'plan', 'changes'))).toMatchObject([{ action: 'create', differences: [] }]);
});
