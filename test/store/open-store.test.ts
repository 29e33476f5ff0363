import { describe, expect, it } from 'vitest';
import { collect, collectAll, fileEntry, modified, pieces, TestStore, writeSample } from './fixture.ts';
import { bytesOf } from './random.ts';

describe('store', () => {
  it('gives back what was put, byte for byte', async () => {
    const machine = await new TestStore().create();
    const page = bytesOf(1, 200_000);
    const media = bytesOf(2, 5_000_000);
    const { id } = await machine.snapshot(async (writer) => {
      await writer.step({ type: 'enter', name: 'Page', modified });
      await writer.step(fileEntry('page.json', await writer.writeDocument(page)));
      await writer.step(
        fileEntry('film.mp4', await writer.writeMedia(pieces(media.subarray(0, 999), media.subarray(999)))),
      );
      await writer.step(fileEntry('empty', await writer.writeDocument(new Uint8Array(0))));
      await writer.step({ type: 'leave' });
    });
    await machine.open(async (store) => {
      const snapshot = await store.openSnapshot(id);
      const found = await collectAll(snapshot.walk('/'));
      expect(found.map(({ path }) => path)).toEqual([
        '/',
        '/Page',
        '/Page/empty',
        '/Page/film.mp4',
        '/Page/page.json',
      ]);
      const read = async (path: string) => {
        const entry = await snapshot.entry(path);
        return entry?.type === 'file' ? await collect(snapshot.read(entry.content)) : undefined;
      };
      expect((await read('/Page/page.json'))?.equals(page)).toBe(true);
      expect((await read('/Page/film.mp4'))?.equals(media)).toBe(true);
      expect((await read('/Page/empty'))?.length).toBe(0);
      expect(await snapshot.entry('/Page/nothing')).toBeUndefined();
    });
  });

  it('lists snapshots newest first and finds them by prefix and as latest', async () => {
    const machine = await new TestStore().create();
    const first = await machine.snapshot((writer) => writeSample(writer, 'one'));
    const second = await machine.snapshot((writer) => writeSample(writer, 'two'));
    await machine.open(async (store) => {
      const listed = await store.listSnapshots();
      expect(listed.map(({ id }) => id)).toEqual([second.id, first.id]);
      expect(listed[0]?.header?.parents).toEqual([first.id]);
      expect(listed.every(({ problem }) => problem === undefined)).toBe(true);
      expect((await store.resolveSnapshot('latest')).id).toBe(second.id);
      expect((await store.resolveSnapshot(first.id.slice(0, 10))).id).toBe(first.id);
      await expect(store.resolveSnapshot('0'.repeat(64))).rejects.toMatchObject({ code: 'not-found' });
    });
  });
});
