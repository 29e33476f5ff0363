import { describe, expect, it } from 'vitest';
import type { MediaRequest } from '../../../src/notion/crawl/crawl.ts';
import { addMedia } from '../../../src/simulator/sample/parts/media.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import type { State } from '../../../src/simulator/workspace/state.ts';
import { addBlock, addPage, createState, richText } from '../../../src/simulator/workspace/state.ts';
import type { SimulatedCrawl } from './simulated-crawl.ts';
import { withSimulatedCrawl } from './simulated-crawl.ts';

const createdTime = Date.UTC(2026, 0, 1);
const hourMs = 3_600_000;

interface Sketch {
  readonly pages: number;
  readonly filesEach: number;
  readonly size?: number;
  /** All show the same file. */
  readonly isShared?: boolean;
}

/** Pages at the top, each with so many pictures of one name. */
function pagesWithMedia({ pages, filesEach, size = 1_000, isShared = false }: Sketch): State {
  const state = createState();
  let key = '';
  for (let page = 0; page < pages; page += 1) {
    const { id } = addPage(state, {
      parent: { type: 'workspace', id: '' },
      values: { title: richText(`Page ${page}`) },
      createdTime,
    });
    state.shared.add(id);
    for (let file = 0; file < filesEach; file += 1) {
      if (key === '' || !isShared) key = addMedia(state, { name: 'a.png', contentType: 'image/png', size });
      const payload = { type: 'file', file: { key }, caption: [] };
      addBlock(state, { parent: { type: 'page_id', id }, type: 'image', payload, createdTime });
    }
  }
  return state;
}

function mediaRequests({ log }: Simulator) {
  return log.filter(({ path }) => path.startsWith('/files/'));
}

/** Pages whose blocks were listed. */
function pagesListed({ log, state }: Simulator): Set<string> {
  const ids = log.map(({ path }) => /^\/v1\/blocks\/([^/]+)\/children$/.exec(path)?.[1] ?? '');
  return new Set(ids.filter((id) => state.pages.has(id)));
}

/** Downloads of which each begins `delayMs` later than it is asked for. */
function delayed(crawls: SimulatedCrawl, delayMs: (request: MediaRequest) => number) {
  return async function* late(request: MediaRequest) {
    await crawls.simulator.clock.sleep(delayMs(request));
    yield* crawls.download(request);
  };
}

describe('media of a crawl', () => {
  it('come several at a time, also when all of them lie on one page', async () => {
    const state = pagesWithMedia({ pages: 1, filesEach: 50, size: 50_000 });
    const host = { latencyMs: 1_000, mediaBytesPerSecond: 100_000 };
    await withSimulatedCrawl({ state, ...host }, async (crawls) => {
      const start = crawls.simulator.clock.now();
      const { crawled } = await crawls.run({ comments: 'none' });
      expect(crawled.summary.media).toBe(50);
      // 25 s of bytes; one after the other they would take 75 s. Seven requests, one after the other, surround them.
      expect(crawls.simulator.clock.now() - start).toBeLessThan(25_000 + 9_000);
    });
  });

  it('are fetched once, however many places show the same file at the same time', async () => {
    const state = pagesWithMedia({ pages: 8, filesEach: 3, size: 10_000, isShared: true });
    await withSimulatedCrawl({ state, mediaBytesPerSecond: 1_000 }, async (crawls) => {
      const { snapshot, crawled } = await crawls.run({ comments: 'none' });
      expect(mediaRequests(crawls.simulator)).toHaveLength(1);
      expect(crawled.summary.media).toBe(8);
      const names = [...snapshot.all.values()].map(({ files }) => files.map(({ name }) => name).sort());
      expect(names).toEqual(Array.from({ length: 8 }, () => ['files/a.png', 'page.json']));
    });
  });

  it('leave the same snapshot in whatever order they come', async () => {
    const state = pagesWithMedia({ pages: 3, filesEach: 6 });
    const keys = [...state.files.values()].map(({ key }) => key);
    const placeOf = ({ url }: MediaRequest) => keys.findIndex((key) => url.includes(key));
    const listings: string[][] = [];
    for (const direction of [1, -1]) {
      await withSimulatedCrawl({ state }, async (crawls) => {
        const come = delayed(crawls, (request) => 100_000 + direction * 5_000 * placeOf(request));
        async function* downloadMedia(request: MediaRequest) {
          yield* come(request);
          if (placeOf(request) % 3 === 0) throw new Error('it broke off');
        }
        const { snapshot, crawled } = await crawls.run({ comments: 'none', downloadMedia });
        expect(crawled.summary.media).toBe(12);
        const { id } = [...snapshot.all.values()][0] ?? { id: '' };
        expect(JSON.stringify(snapshot.document(id).gaps)).toContain('"what":"media"');
        const address = crawls.simulator.url.replace(/.*:/, '');
        const documents = [...snapshot.all.keys()].map((each) => JSON.stringify(snapshot.document(each)));
        documents.push(...[...snapshot.files].map(([path, { content }]) => `${path} ${content.size}`));
        expect(documents.join('')).toContain('/files/a~2.png');
        listings.push(documents.map((text) => text.replaceAll(`:${address}/`, '/')));
      });
    }
    expect(listings[0]).toEqual(listings[1]);
  });

  it('that waited longer than their URLs live are fetched under fresh ones', async () => {
    const state = pagesWithMedia({ pages: 1, filesEach: 60, size: 100_000 });
    await withSimulatedCrawl({ state, mediaBytesPerSecond: 1_000 }, async (crawls) => {
      const start = crawls.simulator.clock.now();
      const { crawled } = await crawls.run({ comments: 'none' });
      expect(crawls.simulator.clock.now() - start).toBeGreaterThan(hourMs);
      expect(crawled.summary.media).toBe(60);
      const requests = mediaRequests(crawls.simulator);
      expect(requests.map(({ status }) => status)).toEqual(Array.from({ length: 60 }, () => 200));
      const refreshes = crawls.simulator.log.filter(({ path }) => /^\/v1\/blocks\/[^/]+$/.test(path));
      const late = requests.filter(({ time }) => time > start + hourMs - 60_000);
      expect(late.length).toBeGreaterThan(0);
      expect(refreshes.length).toBe(late.length);
    });
  });

  it('keep no more than 80 pages in memory, and no requests from being sent for those', async () => {
    const state = pagesWithMedia({ pages: 100, filesEach: 1 });
    await withSimulatedCrawl({ state, latencyMs: 100 }, async (crawls) => {
      let begun = 0;
      const downloadMedia = delayed(crawls, () => {
        begun += 1;
        return hourMs / 2;
      });
      const run = crawls.run({ comments: 'none', downloadMedia });
      await crawls.simulator.clock.sleep(hourMs / 4);
      expect(begun).toBe(6);
      expect(pagesListed(crawls.simulator).size).toBe(80);
      expect((await run).crawled.summary.media).toBe(100);
    });
  });

  it('keep no more than 10,000 blocks of pages that wait in memory', async () => {
    const state = pagesWithMedia({ pages: 30, filesEach: 1 });
    for (const { id } of state.pages.values())
      for (let block = 0; block < 999; block += 1)
        addBlock(state, { parent: { type: 'page_id', id }, type: 'divider', createdTime });
    await withSimulatedCrawl({ state, latencyMs: 100 }, async (crawls) => {
      const run = crawls.run({ comments: 'none', downloadMedia: delayed(crawls, () => hourMs / 2) });
      await crawls.simulator.clock.sleep(hourMs / 4);
      // Eleven pages that wait stop others from beginning; 16 are being read by then.
      expect(pagesListed(crawls.simulator).size).toBeGreaterThan(10);
      expect(pagesListed(crawls.simulator).size).toBeLessThanOrEqual(11 + 16);
      expect((await run).crawled.summary.media).toBe(30);
    });
  });

  it('that have not begun when the run is aborted never begin', async () => {
    const state = pagesWithMedia({ pages: 3, filesEach: 30, size: 10_000 });
    await withSimulatedCrawl({ state, mediaBytesPerSecond: 1_000 }, async (crawls) => {
      const stop = new AbortController();
      const run = crawls.start({ comments: 'none', signal: stop.signal });
      const ended = expect(run).rejects.toThrow('stopped by hand');
      await crawls.simulator.clock.sleep(20_000);
      stop.abort(new Error('stopped by hand'));
      await ended;
      expect(mediaRequests(crawls.simulator).length).toBeLessThanOrEqual(2 * 6);
      const before = mediaRequests(crawls.simulator).length;
      await crawls.simulator.clock.sleep(60_000);
      expect(mediaRequests(crawls.simulator).length).toBe(before);
    });
  });

  it('that have not begun when the store fails never begin', async () => {
    const state = pagesWithMedia({ pages: 3, filesEach: 30 });
    await withSimulatedCrawl({ state }, async (crawls) => {
      crawls.sink.writeMedia = async () => {
        throw new Error('the disk is full');
      };
      await expect(crawls.start({ comments: 'none' })).rejects.toThrow('the disk is full');
      expect(mediaRequests(crawls.simulator).length).toBeLessThanOrEqual(12);
    });
  });
});
