import { describe, expect, it } from 'vitest';
import type { BlockNode } from '../../../../src/document/documents.ts';
import type { JsonObject } from '../../../../src/document/json.ts';
import { convertBlock } from '../../../../src/notion/restore/blocks/block-payload.ts';
import { id, knownTarget, run } from '../known-target.ts';

const block = (type: string, payload: JsonObject, children?: BlockNode[]): BlockNode => ({
  object: 'block',
  id: id('b'),
  type,
  [type]: payload,
  ...(children === undefined ? {} : { children }),
});
const paragraph = (text: string, children?: BlockNode[]) =>
  block('paragraph', { rich_text: [run(text)], color: 'default', icon: null }, children);
const hosted = (path: string, size = 10) => ({
  url: `https://files.example.com/${path}`,
  path: `files/${path}`,
  size,
  sha256: 'ab',
});

describe('blocks for requests', () => {
  it('carry no field that only answers have', () => {
    const [node] = convertBlock(
      block('numbered_list_item', { rich_text: [run('a')], color: 'red', list_start_index: 3 }),
      knownTarget(),
    );
    expect(node?.payload).toEqual({ rich_text: [{ type: 'text', text: { content: 'a' } }], color: 'red' });
  });

  it('spread a text of more than 100 runs over paragraphs that follow, or lead the children', () => {
    const runs = Array.from({ length: 150 }, (_, index) =>
      run(`${index}`, { annotations: { bold: index % 2 === 0 } }),
    );
    const alone = convertBlock(block('quote', { rich_text: runs, color: 'default' }), knownTarget());
    expect(alone.map(({ type }) => type)).toEqual(['quote', 'paragraph']);
    const parent = convertBlock(
      block('quote', { rich_text: runs, color: 'default' }, [paragraph('child')]),
      knownTarget(),
    );
    expect(parent).toHaveLength(1);
    expect(parent[0]?.children).toHaveLength(2);
  });

  it('spread a text whose characters take many bytes', () => {
    const runs = Array.from({ length: 90 }, (_, index) =>
      run('漢'.repeat(2_000), { annotations: { bold: index % 2 === 0 } }),
    );
    const nodes = convertBlock(block('paragraph', { rich_text: runs }), knownTarget());
    expect(nodes.length).toBeGreaterThan(1);
    for (const node of nodes) expect(node.bytes).toBeLessThan(450_000);
  });

  it('write a language the API refuses as plain text', () => {
    const target = knownTarget();
    const [node] = convertBlock(
      block('code', { rich_text: [run('x')], language: 'cobol', caption: [] }),
      target,
    );
    expect(node?.payload.language).toBe('plain text');
    expect(target.notes).toHaveLength(1);
  });

  it('make a heading with children one that folds', () => {
    const [node] = convertBlock(
      block('heading_2', { rich_text: [], is_toggleable: false }, [paragraph('in')]),
      knownTarget(),
    );
    expect(node?.payload.is_toggleable).toBe(true);
  });

  it('give every row of a table as many cells as the table is wide', () => {
    const row = (cells: string[]): BlockNode =>
      block('table_row', { cells: cells.map((cell) => [run(cell)]) });
    const [node] = convertBlock(
      block('table', { table_width: 2, has_column_header: true }, [row(['a']), row(['b', 'c', 'd'])]),
      knownTarget(),
    );
    expect(node?.children.map(({ payload }) => (payload.cells as unknown[]).length)).toEqual([2, 2]);
    const [empty] = convertBlock(block('table', { table_width: 3 }, []), knownTarget());
    expect(empty?.children).toHaveLength(1);
  });

  it('keep columns with their widths, and undo a list of one', () => {
    const column = (of: BlockNode[], ratio?: number) =>
      block('column', ratio === undefined ? {} : { width_ratio: ratio }, of);
    const [two] = convertBlock(
      block('column_list', {}, [column([paragraph('l')], 0.25), column([paragraph('r')], 0.75)]),
      knownTarget(),
    );
    expect(two?.children.map(({ payload }) => payload.width_ratio)).toEqual([0.25, 0.75]);
    const one = convertBlock(block('column_list', {}, [column([paragraph('only')])]), knownTarget());
    expect(one.map(({ type }) => type)).toEqual(['paragraph']);
  });

  it('give tabs their icons and labels, and paragraphs elsewhere none', () => {
    const item = block(
      'paragraph',
      { rich_text: [run('Plan')], icon: { type: 'emoji', emoji: '🗺️' }, color: 'default' },
      [paragraph('in')],
    );
    const [tab] = convertBlock(block('tab', {}, [item]), knownTarget());
    expect(tab?.children[0]?.payload.icon).toEqual({ type: 'emoji', emoji: '🗺️' });
    expect(convertBlock(item, knownTarget())[0]?.payload.icon).toBeUndefined();
  });

  it('upload hosted media, name files, and keep captions', () => {
    const target = knownTarget();
    const [image] = convertBlock(
      block('image', { type: 'file', file: hosted('a.png'), caption: [run('cap')] }),
      target,
    );
    expect(image?.files.map(({ filename }) => filename)).toEqual(['a.png']);
    expect(image?.payload.caption).toHaveLength(1);
    const [file] = convertBlock(
      block('file', { type: 'file', file: hosted('x.bin'), name: 'data.xyz', caption: [] }),
      target,
    );
    expect(file?.files[0]?.filename).toBe('data.xyz.txt');
    expect(file?.payload.name).toBe('data.xyz');
    expect(target.notes.map(({ kind }) => kind)).toEqual(['block file']);
  });

  it('write an image that is none the API takes as a file', () => {
    const [node] = convertBlock(
      block('image', { type: 'file', file: hosted('scan.bmp'), caption: [] }),
      knownTarget(),
    );
    expect(node?.type).toBe('file');
  });

  it('lose media without bytes, too large, or empty, with a marker where markers are wanted', () => {
    for (const file of [
      { url: 'https://x', missing: 'gone' },
      hosted('a.png', 2_000_000),
      hosted('a.png', 0),
    ]) {
      expect(convertBlock(block('image', { type: 'file', file, caption: [] }), knownTarget())).toEqual([]);
      const [marker] = convertBlock(
        block('image', { type: 'file', file, caption: [] }),
        knownTarget({ markers: true }),
      );
      expect(JSON.stringify(marker?.payload)).toContain('Not restored');
    }
  });

  it('write external media the API refuses as an embed', () => {
    const [node] = convertBlock(
      block('video', { type: 'external', external: { url: 'https://v.example.com/watch?v=1' }, caption: [] }),
      knownTarget(),
    );
    expect(node?.type).toBe('embed');
    const [taken] = convertBlock(
      block('video', { type: 'external', external: { url: 'https://youtu.be/x' }, caption: [] }),
      knownTarget(),
    );
    expect(taken?.type).toBe('video');
  });

  it('copy synced blocks whose original is there, and make the others originals', () => {
    const copy = block('synced_block', { synced_from: { type: 'block_id', block_id: id('c') } }, [
      paragraph('shown'),
    ]);
    const [known] = convertBlock(copy, knownTarget({ objects: { [id('c')]: 'new-c' } }));
    expect(known?.payload).toEqual({ synced_from: { type: 'block_id', block_id: 'new-c' } });
    expect(known?.children).toEqual([]);
    const [unknown] = convertBlock(copy, knownTarget());
    expect(unknown?.payload).toEqual({ synced_from: null });
    expect(unknown?.children).toHaveLength(1);
  });

  it('leave a link where a page stood inside a block', () => {
    const child: BlockNode = {
      object: 'block',
      id: id('d'),
      type: 'child_page',
      child_page: { title: 'Inner' },
    };
    const [toggle] = convertBlock(
      block('toggle', { rich_text: [] }, [child]),
      knownTarget({ objects: { [id('d')]: 'new-d' } }),
    );
    expect(toggle?.children[0]?.payload).toEqual({ type: 'page_id', page_id: 'new-d' });
  });

  it('write meeting notes, template buttons and link previews as what comes nearest', () => {
    const notes: BlockNode = {
      ...block('meeting_notes', { title: [run('Weekly')], status: 'notes_ready' }),
      sections: { summary: [paragraph('s')], notes: [], transcript: [paragraph('t')] },
    };
    const [toggle] = convertBlock(notes, knownTarget());
    expect(toggle?.type).toBe('toggle');
    expect(toggle?.children.map(({ payload }) => JSON.stringify(payload))).toEqual([
      expect.stringContaining('Summary'),
      expect.stringContaining('Transcript'),
    ]);
    expect(convertBlock(block('template', { rich_text: [run('Add')] }), knownTarget())[0]?.type).toBe(
      'toggle',
    );
    expect(
      convertBlock(block('link_preview', { url: 'https://example.com/x' }), knownTarget())[0]?.type,
    ).toBe('bookmark');
  });

  it('leave out what nobody knows, with its name in the marker', () => {
    const target = knownTarget({ markers: true });
    const nodes = convertBlock(block('unsupported', { block_type: 'button' }), target);
    expect(JSON.stringify(nodes[0]?.payload)).toContain('button');
    expect(convertBlock(block('hologram', {}), knownTarget())).toEqual([]);
    expect(target.notes).toEqual([
      { outcome: 'lost', kind: 'block unsupported', reason: expect.any(String) },
    ]);
  });
});
