/** `npm run screenshots` writes the pictures of the web view that docs/images and the README show. */
import { expect, test } from 'vitest';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import { InProcessMachine } from '../cli/in-process-machine.ts';
import { newWorld } from '../cli/world.ts';
import { chromiumPath, enter, launch } from './browser.ts';
import { showPictures } from './pictures.ts';
import { addressesIn } from './sample-addresses.ts';
import { serveStore } from './served.ts';

const folder = new URL('../../docs/images/', import.meta.url).pathname;

test.runIf(process.env.KLOSET_SCREENSHOTS === '1' && chromiumPath !== undefined)(
  'pictures of eight views are written',
  async () => {
    const world = await newWorld({ state: sampleWorkspace() }, new InProcessMachine());
    showPictures(world.state);
    const first = await world.backup();
    const page = addressesIn(world, first, first).record('Layouts');
    const [list] = page.children
      .map((id) => world.state.blocks.get(id))
      .filter((block) => block?.type === 'callout');
    const [title] = world.write(page, 'We leave on Friday morning by train and come back on Sunday.');
    if (list !== undefined) world.reword(list, 'Callout with another page');
    world.edited(page);
    const second = await world.backup();
    if (title !== undefined)
      world.reword(title, 'We leave on Saturday by train and come back on Monday evening.');
    world.write(page, 'Nobody may forget the tickets.');
    const third = await world.backup();
    const at = addressesIn(world, third, second);
    const served = await serveStore(world.machine);
    const browser = await launch();
    try {
      const wide = { width: 1280, height: 800 };
      const pictures: readonly [
        name: string,
        path: string,
        more?: {
          readonly width: number;
          readonly height: number;
          readonly isDark?: boolean;
          readonly scrollTo?: string;
          readonly type?: string;
        },
      ][] = [
        ['web-page', at.page('Blocks of words')],
        ['web-board', at.views.board],
        ['web-calendar', at.views.calendar],
        ['web-changes', `${at.page('Layouts')}?changes=1`],
        ['web-beside', `${at.page('Layouts')}?with=${first.slice(0, 16)}&beside=1`],
        ['web-search', at.page('Rich text'), { ...wide, type: 'bicyc' }],
        ['web-health', '/health', { ...wide, isDark: true }],
        ['web-narrow', at.page('Discussions'), { width: 380, height: 760, isDark: true }],
      ];
      for (const [name, path, more = wide] of pictures) {
        const { width, height } = more;
        const opened = await enter(browser, served, {
          viewport: { width, height },
          colorScheme: 'isDark' in more && more.isDark === true ? 'dark' : 'light',
        });
        await opened.page.goto(new URL(path, served.url).href);
        await opened.page.waitForLoadState('networkidle');
        if ('type' in more && more.type !== undefined) {
          await opened.page.keyboard.press('/');
          await opened.page.keyboard.type(more.type);
          await opened.page.locator('.found .hits').waitFor({ timeout: 60_000 });
        }
        await opened.page.screenshot({ path: `${folder}${name}.png` });
        expect(opened.faults).toEqual([]);
        await opened.context.close();
      }
    } finally {
      await browser.close();
      await served.stop();
      await world.close();
    }
  },
  600_000,
);
