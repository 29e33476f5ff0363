/** What is taken over has the names that properties, options, pages and databases have now, at no further request. */
import { describe, expect, it } from 'vitest';
import { everyBlock } from '../../../src/document/blocks.ts';
import type { BlockNode } from '../../../src/document/documents.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../src/document/json.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { State } from '../../../src/simulator/workspace/state.ts';
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
        const title = richText(`New ${child.id.slice(-4)}`);
        if (child.kind === 'page') child.values = { ...child.values, title };
        else child.title = title;
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
