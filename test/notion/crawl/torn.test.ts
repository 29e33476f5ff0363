import { describe, expect, it } from 'vitest';
import { arrayAt, stringAt } from '../../../src/document/json.ts';
import type { NotionApi } from '../../../src/notion/api/api.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { Page, State } from '../../../src/simulator/workspace/state.ts';
import { addPage, richText, touch } from '../../../src/simulator/workspace/state.ts';
import { compact, untoldLosses } from './expected-workspace.ts';
import type { SimulatedCrawl } from './simulated-crawl.ts';
import { withSimulatedCrawl } from './simulated-crawl.ts';

const minuteMs = 60_000;

/** Calls `meddle` each time the blocks of `page` have been listed. */
function whenRead(page: Page, meddle: (times: number) => void): (api: NotionApi) => NotionApi {
  let times = 0;
  return (api) => ({
    async request(request) {
      const answer = await api.request(request);
      if (request.path === `blocks/${page.id}/children`) {
        times += 1;
        meddle(times);
      }
      return answer;
    },
    sendFilePart: (id, part) => api.sendFilePart(id, part),
    get requestsSpent() {
      return api.requestsSpent;
    },
    clock: api.clock,
  });
}

function somePage(state: State): Page {
  const page = [...state.pages.values()].find(({ parent }) => parent.type === 'page_id');
  if (page === undefined) throw new Error('no page');
  return page;
}

function edit(crawls: SimulatedCrawl, page: Page, title: string): void {
  crawls.simulator.clock.advance(5 * minuteMs);
  page.values = { ...page.values, title: richText(title) };
  touch(page, crawls.simulator.clock.now(), crawls.simulator.state.botId);
}

describe('a page edited while it is read', () => {
  it('is read again until it holds still', async () => {
    const state = sampleWorkspace({ small: true });
    const page = somePage(state);
    await withSimulatedCrawl({ state }, async (crawls) => {
      const wrap = whenRead(page, (times) => {
        if (times < 3) edit(crawls, page, `Edition ${times}`);
      });
      const { snapshot, crawled } = await crawls.run({ wrap });
      expect(snapshot.all.get(compact(page.id))?.path).toContain('/Edition 2~');
      expect(snapshot.document(page.id)).not.toHaveProperty('torn');
      expect(crawled.complete).toBe(true);
    });
  });

  it('is marked torn when it never does, and read again next time', async () => {
    const state = sampleWorkspace({ small: true });
    const page = somePage(state);
    await withSimulatedCrawl({ state }, async (crawls) => {
      const wrap = whenRead(page, (times) => edit(crawls, page, `Edition ${times}`));
      const { snapshot, crawled } = await crawls.run({ wrap });
      expect(snapshot.document(page.id).torn).toBe(true);
      expect(arrayAt(crawled.manifest, 'torn')).toEqual([compact(page.id)]);
      expect(crawled.complete).toBe(false);
      crawls.simulator.clock.advance(60 * minuteMs);
      const next = await crawls.run();
      expect(next.snapshot.document(page.id)).not.toHaveProperty('torn');
      expect(next.crawled.complete).toBe(true);
    });
  });

  it('is noticed too when search never shows it', async () => {
    const state = sampleWorkspace({ small: true });
    await withSimulatedCrawl({ state, faults: { searchHides: 1 } }, async (crawls) => {
      const page = somePage(state);
      const wrap = whenRead(page, (times) => {
        if (times < 2) edit(crawls, page, 'Out of sight');
      });
      const { snapshot } = await crawls.run({ wrap });
      expect(snapshot.all.get(compact(page.id))?.path).toContain('/Out of sight~');
    });
  });

  it('does not hide a page made meanwhile', async () => {
    const state = sampleWorkspace({ small: true });
    const page = somePage(state);
    await withSimulatedCrawl({ state }, async (crawls) => {
      const wrap = whenRead(page, (times) => {
        if (times > 1) return;
        crawls.simulator.clock.advance(minuteMs);
        const now = crawls.simulator.clock.now();
        const values = { title: richText('Just made') };
        addPage(state, {
          parent: { type: 'page_id', id: page.id },
          values,
          createdTime: now,
          editedTime: now,
        });
      });
      const { snapshot } = await crawls.run({ wrap });
      expect(untoldLosses(state, snapshot).filter((loss) => loss.startsWith('object'))).toEqual([]);
      const paths = [...snapshot.all.values()].map(({ path }) => path);
      expect(paths.filter((path) => path.includes('/Just made~'))).toHaveLength(1);
      expect(stringAt(snapshot.manifest, 'kind')).toBe('manifest');
    });
  });
});
