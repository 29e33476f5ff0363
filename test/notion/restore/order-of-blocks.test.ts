/** The order of siblings where it is hard to keep: copies before their originals, objects between blocks that name them. */
import { describe, expect, it } from 'vitest';
import type { TreeStep } from '../../../src/document/content.ts';
import type { BlockNode } from '../../../src/document/documents.ts';
import type { JsonObject } from '../../../src/document/json.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import { id, run } from './known-target.ts';
import { MemoryReader } from './snapshot-reader.ts';
import type { Workspace } from './workspace.ts';
import { withWorkspace } from './workspace.ts';

let next = 0;
const block = (type: string, payload: JsonObject, children?: BlockNode[], blockId?: string): BlockNode => {
  next += 1;
  return {
    object: 'block',
    id: blockId ?? next.toString(16).padStart(32, 'e'),
    type,
    [type]: payload,
    ...(children === undefined ? {} : { children }),
  };
};
const words = (text: string) => block('paragraph', { rich_text: [run(text)] });
const names = (page: string) =>
  block('paragraph', {
    rich_text: [{ type: 'mention', mention: { type: 'page', page: { id: page } }, plain_text: 'p' }],
  });
const child = (page: string) => block('child_page', { title: 'x' }, undefined, page);
const original = (blockId: string) =>
  block('synced_block', { synced_from: null }, [words('synced')], blockId);
const copy = (blockId: string) =>
  block('synced_block', { synced_from: { type: 'block_id', block_id: blockId } });

/** A snapshot of a page `a` with these blocks and empty pages below it. */
function snapshotOf(blocks: BlockNode[], pages: readonly string[]): MemoryReader {
  const documents = new Map<string, Uint8Array>();
  const put = (pageId: string, own: BlockNode[]): TreeStep => {
    const title = { id: 'title', type: 'title', title: [run(pageId.slice(0, 1))] };
    const document = {
      kind: 'page',
      format: 1,
      page: { id: pageId, properties: { title } },
      blocks: own,
      comments: [],
    };
    documents.set(pageId, new TextEncoder().encode(JSON.stringify(document)));
    return { type: 'file', name: 'page.json', modified: '', content: { size: 1, chunks: [pageId] } };
  };
  const enter = (pageId: string): TreeStep => ({
    type: 'enter',
    name: `p${pageId.slice(0, 2)}`,
    modified: '',
    object: { id: pageId, kind: 'page', edited: '' },
  });
  const below = pages.flatMap((page): TreeStep[] => [enter(page), put(page, []), { type: 'leave' }]);
  return new MemoryReader(
    [enter(id('a')), ...below, put(id('a'), blocks), { type: 'leave' }],
    async function* (content) {
      yield documents.get(content.chunks[0] ?? '') ?? new Uint8Array();
    },
  );
}

/** What stands on the restored page: words, `*` for a copy, `S` for an original, `[x]` for a page. */
function standing({ simulator }: Workspace, page: string): string[] {
  const { state } = simulator;
  return (state.pages.get(page)?.children ?? []).map((childId) => {
    const found = state.blocks.get(childId);
    if (found === undefined)
      return `[${JSON.stringify(state.pages.get(childId)?.values.title).match(/"content":"(.)"/)?.[1]}]`;
    if (found.type === 'synced_block') return found.payload.synced_from === null ? 'S' : '*';
    return JSON.stringify(found.payload).match(/"content":"([^"]*)"/)?.[1] ?? '@';
  });
}

async function restored(blocks: BlockNode[], pages: readonly string[] = []): Promise<string[]> {
  let found: string[] = [];
  await withWorkspace({ state: sampleWorkspace({ small: true }) }, async (workspace) => {
    const result = await workspace.restore(snapshotOf(blocks, pages), workspace.addTarget());
    expect(result.errors).toEqual([]);
    expect(workspace.requests().filter(({ status }) => status >= 400)).toEqual([]);
    found = standing(workspace, result.roots[0]?.id ?? '');
  });
  return found;
}

describe('the order of siblings', () => {
  const [b, c, s] = [id('b'), id('c'), id('5')];

  it.each<[string, BlockNode[], string[]]>([
    ['a copy after its original', [words('1'), original(s), words('2'), copy(s)], ['1', 'S', '2', '*']],
    [
      'a copy before its original',
      [words('1'), copy(s), words('2'), original(s), words('3')],
      ['1', '*', '2', 'S', '3'],
    ],
    ['a copy that comes first of all', [copy(s), words('1'), original(s)], ['*', '1', 'S']],
    ['copies on either side', [copy(s), original(s), copy(s)], ['*', 'S', '*']],
  ])('is kept with %s', async (_, blocks, expected) => {
    expect(await restored(blocks)).toEqual(expected);
  });

  it.each<[string, BlockNode[], string[]]>([
    [
      'pages between blocks',
      [words('1'), child(b), words('2'), child(c), words('3')],
      ['1', '[b]', '2', '[c]', '3'],
    ],
    [
      'blocks that name pages after them',
      [words('1'), names(b), child(b), names(c), child(c), words('3')],
      ['1', '@', '[b]', '@', '[c]', '3'],
    ],
    ['a page that names itself', [names(id('a')), child(b), words('2'), child(c)], ['@', '[b]', '2', '[c]']],
    ['nothing but pages', [child(b), child(c)], ['[b]', '[c]']],
    [
      'a copy between pages whose original comes last',
      [child(b), copy(s), child(c), original(s)],
      ['[b]', '*', '[c]', 'S'],
    ],
  ])('is kept with %s', async (_, blocks, expected) => {
    expect(await restored(blocks, [b, c])).toEqual(expected);
  });
});
