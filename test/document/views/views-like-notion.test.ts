/**
 * Rows of views against the simulator's answers to the same queries: it shares no code with us, so that a mistake would
 * have to be made twice.
 */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/document/json.ts';
import { objectAt, stringAt } from '../../../src/document/json.ts';
import { openView, rowsOfView } from '../../../src/document/views/rows-of-view.ts';
import { VirtualClock } from '../../../src/simulator/conditions/clock.ts';
import type { Send } from '../../simulator/workspace.ts';
import { everything, withSimulator } from '../../simulator/workspace.ts';
import type { ValueTable } from './table-of-values.ts';
import { nowMs, someFilter, someSorts, tableOfValues } from './table-of-values.ts';

interface World {
  readonly table: ValueTable;
  readonly schema: JsonObject;
  readonly rows: readonly { readonly page: JsonObject }[];
  query(body: JsonObject): Promise<string[]>;
}

/** Runs `work` with a table of sixty rows, its clock standing still. */
async function withTable(seed: number, work: (world: World) => Promise<void>): Promise<void> {
  const table = tableOfValues(seed, 60);
  const clock = new VirtualClock({ start: nowMs, jumps: false });
  await withSimulator({ state: table.state, clock }, async (_, send: Send) => {
    const path = `data_sources/${table.source.id}`;
    const { body } = await send('GET', path);
    const archived = await everything(send, 'POST', `${path}/query`, { is_archived: true });
    const pages = [...(await everything(send, 'POST', `${path}/query`)), ...archived];
    await work({
      table,
      schema: objectAt(body, 'properties') ?? {},
      rows: pages.map((page) => ({ page })),
      query: async (asked) => ids(await everything(send, 'POST', `${path}/query`, asked)),
    });
  });
}

function ids(pages: readonly JsonObject[]): string[] {
  return pages.map((page) => stringAt(page, 'id') ?? '');
}

const relative = /^Dates relative to today/;

describe('rows of a view', () => {
  it.each([1, 2, 3])('are those that Notion finds, for 120 filters of world %i', async (seed) => {
    await withTable(seed, async ({ table, schema, rows, query }) => {
      const sizes = new Set<number>();
      for (let round = 0; round < 120; round += 1) {
        const filter = someFilter(table);
        const ours = rowsOfView({ rows, schema, view: { filter }, nowMs });
        expect({ filter, notes: ours.notes.filter((note) => !relative.test(note)) }).toEqual({
          filter,
          notes: [],
        });
        const wanted = await query({ filter });
        expect({ filter, found: ids(ours.rows.map(({ page }) => page)).sort() }).toEqual({
          filter,
          found: wanted.sort(),
        });
        sizes.add(wanted.length);
      }
      // Filters that find all or nothing would show little.
      expect(sizes.size).toBeGreaterThan(15);
    });
  });

  it.each([4, 5])('come in the order that Notion gives them, for 60 sorts of world %i', async (seed) => {
    await withTable(seed, async ({ table, schema, rows, query }) => {
      const byId = new Map(rows.map((row) => [stringAt(row.page, 'id') ?? '', row]));
      for (let round = 0; round < 60; round += 1) {
        const sorts = someSorts(table);
        const view = openView({ schema, view: { sorts }, nowMs });
        const keysOf = (id: string) => view.sortKeys(byId.get(id) ?? { page: {} });
        const ours = rowsOfView({ rows, schema, view: { sorts }, nowMs });
        expect({ sorts, notes: ours.notes }).toEqual({ sorts, notes: [] });
        // Rows that the sorts leave in any order come in any order: their keys have to agree.
        const wanted = (await query({ sorts })).map(keysOf);
        expect({ sorts, keys: ids(ours.rows.map(({ page }) => page)).map(keysOf) }).toEqual({
          sorts,
          keys: wanted,
        });
      }
    });
  });
});
