/** What `restore --to DIR` leaves on the disk: every byte, links that lead somewhere, and nothing outside. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleWorkspace } from '../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Machine } from './machine.ts';
import { jsonOf, newMachine } from './machine.ts';

let machine: Machine;
let simulator: Simulator;

beforeAll(async () => {
  machine = await newMachine({ isHere: true });
  simulator = await startSimulator({ state: sampleWorkspace(), clock: 'real' });
  machine.connect(simulator);
  expect(await machine.at(['create'])).toMatchObject({ code: 0 });
  expect(await machine.at(['backup'])).toMatchObject({ code: 0 });
  mkdirSync(machine.path('targets'));
});
afterAll(async () => {
  machine.dispose();
  await simulator.close();
});

test('every file has the bytes that cat prints, its listed size, and lies where ls says', async () => {
  const folder = machine.path('targets', 'plain');
  expect(await machine.at(['restore', '--to', folder])).toMatchObject({ code: 0 });
  const listed = jsonOf(await machine.at(['ls', '--recursive', 'latest:/', '--json'])).entries;
  const sizes = new Map(
    (Array.isArray(listed) ? listed : []).flatMap((entry) =>
      entry !== null &&
      typeof entry === 'object' &&
      'size' in entry &&
      /^(file|document)$/.test(String(entry.kind))
        ? [[String(entry.path), entry.size]]
        : [],
    ),
  );
  const files = filesOf(folder);
  expect(new Set(files.map((file) => `/${file}`))).toEqual(new Set(sizes.keys()));
  for (const file of files) expect(statSync(join(folder, file)).size).toBe(sizes.get(`/${file}`));

  // One process prints them all, one behind the other.
  const some = files
    .filter((_, index) => index % 3 === 0)
    .concat(files.filter((file) => !file.endsWith('.json')));
  const printed = await machine.at(['cat', ...some.map((file) => `latest:/${file}`)]);
  expect(printed).toMatchObject({ code: 0, stderr: '' });
  const restored = Buffer.concat(some.map((file) => readFileSync(join(folder, file))));
  expect(printed.out.equals(restored)).toBe(true);
});

test.each(['md', 'html', 'csv'])(
  '--as %s gives files whose relative links all lead to files',
  async (form) => {
    const folder = machine.path('targets', form);
    const restored = await machine.at(['restore', '--to', folder, '--as', form]);
    expect(restored).toMatchObject({ code: 0 });
    const files = filesOf(folder);
    const pages = files.filter((file) =>
      file.endsWith(form === 'html' ? '.html' : form === 'md' ? '.md' : '.csv'),
    );
    expect(pages.length).toBeGreaterThan(form === 'csv' ? 5 : 200);
    const dead = pages.flatMap((file) => deadLinks(folder, file));
    expect(dead).toEqual([]);
    if (form !== 'csv') expect(pages.flatMap((file) => linksIn(folder, file)).length).toBeGreaterThan(200);
  },
);

test('nothing is written outside of the folder, whatever pages are called', () => {
  expect(readdirSync(machine.path('targets')).sort()).toEqual(['csv', 'html', 'md', 'plain']);
  for (const file of filesOf(machine.path('targets'))) {
    for (const segment of file.split('/')) {
      expect(segment).toMatch(/^[^\u0000-\u001f\u007f\\:*?"<>|]+$/);
      expect(Buffer.byteLength(segment)).toBeLessThanOrEqual(255);
    }
  }
});

test('a folder that holds something is refused and left as it is', async () => {
  const folder = machine.path('full');
  mkdirSync(folder);
  writeFileSync(join(folder, 'mine.txt'), 'mine');
  const refused = await machine.at(['restore', '--to', folder]);
  expect(refused).toMatchObject({ code: 64, stdout: '' });
  expect(readdirSync(folder)).toEqual(['mine.txt']);
  const file = await machine.at(['restore', '--to', join(folder, 'mine.txt')]);
  expect(file.code).not.toBe(0);
  expect(file.stderr).toMatch(/^notion-kloset: \S.*\n(?: {2}\S.*\n)?$/);
  expect(readFileSync(join(folder, 'mine.txt'), 'utf8')).toBe('mine');
});

test('a part of a snapshot is restored by its title path alone', async () => {
  const folder = machine.path('part');
  expect(await machine.at(['restore', 'latest:/Home/Tasks', '--to', folder])).toMatchObject({ code: 0 });
  expect(readdirSync(folder)).toContain('database.json');
  expect(filesOf(folder).filter((file) => file.endsWith('page.json')).length).toBeGreaterThan(5);
});

test('a place that is not there leaves no folder behind', async () => {
  const folder = machine.path('never');
  expect(await machine.at(['restore', 'latest:/Nowhere', '--to', folder])).toMatchObject({ code: 66 });
  expect(existsSync(folder)).toBe(false);
});

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

function deadLinks(folder: string, file: string): string[] {
  return linksIn(folder, file)
    .filter((link) => {
      const path = resolve(folder, dirname(file), decodeURIComponent(link.replace(/[?#].*$/s, '')));
      return !path.startsWith(`${folder}/`) || !existsSync(path) || !statSync(path).isFile();
    })
    .map((link) => `${file}: ${link}`);
}

/** Links of a page that are neither addresses nor places on the page itself. */
function linksIn(folder: string, file: string): string[] {
  const text = readFileSync(join(folder, file), 'utf8');
  const found = file.endsWith('.html')
    ? [...text.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, link = '']) => unescaped(link))
    : file.endsWith('.md')
      ? [...withoutCode(text).matchAll(/(?<!\\)\]\((?:<((?:\\.|[^<>\\])*)>|([^\s)]*))\)/g)].map(
          ([, angled, bare]) => angled ?? bare ?? '',
        )
      : [];
  return found.filter((link) => link !== '' && !/^(?:[a-z][a-z0-9+.-]*:|#|\/\/)/i.test(link));
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^(`{3,}|~{3,}).*?^\1/gms, '').replace(/(`+).*?\1/g, '');
}

function unescaped(html: string): string {
  return html
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
