import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PreviousObject } from '../../../src/document/content.ts';
import { details, fileEntry, modified, TestStore, writeSample } from '../fixture.ts';

describe('the previous snapshot', () => {
  it('is none in a new store, and none for another source', async () => {
    const machine = await new TestStore().create();
    expect(await machine.open((store) => store.previous(details.source))).toBeNull();
    await machine.snapshot((writer) => writeSample(writer));
    expect(await machine.open((store) => store.previous('notion:other'))).toBeNull();
  });

  it('knows every object with its path, parent and files, and the manifest', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot((writer) => writeSample(writer, 'old'));
    const { id } = await machine.snapshot((writer) => writeSample(writer, 'new'));
    await machine.open(async (store) => {
      const previous = await store.previous(details.source);
      expect(previous?.id).toBe(id);
      expect(previous?.manifest).toEqual({ counts: { pages: 2 } });
      const start = previous?.object('1'.repeat(32));
      expect(start).toMatchObject({ kind: 'page', edited: modified, path: '/Start~1', parentId: null });
      expect(start?.files.map(({ name }) => name).sort()).toEqual(['files/picture.png', 'page.json']);
      expect(start?.files.find(({ name }) => name.startsWith('files/'))?.source).toBe(
        'https://files.example/picture.png',
      );
      const child = previous?.object('2'.repeat(32));
      expect(child).toMatchObject({ path: '/Start~1/Child~2', parentId: '1'.repeat(32) });
      expect(child?.files.map(({ name }) => name)).toEqual(['page.json']);
      expect(previous?.object('3'.repeat(32))).toBeUndefined();
      expect([...(previous?.objects() ?? [])].map((object) => object.id[0]).sort()).toEqual(['1', '2']);
    });
  });

  it('is the same when it must be read from the tree because the cache is gone', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot((writer) => writeSample(writer));
    const objects = () =>
      machine.open(async (store) => {
        const previous = await store.previous(details.source);
        return [...(previous?.objects() ?? [])]
          .sort((left, right) => (left.id < right.id ? -1 : 1))
          .map(sorted);
      });
    const cached = await objects();
    rmSync(machine.cacheFolder, { recursive: true });
    expect(await objects()).toEqual(cached);
    expect(cached).toHaveLength(2);
  });

  it('is read while objects are looked up and contents written', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot(async (writer) => {
      for (let page = 0; page < 1500; page++) {
        const id = String(page).padStart(32, '0');
        await writer.step({
          type: 'enter',
          name: `Page ${page}`,
          modified,
          object: { id, kind: 'page', edited: modified },
        });
        await writer.step({ type: 'leave' });
      }
    });
    await machine.write(async (store) => {
      const previous = await store.previous(details.source);
      const writer = await store.beginSnapshot();
      let seen = 0;
      for (const { id } of previous?.objects() ?? []) {
        expect(previous?.object(id)?.id).toBe(id);
        await writer.writeDocument(Buffer.from(id));
        seen += 1;
      }
      expect(seen).toBe(1500);
      await writer.abandon();
    });
  });

  it('takes an object whose content was lost for one that was never read', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot(async (writer) => {
      const object = { id: '5'.repeat(32), kind: 'page' as const, edited: modified };
      await writer.step({ type: 'enter', name: 'Page', modified, object });
      await writer.step(fileEntry('page.json', await writer.writeDocument(Buffer.from('the text'))));
      await writer.step({ type: 'leave' });
    });
    const outcomes: (string | undefined)[] = [];
    for await (const { name, sizeBytes } of machine.backend.list('packs/')) {
      const bytes = await machine.backend.read(name);
      await machine.backend.replace(name, bytes.subarray(0, sizeBytes - 1));
      const previous = await machine.open(async (store) => {
        const found = await store.previous(details.source);
        return found?.object('5'.repeat(32));
      });
      outcomes.push(previous?.edited);
      expect(previous?.files ?? []).toEqual([]);
      await machine.backend.replace(name, bytes);
    }
    // The packfile with the tree took the whole snapshot with it, the one with the page only the page.
    expect(outcomes.sort()).toEqual(['', undefined]);
  });

  it('gives the files that belong to no object, with names from the root down', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot(async (writer) => {
      const content = await writer.writeDocument(Buffer.from('{}'));
      await writer.step({ type: 'enter', name: 'files', modified });
      await writer.step(fileEntry('emoji.png', content, 'https://files.example/emoji.png'));
      await writer.step({ type: 'leave' });
      await writer.step(fileEntry('workspace.json', content));
    });
    const names = await machine.open(async (store) =>
      (await store.previous(details.source))?.rootFiles?.().map(({ name, source }) => [name, source]),
    );
    expect(names).toEqual([
      ['workspace.json', undefined],
      ['files/emoji.png', 'https://files.example/emoji.png'],
    ]);
  });

  it('is not built upon when it is damaged; a warning says so', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot((writer) => writeSample(writer));
    rmSync(join(machine.cacheFolder), { recursive: true });
    for await (const { name } of machine.backend.list('packs/')) await machine.backend.remove(name);
    expect(await machine.open((store) => store.previous(details.source))).toBeNull();
    expect(machine.events.some(({ type }) => type === 'warning')).toBe(true);
  });
});

/** Files in the order of their names: the order is the writer's when it was cached, the listing's when it was read. */
function sorted(object: PreviousObject): PreviousObject {
  return { ...object, files: [...object.files].sort((left, right) => (left.name < right.name ? -1 : 1)) };
}
