import { describe, expect, it } from 'vitest';
import { arrayAt, objectAt } from '../../../src/document/json.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { Page, State } from '../../../src/simulator/workspace/state.ts';
import {
  addBlock,
  addPage,
  isTrashed,
  isVisible,
  moveTo,
  parentOf,
  richText,
  touch,
} from '../../../src/simulator/workspace/state.ts';
import { compact, expectedObjects, untoldLosses } from './expected-workspace.ts';
import type { MemorySnapshot } from './memory-snapshot.ts';
import { withSimulatedCrawl } from './simulated-crawl.ts';

/** Ids of what lies at or below any of `roots` and can be read. */
function below(state: State, ...roots: string[]): string[] {
  const readable = new Set(expectedObjects(state));
  const objects = [...state.pages.values(), ...state.databases.values()];
  return objects
    .filter((object) => {
      for (let link: ReturnType<typeof parentOf> = object; link !== undefined; link = parentOf(state, link)) {
        if (roots.includes(link.id)) return readable.has(compact(object.id));
      }
      return false;
    })
    .map(({ id }) => compact(id))
    .sort();
}

function idsOf(snapshot: MemorySnapshot): string[] {
  return [...snapshot.all.keys()].sort();
}

function named(state: State, title: string): Page {
  const found = [...state.pages.values()].find(
    (page) =>
      JSON.stringify(page.values.title).includes(`"${title}"`) &&
      isVisible(state, page) &&
      !isTrashed(state, page),
  );
  if (found === undefined) throw new Error(`no page ${title}`);
  return found;
}

describe('a crawl of given roots', () => {
  it('holds what lies deep in a synced block under its original and under every copy', async () => {
    const state = sampleWorkspace({ small: true });
    const page = [...state.pages.values()].find(
      (found) => isVisible(state, found) && !isTrashed(state, found),
    );
    if (page === undefined) throw new Error('no page');
    const text = (words: string) => ({ rich_text: richText(words), color: 'default' });
    const inPage = { type: 'page_id' as const, id: page.id };
    const original = addBlock(state, {
      parent: inPage,
      type: 'synced_block',
      payload: { synced_from: null },
    });
    const toggle = addBlock(state, {
      parent: { type: 'block_id', id: original.id },
      type: 'toggle',
      payload: text('outer'),
    });
    addBlock(state, {
      parent: { type: 'block_id', id: toggle.id },
      type: 'paragraph',
      payload: text('inner'),
    });
    for (let copy = 0; copy < 2; copy += 1) {
      const synced_from = { type: 'block_id', block_id: original.id };
      addBlock(state, { parent: inPage, type: 'synced_block', payload: { synced_from } });
    }
    await withSimulatedCrawl({ state }, async (crawls) => {
      const { snapshot } = await crawls.run({ roots: [page.id], comments: 'none' });
      const blocks = arrayAt(snapshot.document(compact(page.id)), 'blocks').slice(-3);
      for (const block of blocks) {
        const [outer] = arrayAt(block, 'children');
        expect(JSON.stringify(outer)).toContain('outer');
        expect(JSON.stringify(arrayAt(outer, 'children'))).toContain('inner');
      }
    });
  });

  it('holds the root and what lies below it, pages in columns and toggles too, and nothing else', async () => {
    const state = sampleWorkspace();
    const layouts = named(state, 'Layouts');
    await withSimulatedCrawl({ state }, async (crawls) => {
      const { snapshot, crawled } = await crawls.run({ roots: [layouts.id], comments: 'none' });
      expect(idsOf(snapshot)).toEqual(below(state, layouts.id));
      expect(snapshot.all.size).toBeGreaterThan(3);
      expect(snapshot.all.get(compact(layouts.id))?.path).toMatch(/^\/Layouts~/);
      expect(crawled.complete).toBe(true);
    });
  });

  it('takes a database or one of its data sources with rows, views and templates', async () => {
    const state = sampleWorkspace();
    const tasks = [...state.databases.values()].find(
      ({ dataSources, views }) => dataSources.length === 1 && views.length > 7,
    );
    const source = tasks?.dataSources[0] ?? '';
    await withSimulatedCrawl({ state }, async (crawls) => {
      for (const root of [tasks?.id ?? '', compact(source)]) {
        crawls.previous = null;
        const { snapshot } = await crawls.run({ roots: [root], comments: 'none' });
        expect(idsOf(snapshot)).toEqual(below(state, tasks?.id ?? ''));
        expect(snapshot.all.size).toBeGreaterThan(8);
        expect(arrayAt(snapshot.document(compact(tasks?.id ?? '')), 'views').length).toBeGreaterThan(7);
      }
    });
  });

  it('finds the same without search', async () => {
    const state = sampleWorkspace();
    const inline = named(state, 'Inline databases');
    await withSimulatedCrawl({ state }, async (crawls) => {
      const searched = await crawls.run({ roots: [inline.id], comments: 'none' });
      crawls.previous = null;
      const walked = await crawls.run({
        roots: [inline.id],
        comments: 'none',
        wrap: (api) => ({
          ...api,
          clock: api.clock,
          requestsSpent: 0,
          sendFilePart: (id, part) => api.sendFilePart(id, part),
          request: (request) =>
            api.request(request.path === 'search' ? { ...request, path: 'search/none' } : request),
        }),
      });
      expect(idsOf(walked.snapshot)).toEqual(idsOf(searched.snapshot));
      expect(walked.snapshot.listing().join() === searched.snapshot.listing().join()).toBe(true);
      expect(
        Object.keys(objectAt(objectAt(walked.crawled.manifest, 'blind_spots'), 'refused') ?? {}),
      ).toContain('search');
    });
  });

  it('follows edits, new pages and new rows below its roots the next time', async () => {
    const state = sampleWorkspace();
    const layouts = named(state, 'Layouts');
    const outside = named(state, 'A second top page');
    await withSimulatedCrawl({ state }, async (crawls) => {
      await crawls.run({ roots: [layouts.id], comments: 'none' });
      crawls.simulator.clock.advance(86_400_000);
      const now = crawls.simulator.clock.now();
      const times = { createdTime: now, editedTime: now };
      const toggle = addBlock(state, {
        parent: { type: 'page_id', id: layouts.id },
        type: 'toggle',
        ...times,
      });
      addPage(state, {
        parent: { type: 'block_id', id: toggle.id },
        values: { title: richText('Deep') },
        ...times,
      });
      touch(layouts, now, state.botId);
      touch(outside, now, state.botId);
      crawls.simulator.clock.advance(86_400_000);
      const { snapshot, crawled } = await crawls.run({ roots: [layouts.id], comments: 'none' });
      expect(idsOf(snapshot)).toEqual(below(state, layouts.id));
      expect(crawled.summary.reused).toBe(snapshot.all.size - 2);
      expect(untoldLosses(state, snapshot).filter((loss) => loss.startsWith('block'))).toEqual([]);
    });
  });

  it('lets go of what moved away from under its roots', async () => {
    const state = sampleWorkspace();
    const [layouts, column] = [named(state, 'Layouts'), named(state, 'Page in a column')];
    await withSimulatedCrawl({ state }, async (crawls) => {
      const first = await crawls.run({ roots: [layouts.id], comments: 'none' });
      expect(first.snapshot.all.has(compact(column.id))).toBe(true);
      crawls.simulator.clock.advance(86_400_000);
      moveTo(state, column, { type: 'page_id', id: named(state, 'A second top page').id });
      for (const page of [column, layouts]) touch(page, crawls.simulator.clock.now(), state.botId);
      crawls.simulator.clock.advance(86_400_000);
      const second = await crawls.run({ roots: [layouts.id], comments: 'none' });
      expect(idsOf(second.snapshot)).toEqual(below(state, layouts.id));
      const absent = objectAt(objectAt(second.crawled.manifest, 'skipped'), 'absent');
      expect(arrayAt(absent, 'objects')).toMatchObject([{ id: compact(column.id), fate: 'outside' }]);
    });
  });

  it('refuses a root that is not visible', async () => {
    await withSimulatedCrawl({ state: sampleWorkspace({ small: true }) }, async (crawls) => {
      const unknown = '0477a4d1-6b2c-81d3-9f39-76520281bbff';
      await expect(crawls.run({ roots: [unknown] })).rejects.toMatchObject({ code: 'not-found' });
    });
  });

  it('takes a root out of the trash when it is named', async () => {
    const state = sampleWorkspace({ small: true });
    const page = named(state, 'Home');
    page.inTrash = true;
    await withSimulatedCrawl({ state }, async (crawls) => {
      const { snapshot } = await crawls.run({ roots: [page.id] });
      expect(snapshot.all.get(compact(page.id))?.path).toMatch(/^\/Home~/);
      expect(snapshot.all.size).toBeGreaterThan(5);
    });
  });
});
