import { describe, expect, it } from 'vitest';
import type { MemorySnapshot } from './memory-snapshot.ts';
import { withSimulatedCrawl } from './simulated-crawl.ts';
import { WrittenWorkspace } from './written-workspace.ts';

const dayMs = 86_400_000;

describe('the manifest of a crawl that follows another', () => {
  it('counts what the snapshot holds, and names every kind of content that is missing in it', async () => {
    const workspace = new WrittenWorkspace();
    const one = workspace.page('One', 'text', 'text');
    const two = workspace.page('Two', 'text');
    workspace.comment(two.page, 'a word');
    workspace.block(two.page, 'unsupported', { block_type: 'button' });
    workspace.block(two.page, 'hologram', {});
    await withSimulatedCrawl({ state: workspace.state }, async (crawls) => {
      const first = await crawls.run();
      expect(first.crawled.summary).toMatchObject({ blocks: 7, comments: 1 });
      crawls.simulator.clock.advance(dayMs);
      one.page.editedTime = crawls.simulator.clock.now();
      workspace.block(one.page, 'paragraph', { rich_text: [] });
      crawls.simulator.clock.advance(dayMs);
      const second = await crawls.run();
      expect(second.crawled.summary).toMatchObject({ blocks: 8, comments: 1, reused: 2 });
      const named = ['unsupported_blocks', 'unknown_types'].map((key) => second.crawled.manifest[key]);
      expect(named).toEqual([{ button: 1 }, { 'block:hologram': 1 }]);
      const third = await crawls.run({ full: true });
      const { reused: _none, ...counts } = third.crawled.summary;
      expect(second.crawled.summary).toMatchObject(counts);
    });
  });

  it('reads objects again whose counts an earlier version of the program did not write down', async () => {
    const workspace = new WrittenWorkspace();
    workspace.page('One', 'text', 'text');
    await withSimulatedCrawl({ state: workspace.state }, async (crawls) => {
      const first = await crawls.run();
      crawls.previous = withoutHoldings(first.snapshot);
      crawls.simulator.clock.advance(dayMs);
      const second = await crawls.run();
      expect(second.crawled.summary).toMatchObject({ blocks: first.crawled.summary.blocks, reused: 0 });
    });
  });

  it('has the time since which every page was read in full', async () => {
    const workspace = new WrittenWorkspace();
    for (let n = 0; n < 12; n += 1) workspace.page(`Page ${n}`, 'text');
    await withSimulatedCrawl({ state: workspace.state }, async (crawls) => {
      const started: unknown[] = [];
      const oldest: unknown[] = [];
      for (const rereadWithin of [0, 0, 2, 2, 2, 3]) {
        const { crawled } = await crawls.run({ rereadWithin, comments: 'none' });
        started.push(crawled.manifest.started);
        oldest.push(crawled.manifest.oldest_full_reading);
        crawls.simulator.clock.advance(dayMs);
      }
      // Two turns: after both, the older of the two counts. Three turns: nobody knows which pages are how old.
      expect(oldest).toEqual([started[0], started[0], started[0], started[2], started[3], started[3]]);
    });
  });
});

function withoutHoldings(snapshot: MemorySnapshot): MemorySnapshot {
  for (const { files } of snapshot.all.values())
    for (const [index, file] of files.entries()) {
      const { source: _source, ...bare } = file;
      if (!file.name.startsWith('files/')) files[index] = bare;
    }
  return snapshot;
}
