import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'parse5';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import { encodeKeyFile } from '../../../src/store/format/key-file.ts';
import { fakeIo } from '../../cli/fake-io.ts';

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
