/** Rows that are taken over have the names that properties and options have now, at no request beyond the query. */
import { describe, expect, it } from 'vitest';
import { arrayAt, isObject, objectAt, stringAt } from '../../../src/document/json.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import { touch } from '../../../src/simulator/workspace/state.ts';
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
