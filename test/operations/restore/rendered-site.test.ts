import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'parse5';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import { encodeKeyFile } from '../../../src/store/access/key-file.ts';
import { fakeIo } from '../../cli/fake-io.ts';
import { Chromium, chromiumPath } from './chromium.ts';
import { layoutFaults, showView, viewCount } from './layout.ts';

let home: string;
const files = new Map<string, string>();

/** The whole sample as a folder of HTML. */
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kloset-site-'));
  const simulator = await startSimulator({ state: sampleWorkspace(), clock: 'real' });
  writeFileSync(join(home, 'key'), encodeKeyFile(new Uint8Array(32).fill(9)));
  const run = (...argv: string[]) =>
    main(
      ['--keyfile', 'key', ...argv],
      fakeIo({ HOME: home, NOTION_API_URL: simulator.url, NOTION_TOKEN: simulator.token }, home),
    );
  await run('backup');
  await run('restore', '--to', 'site', '--as', 'html');
  await run('restore', '--to', 'margin', '--as', 'html', '--comments', 'margin', 'latest:Discussions');
  await simulator.close();
  for (const name of readdirSync(join(home, 'site'), { recursive: true, encoding: 'utf8' }))
    if (name.endsWith('.html')) files.set(name, readFileSync(join(home, 'site', name), 'utf8'));
}, 120_000);

afterAll(() => rmSync(home, { recursive: true, force: true }));

test('every page is HTML without a parse error', () => {
  expect(files.size).toBeGreaterThan(50);
  for (const [name, text] of files) {
    const errors: string[] = [];
    parse(text, { onParseError: ({ code }) => errors.push(code), sourceCodeLocationInfo: true });
    expect([name, errors]).toEqual([name, []]);
  }
});

test('nothing is loaded from the network, and every relative link leads to a file', () => {
  const all = new Set(readdirSync(join(home, 'site'), { recursive: true, encoding: 'utf8' }));
  const broken: string[] = [];
  for (const [name, text] of files) {
    expect(text).not.toMatch(/<(script|iframe|object|embed|link)\b/);
    for (const [, attribute, value = ''] of text.matchAll(/\s(src|href)="([^"]*)"/g)) {
      if (attribute === 'src') expect(value).not.toMatch(/^[a-z]+:|^\/\//i);
      if (/^[a-z]+:|^#/i.test(value)) continue;
      const url = value.replace(/&#x([0-9a-f]+);/gi, (_, code: string) =>
        String.fromCodePoint(Number.parseInt(code, 16)),
      );
      const path = join(name, '..', decodeURIComponent(url.replace(/#.*$/, '')));
      if (!all.has(path)) broken.push(`${name} → ${value}`);
    }
  }
  expect(broken).toEqual([]);
});

/** Pages that show everything, by the beginning of their names. */
const shown = [
  'Home~',
  'Blocks of words~',
  'Rich text~',
  'Layouts~',
  'Media~',
  'Discussions~',
  'Tasks~',
  'Repair the bicycle~',
  'Meetings~',
  'עברית',
  '漢漢',
  'Two hundred and fifty blocks~',
];

function fileOf(name: string): string {
  const found = [...files.keys()].find((file) => file.split('/').at(-2)?.startsWith(name));
  if (found === undefined) throw new Error(`${name} is not in the site`);
  return join(home, 'site', found);
}

const whenBrowser = chromiumPath === undefined ? test.skip : test;
if (chromiumPath === undefined) console.warn('No Chromium here: the layout of rendered pages is not tested.');

whenBrowser(
  'in a browser nothing is wider than the screen, and no texts lie over each other',
  async () => {
    const browser = new Chromium(chromiumPath ?? '');
    const faults: string[] = [];
    try {
      for (const name of shown) {
        await browser.open(fileOf(name), { width: 1200, height: 900 });
        const views = await browser.evaluate<number>(viewCount);
        for (const width of [1200, 380]) {
          await browser.resize({ width, height: 900 });
          for (let view = 0; view < Math.max(1, views); view += 1) {
            if (views > 0) await browser.evaluate(showView(view));
            const found = await browser.evaluate<string[]>(layoutFaults);
            faults.push(...found.map((fault) => `${name} ${width} view ${view}: ${fault}`));
          }
        }
      }
      for (const width of [1200, 900, 380]) {
        await browser.open(join(home, 'margin/index.html'), { width, height: 900 });
        const found = await browser.evaluate<string[]>(layoutFaults);
        faults.push(...found.map((fault) => `comments in the margin, ${width}: ${fault}`));
        expect(await browser.evaluate(`document.querySelectorAll('.margin-note').length`)).toBeGreaterThan(2);
      }
    } finally {
      await browser.close();
    }
    expect(faults).toEqual([]);
  },
  120_000,
);

/** `npm run screenshots` writes what docs/images shows. */
test.runIf(process.env.KLOSET_SCREENSHOTS === '1')(
  'pictures of twelve pages are written',
  async () => {
    const folder = new URL('../../../docs/images/', import.meta.url).pathname;
    mkdirSync(folder, { recursive: true });
    const browser = new Chromium(chromiumPath ?? '');
    const wide = { width: 1100, height: 800 };
    const narrow = { width: 380, height: 720 };
    const pictures: readonly [
      file: string,
      page: string,
      screen: typeof wide & { isDark?: boolean },
      view?: number,
    ][] = [
      ['contents', '', wide],
      ['blocks', 'Blocks of words~', { ...wide, height: 1600 }],
      ['rich-text', 'Rich text~', wide],
      ['layouts', 'Layouts~', wide],
      ['media', 'Media~', wide],
      ['comments', 'Discussions~', wide],
      ['comments-margin', 'margin', wide],
      ['table', 'Tasks~', wide, 0],
      ['board', 'Tasks~', wide, 2],
      ['gallery', 'Tasks~', { ...wide, isDark: true }, 6],
      ['row-dark', 'Repair the bicycle~', { ...wide, isDark: true }],
      ['calendar-narrow', 'Tasks~', narrow, 4],
      ['blocks-narrow', 'Blocks of words~', narrow],
      ['right-to-left', 'עברית', { ...narrow, height: 400 }],
      ['chinese', '漢漢', { ...narrow, height: 400 }],
    ];
    try {
      for (const [file, page, screen, view] of pictures) {
        const whole = { '': 'site/index.html', margin: 'margin/index.html' }[page];
        await browser.open(whole === undefined ? fileOf(page) : join(home, whole), screen);
        if (view !== undefined) await browser.evaluate(showView(view));
        writeFileSync(join(folder, `${file}.png`), await browser.picture());
      }
    } finally {
      await browser.close();
    }
  },
  120_000,
);
