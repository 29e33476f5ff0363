/** The memory of a restore as HTML, for sites of 2,000 and of 10,000 pages: it may not grow with the number of pages. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SnapshotReader, StoredContent, WalkedEntry } from '../../src/document/content.ts';
import type { FolderForm } from '../../src/operations/restore/folder-writers.ts';
import { restoreToFolder } from '../../src/operations/restore/restore-to-folder.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kloset-site-memory-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }), 600_000);

const branches = 10;
const modified = '2026-01-02T03:04:05.000Z';

function idOf(page: number): string {
  return page.toString(16).padStart(32, '0');
}

function pathOf(page: number): string {
  const name = `Page ${page} — the minutes, of a meeting of average length~${idOf(page).slice(-8)}`;
  return page < branches ? `/${name}` : `${pathOf(Math.floor(page / branches))}/${name}`;
}

/** A tree of `count` pages that link to each other, each created when it is read: no page is kept. */
function pages(count: number): SnapshotReader {
  const directory = (page: number): WalkedEntry => ({
    type: 'directory',
    path: pathOf(page),
    modified,
    object: { id: idOf(page), kind: 'page', edited: modified },
  });
  const content = (page: number): StoredContent => ({ size: 1000, chunks: [String(page)] });
  const file = (page: number): WalkedEntry => ({
    ...{ type: 'file', name: 'page.json', path: `${pathOf(page)}/page.json`, modified },
    content: content(page),
  });
  const below = (page: number) =>
    Array.from({ length: branches }, (_, index) => page * branches + index).filter(
      (each) => each > 0 && each < count,
    );
  function* walk(page: number): Iterable<WalkedEntry> {
    yield directory(page);
    yield file(page);
    for (const each of below(page)) yield* walk(each);
  }
  const root: WalkedEntry = { type: 'directory', path: '/', modified };
  return {
    id: 'synthetic',
    async entry(path) {
      if (path === '/') return root;
      const page = Number(/Page (\d+) [^/]*(?:\/page\.json)?$/.exec(path)?.[1]);
      if (!(page > 0)) return undefined;
      return path.endsWith('page.json') ? file(page) : directory(page);
    },
    async *list() {},
    async *walk() {
      yield root;
      for (let page = 1; page < branches; page += 1) yield* walk(page);
    },
    async *read({ chunks }) {
      yield Buffer.from(JSON.stringify(documentOf(Number(chunks[0]), count)));
    },
  };
}

function documentOf(page: number, count: number): object {
  const run = (content: string) => ({
    type: 'text',
    text: { content, link: null },
    plain_text: content,
    annotations: {},
  });
  const mention = {
    type: 'mention',
    mention: { type: 'page', page: { id: idOf(((page * 7919) % (count - 1)) + 1) } },
  };
  const title = `Page ${page} — the minutes, of a meeting of average length`;
  return {
    ...{ kind: 'page', format: 1, comments: [] },
    page: { id: idOf(page), properties: { Name: { id: 'title', type: 'title', title: [run(title)] } } },
    blocks: [
      {
        id: `b${page}`,
        type: 'paragraph',
        paragraph: { rich_text: [run('See '), { ...mention, plain_text: 'Untitled' }] },
      },
    ],
  };
}

/** Most bytes that are in use at any time beyond those at the start, rubbish collected first. */
async function mostInUse(count: number, as: FolderForm): Promise<number> {
  const inUse = () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const start = inUse();
  let most = 0;
  const report = (event: { readonly type: string; readonly done?: number }) => {
    if (event.type === 'phase' || (event.done ?? 1) % 1000 === 0) most = Math.max(most, inUse() - start);
  };
  const folder = join(home, `${as}-${count}`);
  const { files, errors } = await restoreToFolder({
    snapshot: pages(count),
    path: '/',
    folder,
    as,
    monitor: { report },
  });
  expect([errors, files]).toEqual([[], as === 'json' ? count - 1 : count]);
  return most;
}

test.each(['html', 'md'] as const)(
  'a site of 10,000 pages as %s needs no more memory than one of 2,000',
  async (as) => {
    // What is loaded once counts for neither.
    await mostInUse(200, as);
    const [few, many] = [await mostInUse(2000, as), await mostInUse(10_000, as)];
    const slope = (many - few) / 8000;
    console.log(
      `${as}: ${(few / 1e6).toFixed(1)} MB for 2,000 pages, ${(many / 1e6).toFixed(1)} MB for 10,000: ${slope.toFixed(0)} bytes a page`,
    );
    expect(slope).toBeLessThan(150);
  },
);
