import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NotionApi } from '../../../src/notion/api/api.ts';
import { generateWorkspace } from '../../../src/simulator/sample/generated/generate.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import { touch } from '../../../src/simulator/workspace/state.ts';
import { compact, untoldLosses } from './expected-workspace.ts';
import { MemorySink } from './memory-snapshot.ts';
import type { Settings, SimulatedCrawl } from './simulated-crawl.ts';
import { withSimulatedCrawl } from './simulated-crawl.ts';

/** Reads in flight when a crawl is killed: this many pages at once, and what each of them has asked for by then. */
const mostInFlight = 16;
/** Pages that wait for nothing but their media. */
const mostWaiting = 64;

/** In this time everything else that is under way comes to its end. */
const longMs = 60_000;

/**
 * Starts a crawl and takes its checkpoint away at the `at`-th request, as a kill at that moment leaves it: the files
 * as they are on disk, nothing of what was in memory. After `answerMs` in vain, in which media may come to their end.
 */
async function killAt(
  crawls: SimulatedCrawl,
  at: number,
  stateFile: string,
  { answerMs = 0, ...settings }: Settings & { answerMs?: number } = {},
): Promise<void> {
  let requests = 0;
  let killed: Promise<never> | undefined;
  const live = `${stateFile}.live`;
  const kill = async () => {
    if (answerMs > 0) await crawls.simulator.clock.sleep(answerMs);
    for (const end of ['', '-wal']) if (existsSync(live + end)) copyFileSync(live + end, stateFile + end);
    throw new DOMException('killed', 'AbortError');
  };
  const wrap = (api: NotionApi): NotionApi => ({
    request(request) {
      requests += 1;
      if (requests === at) killed = kill();
      return killed ?? api.request(request);
    },
    sendFilePart: (id, part) => api.sendFilePart(id, part),
    get requestsSpent() {
      return api.requestsSpent;
    },
    clock: api.clock,
  });
  await expect(crawls.start({ ...settings, stateFile: live, wrap })).rejects.toThrow('killed');
}

describe('a crawl after a kill', () => {
  const whole = generateWorkspace({
    seed: 3,
    pages: 40,
    databases: 2,
    rowsPerDatabase: 10,
    containersPerPage: 2,
    variety: 'plain',
  });

  it('goes on with hardly more requests than were left, whenever it was killed', async () => {
    await withSimulatedCrawl({ state: whole }, async (crawls) => {
      const untouched = await crawls.run({ comments: 'none' });
      for (const at of [3, 25, 120]) {
        crawls.previous = null;
        const stateFile = join(crawls.folder, `resumed-${at}.sqlite`);
        await killAt(crawls, at, stateFile, { comments: 'none' });
        const resumed = await crawls.run({ comments: 'none', stateFile });
        expect(resumed.snapshot.listing()).toEqual(untouched.snapshot.listing());
        expect(resumed.crawled.manifest.resumed).toBe(true);
        // Each page in flight had asked for its list and those of two containers; listings may come again.
        const listings = 15;
        const left = untouched.requests - at;
        expect(resumed.requests).toBeLessThanOrEqual(left + mostInFlight * 3 + listings);
      }
    });
  });

  it('reads again no more than the pages that waited for their media', async () => {
    const files = { media: 200, mediaBytes: 5_000 };
    const state = generateWorkspace({
      seed: 3,
      pages: 200,
      ...files,
      containersPerPage: 2,
      variety: 'plain',
    });
    await withSimulatedCrawl({ state, mediaBytesPerSecond: 1_000 }, async (crawls) => {
      const untouched = await crawls.run({ comments: 'none' });
      crawls.previous = null;
      crawls.sink = new MemorySink();
      const stateFile = join(crawls.folder, 'waiting.sqlite');
      // Media are slower than any request: pages wait for them, as many as may.
      const at = 450;
      await killAt(crawls, at, stateFile, { comments: 'none' });
      const resumed = await crawls.run({ comments: 'none', stateFile });
      expect(resumed.snapshot.listing()).toEqual(untouched.snapshot.listing());
      const listings = 5;
      const left = untouched.requests - at;
      const again = resumed.requests - left;
      expect(again).toBeGreaterThan(mostWaiting * 3);
      expect(again).toBeLessThanOrEqual((mostInFlight + mostWaiting) * 3 + listings);
    });
  });

  it('gives the store what it lost with the process, without asking Notion for it', async () => {
    const state = sampleWorkspace({ small: true });
    await withSimulatedCrawl({ state }, async (crawls) => {
      const untouched = await crawls.run();
      crawls.previous = null;
      const stateFile = join(crawls.folder, 'lost.sqlite');
      await killAt(crawls, 40, stateFile, { answerMs: longMs });
      crawls.sink.blobs.clear();
      const resumed = await crawls.run({ stateFile });
      expect(resumed.snapshot.listing()).toEqual(untouched.snapshot.listing());
      for (const { content } of resumed.snapshot.files.values()) expect(crawls.sink.has(content)).toBe(true);
      expect(resumed.requests).toBeLessThan(untouched.requests / 2);
    });
  });

  it('sees what was edited between the kill and the next run', async () => {
    const state = sampleWorkspace({ small: true });
    await withSimulatedCrawl({ state }, async (crawls) => {
      const stateFile = join(crawls.folder, 'edited.sqlite');
      await killAt(crawls, 40, stateFile);
      crawls.simulator.clock.advance(600_000);
      const [page] = [...state.pages.values()];
      if (page === undefined) throw new Error('no page');
      touch(page, crawls.simulator.clock.now(), state.botId);
      const { snapshot } = await crawls.run({ stateFile });
      expect(untoldLosses(state, snapshot)).toEqual([]);
      expect(snapshot.all.get(compact(page.id))?.edited).toBe('2026-06-01T09:10:00.000Z');
    });
  });

  it('drops a checkpoint of other settings, and a file that is none', async () => {
    const state = sampleWorkspace({ small: true });
    await withSimulatedCrawl({ state }, async (crawls) => {
      const stateFile = join(crawls.folder, 'other.sqlite');
      await killAt(crawls, 30, stateFile);
      const other = await crawls.run({ stateFile, trash: true });
      expect(other.crawled.manifest.resumed).toBe(false);
      copyFileSync(new URL(import.meta.url).pathname, stateFile);
      crawls.previous = null;
      const fresh = await crawls.run({ stateFile });
      expect(fresh.crawled.manifest.resumed).toBe(false);
      expect(untoldLosses(state, fresh.snapshot)).toEqual([]);
    });
  });

  it('removes the checkpoint once the snapshot is kept', async () => {
    await withSimulatedCrawl({ state: sampleWorkspace({ small: true }) }, async (crawls) => {
      await crawls.run();
      expect(existsSync(join(crawls.folder, 'state.sqlite'))).toBe(false);
      expect(existsSync(join(crawls.folder, 'state.sqlite-wal'))).toBe(false);
    });
  });
});
