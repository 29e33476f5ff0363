import { describe, expect, it } from 'vitest';
import { arrayAt, isObject, stringAt } from '../../../src/document/json.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { State } from '../../../src/simulator/workspace/state.ts';
import { addComment } from '../../../src/simulator/workspace/state.ts';
import { compact } from './expected-workspace.ts';
import { bytesOf } from './fake-context.ts';
import { withSimulatedCrawl } from './simulated-crawl.ts';

function somePage(state: State) {
  const page = [...state.pages.values()].find(({ parent }) => parent.type === 'page_id');
  if (page === undefined) throw new Error('no page');
  return page;
}

describe('settings of a crawl', () => {
  it('with comments: all, brings the comments of pages nobody edited, and no other request for them', async () => {
    const state = sampleWorkspace({ small: true });
    const page = somePage(state);
    await withSimulatedCrawl({ state }, async (crawls) => {
      const first = await crawls.run({ comments: 'all' });
      crawls.simulator.clock.advance(86_400_000);
      const createdTime = crawls.simulator.clock.now();
      addComment(state, { parent: { type: 'page_id', id: page.id }, richText: [], createdTime });
      const before = crawls.simulator.log.length;
      const second = await crawls.run({ comments: 'all' });
      const had = arrayAt(first.snapshot.document(page.id), 'comments').length;
      expect(arrayAt(second.snapshot.document(page.id), 'comments')).toHaveLength(had + 1);
      const asked = crawls.simulator.log.slice(before).map(({ path }) => path);
      expect(asked.filter((path) => path.endsWith('/children'))).toEqual([]);
      const others = (paths: string[]) => paths.filter((line) => !line.includes(compact(page.id).slice(-8)));
      expect(others(second.snapshot.listing())).toEqual(others(first.snapshot.listing()));
      expect(second.crawled.manifest.comments).toMatchObject({ swept: second.crawled.manifest.started });
    });
  });

  it('without media keeps their addresses and fetches none, and fetches all once they are wanted', async () => {
    const state = sampleWorkspace({ small: true });
    await withSimulatedCrawl({ state }, async (crawls) => {
      const without = await crawls.run({ media: false });
      expect(without.crawled.summary.media).toBe(0);
      expect(without.crawled.complete).toBe(true);
      expect(crawls.sink.mediaWritten).toBe(0);
      const texts = [...without.snapshot.all.keys()].map((id) =>
        JSON.stringify(without.snapshot.document(id)),
      );
      expect(texts.join('')).toContain('"missing":"media were not asked for"');
      expect(texts.join('')).not.toContain('X-Amz-Signature');
      const wanted = await crawls.run();
      expect(wanted.crawled.summary.media).toBeGreaterThan(0);
    });
  });

  it('with external media fetches files hosted elsewhere through the guarded door only', async () => {
    const state = sampleWorkspace();
    await withSimulatedCrawl({ state }, async (crawls) => {
      const asked: string[] = [];
      const { snapshot } = await crawls.run({
        externalMedia: true,
        comments: 'none',
        downloadMedia: (request) => {
          if (!request.external) return crawls.download(request);
          asked.push(request.url);
          return bytesOf(request.url);
        },
      });
      expect(asked.length).toBeGreaterThan(2);
      const externals: string[] = [];
      for (const id of snapshot.all.keys()) {
        JSON.stringify(snapshot.document(id), (key, value: unknown) => {
          if (key === 'external' && isObject(value) && typeof value.sha256 === 'string') {
            externals.push(stringAt(value, 'url') ?? '');
          }
          return value;
        });
      }
      expect(new Set(externals)).toEqual(new Set(asked));
    });
  });
});
