import { describe, expect, it } from 'vitest';
import { stringAt } from '../../../src/document/json.ts';
import type { DownloadMedia } from '../../../src/notion/crawl/crawl.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import { crawlThrough, drawFaults, hurtfulRates } from './crawl-through-faults.ts';
import { untoldLosses } from './expected-workspace.ts';
import { withSimulatedCrawl } from './simulated-crawl.ts';

describe('a crawl against faults', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    it(`ends truthfully when many faults drawn by seed ${seed} are on together`, () =>
      crawlThrough(drawFaults(seed), { seed, small: true }));
  }

  it('ends truthfully with all of them on', () =>
    crawlThrough({ ...hurtfulRates, burstLength: 3 }, { seed: 4, small: true }));

  it('keeps what it does not know raw and counts it', async () => {
    const state = sampleWorkspace({ small: true });
    const faults = {
      unknownBlockType: 1,
      unknownPropertyType: 1,
      unknownViewType: 1,
      unknownParentType: 1,
      unknownIconType: 1,
    };
    await withSimulatedCrawl({ state, faults }, async (crawls) => {
      const { crawled, snapshot } = await crawls.run();
      expect(crawled.complete).toBe(true);
      expect(untoldLosses(state, snapshot)).toEqual([]);
      const kinds = Object.keys(crawled.manifest.unknown_types ?? {}).map((name) => name.split(':')[0]);
      expect([...new Set(kinds)].sort()).toEqual(['block', 'icon', 'parent', 'property', 'view']);
      const texts = [...snapshot.all.keys()].map((id) => JSON.stringify(snapshot.document(id))).join('');
      expect(texts).toContain('"hologram"');
      expect(texts).toContain('"beam":"blue"');
      expect(texts).toContain('"telepathy"');
    });
  });

  it('lists media that cannot be had as errors, keeps their names, and goes on', async () => {
    const state = sampleWorkspace({ small: true });
    await withSimulatedCrawl({ state, faults: { media500: 1 } }, async (crawls) => {
      const first = await crawls.run();
      expect(first.crawled.complete).toBe(false);
      expect(first.crawled.summary.media).toBe(0);
      const list = JSON.stringify(first.crawled.manifest.errors);
      expect(list).toContain('"kind":"media"');
      crawls.simulator.faults.rates.media500 = 0;
      const second = await crawls.run();
      expect(second.crawled.complete).toBe(true);
      expect(second.crawled.summary.media).toBeGreaterThan(0);
    });
  });

  it('renews signed addresses that died before their turn came', async () => {
    const state = sampleWorkspace({ small: true });
    await withSimulatedCrawl({ state }, async (crawls) => {
      // As if hours had passed since the owner was read.
      const late: DownloadMedia = (request) =>
        crawls.download({ ...request, url: request.url.replace(/X-Amz-Date=\d{8}/, 'X-Amz-Date=20200101') });
      const { crawled } = await crawls.run({ downloadMedia: late });
      const refused = crawls.simulator.log.filter(
        ({ status, path }) => status === 403 && !path.startsWith('/v1/'),
      );
      expect(refused.length).toBeGreaterThan(0);
      expect(crawled.manifest.errors).toMatchObject({ total: 0 });
      expect(crawled.summary.media).toBeGreaterThan(0);
    });
  });

  it('gives up on a connection that answers nothing at all', async () => {
    const state = sampleWorkspace({ small: true });
    await withSimulatedCrawl({ state }, async (crawls) => {
      await crawls.run();
      crawls.simulator.faults.rates.reset = 1;
      const failure: unknown = await crawls.run({ full: true }).catch((error: unknown) => error);
      expect(stringAt(failure, 'code')).toBe('unavailable');
    });
  });
});
