/** What is taken over has the names that properties, options, pages and databases have now, at no further request. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { everyBlock } from '../../../src/document/blocks.ts';
import type { BlockNode } from '../../../src/document/documents.ts';
import type { JsonObject } from '../../../src/document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../src/document/json.ts';
import { pageTitle } from '../../../src/document/title.ts';
import type { NotionApi } from '../../../src/notion/api/api.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { Database, Page, State } from '../../../src/simulator/workspace/state.ts';
import { richText, touch } from '../../../src/simulator/workspace/state.ts';
import type { MemorySnapshot } from './memory-snapshot.ts';
import { withSimulatedCrawl } from './simulated-crawl.ts';

describe('a crawl after a property was renamed', () => {
  it('stores unchanged rows under the new name, with their blocks and comments, and asks for no more', async () => {
    const state = sampleWorkspace({ small: true });
    await withSimulatedCrawl({ state }, async (crawls) => {
      const first = await crawls.run();
      const unchanged = await crawls.run();
      const source = [...state.dataSources.values()].find(({ rows }) =>
        rows.some((id) => isReadable(first.snapshot.document(id))),
      );
      const property = source?.schema.find(({ type }) => type === 'number' || type === 'rich_text');
      if (source === undefined || property === undefined) throw new Error('no source with such a property');
      property.name = 'A new name';
      touch(source, source.editedTime + 3_600_000, state.botId);
      const second = await crawls.run();
      const rows = source.rows.filter((id) => isReadable(second.snapshot.document(id)));
      expect(rows.length).toBeGreaterThan(0);
      for (const id of rows) {
        const [before, after] = [first.snapshot.document(id), second.snapshot.document(id)];
        const properties = objectAt(objectAt(after, 'page'), 'properties') ?? {};
        expect(stringAt(properties['A new name'], 'id')).toBeDefined();
        expect(after.blocks).toEqual(before.blocks);
        expect(after.comments).toEqual(before.comments);
      }
      const cut = rows.flatMap((id) => longValues(second.snapshot.document(id)));
      expect(second.requests - unchanged.requests).toBeLessThanOrEqual(cut.length + 2);
    });
  });
});

describe('a crawl after pages and databases were renamed, and what they lie in was not edited', () => {
  it('stores their new titles in the blocks that show them, and asks for no more', async () => {
    const state = sampleWorkspace({ small: true });
    await withSimulatedCrawl({ state }, async (crawls) => {
      const edit = () => {
        crawls.simulator.clock.advance(86_400_000);
        for (const child of childrenIn(state)) touch(child, crawls.simulator.clock.now(), state.botId);
        crawls.simulator.clock.advance(3_600_000);
      };
      const first = await crawls.run();
      edit();
      const edited = await crawls.run();
      for (const child of childrenIn(state)) {
        renameTo(child, `New ${child.id.slice(-4)}`);
      }
      edit();
      const renamed = await crawls.run();
      const full = await crawls.run({ full: true });
      expect(shownTitles(renamed.snapshot)).toEqual(shownTitles(full.snapshot));
      const isNew = (title: string) => title.startsWith('New ');
      expect(Object.values(shownTitles(renamed.snapshot)).filter(isNew).length).toBeGreaterThan(4);
      expect(Object.values(shownTitles(first.snapshot)).filter(isNew)).toEqual([]);
      expect(renamed.requests).toBe(edited.requests);
      const { reused: _reused, ...counts } = full.crawled.summary;
      expect(renamed.crawled.summary).toMatchObject(counts);
    });
  });
});

describe('a crawl in which pages and databases are renamed while it runs, or between its two runs', () => {
  it('stores the titles they have in the blocks that show them, whatever an interrupted run wrote', async () => {
    const state = sampleWorkspace({ small: true });
    await withSimulatedCrawl({ state }, async (crawls) => {
      const { clock } = crawls.simulator;
      const first = await crawls.run();
      const pages = childrenIn(state).filter(({ kind }) => kind === 'page');
      const before = new Map(pages.map((page) => [page.id, ownTitle(first.snapshot, page.id)]));
      const rename = (titleFor: (id: string) => string) => {
        clock.advance(600_000);
        for (const page of pages) renameTo(page, titleFor(page.id));
        for (const page of pages) touch(page, clock.now(), state.botId);
        clock.advance(600_000);
      };
      for (const [index, last] of [
        (id: string) => `Third ${id.slice(-4)}`,
        (id: string) => before.get(id) ?? '',
      ].entries()) {
        crawls.previous = first.snapshot;
        clock.advance(86_400_000);
        const stateFile = join(crawls.folder, `interrupted ${index}.sqlite`);
        rename((id) => `Second ${id.slice(-4)}`);
        (await crawls.start({ stateFile })).close();
        rename(last);
        const { snapshot, crawled } = await crawls.run({ stateFile });
        expect(crawled.manifest.resumed).toBe(true);
        for (const { id } of pages) expect([id, shownTitles(snapshot)[id]]).toEqual([id, last(id)]);
      }
    });
  });

  it('stores no other title in a block than the page in it has, though the block was read before the new one', async () => {
    const state = sampleWorkspace({ small: true });
    await withSimulatedCrawl({ state }, async (crawls) => {
      const { clock } = crawls.simulator;
      await crawls.run();
      clock.advance(86_400_000);
      for (const page of state.pages.values()) touch(page, clock.now(), state.botId);
      clock.advance(3_600_000);
      const pages = childrenIn(state).filter(({ kind }) => kind === 'page');
      // One of them has another title already than in the snapshot before.
      for (const page of pages.slice(1)) renameTo(page, `Other ${page.id.slice(-4)}`);
      const holders = new Set(pages.map(({ parent }) => parent.id));
      const renameAll = () => {
        clock.advance(120_000);
        for (const page of pages) renameTo(page, `New ${page.id.slice(-4)}`);
        for (const page of pages) touch(page, clock.now(), state.botId);
      };
      const wrap = afterReading(holders, renameAll);
      const { snapshot } = await crawls.run({ wrap });
      for (const { id } of pages) {
        expect(ownTitle(snapshot, id)).toBe(`New ${id.slice(-4)}`);
        expect([id, shownTitles(snapshot)[id]]).toEqual([id, ownTitle(snapshot, id)]);
      }
    });
  });

  it('stores the next title of a page too, where the block had none that the snapshot before has', async () => {
    const state = sampleWorkspace({ small: true });
    await withSimulatedCrawl({ state }, async (crawls) => {
      const { clock } = crawls.simulator;
      const pages = childrenIn(state).filter(({ kind }) => kind === 'page');
      const renameAll = (word: string) => {
        clock.advance(120_000);
        for (const page of pages) renameTo(page, `${word} ${page.id.slice(-4)}`);
        for (const page of pages) touch(page, clock.now(), state.botId);
      };
      const holders = new Set(pages.map(({ parent }) => parent.id));
      const first = await crawls.run({ wrap: afterReading(holders, () => renameAll('Second')) });
      const isOld = ({ id }: { id: string }) =>
        shownTitles(first.snapshot)[id] !== ownTitle(first.snapshot, id);
      expect(pages.filter(isOld).length).toBeGreaterThan(0);
      clock.advance(86_400_000);
      renameAll('Third');
      clock.advance(3_600_000);
      const { snapshot } = await crawls.run();
      for (const { id } of pages)
        expect([id, shownTitles(snapshot)[id]]).toEqual([id, `Third ${id.slice(-4)}`]);
    });
  });

  it('takes the title of a data source for none of a database that cannot be read', async () => {
    const state = sampleWorkspace({ small: true });
    await withSimulatedCrawl({ state }, async (crawls) => {
      const { clock } = crawls.simulator;
      const first = await crawls.run();
      clock.advance(86_400_000);
      for (const source of state.dataSources.values()) {
        source.title = richText(`Source ${source.id.slice(-4)}`);
        touch(source, clock.now(), state.botId);
      }
      clock.advance(3_600_000);
      const wrap = around((request, ask) =>
        ask(/^databases\/[^/]*$/.test(request.path) ? { ...request, path: 'databases/none' } : request),
      );
      const { snapshot } = await crawls.run({ wrap });
      const databases = [...state.databases.values()].filter(({ id }) =>
        snapshot.all.has(id.replaceAll('-', '')),
      );
      const unread = databases.filter(({ id }) => snapshot.document(id).database === null);
      expect(unread.length).toBeGreaterThan(0);
      expect(shownTitles(snapshot)).toEqual(shownTitles(first.snapshot));
    });
  });
});

type Request = Parameters<NotionApi['request']>[0];

/** Stands between the crawl and the API. */
function around(
  answer: (request: Request, ask: (request: Request) => Promise<JsonObject>) => Promise<JsonObject>,
): (api: NotionApi) => NotionApi {
  return (api) => ({
    request: (request) => answer(request, (asked) => api.request(asked)),
    sendFilePart: (id, part) => api.sendFilePart(id, part),
    get requestsSpent() {
      return api.requestsSpent;
    },
    clock: api.clock,
  });
}

/** Does `act` once, when the lists of all `holders` were read. */
function afterReading(holders: ReadonlySet<string>, act: () => void): (api: NotionApi) => NotionApi {
  const left = new Set(holders);
  return around(async (request, ask) => {
    const answer = await ask(request);
    const [, id = ''] = /^blocks\/([^/]*)\/children/.exec(request.path) ?? [];
    if (left.delete(id) && left.size === 0) act();
    return answer;
  });
}

function renameTo(child: Page | Database, text: string): void {
  if (child.kind === 'page') child.values = { ...child.values, title: richText(text) };
  else child.title = richText(text);
}

function ownTitle(snapshot: MemorySnapshot, id: string): string {
  return pageTitle(objectAt(snapshot.document(id), 'page') ?? {});
}

/** Pages and databases that lie in pages that hold no other of them, so that only what they lie in shows them. */
function childrenIn(state: State) {
  const isChild = ({ parent }: { readonly parent: { readonly type: string } }) =>
    parent.type === 'page_id' || parent.type === 'block_id';
  const children = [...state.pages.values(), ...state.databases.values()].filter(isChild);
  const holders = new Set(children.map(({ parent }) => parent.id));
  return children.filter(({ id, inTrash }) => !holders.has(id) && !inTrash);
}

/** The titles that blocks show, by the ids of what they stand for. */
function shownTitles(snapshot: MemorySnapshot): { [id: string]: string } {
  const titles: { [id: string]: string } = {};
  for (const { id } of snapshot.all.values()) {
    const blocks = arrayAt(snapshot.document(id), 'blocks').filter(isObject) as BlockNode[];
    for (const { node } of everyBlock(blocks)) {
      const shown = objectAt(node, 'child_page') ?? objectAt(node, 'child_database');
      if (shown !== undefined) titles[String(node.id)] = stringAt(shown, 'title') ?? '';
    }
  }
  return titles;
}

function isReadable(document: unknown): boolean {
  return isObject(document) && isObject(document.page);
}

/** Values that may have been cut, or were computed from one that was. */
function longValues(document: unknown): string[] {
  const page = isObject(document) ? objectAt(document, 'page') : undefined;
  return Object.entries(objectAt(page, 'properties') ?? {}).flatMap(([name, value]) => {
    const type = stringAt(value, 'type') ?? '';
    const isLong = arrayAt(value, type).length >= 25;
    return isLong || type === 'rollup' || type === 'formula' ? [name] : [];
  });
}
