import { describe, expect, it } from 'vitest';
import type { StoredContent, TreeStep } from '../../../src/document/content.ts';
import { decodeListing } from '../../../src/store/format/tree.ts';
import type { BuiltObject } from '../../../src/store/snapshots/tree-builder.ts';
import { TreeBuilder } from '../../../src/store/snapshots/tree-builder.ts';
import { anyId } from '../context.ts';
import { collectAll, fileEntry, modified, pieces, TestStore } from '../fixture.ts';

const content: StoredContent = { size: 1, chunks: [anyId('c')] };
const internal = { code: 'internal' };
const enter = (name: string, digit?: string): TreeStep => ({
  type: 'enter',
  name,
  modified,
  ...(digit === undefined ? {} : { object: { id: digit.repeat(32), kind: 'page', edited: modified } }),
});
const leave: TreeStep = { type: 'leave' };

async function build(
  ...steps: TreeStep[]
): Promise<{ listings: string[]; objects: BuiltObject[]; tree: TreeBuilder }> {
  const listings: string[] = [];
  const objects: BuiltObject[] = [];
  const tree = new TreeBuilder({
    writeListing: async (bytes) => {
      listings.push(Buffer.concat([...bytes]).toString());
      return { size: 1, chunks: [anyId(String(listings.length % 10))] };
    },
    onObject: (object) => objects.push(object),
  });
  for (const step of steps) await tree.step(step);
  await tree.finish();
  return { listings, objects, tree };
}

describe('tree builder', () => {
  it('writes listings bottom-up, entries in the order of their names whatever order they came in', async () => {
    const { listings, tree } = await build(
      enter('b'),
      fileEntry('z', content),
      fileEntry('a', content),
      leave,
      enter('a'),
      leave,
    );
    expect(listings).toHaveLength(3);
    const [inner, empty, root] = await Promise.all(
      listings.map((text) => collectAll(decodeListing(pieces(Buffer.from(text)), 'it'))),
    );
    expect(inner?.map(({ name }) => name)).toEqual(['a', 'z']);
    expect(empty).toEqual([]);
    expect(root?.map(({ name, type, content: { chunks } }) => [name, type, chunks[0]?.[0]])).toEqual([
      ['a', 'directory', '2'],
      ['b', 'directory', '1'],
    ]);
    expect(tree.totals).toEqual({ files: 2, directories: 2, contentBytes: 2 });
  });

  it('tells of objects with the files below them that are no other object’s', async () => {
    const { objects } = await build(
      fileEntry('manifest.json', content),
      enter('Page', '1'),
      enter('files'),
      fileEntry('a.png', content),
      leave,
      enter('Child', '2'),
      fileEntry('page.json', content),
      leave,
      fileEntry('page.json', content),
      leave,
    );
    expect(
      objects.map(({ id, path, parentId, files }) => [
        id[0],
        path,
        parentId?.[0],
        files.map(({ name }) => name),
      ]),
    ).toEqual([
      ['2', '/Page/Child', '1', ['page.json']],
      ['1', '/Page', undefined, ['files/a.png', 'page.json']],
    ]);
  });

  it('refuses names twice, bad names, and what does not nest', async () => {
    await expect(build(fileEntry('a', content), fileEntry('a', content))).rejects.toMatchObject(internal);
    await expect(build(enter('a'), leave, fileEntry('a', content))).rejects.toMatchObject(internal);
    await expect(build(enter('..'), leave)).rejects.toMatchObject(internal);
    await expect(build(fileEntry('a/b', content))).rejects.toMatchObject(internal);
    await expect(build(leave)).rejects.toMatchObject(internal);
    await expect(build(enter('a'))).rejects.toMatchObject(internal);
  });

  it('goes a thousand levels deep and no deeper, and such a tree is read and checked', async () => {
    const levels = (count: number) => [
      ...Array.from({ length: count }, () => enter('d')),
      ...Array.from({ length: count }, () => leave),
    ];
    await expect(build(...levels(1001))).rejects.toMatchObject(internal);
    const machine = await new TestStore().create();
    const { id } = await machine.snapshot(async (writer) => {
      for (const step of levels(1000)) await writer.step(step);
    });
    await machine.open(async (store) => {
      const snapshot = await store.openSnapshot(id);
      expect(await collectAll(snapshot.walk('/'))).toHaveLength(1001);
      expect(await store.check()).toMatchObject({ findings: [], directories: 1001 });
    });
  });

  it('does not let a snapshot name a content that is not in the store', async () => {
    const machine = await new TestStore().create();
    const written = machine.snapshot((writer) => writer.step(fileEntry('page.json', content)));
    await expect(written).rejects.toMatchObject({ code: 'integrity' });
    expect(await machine.open((store) => store.listSnapshots())).toEqual([]);
  });

  it('never reads a listing as a file, nor a file as a listing', async () => {
    const machine = await new TestStore().create();
    const { id, header } = await machine.snapshot(async (writer) => {
      await writer.step(fileEntry('page.json', await writer.writeDocument(Buffer.from('text'))));
    });
    await machine.open(async (store) => {
      const snapshot = await store.openSnapshot(id);
      if (header === undefined) throw new Error('no header');
      await expect(collectAll(snapshot.read(header.root))).rejects.toMatchObject({ code: 'integrity' });
    });
    const swapped = await machine.snapshot(async (writer) => {
      if (header === undefined) throw new Error('no header');
      await writer.step(fileEntry('listing', header.root));
    });
    const { findings } = await machine.open((store) => store.check());
    expect(findings).toMatchObject([{ kind: 'damaged', object: `${swapped.id.slice(0, 12)}:/listing` }]);
  });
});
