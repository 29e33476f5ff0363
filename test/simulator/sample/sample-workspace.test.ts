import { describe, expect, test } from 'vitest';
import { uuid } from '../../../src/simulator/protocol/routes.ts';
import { hostileTitles } from '../../../src/simulator/sample/pages/text-pages.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../../src/simulator/workspace/json.ts';
import type { Page, State, Table } from '../../../src/simulator/workspace/state.ts';
import { isTrashed, isVisible } from '../../../src/simulator/workspace/state.ts';
import { everyObject } from './state-contents.ts';

const state = sampleWorkspace();
const objects = everyObject(state);
const visiblePages = [...state.pages.values()].filter((page) => isVisible(state, page));

/** Everything `pick` finds in all stored JSON. */
function found(pick: (object: JsonObject) => Json | undefined): Set<Json> {
  return new Set(objects.map(pick).filter((each) => each !== undefined));
}

describe('the sample workspace holds', () => {
  test('a linked database of what is shared and one of what is not', () => {
    const linked = [...state.databases.values()].filter(({ isLinked }) => isLinked);
    const visible = linked.map(({ dataSources: [id = ''] }) => {
      const source = state.dataSources.get(id);
      return source !== undefined && isVisible(state, source);
    });
    expect(visible.sort()).toEqual([false, true]);
  });

  test('a synced original, copies of it, and a copy of an original out of sight', () => {
    const blocks = [...state.blocks.values()].filter(({ type }) => type === 'synced_block');
    const copies = blocks.flatMap(({ payload: { synced_from: from } }) =>
      isJsonObject(from) ? [state.blocks.get(String(from.block_id))] : [],
    );
    expect(copies.map((original) => original !== undefined && isVisible(state, original)).sort()).toEqual([
      false,
      true,
      true,
    ]);
  });

  test('unsupported blocks with and without a name, with and without children', () => {
    const blocks = [...state.blocks.values()].filter(({ type }) => type === 'unsupported');
    expect(new Set(blocks.map(({ payload }) => typeof payload.block_type))).toEqual(
      new Set(['undefined', 'string']),
    );
    expect(new Set(blocks.map(({ children }) => children.length > 0))).toEqual(new Set([true, false]));
  });

  test('meeting notes whose three sections are there', () => {
    const [notes] = [...state.blocks.values()].filter(({ payload }) => payload.status === 'notes_ready');
    const sections = isJsonObject(notes?.payload.children) ? Object.values(notes.payload.children) : [];
    expect(sections).toHaveLength(3);
    for (const id of sections) expect(state.blocks.get(String(id))?.children.length).toBeGreaterThan(0);
  });

  test('templates, a wiki, a database of two sources, inline and full-page ones', () => {
    const sources = [...state.dataSources.values()];
    expect(sources.flatMap(({ templates }) => templates).map(({ isDefault }) => isDefault)).toEqual([
      true,
      false,
    ]);
    const databases = [...state.databases.values()];
    const wiki = databases.find(({ isWiki }) => isWiki);
    const rows = sources.find(({ databaseId }) => databaseId === wiki?.id)?.rows ?? [];
    expect(rows.filter((id) => state.dataSources.has(id))).toHaveLength(1);
    expect(databases.some(({ dataSources }) => dataSources.length === 2)).toBe(true);
    expect(new Set(databases.map(({ isInline }) => isInline))).toEqual(new Set([true, false]));
    expect(databases.some(({ isLocked }) => isLocked)).toBe(true);
  });

  test('relations beyond 25 and beyond 100, and their mirrors', () => {
    const lengths = relationLengths(state);
    expect(lengths.some((length) => length > 25 && length <= 100)).toBe(true);
    expect(lengths.some((length) => length > 100)).toBe(true);
    for (const page of state.pages.values()) expectMirrored(page);
  });

  test('a page of 250 children, toggles 12 deep, and texts beyond 2,000 characters in one run and in several', () => {
    expect(Math.max(...visiblePages.map(({ children }) => children.length))).toBeGreaterThanOrEqual(250);
    let depth = 0;
    for (const block of state.blocks.values()) depth = Math.max(depth, toggleDepth(block.id));
    expect(depth).toBe(12);
    const texts = objects.flatMap(({ rich_text: runs }) => (Array.isArray(runs) ? [runs] : []));
    const long = texts.filter((runs) => lengthOf(runs) > 2_000);
    expect(long.some(({ length }) => length === 1)).toBe(true);
    expect(long.some((runs) => runs.length > 1 && runs.every((run) => lengthOf([run]) <= 2_000))).toBe(true);
    expect(Math.max(...texts.map(({ length }) => length))).toBeGreaterThan(100);
  });

  test('archived rows, a trashed page with a page below, trashed rows, and a row that moved away', () => {
    const pages = [...state.pages.values()];
    expect(pages.some(({ isArchived, parent }) => isArchived && parent.type === 'data_source_id')).toBe(true);
    expect(pages.some(({ inTrash, parent }) => inTrash && parent.type === 'data_source_id')).toBe(true);
    expect(pages.some((page) => !page.inTrash && isTrashed(state, page))).toBe(true);
    expect(pages.some((page) => title(page) === 'Outgrew its table' && page.parent.type === 'page_id')).toBe(
      true,
    );
    expect(pages.some(({ isLocked }) => isLocked)).toBe(true);
  });

  test('every hostile title, two equal ones, and one of 300 bytes', () => {
    const titles = visiblePages.map(title);
    expect(titles).toEqual(expect.arrayContaining([...hostileTitles]));
    expect(titles.filter((each) => each === 'Duplicate')).toHaveLength(2);
    expect(titles.some((each) => Buffer.byteLength(each) === 300)).toBe(true);
  });

  test('orphans: visible objects whose parents are not', () => {
    const orphans = visiblePages.filter(({ parent }) => {
      if (parent.type === 'agent_id') return true;
      const above =
        state.pages.get(parent.id) ?? state.blocks.get(parent.id) ?? state.dataSources.get(parent.id);
      return above !== undefined && !isVisible(state, above);
    });
    expect(new Set(orphans.map(({ parent }) => parent.type))).toEqual(
      new Set(['page_id', 'block_id', 'data_source_id', 'agent_id']),
    );
  });

  test('only references to what is there', () => {
    for (const page of state.pages.values())
      for (const id of page.children) expect(exists(id), id).toBe(true);
    for (const block of state.blocks.values())
      for (const id of block.children) expect(exists(id), id).toBe(true);
    for (const source of state.dataSources.values())
      for (const id of source.rows) expect(exists(id), id).toBe(true);
    const keys = found(({ file }) => (isJsonObject(file) ? file.key : undefined));
    for (const key of keys) expect(state.files.has(String(key))).toBe(true);
  });
});

describe('the sample workspace is', () => {
  test('the same at every call, and another with another seed', () => {
    const ids = (of: State) => [...idsOf(of.pages), ...idsOf(of.blocks)].join();
    expect(ids(sampleWorkspace())).toBe(ids(state));
    expect(JSON.stringify(everyObject(sampleWorkspace()))).toBe(JSON.stringify(objects));
    expect(ids(sampleWorkspace({ seed: 7 }))).not.toBe(ids(state));
  });

  test('made of ids the API accepts, many of which share their leading digits', () => {
    const ids = [state.pages, state.blocks, state.dataSources, state.users].flatMap(idsOf);
    for (const id of ids) expect(uuid('id', id)).toBe(id);
    expect(new Set(idsOf(state.pages).map((id) => id.slice(0, 8))).size).toBeLessThan(state.pages.size / 5);
  });

  test('older than the virtual clock, and edited in the order in which it was made', () => {
    const start = Date.UTC(2026, 5, 1, 9);
    for (const { createdTime, editedTime } of [...state.pages.values(), ...state.blocks.values()]) {
      expect(createdTime).toBeGreaterThan(Date.UTC(2024, 0, 1));
      expect(editedTime).toBeGreaterThanOrEqual(createdTime);
      expect(editedTime).toBeLessThan(start);
    }
  });

  test('a few MB of media; with `large`, one file too large for a single upload', () => {
    const sizes = (of: State) => [...of.files.values()].map(({ size }) => size);
    const sum = sizes(state).reduce((total, size) => total + size, 0);
    expect(sum).toBeGreaterThan(1_000_000);
    expect(sum).toBeLessThan(5_000_000);
    expect(Math.max(...sizes(sampleWorkspace({ large: true })))).toBeGreaterThan(20 * 1_024 * 1_024);
  });

  test('small when asked to: one database, one picture, comments on a page and on a block', () => {
    const small = sampleWorkspace({ small: true });
    expect(small.pages.size).toBe(10);
    expect(small.databases.size).toBe(1);
    expect([...small.blocks.values()].filter(({ type }) => type === 'image')).toHaveLength(1);
    expect(new Set([...small.comments.values()].map(({ parent }) => parent.type)).size).toBe(2);
  });

  test('made of files whose bytes are the same in whatever pieces they are read', () => {
    const file = [...state.files.values()].find(({ name }) => name === 'meadow.jpg');
    const whole = file?.bytes(0, file.size) ?? new Uint8Array();
    expect(whole).toHaveLength(300 * 1_024);
    expect([...whole.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    for (const [from, to] of [
      [0, 1],
      [3, 9],
      [1_001, 70_003],
      [whole.length - 5, whole.length],
    ] as const) {
      expect(Buffer.from(file?.bytes(from, to) ?? []).equals(whole.subarray(from, to))).toBe(true);
    }
  });
});

function idsOf(table: Pick<Table<{ readonly id: string }>, 'values'>): string[] {
  return [...table.values()].map(({ id }) => id);
}

function title(page: Page): string {
  const schema = state.dataSources.get(page.parent.id)?.schema ?? [];
  const id = schema.find(({ type }) => type === 'title')?.id ?? 'title';
  const runs = page.values[id];
  return (Array.isArray(runs) ? runs : []).map((run) => (isJsonObject(run) ? run.plain_text : '')).join('');
}

function lengthOf(runs: readonly Json[]): number {
  return runs.map((run) => (isJsonObject(run) ? String(run.plain_text) : '')).join('').length;
}

function exists(id: string): boolean {
  return [state.pages, state.blocks, state.databases, state.dataSources].some((table) => table.has(id));
}

function toggleDepth(id: string): number {
  let depth = 0;
  for (let block = state.blocks.get(id); block?.type === 'toggle'; block = state.blocks.get(block.parent.id))
    depth += 1;
  return depth;
}

function relationLengths(of: State): number[] {
  return [...of.pages.values()].flatMap((page) => relations(page).map(({ ids }) => ids.length));
}

function relations(page: Page): { ids: string[]; config: JsonObject }[] {
  const schema = state.dataSources.get(page.parent.id)?.schema ?? [];
  return schema
    .filter(({ type }) => type === 'relation')
    .map(({ id, config }) => {
      const value = page.values[id];
      const entries = Array.isArray(value) ? value.filter(isJsonObject) : [];
      return { ids: entries.map((entry) => String(entry.id)), config };
    });
}

/** Each page a dual relation names must name the page in turn. */
function expectMirrored(page: Page): void {
  for (const { ids, config } of relations(page)) {
    const mirror = isJsonObject(config.dual_property)
      ? String(config.dual_property.synced_property_id)
      : undefined;
    if (mirror === undefined) continue;
    for (const id of ids) {
      const back = state.pages.get(id)?.values[mirror];
      expect(JSON.stringify(back)).toContain(page.id);
    }
  }
}
