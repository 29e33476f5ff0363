/** Trees of blocks through requests as strict as the API's: whole, in order, in no more requests than reckoned. */
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../../src/database.ts';
import { compactId } from '../../../../src/document/notion-id.ts';
import { appendBlocks } from '../../../../src/notion/restore/blocks/append-blocks.ts';
import { appendCost, withPlaceholders } from '../../../../src/notion/restore/blocks/request-batches.ts';
import type { WriteNode } from '../../../../src/notion/restore/blocks/write-node.ts';
import { writeNode } from '../../../../src/notion/restore/blocks/write-node.ts';
import { Journal } from '../../../../src/notion/restore/journal/journal.ts';
import { Writer } from '../../../../src/notion/restore/journal/journaled-write.ts';
import type { Kept } from '../tree-api.ts';
import { TreeApi } from '../tree-api.ts';

const noUploads = { bytesSent: 0, fill: async () => {}, markAttached: () => {}, discard: () => {} };

function text(content: string) {
  return [{ type: 'text', text: { content } }];
}

const toggle = (name: string, children: WriteNode[] = [], sourceId?: string) =>
  writeNode(
    'toggle',
    { rich_text: text(name) },
    { children, ...(sourceId === undefined ? {} : { sourceId }) },
  );
const columns = (...of: WriteNode[][]) =>
  writeNode('column_list', {}, { children: of.map((children) => writeNode('column', {}, { children })) });
const table = (rows: number) =>
  writeNode(
    'table',
    { table_width: 1 },
    { children: Array.from({ length: rows }, () => writeNode('table_row', { cells: [[]] })) },
  );

/** Appends `nodes` to a page; gives the tree that came of it and the requests it took. */
async function append(nodes: WriteNode[], api = new TreeApi(), markers = false) {
  const journal = new Journal(openDatabase(':memory:'));
  const given = withPlaceholders(nodes);
  await appendBlocks(
    {
      api,
      journal,
      writer: new Writer(api, journal, undefined),
      uploads: noUploads,
      markers,
      directory: '/',
    },
    { key: 'k', parent: 'root', nodes: given, position: { type: 'end' } },
  );
  return { tree: api.root.children, requests: api.sent, reckoned: appendCost(given), journal };
}

type Shape = readonly [type: string, text: string, children: readonly Shape[]];

function wanted(nodes: readonly WriteNode[]): Shape[] {
  return nodes.map(({ type, payload, children }) => [
    type,
    JSON.stringify(payload.rich_text ?? []).match(/"content":"([^"]*)"/)?.[1] ?? '',
    wanted(children),
  ]);
}

function got(blocks: readonly Kept[]): Shape[] {
  return blocks.map(({ type, text: words, children }) => [type, words, got(children)]);
}

/** A small repeatable generator. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

function randomTree(roll: (below: number) => number, depth: number, inColumn = false): WriteNode[] {
  return Array.from({ length: 1 + roll(depth === 0 ? 12 : 5) }, (_, index) => {
    const name = `${depth}.${index}.${roll(1_000)}`;
    const kind = roll(12);
    const deeper = depth < 6 && roll(3) > 0 ? randomTree(roll, depth + 1) : [];
    if (kind === 0 && !inColumn)
      return columns(
        randomTree(roll, depth + 1, true),
        roll(2) === 0 ? [] : randomTree(roll, depth + 2, true),
      );
    if (kind === 1) return table(1 + roll(130));
    if (kind === 2)
      return writeNode(
        'tab',
        {},
        {
          children: Array.from({ length: 1 + roll(3) }, () =>
            writeNode('paragraph', { rich_text: text(name) }, { children: deeper }),
          ),
        },
      );
    if (kind === 3)
      return toggle(
        name,
        Array.from({ length: roll(240) }, (_each, place) => toggle(`${name}/${place}`)),
      );
    return toggle(name, deeper, roll(6) === 0 ? `s${roll(1_000_000)}` : undefined);
  });
}

describe('appending blocks', () => {
  it('takes one request for a tree three levels deep', async () => {
    const { tree, requests } = await append([toggle('a', [toggle('b', [toggle('c')])]), toggle('d')]);
    expect(got(tree)).toEqual([
      ['toggle', 'a', [['toggle', 'b', [['toggle', 'c', []]]]]],
      ['toggle', 'd', []],
    ]);
    expect(requests).toHaveLength(1);
  });

  it('takes one request for each level beyond the third in toggles twelve deep', async () => {
    let node = toggle('12');
    for (let level = 11; level >= 1; level -= 1) node = toggle(`${level}`, [node]);
    const { tree, requests } = await append([node]);
    expect(got(tree)).toEqual(wanted([node]));
    expect(requests).toHaveLength(10);
  });

  it('puts 100 blocks into a request', async () => {
    const nodes = Array.from({ length: 250 }, (_, index) => toggle(`${index}`));
    const { tree, requests } = await append(nodes);
    expect(got(tree)).toEqual(wanted(nodes));
    expect(requests).toHaveLength(3);
  });

  it('writes rows of a table beyond the hundredth', async () => {
    const { tree, requests } = await append([table(230)]);
    expect(tree[0]?.children).toHaveLength(230);
    expect(requests).toHaveLength(3);
  });

  it('keeps to 1,000 blocks in a request', async () => {
    const nodes = Array.from({ length: 30 }, (_, index) =>
      toggle(
        `${index}`,
        Array.from({ length: 90 }, (_each, place) => toggle(`${index}/${place}`)),
      ),
    );
    const { tree } = await append(nodes);
    expect(got(tree)).toEqual(wanted(nodes));
  });

  it('splits a single block whose subtree is more than a request holds', async () => {
    const node = toggle(
      'big',
      Array.from({ length: 60 }, (_, index) =>
        toggle(
          `${index}`,
          Array.from({ length: 60 }, (_each, place) => toggle(`${place}`)),
        ),
      ),
    );
    const { tree } = await append([node]);
    expect(got(tree)).toEqual(wanted([node]));
  });

  it('splits columns whose subtree is more than a request holds', async () => {
    const wide = () =>
      Array.from({ length: 90 }, (_, index) =>
        toggle(
          `${index}`,
          Array.from({ length: 20 }, (_each, place) => toggle(`${place}`)),
        ),
      );
    const node = columns(wide(), wide());
    const { tree } = await append([node]);
    expect(got(tree)).toEqual(wanted([node]));
  });

  it('fills a column that begins with columns, and leaves an empty one empty', async () => {
    const node = columns([columns([toggle('x')], [toggle('y')])], []);
    const { tree } = await append([node]);
    expect(got(tree)).toEqual(wanted([node]));
  });

  it('learns the ids that are wanted, at any depth', async () => {
    const { tree, journal } = await append([
      toggle('a', [toggle('b', [toggle('c', [toggle('d', [], 'source d')], 'source c')])], 'source a'),
    ]);
    expect(journal.ids.copyOf(compactId('source a'))).toBe(tree[0]?.id);
    expect(journal.ids.copyOf(compactId('source c'))).toBe(tree[0]?.children[0]?.children[0]?.id);
    expect(journal.ids.copyOf(compactId('source d'))).toBe(
      tree[0]?.children[0]?.children[0]?.children[0]?.id,
    );
  });

  it.each(Array.from({ length: 8 }, (_, seed) => seed))(
    'writes random trees whole, in the requests reckoned (seed %i)',
    async (seed) => {
      const nodes = randomTree(dice(seed + 1), 0);
      const { tree, requests, reckoned } = await append(nodes);
      expect(got(tree)).toEqual(wanted(nodes));
      expect(requests.length).toBeLessThanOrEqual(reckoned + 1);
    },
  );

  it('gives up only the block that is refused, and marks its place', async () => {
    const nodes = Array.from({ length: 40 }, (_, index) => toggle(index === 17 ? 'bad' : `${index}`));
    const api = new TreeApi();
    api.refuses = 'bad';
    const { tree, journal } = await append(nodes, api, true);
    const texts = tree.map(({ text: words }) => words);
    expect(texts.filter((words) => /^\d+$/.test(words))).toHaveLength(39);
    expect(texts[17]).toContain('Not restored');
    expect(journal.notes.count('lost')).toBe(1);
  });

  it('gives up nothing of what lies beside or below a block that is refused', async () => {
    const api = new TreeApi();
    api.refuses = 'bad';
    const inner = () => [toggle('a', [toggle('bad', [toggle('below')]), toggle('b')]), toggle('c')];
    const { tree } = await append(
      [toggle('outer', inner()), columns([toggle('x')], [toggle('bad'), toggle('y')])],
      api,
    );
    const kept = wanted([toggle('outer', [toggle('a', [toggle('below'), toggle('b')]), toggle('c')])]);
    expect(got(tree)).toEqual([...kept, ...wanted([toggle('x'), toggle('y')])]);
  });

  it('tries the next best forms of a block that is refused, in their order', async () => {
    const api = new TreeApi();
    api.refuses = '"url":"bad"';
    const change = (how: string) => ({ id: 'e', kind: 'block embed', how });
    const paragraph = writeNode('paragraph', { rich_text: text('bad') });
    const bookmark = writeNode(
      'bookmark',
      { url: 'bad' },
      { fallback: { node: paragraph, change: change('second') } },
    );
    const embed = writeNode(
      'embed',
      { url: 'bad' },
      { fallback: { node: bookmark, change: change('first') } },
    );
    const { tree, journal } = await append([toggle('1'), toggle('2', [embed]), columns([embed], [])], api);
    expect(got(tree)).toEqual(wanted([toggle('1'), toggle('2', [paragraph]), columns([paragraph], [])]));
    expect(journal.notes.count('lost')).toBe(0);
    expect([...journal.notes.all()].map(({ kind, reason }) => `${kind}: ${reason.slice(0, 28)}`)).toEqual([
      'block embed: Notion refused it: first (th',
      'block embed: Notion refused it: second (t',
    ]);
  });
});
