/** Hostile words and files of a workspace in the web view: harmless in every field. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InProcessMachine } from '../cli/in-process-machine.ts';
import type { World } from '../cli/world.ts';
import { newWorld, optionsOf, runs } from '../cli/world.ts';
import { payloads } from '../document/render/payloads.ts';
import { chromiumPath, enter, launch, whenBrowser } from './browser.ts';
import { faultsOf, linksIn } from './html.ts';
import type { Served } from './served.ts';
import { serveStore } from './served.ts';

let world: World;
let served: Served;
let snapshot: string;
const files = new Map<string, string>();

/** Names as people (and worse) give them; the bytes are a page with a script each time. */
const hostileNames = [
  'page.html',
  'picture.svg',
  'picture.svg.png',
  'script.js',
  'style.css',
  'data.xml',
  'page.xhtml',
  'movie.swf',
  'archive.mht',
  'no extension',
  'sneaky.png',
  'a"b\'c<d>.txt',
  'line\r\nbreak: x.txt',
  '..%2f..%2fetc%2fpasswd',
];
const script =
  '<!doctype html><svg xmlns="http://www.w3.org/2000/svg" onload="parent.hacked=1"><script>top.hacked=1</script></svg>';

beforeAll(async () => {
  world = await newWorld({}, new InProcessMachine());
  const { state, home } = world;
  for (const [index, payload] of payloads.entries()) {
    const page = world.page(payload, { icon: { type: 'emoji', emoji: '👹' } });
    const [paragraph] = world.write(page, payload);
    world.block(page, 'code', { rich_text: runs(payload), language: 'javascript', caption: runs(payload) });
    world.block(page, 'equation', { expression: payload });
    world.block(page, 'bookmark', { url: payload, caption: runs(payload) });
    world.block(page, 'callout', { rich_text: runs(payload), color: 'default', icon: null });
    if (paragraph !== undefined) world.comment(paragraph, payload);
    const table = world.table(payload, {
      [`Tag ${payload}`]: {
        type: 'select',
        config: optionsOf(state, `o ${index}`, payload.slice(0, 90).replaceAll(',', ';')),
      },
      [`Link ${payload}`]: 'url',
    });
    world.row(table, payload, { [`Link ${payload}`]: payload });
    for (const view of state.views.values()) if (view.databaseId === table.database.id) view.name = payload;
  }
  const media = world.page('Files');
  for (const name of hostileNames) {
    const key = state.random.uuid();
    const bytes = Buffer.from(script);
    state.files.set(key, {
      key,
      name,
      contentType: 'application/octet-stream',
      size: bytes.length,
      bytes: (from, to) => bytes.subarray(from, to),
    });
    const type = /png|svg/.test(name) ? 'image' : 'file';
    world.block(media, type, {
      type: 'file',
      file: { key },
      caption: [],
      ...(type === 'file' ? { name } : {}),
    });
    files.set(name, key);
  }
  world.edited(home);
  snapshot = await world.backup([], 0);
  served = await serveStore(world.machine);
}, 240_000);
afterAll(async () => {
  await served.stop();
  await world.close();
});

const root = () => `/s/${snapshot.slice(0, 16)}/`;

/** Every page of the snapshot that shows words of the workspace. */
let shownPages: Promise<Map<string, string>> | undefined;
function pages(): Promise<Map<string, string>> {
  shownPages ??= readPages();
  return shownPages;
}

async function readPages(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const open = [
    '/',
    root(),
    `${root()}changes`,
    '/health',
    '/search?q=alert',
    `/search?q=${encodeURIComponent(payloads[0] ?? '')}`,
  ];
  for (const path of open) {
    if (found.has(path) || found.size > 200) continue;
    const { headers, text } = await served.get(path);
    const isPage = String(headers['content-type']).startsWith('text/html');
    if (!isPage || headers['content-disposition'] !== undefined) continue;
    found.set(path, text);
    for (const link of linksIn(text, path))
      if (/\/o\/[0-9a-f]+\/(history|take|links)?(\?v=\d+)?$/.test(link)) open.push(link);
  }
  return found;
}

test('no text of a workspace runs a script, leads to one, or breaks the HTML, on any page', async () => {
  const shown = await pages();
  expect(shown.size).toBeGreaterThan(100);
  const faults = [...shown].flatMap(([path, text]) => faultsOf(text).map((fault) => `${path}: ${fault}`));
  expect(faults.slice(0, 10)).toEqual([]);
});

test('files are shown as what their names say, or kept; none of them is HTML', async () => {
  const page = [...world.state.pages.values()].find(({ values }) =>
    JSON.stringify(values).includes('"Files"'),
  );
  const address = `${root()}o/${page?.id.replaceAll('-', '')}/`;
  const text = await served.page(address);
  const links = linksIn(text, address).filter((link) => link.includes('/files/'));
  expect(links.length).toBeGreaterThanOrEqual(hostileNames.length - 1);
  for (const link of new Set(links)) {
    const { status, headers } = await served.get(link);
    const type = String(headers['content-type']);
    expect([link, status, headers['x-content-type-options']]).toEqual([link, 200, 'nosniff']);
    expect(type).toMatch(/^(application\/octet-stream|image\/(png|svg\+xml))$/);
    if (type !== 'image/png')
      expect(headers['content-disposition']).toMatch(
        /^attachment; filename="[\w .()-]*"; filename\*=UTF-8''[^"\s]*$/,
      );
    expect(headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/);
  }
});

test('a file is given in ranges, from any place to any other', async () => {
  const page = [...world.state.pages.values()].find(({ values }) =>
    JSON.stringify(values).includes('"Files"'),
  );
  const address = `${root()}o/${page?.id.replaceAll('-', '')}/`;
  const [link = ''] = linksIn(await served.page(address), address).filter((each) => each.includes('/files/'));
  const range = async (value: string) => {
    const { status, headers, text } = await served.get(link, { headers: { Range: value } });
    return [status, headers['content-range'], status === 206 ? text : undefined];
  };
  const size = script.length;
  expect(await range('bytes=0-8')).toEqual([206, `bytes 0-8/${size}`, script.slice(0, 9)]);
  expect(await range('bytes=5-')).toEqual([206, `bytes 5-${size - 1}/${size}`, script.slice(5)]);
  expect(await range('bytes=-4')).toEqual([206, `bytes ${size - 4}-${size - 1}/${size}`, script.slice(-4)]);
  expect(await range(`bytes=3-${size + 99}`)).toEqual([206, `bytes 3-${size - 1}/${size}`, script.slice(3)]);
  expect(await range(`bytes=${size}-`)).toEqual([416, `bytes */${size}`, undefined]);
  for (const other of ['bytes=9-3', 'bytes=-', 'bytes=a-b', 'lines=0-1', 'bytes=0-1,3-4'])
    expect((await range(other))[0]).toBe(200);
});

whenBrowser('in a browser no page and no file of it runs anything', async () => {
  if (chromiumPath === undefined) return;
  const browser = await launch();
  try {
    const { page, context, faults } = await enter(browser, served);
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    const addresses = [...(await pages()).keys()]
      .filter((path) => /\/o\/[0-9a-f]+\/$/.test(path))
      .slice(0, 25);
    const media = [...world.state.pages.values()].find(({ values }) =>
      JSON.stringify(values).includes('"Files"'),
    );
    for (const path of [...addresses, `${root()}o/${media?.id.replaceAll('-', '')}/`]) {
      await page.goto(new URL(path, served.url).href);
      expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
    }
    expect(dialogs).toEqual([]);
    expect(faults.filter((fault) => !/404|Failed to load/.test(fault))).toEqual([]);
    await context.close();
  } finally {
    await browser.close();
  }
});
