/** What was edited just now is decided by Notion's clock, from the Date header, and not by the local one. */
import { afterEach, expect, test } from 'vitest';
import type { World } from './world.ts';
import { newWorld } from './world.ts';

const minuteMs = 60_000;
let world: World | undefined;
afterEach(() => world?.close());

test.each([
  { title: 'minutes ahead of', notionAheadMs: -10 * minuteMs },
  { title: 'minutes behind', notionAheadMs: 10 * minuteMs },
])(
  'an edit in the minute of a crawl is read by the next one, with a local clock $title Notion’s',
  async ({ notionAheadMs }) => {
    world = await newWorld({ notionAheadMs });
    const page = world.page('Busy');
    const [block] = world.write(page, 'first');
    if (block === undefined) throw new Error('no block');
    const thisMinute = Math.floor((Date.now() + notionAheadMs) / minuteMs) * minuteMs;
    const touch = (text: string) => {
      world?.reword(block, text);
      page.editedTime = thisMinute;
      block.editedTime = thisMinute;
    };
    touch('before the crawl');
    await world.backup();
    // The same minute: the edit time that answers show does not move.
    touch('after the crawl');
    const second = await world.backup();
    const printed = await world.run(['cat', '--as', 'md', `${second}:/Home/Busy`]);
    expect(printed.stdout).toContain('after the crawl');
  },
);
