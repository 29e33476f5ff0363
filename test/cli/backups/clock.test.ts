/** What was edited just now is decided by Notion's clock, from the Date header, and not by the local one. */
import { afterEach, expect, test } from 'vitest';
import type { World } from '../../truth/world.ts';
import { newWorld } from '../../truth/world.ts';
import { InProcessMachine } from '../in-process-machine.ts';

const minuteMs = 60_000;
let world: World | undefined;
afterEach(() => world?.close());

test('an edit in the minute of a crawl is read by the next one, with a local clock minutes ahead of Notion’s', () =>
  expectEditRead(-10 * minuteMs));

test('an edit in the minute of a crawl is read by the next one, with a local clock minutes behind Notion’s', () =>
  expectEditRead(10 * minuteMs));

async function expectEditRead(notionAheadMs: number): Promise<void> {
  world = await newWorld({ notionAheadMs }, new InProcessMachine());
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
}
