import { afterEach, describe, expect, test } from 'vitest';
import { uuid } from '../../../../src/simulator/protocol/routes.ts';
import type { GenerateOptions } from '../../../../src/simulator/sample/generated/generate.ts';
import {
  counts,
  generateWorkspace,
  mutateWorkspace,
} from '../../../../src/simulator/sample/generated/generate.ts';
import { createIdCodec, pageItself } from '../../../../src/simulator/sample/generated/ids.ts';
import { sampleWorkspace } from '../../../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../../../src/simulator/server.ts';
import { startSimulator } from '../../../../src/simulator/server.ts';
import type { Block, State } from '../../../../src/simulator/workspace/state.ts';
import {
  addBlock,
  findContainer,
  moveTo,
  pageOf,
  parentOf,
  purge,
} from '../../../../src/simulator/workspace/state.ts';
import { walk } from '../walk.ts';

const usual: GenerateOptions = {
  seed: 11,
  pages: 60,
  databases: 3,
  rowsPerDatabase: 15,
  containersPerPage: 5,
  blocksPerPage: 25,
  media: 7,
  mediaBytes: 1_000,
  comments: 20,
};

const open: Simulator[] = [];
afterEach(async () => {
  for (const simulator of open.splice(0)) await simulator.close();
});

/** All a state holds, as one text. */
function written(state: State): string {
  const pages = [...state.pages.values()].map(({ id, parent, values, children, icon, editedTime }) => ({
    id,
    parent,
    values,
    children,
    icon,
    editedTime,
  }));
  const blocks = [...state.blocks.values()].map(({ id, type, payload, parent, children, editedTime }) => ({
    id,
    type,
    payload,
    parent,
    children,
    editedTime,
  }));
  return JSON.stringify([pages, blocks, [...state.dataSources.values()], [...state.comments.values()]]);
}

function some(state: State, fits: (block: Block) => boolean): Block {
  for (const block of state.blocks.values()) if (fits(block)) return block;
  throw new Error('no such block');
}

describe('a generated workspace', () => {
  test('is the same for the same options and another for another seed', () => {
    expect(written(generateWorkspace(usual))).toBe(written(generateWorkspace(usual)));
    expect(written(generateWorkspace({ ...usual, seed: 12 }))).not.toBe(written(generateWorkspace(usual)));
  });

  test('has the numbers asked for', () => {
    const found = counts(generateWorkspace(usual));
    expect(found).toMatchObject({
      pages: 60,
      rows: 45,
      databases: 3,
      dataSources: 3,
      views: 6,
      comments: 20,
    });
    expect(found.containers).toBe(105 * 5);
    expect(found.blocks).toBeGreaterThan(105 * 20);
    expect(found.blocks).toBeLessThan(105 * 32);
    expect(found.mediaBytes).toBeGreaterThan(3_000);
  });

  test('has rows that keep their other values when a property is removed', () => {
    const state = generateWorkspace({ ...usual, databases: 1 });
    const [source] = [...state.dataSources.values()];
    const who = source?.schema.find(({ name }) => name === 'Who')?.id ?? '';
    const valuesOf = () => (source?.rows ?? []).map((row) => state.pages.get(row)?.values[who]);
    const before = valuesOf();
    if (source !== undefined) source.schema = source.schema.filter(({ name }) => name !== 'Remark');
    expect(before).toContainEqual([expect.anything()]);
    expect(valuesOf()).toEqual(before);
  });

  test('can be nothing but one empty page', () => {
    const state = generateWorkspace({ seed: 1, pages: 1, containersPerPage: 0, blocksPerPage: 0 });
    expect(counts(state)).toMatchObject({ pages: 1, blocks: 0, containers: 0 });
  });

  test('has pages nested as deep as allowed and no deeper', () => {
    const depthOf = (state: State) =>
      Math.max(
        ...[...state.pages.values()].map((page) => {
          let depth = 0;
          for (let each = findContainer(state, page.id); each !== undefined; each = parentOf(state, each))
            depth += 1;
          return depth;
        }),
      );
    expect(depthOf(generateWorkspace({ seed: 2, pages: 300, depth: 4 }))).toBe(4);
    expect(depthOf(generateWorkspace({ seed: 2, pages: 30, roots: 30, depth: 1 }))).toBe(1);
  });

  test('has blocks whose parents name them, under the rules of the API', () => {
    for (const seed of [1, 2, 3, 4]) {
      const state = generateWorkspace({ ...usual, seed, containersPerPage: 12, blockDepth: 6 });
      for (const block of state.blocks.values()) expectLawful(state, block);
    }
  });

  test('has every kind of block, or only plain ones when asked', () => {
    const types = (state: State) => new Set([...state.blocks.values()].map(({ type }) => type));
    const every = types(generateWorkspace({ ...usual, pages: 200 }));
    for (const type of [
      'meeting_notes',
      'tab',
      'template',
      'synced_block',
      'unsupported',
      'link_preview',
      'column_list',
    ]) {
      expect(every).toContain(type);
    }
    const plain = types(generateWorkspace({ ...usual, pages: 200, variety: 'plain' }));
    for (const type of ['meeting_notes', 'tab', 'template', 'synced_block', 'unsupported'])
      expect(plain).not.toContain(type);
  });

  test('has relations longer than a page object shows only when asked', () => {
    const longest = (state: State) =>
      Math.max(
        ...[...state.pages.values()].flatMap(({ values }) =>
          Object.values(values).map((value) => (Array.isArray(value) ? value.length : 0)),
        ),
      );
    expect(longest(generateWorkspace({ ...usual, rowsPerDatabase: 80 }))).toBeLessThan(25);
    expect(longest(generateWorkspace({ ...usual, rowsPerDatabase: 80, longRelations: 0.1 }))).toBeGreaterThan(
      25,
    );
  });

  test('is found whole by a plain walk', async () => {
    const state = generateWorkspace({
      ...usual,
      pages: 15,
      databases: 1,
      rowsPerDatabase: 45,
      longRelations: 0.3,
      containersPerPage: 3,
      blocksPerPage: 8,
      comments: 9,
    });
    const simulator = await startSimulator({ state });
    open.push(simulator);
    const walked = await walk(simulator);
    const expected = counts(state);
    const own = [...walked.blocks.values()].filter(
      ({ type }) => type !== 'child_page' && type !== 'child_database',
    );
    expect(own).toHaveLength(expected.blocks);
    expect(walked.pages.size).toBe(expected.pages + expected.rows);
    expect([walked.dataSources.size, walked.views.size, walked.comments.size]).toEqual([1, 2, 9]);
    expect(walked.propertyItems.length).toBeGreaterThan(25);
    expect([walked.refusals, simulator.bugs]).toEqual([[], []]);
  });
});

describe('blocks that are made when asked for', () => {
  test('keep what is changed on them, whichever look it was changed through', () => {
    const state = generateWorkspace(usual);
    const { id } = some(state, ({ type }) => type === 'paragraph');
    const [one, other] = [state.blocks.get(id), state.blocks.get(id)];
    if (one === undefined || other === undefined) throw new Error('gone');
    one.payload = { rich_text: [], color: 'red' };
    other.editedTime = 7;
    one.inTrash = true;
    expect(state.blocks.get(id)).toMatchObject({ payload: { color: 'red' }, editedTime: 7, inTrash: true });
    expect(other.inTrash).toBe(true);
  });

  test('can be added to, moved and purged like any others', () => {
    const state = generateWorkspace(usual);
    const size = state.blocks.size;
    const host = some(state, ({ type, children }) => type === 'toggle' && children.length > 0);
    const page = pageOf(state, host);
    if (page === undefined) throw new Error('no page');
    const added = addBlock(state, { parent: { type: 'block_id', id: host.id }, type: 'divider' });
    expect(state.blocks.get(host.id)?.children.at(-1)).toBe(added.id);
    const [first = ''] = host.children;
    const moved = state.blocks.get(first);
    if (moved === undefined) throw new Error('gone');
    moveTo(state, moved, { type: 'page_id', id: page.id }, 0);
    expect(state.pages.get(page.id)?.children[0]).toBe(first);
    expect(state.blocks.get(host.id)?.children).not.toContain(first);
    purge(state, moved);
    expect(state.blocks.has(first)).toBe(false);
    expect(state.pages.get(page.id)?.children).not.toContain(first);
    expect(state.blocks.size).toBe(size);
    expect([...state.blocks.values()].map(({ id }) => id)).not.toContain(first);
  });

  test('answer to their own ids only', () => {
    const state = generateWorkspace(usual);
    const { id } = some(state, () => true);
    expect(state.blocks.has(id)).toBe(true);
    for (const stranger of [
      `f${id.slice(1)}`,
      `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`,
      'nonsense',
      '',
    ]) {
      expect(state.blocks.get(stranger)?.id ?? 'none').not.toBe(id);
    }
    expect(
      state.blocks.get(
        generateWorkspace({ ...usual, seed: 99 })
          .pages.values()
          .next().value?.id ?? '',
      ),
    ).toBeUndefined();
  });
});

describe('ids of generated objects', () => {
  test('are ids the API accepts, give their numbers back, and never collide', () => {
    const ids = createIdCodec(5);
    const seen = new Set<string>();
    for (let page = 0; page < 3_000; page += 1) {
      for (const block of [0, 1, 77, pageItself]) {
        const id = ids.encode(page % 700, page, block);
        expect(uuid('id', id)).toBe(id);
        expect(ids.decode(id)).toEqual({ page, block });
        seen.add(id);
      }
    }
    expect(seen.size).toBe(12_000);
    expect(createIdCodec(6).encode(0, 1, 1)).not.toBe(ids.encode(0, 1, 1));
  });
});

describe('mutateWorkspace', () => {
  const clock = { now: () => Date.UTC(2026, 5, 2, 10, 30, 5, 1) };

  test('edits the share of pages asked for, bumps these to the moment of the clock, and leaves the others alone', () => {
    const state = generateWorkspace(usual);
    const before = generateWorkspace(usual);
    const edited = new Set(mutateWorkspace(state, { seed: 3, share: 0.1, clock }));
    expect(edited.size).toBe(11);
    for (const page of state.pages.values()) {
      const same = before.pages.get(page.id);
      expect(page.editedTime).toBe(edited.has(page.id) ? clock.now() : same?.editedTime);
      expect(pageText(state, page.id) === pageText(before, page.id)).toBe(!edited.has(page.id));
    }
  });

  test('does the same for the same seed', () => {
    const [one, other] = [generateWorkspace(usual), generateWorkspace(usual)];
    expect(mutateWorkspace(one, { seed: 4, share: 0.2, clock })).toEqual(
      mutateWorkspace(other, { seed: 4, share: 0.2, clock }),
    );
    expect(mutateWorkspace(other, { seed: 4, share: 0, clock })).toEqual([]);
  });

  test('edits the sample workspace too, templates and trash aside', () => {
    const state = sampleWorkspace({ small: true });
    expect(mutateWorkspace(state, { seed: 1, share: 1, clock })).toHaveLength(9);
  });
});

/** A page and all its blocks as text. */
function pageText(state: State, id: string): string {
  const page = state.pages.get(id);
  const describeBlock = (child: string): unknown => {
    const block = state.blocks.get(child);
    return block === undefined
      ? child
      : [block.type, block.payload, block.inTrash, block.children.map(describeBlock)];
  };
  return JSON.stringify([page?.values, page?.children.map(describeBlock)]);
}

/** Children name their parent and the other way round; structural blocks hold what they may. */
function expectLawful(state: State, block: Block): void {
  const parent = parentOf(state, block);
  const siblings = parent !== undefined && 'children' in parent ? parent.children : [];
  expect(siblings).toContain(block.id);
  const children = block.children.map((id) => state.blocks.get(id));
  for (const child of children) expect(child?.parent).toEqual({ type: 'block_id', id: block.id });
  const types = new Set(children.map((child) => child?.type));
  const parentType = parent?.kind === 'block' ? parent.type : 'page';
  if (block.type === 'column_list') expect([[...types], children.length >= 2]).toEqual([['column'], true]);
  if (block.type === 'column') expect([parentType, children.length > 0]).toEqual(['column_list', true]);
  if (block.type === 'tab' || block.type === 'meeting_notes') expect([...types]).toEqual(['paragraph']);
  if (block.type === 'table_row') expect(parentType).toBe('table');
  if (block.type === 'table') {
    expect([...types]).toEqual(['table_row']);
    for (const row of children) expect(row?.payload.cells).toHaveLength(Number(block.payload.table_width));
  }
  if (block.type.startsWith('heading_')) expect(block.payload.is_toggleable).toBe(children.length > 0);
  if (/^(divider|code|equation|bookmark|image|unsupported)$/.test(block.type)) expect(children).toEqual([]);
}
