import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../../src/document/json.ts';
import { pageTitle } from '../../../src/document/title.ts';
import { generateWorkspace, mutateWorkspace } from '../../../src/simulator/sample/generated/generate.ts';
import type { State } from '../../../src/simulator/workspace/state.ts';
import { addPage, moveTo, richText, touch } from '../../../src/simulator/workspace/state.ts';
import { compact, untoldLosses } from './expected-workspace.ts';
import type { MemorySink, MemorySnapshot } from './memory-snapshot.ts';
import type { SimulatedCrawl } from './simulated-crawl.ts';
import { withSimulatedCrawl } from './simulated-crawl.ts';

const dayMs = 86_400_000;

/** Large enough that a run lists only what was edited since the one before. */
function workspace(): State {
  const state = generateWorkspace({
    seed: 7,
    pages: 270,
    databases: 2,
    rowsPerDatabase: 20,
    containersPerPage: 0,
    blocksPerPage: 2,
    variety: 'plain',
  });
  // Schemas are older than pages: the first page of a search does not show them.
  for (const source of state.dataSources.values()) source.editedTime = 0;
  return state;
}

/** The first day's crawl, made once: each test begins with a copy of what it left. */
let firstDay: { readonly sink: MemorySink; readonly snapshot: MemorySnapshot };

beforeAll(async () => {
  await withSimulatedCrawl({ state: workspace() }, async (crawls) => {
    const { snapshot } = await crawls.run({ comments: 'none' });
    firstDay = { sink: crawls.sink, snapshot };
  });
});

/** Gives `use` a workspace a day later, changed by `change` since. */
async function onSecondDay(
  use: (crawls: SimulatedCrawl, state: State) => Promise<void>,
  change: (state: State, crawls: SimulatedCrawl) => void = () => {},
): Promise<void> {
  const state = workspace();
  await withSimulatedCrawl({ state }, async (crawls) => {
    crawls.sink = firstDay.sink;
    crawls.previous = firstDay.snapshot;
    crawls.simulator.clock.advance(dayMs);
    change(state, crawls);
    crawls.simulator.clock.advance(3_600_000);
    await use(crawls, state);
  });
}

function pageIn(snapshot: MemorySnapshot, id: string): JsonObject {
  return objectAt(snapshot.document(id), 'page') ?? {};
}

describe('a crawl that follows another', () => {
  it('reads what was edited and nothing else', async () => {
    let edited: string[] = [];
    await onSecondDay(
      async (crawls, state) => {
        const { snapshot, crawled } = await crawls.run({ comments: 'none' });
        expect(objectAt(crawled.manifest, 'listing')?.depth).toBe('since');
        // Pages that show the title of a page renamed since are written again, not read.
        const isRenamed = (id: string) =>
          pageTitle(pageIn(snapshot, id)) !== pageTitle(pageIn(firstDay.snapshot, id));
        const renamed = edited.filter(isRenamed).map((id) => state.pages.get(id)?.parent.id ?? '');
        const written = new Set(renamed.filter((id) => state.pages.has(id) && !edited.includes(id)));
        expect(written.size).toBeGreaterThan(0);
        expect(crawled.summary.reused).toBe(310 - edited.length - written.size);
        expect(untoldLosses(state, snapshot)).toEqual([]);
        for (const id of edited) {
          const time = new Date(Math.floor((state.pages.get(id)?.editedTime ?? 0) / 60_000) * 60_000);
          expect(snapshot.all.get(compact(id))?.edited).toBe(time.toISOString());
        }
      },
      (state, { simulator }) => {
        edited = mutateWorkspace(state, { seed: 1, share: 0.02, clock: simulator.clock });
        expect(edited.length).toBeGreaterThan(5);
      },
    );
  });

  it('spends hardly more requests than the floor when nothing changed', async () => {
    await onSecondDay(async (crawls) => {
      const { requests, crawled } = await crawls.run({ comments: 'none' });
      const databases = 2;
      const views = 2;
      // Users, emoji, search, trash; per database: object, query twice, views, templates.
      const floor = 2 + 1 + 1 + databases * (1 + 2 + 1 + views + 1);
      expect(requests).toBeLessThanOrEqual(floor + 2);
      expect(
        Object.keys(objectAt(objectAt(crawled.manifest, 'requests'), 'by_endpoint') ?? {}),
      ).not.toContain('GET data_sources/{id}');
      expect(crawled.summary.reused).toBe(310);
    });
  });

  it('drops what was trashed since, with all below it, and says so', async () => {
    let victim = '';
    await onSecondDay(
      async (crawls, state) => {
        const { snapshot, crawled } = await crawls.run({ comments: 'none' });
        expect(snapshot.all.has(compact(victim))).toBe(false);
        expect(untoldLosses(state, snapshot)).toEqual([]);
        const absent = objectAt(objectAt(crawled.manifest, 'skipped'), 'absent');
        expect(Number(objectAt(absent, 'counts')?.trashed)).toBeGreaterThan(1);
        expect(crawled.complete).toBe(true);
        expect([...snapshot.all.values()].filter(({ path }) => path.startsWith('/_orphans'))).toEqual([]);
      },
      (state) => {
        // Without a new edit time: the trash itself must show it.
        const parent = [...state.pages.values()].find(
          ({ parent: { type }, children }) =>
            type === 'page_id' && children.some((id) => state.pages.has(id)),
        );
        if (parent === undefined) throw new Error('no page with a child page');
        parent.inTrash = true;
        victim = parent.id;
      },
    );
  });

  it('notices that much was unshared although nothing was edited', async () => {
    await onSecondDay(
      async (crawls, state) => {
        const { snapshot, crawled } = await crawls.run({ comments: 'none' });
        expect(untoldLosses(state, snapshot)).toEqual([]);
        expect(objectAt(crawled.manifest, 'listing')?.depth).toBe('full');
        const absent = objectAt(objectAt(crawled.manifest, 'skipped'), 'absent');
        expect(Number(objectAt(absent, 'counts')?.['not-visible'])).toBeGreaterThan(50);
        for (const { id } of snapshot.all.values()) expect(hiddenBelow(state, id)).toBe(false);
      },
      (state) => {
        const tops = [...state.pages.values()].filter(({ parent }) => state.shared.has(parent.id));
        for (const page of tops.slice(0, Math.ceil(tops.length / 2))) state.hidden.add(page.id);
      },
    );
  });

  it('finds new pages and follows pages that moved', async () => {
    let moved = '';
    let added = '';
    await onSecondDay(
      async (crawls, state) => {
        const { snapshot } = await crawls.run({ comments: 'none' });
        expect(snapshot.all.get(compact(added))?.path).toMatch(/New arrival~\w{8}$/);
        expect(snapshot.all.get(compact(moved))?.parentId).toBe(
          compact(state.pages.get(moved)?.parent.id ?? ''),
        );
      },
      (state, { simulator }) => {
        const [top] = [...state.pages.values()].filter(({ id }) => state.shared.has(id));
        const [leaf] = [...state.pages.values()].filter(
          ({ children, parent }) =>
            parent.type === 'page_id' &&
            parent.id !== top?.id &&
            children.every((id) => !state.pages.has(id)),
        );
        if (top === undefined || leaf === undefined) throw new Error('the workspace is too small');
        moveTo(state, leaf, { type: 'page_id', id: top.id });
        touch(leaf, simulator.clock.now(), state.botId);
        moved = leaf.id;
        const time = { createdTime: simulator.clock.now(), editedTime: simulator.clock.now() };
        const values = { title: richText('New arrival') };
        added = addPage(state, { parent: { type: 'page_id', id: top.id }, values, ...time }).id;
      },
    );
  });

  it('reads pages that were still warm again, for a second edit in the same minute leaves their time as it was', async () => {
    const state = workspace();
    await withSimulatedCrawl({ state }, async (crawls) => {
      const [page] = [...state.pages.values()].filter(({ parent }) => parent.type === 'page_id');
      if (page === undefined) throw new Error('no page');
      touch(page, crawls.simulator.clock.now(), state.botId);
      const first = await crawls.run({ comments: 'none' });
      expect(objectAt(first.crawled.manifest, 'reread')?.hot).toEqual([compact(page.id)]);
      page.values = { ...page.values, title: richText('Edited once more') };
      crawls.simulator.clock.advance(dayMs);
      const second = await crawls.run({ comments: 'none' });
      expect(second.snapshot.all.get(compact(page.id))?.path).toContain('/Edited once more~');
      expect(objectAt(second.crawled.manifest, 'reread')?.hot).toEqual([]);
    });
  });

  it('reads every page again within the set number of runs, and tells the comments of the old from the new', async () => {
    await onSecondDay(async (crawls, state) => {
      const changed = [...state.pages.values()].slice(20, 60);
      // As API edits do, these leave the time as it was.
      for (const page of changed)
        page.values = { ...page.values, title: richText(`Silent ${page.id.slice(-4)}`) };
      for (let run = 0; run < 3; run += 1) {
        await crawls.run({ comments: 'none', rereadWithin: 3 });
        crawls.simulator.clock.advance(dayMs);
      }
      for (const page of changed)
        expect(crawls.previous?.all.get(compact(page.id))?.path).toMatch(/\/Silent /);
    });
  });

  it('asks one by one for pages that search never shows', async () => {
    const state = workspace();
    await withSimulatedCrawl({ state, faults: { searchHides: 0.1 } }, async (crawls) => {
      const first = await crawls.run({ comments: 'none' });
      expect(untoldLosses(state, first.snapshot)).toEqual([]);
      const hidden = arrayAt(first.crawled.manifest, 'not_in_search').map(String);
      expect(hidden.length).toBeGreaterThan(10);
      crawls.simulator.clock.advance(dayMs);
      const page = [...state.pages.values()].find(({ id }) => compact(id) === hidden[3]);
      if (page === undefined) throw new Error('no hidden page');
      page.values = { ...page.values, title: richText('Edited out of sight') };
      touch(page, crawls.simulator.clock.now(), state.botId);
      crawls.simulator.clock.advance(dayMs);
      const second = await crawls.run({ comments: 'none' });
      expect(objectAt(second.crawled.manifest, 'listing')?.depth).toBe('since');
      expect(second.snapshot.all.get(compact(page.id))?.path).toContain('/Edited out of sight~');
      expect(arrayAt(second.crawled.manifest, 'not_in_search')).toEqual(hidden);
    });
  });

  it('keeps a page as it was when it cannot be read, says so, and reads it next time', async () => {
    await onSecondDay(async (crawls, state) => {
      const [page] = [...state.pages.values()].filter(({ parent }) => parent.type === 'page_id');
      if (page === undefined) throw new Error('no page');
      page.values = { ...page.values, title: richText('Newer') };
      touch(page, crawls.simulator.clock.now(), state.botId);
      crawls.simulator.faults.rates.childPageWalkFails = 1;
      const second = await crawls.run({ comments: 'none' });
      expect(second.crawled.complete).toBe(false);
      const [error] = arrayAt(objectAt(second.crawled.manifest, 'errors'), 'list');
      expect(stringAt(error, 'owner')).toBe(compact(page.id));
      expect(second.snapshot.all.get(compact(page.id))?.path).not.toContain('Newer');
      crawls.simulator.faults.rates.childPageWalkFails = 0;
      const third = await crawls.run({ comments: 'none' });
      expect(third.crawled.complete).toBe(true);
      expect(third.snapshot.all.get(compact(page.id))?.path).toContain('/Newer~');
    });
  });

  it('reads everything again when it is to keep more than before', async () => {
    await onSecondDay(async (crawls) => {
      const { crawled } = await crawls.run({ comments: 'pages' });
      expect(crawled.summary.reused).toBe(0);
    });
  });
});

function hiddenBelow(state: State, id: string): boolean {
  for (const page of state.pages.values()) if (compact(page.id) === id) return state.hidden.has(page.id);
  return false;
}
