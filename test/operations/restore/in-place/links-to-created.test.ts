/** What leads to something that was deleted for good is written once the copy is there: wherever it stands, and however it is lost itself. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pageMention } from '../../../../src/simulator/sample/parts/text.ts';
import * as records from '../../../../src/simulator/workspace/state.ts';
import { InProcessMachine } from '../../../cli/in-process-machine.ts';
import type { Block, Page, World } from '../../../cli/world.ts';
import { at, mapsIn, newWorld, runs, textOf } from '../../../cli/world.ts';

let world: World;
let folder: Page;

beforeEach(async () => {
  world = await newWorld({}, new InProcessMachine());
  folder = world.page('Folder');
});
afterEach(() => world.close());

function link(parent: Page | Block, to: Page): Block {
  return world.block(parent, 'link_to_page', { type: 'page_id', page_id: to.id });
}

function copyOf(parent: Page | Block, original: Block): Block {
  return world.block(parent, 'synced_block', { synced_from: { type: 'block_id', block_id: original.id } });
}

function original(parent: Page | Block, words: string): Block {
  const block = world.block(parent, 'synced_block', { synced_from: null });
  world.write(block, words);
  return block;
}

/** Deletes pages and blocks for good, with the blocks in them. */
function purge(...gone: readonly (Page | Block)[]): void {
  for (const each of gone) {
    purge(...blocksIn(each));
    records.purge(world.state, each);
  }
}

function blocksIn(parent: Page | Block): Block[] {
  return parent.children.flatMap((id) => {
    const block = world.state.blocks.get(id);
    return block === undefined || block.inTrash ? [] : [block];
  });
}

/** The blocks there, each as its words, or the name of the page or the words of the original that it leads to. */
function outline(parent: Page | Block): string[] {
  return blocksIn(parent).map((block) => {
    const from = world.state.blocks.get(String(at(block.payload, 'synced_from', 'block_id')));
    const target = world.state.pages.get(String(block.payload.page_id));
    if (block.type === 'link_to_page') return `to ${target?.inTrash === false ? titleOf(target) : 'nothing'}`;
    if (block.payload.synced_from !== undefined)
      return from === undefined ? `original (${outline(block)})` : `copy of (${outline(from)})`;
    const mentioned = mapsIn(block.payload.rich_text).flatMap((run) => {
      const page = world.state.pages.get(String(at(run, 'mention', 'page', 'id')));
      return page === undefined ? [] : [`@${titleOf(page)}`];
    });
    return mentioned.length > 0 ? mentioned.join() : textOf(block.payload.rich_text);
  });
}

function titleOf(page: Page): string {
  return textOf(page.values.title);
}

/** Restores in place without an error, a finding or a loss, and has nothing left to do. */
async function restored(snapshot: string): Promise<void> {
  const place = `${snapshot}:/Home/Folder`;
  const done = await world.inPlace(place);
  expect(done.code, JSON.stringify(at(done.json, 'comparison', 'findings'))).toBe(0);
  expect(at(done.json, 'comparison', 'findings')).toEqual([]);
  expect(await world.writesOf(() => world.inPlace(place))).toEqual([]);
}

test('a link in a block that no request writes, such as a template button', async () => {
  const page = world.below(folder, 'Page');
  const gone = world.below(page, 'Gone');
  const button = world.block(page, 'template', { rich_text: runs('new task') });
  link(button, gone);
  const [first] = world.write(button, 'first', 'second');
  const snapshot = await world.backup();
  purge(gone);
  if (first !== undefined) world.reword(first, 'HACKED');
  await restored(snapshot);
  expect(outline(button)).toEqual(['to Gone', 'first', 'second']);
});

test('a link and a mention that were deleted for good themselves', async () => {
  const page = world.below(folder, 'Page');
  world.write(page, 'before');
  const gone = world.below(page, 'Gone');
  const lost = [
    world.write(page, 'one')[0],
    link(page, gone),
    world.block(page, 'paragraph', { rich_text: [pageMention(gone.id, 'Gone')], color: 'default' }),
    world.write(page, 'two')[0],
  ].filter((block) => block !== undefined);
  world.write(page, 'after');
  const snapshot = await world.backup();
  purge(gone, ...lost);
  await restored(snapshot);
  expect(outline(page)).toEqual(['before', 'one', 'to Gone', '@Gone', 'two', 'after']);
});

test('a mention in a paragraph that was reworded', async () => {
  const page = world.below(folder, 'Page');
  const gone = world.below(page, 'Gone');
  const rich = [pageMention(gone.id, 'Gone')];
  const block = world.block(page, 'paragraph', { rich_text: rich, color: 'default' });
  const snapshot = await world.backup();
  purge(gone);
  world.reword(block, 'HACKED');
  await restored(snapshot);
  expect(outline(page)).toEqual(['@Gone']);
});

test('a copy of a synced block beside a paragraph that was deleted for good, too', async () => {
  const home = world.below(folder, 'Originals');
  const first = original(home, 'shared words');
  const page = world.below(folder, 'Copies');
  const [before] = world.write(page, 'before');
  copyOf(page, first);
  world.write(page, 'after');
  const snapshot = await world.backup();
  purge(first, ...(before === undefined ? [] : [before]));
  await restored(snapshot);
  expect(outline(page)).toEqual(['before', 'copy of (shared words)', 'after']);
});

test('a copy of a synced block right below its original', async () => {
  const page = world.below(folder, 'Page');
  const first = original(page, 'shared words');
  copyOf(page, first);
  const snapshot = await world.backup();
  purge(first);
  await restored(snapshot);
  expect(outline(page)).toEqual(['original (shared words)', 'copy of (shared words)']);
});

test('a copy on an earlier page of an original that mentions a page deleted for good', async () => {
  const page = world.below(folder, 'Copies');
  const home = world.below(folder, 'Originals');
  const gone = world.below(home, 'Gone');
  const first = world.block(home, 'synced_block', { synced_from: null });
  world.block(first, 'paragraph', { rich_text: [pageMention(gone.id, 'Gone')], color: 'default' });
  copyOf(page, first);
  const snapshot = await world.backup();
  purge(gone, first);
  await restored(snapshot);
  expect(outline(home)).toEqual(['original (@Gone)']);
  expect(outline(page)).toEqual(['copy of (@Gone)']);
});
