/** The web view in a real Chromium: by keyboard, in the dark, on a small screen, without scripts, and for axe. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import { InProcessMachine } from '../cli/in-process-machine.ts';
import type { World } from '../cli/world.ts';
import { newWorld } from '../cli/world.ts';
import { layoutFaults } from '../operations/restore/layout.ts';
import { chromiumPath, enter, launch, whenBrowser } from './browser.ts';
import { showPictures } from './pictures.ts';
import { addressesIn } from './sample-addresses.ts';
import type { Served } from './served.ts';
import { serveStore } from './served.ts';

let world: World;
let served: Served;
let browser: Browser;
let at: ReturnType<typeof addressesIn>;
beforeAll(async () => {
  if (chromiumPath === undefined) return;
  world = await newWorld({ state: sampleWorkspace() }, new InProcessMachine());
  showPictures(world.state);
  const first = await world.backup();
  const blocks = at0(first).record('Blocks of words');
  const paragraph = blocks.children
    .map((id) => world.state.blocks.get(id))
    .find((block) => block?.type === 'paragraph');
  if (paragraph !== undefined) world.reword(paragraph, 'Words that are other ones now.');
  world.write(blocks, 'A paragraph that is new.');
  world.edited(blocks);
  const second = await world.backup();
  at = addressesIn(world, second, first);
  served = await serveStore(world.machine, '--plan');
  browser = await launch();
}, 240_000);
const at0 = (snapshot: string) => addressesIn(world, snapshot, snapshot);
afterAll(async () => {
  if (chromiumPath === undefined) return;
  await browser.close();
  await served.stop();
  await world.close();
});

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Views that are looked at in the dark too: between them they have every colour. */
const inTheDark = ['home', 'page', 'changes', 'row', 'board', 'search', 'health'];

/** The violations of WCAG 2.2 A and AA, as axe names them. */
async function violations(page: Page): Promise<string[]> {
  // Playwright runs it beside the policy of the page, which lets no inline script in.
  await page.evaluate(axe);
  return await page.evaluate(async () => {
    const { violations: found } = await (
      globalThis as unknown as {
        axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      }
    ).axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      // The order of headings and the heads of a table are those that people gave them in Notion.
      rules: { 'heading-order': { enabled: false }, 'empty-table-header': { enabled: false } },
    });
    return found.map(({ id, nodes }) => `${id}: ${nodes.length} × ${nodes[0]?.html.slice(0, 120)}`);
  });
}

whenBrowser(
  'every main view, light and dark, wide and narrow: axe finds nothing, nothing is too wide, nothing breaks the policy',
  async () => {
    const found: string[] = [];
    const { page, context, faults } = await enter(browser, served);
    for (const [name, path] of Object.entries(at.views)) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(new URL(path, served.url).href);
      found.push(...(await violations(page)).map((fault) => `${name}: ${fault}`));
      if (inTheDark.includes(name)) {
        await page.emulateMedia({ colorScheme: 'dark' });
        found.push(...(await violations(page)).map((fault) => `${name} dark: ${fault}`));
        await page.emulateMedia({ colorScheme: 'light' });
      }
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 900 });
        const layout = await page.evaluate<string[]>(layoutFaults);
        found.push(...layout.map((fault) => `${name} ${width}: ${fault}`));
      }
    }
    // One of the views is of a page that is not there.
    found.push(...faults.filter((fault) => !fault.includes('404')));
    await context.close();
    expect(found).toEqual([]);
  },
  600_000,
);

whenBrowser('the token leaves the address, and a browser without it is refused', async () => {
  const { page, context } = await enter(browser, served);
  expect(page.url()).toBe(`http://${served.url.host}/`);
  expect(await page.evaluate('document.cookie')).toBe('');
  await context.close();
  const other = await browser.newContext();
  const strange = await other.newPage();
  expect((await strange.goto(`http://${served.url.host}/`))?.status()).toBe(403);
  await other.close();
});

whenBrowser('the tree opens by keyboard and leads to a page; back leads back', async () => {
  const { page, context } = await enter(browser, served);
  await page.goto(new URL(at.snapshot, served.url).href);
  const home = page.locator('.tree a', { hasText: 'Home' }).first();
  await home.focus();
  await page.keyboard.press('ArrowRight');
  await page.locator('.tree a', { hasText: 'Layouts' }).waitFor();
  await page.keyboard.press('ArrowDown');
  expect(
    await page.evaluate('document.activeElement.closest("li").parentElement.closest("li") !== null'),
  ).toBe(true);
  await page.keyboard.press('ArrowLeft');
  expect(await page.evaluate('document.activeElement.textContent')).toContain('Home');
  await page.locator('.tree a', { hasText: 'Layouts' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(new URL(at.page('Layouts'), served.url).href);
  expect(await page.locator('h1').textContent()).toContain('Layouts');
  expect(await page.locator('.tree a[aria-current]').textContent()).toContain('Layouts');
  await page.goBack();
  await page.waitForURL(new URL(at.snapshot, served.url).href);
  await context.close();
});

whenBrowser('the first Tab skips to the content', async () => {
  const { page, context } = await enter(browser, served);
  await page.goto(new URL(at.page('Layouts'), served.url).href);
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('content');
  await context.close();
});

whenBrowser(
  'search is reached by / and Ctrl-K, finds as one types, and leads to a page by its Notion address',
  async () => {
    const { page, context, faults } = await enter(browser, served);
    await page.goto(new URL(at.page('Layouts'), served.url).href);
    await page.keyboard.press('/');
    await page.keyboard.type('bicyc');
    const hit = page.locator('.found .hits a', { hasText: 'Repair the bicycle' }).first();
    await hit.waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('h1', { hasText: 'Repair the bicycle' }).waitFor();
    // The script that listens to keys is there then.
    await page.waitForLoadState();
    await page.keyboard.press('Control+k');
    await page.keyboard.type(
      `https://www.notion.so/Some-title-${at.record('Rich text').id.replaceAll('-', '')}`,
    );
    await page.keyboard.press('Enter');
    await page.waitForURL(new URL(at.page('Rich text'), served.url).href);
    expect(faults).toEqual([]);
    await context.close();
  },
);

whenBrowser(
  'the slider of time steps through the versions by the arrow keys, and changes are coloured',
  async () => {
    const { page, context, faults } = await enter(browser, served);
    await page.goto(new URL(`${at.page('Blocks of words')}?changes=1`, served.url).href);
    expect(
      await page.locator('article ins', { hasText: 'A paragraph that is new.' }).count(),
    ).toBeGreaterThan(0);
    const slider = page.locator('input[type=range]');
    await slider.waitFor();
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/changed/);
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL((url) => url.pathname === at.old('Blocks of words'));
    expect(await page.locator('article').textContent()).not.toContain('A paragraph that is new.');
    await page.goBack();
    await page.waitForURL((url) => url.pathname === at.page('Blocks of words'));
    expect(faults).toEqual([]);
    await context.close();
  },
);

whenBrowser('without a script everything can be read by links and forms', async () => {
  const { page, context } = await enter(browser, served, { javaScriptEnabled: false });
  await page.goto(new URL(at.snapshot, served.url).href);
  await page.locator('.tree a', { hasText: 'Home' }).first().click();
  await page.locator('.tree a', { hasText: 'Blocks of words' }).click();
  expect(await page.locator('h1').textContent()).toContain('Blocks of words');
  await page.locator('.bar a', { hasText: 'History' }).click();
  await page.locator('.versions a', { hasText: 'Beside each other' }).first().click();
  expect(await page.locator('.beside > section').count()).toBe(2);
  await page.locator('.as-of select').selectOption({ index: 1 });
  await page.locator('.as-of button').click();
  await page.waitForURL((url) => url.pathname === at.old('Blocks of words'));
  await page.locator('.top input[type=search]').fill('bicycle');
  await page.locator('.top .search button').click();
  expect(await page.locator('.hits a').first().textContent()).toContain('Repair the bicycle');
  await page.goto(new URL(at.page('Layouts'), served.url).href);
  await page.locator('.foot a', { hasText: 'link here' }).click();
  expect(await page.locator('h1').textContent()).toContain('Linked from');
  await context.close();
});

whenBrowser('on a small screen the tree is a drawer that opens and closes without a script', async () => {
  const { page, context } = await enter(browser, served, {
    javaScriptEnabled: false,
    viewport: { width: 360, height: 700 },
  });
  await page.goto(new URL(at.page('Layouts'), served.url).href);
  expect(await page.locator('.side').isVisible()).toBe(false);
  await page.locator('.menu').click();
  expect(await page.locator('.side').isVisible()).toBe(true);
  await page.locator('.side .close').click();
  expect(await page.locator('.side').isVisible()).toBe(false);
  await context.close();
});

whenBrowser('pictures of the store are shown, and the other views of a database by their tabs', async () => {
  const { page, context, faults } = await enter(browser, served);
  await page.goto(new URL(at.page('Media'), served.url).href);
  const broken = await page.evaluate<number>(
    `Promise.all([...document.querySelectorAll('article figure img')].map((image) => { image.loading = 'eager'; return image.decode().then(() => 0, () => 1); })).then((all) => all.filter(Boolean).length)`,
  );
  const all = await page.locator('article figure img').count();
  expect(all).toBeGreaterThan(0);
  expect(broken).toBe(0);
  await page.goto(new URL(at.tasks, served.url).href);
  for (const [name, what] of [
    ['Board', '.board .card'],
    ['List', '.list li'],
    ['Calendar', '.month td'],
    ['Timeline', '.timeline rect'],
    ['Gallery', '.cards .card'],
    ['Effort by kind', '.chart rect'],
    ['Plain', 'tbody tr'],
  ] as const) {
    await page.locator('.view-tabs').getByRole('link', { name, exact: true }).click();
    await page.waitForURL(/v=/);
    expect([name, (await page.locator(what).count()) > 0]).toEqual([name, true]);
  }
  await page.locator('tbody a', { hasText: 'Repair the bicycle' }).click();
  const beside = page.locator('.row-beside');
  await beside.waitFor();
  expect(await beside.locator('h1').textContent()).toContain('Repair the bicycle');
  expect(await page.evaluate('document.activeElement.className')).toBe('row-beside');
  await page.keyboard.press('Escape');
  expect(await beside.count()).toBe(0);
  expect(await page.evaluate('document.activeElement.textContent')).toContain('Repair the bicycle');
  expect(faults.filter((fault) => !fault.includes('404'))).toEqual([]);
  await context.close();
});
