import { describe, expect, it } from 'vitest';
import type { SnapshotWriter } from '../../src/store/open-store.ts';
import { contentsOf } from './damage.ts';
import { collect, fileEntry, modified, pieces, TestStore, writeSample } from './fixture.ts';
import { bytesOf } from './random.ts';

/** A workspace of some size: 60 pages of text in a database, and a film. The manifest is another one in every run. */
async function writeWorkspace(writer: SnapshotWriter, run: string, edited = -1): Promise<void> {
  await writer.step(
    fileEntry('manifest.json', await writer.writeDocument(Buffer.from(JSON.stringify({ run })))),
  );
  await writer.step({
    type: 'enter',
    name: 'Database~9',
    modified,
    object: { id: '9'.repeat(32), kind: 'database', edited: modified },
  });
  for (let page = 0; page < 60; page++) {
    const id = String(page).padStart(32, '0');
    const text = page === edited ? 'edited' : 'as it was';
    await writer.step({
      type: 'enter',
      name: `Page ${page}`,
      modified,
      object: { id, kind: 'page', edited: modified },
    });
    const document = Buffer.concat([Buffer.from(text), bytesOf(page, 3000)]);
    await writer.step(fileEntry('page.json', await writer.writeDocument(document)));
    await writer.step({ type: 'leave' });
  }
  await writer.step(fileEntry('film.mp4', await writer.writeMedia(pieces(bytesOf(1000, 3_000_000)))));
  await writer.step({ type: 'leave' });
}

function sizeOf(contents: ReadonlyMap<string, Uint8Array>): number {
  return [...contents.values()].reduce((sum, bytes) => sum + bytes.length, 0);
}

describe('a second backup', () => {
  it('of an unchanged workspace adds less than 8 KiB', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot((writer) => writeWorkspace(writer, 'first'));
    const before = sizeOf(await contentsOf(machine.backend));
    let told = 0;
    await machine.snapshot(async (writer) => {
      await writeWorkspace(writer, 'second');
      told = writer.stats.blobsReused;
    });
    const added = sizeOf(await contentsOf(machine.backend)) - before;
    expect(before).toBeGreaterThan(3_000_000);
    expect(added).toBeLessThan(8192);
    expect(told).toBeGreaterThan(60);
  });

  it('of a workspace with one page edited adds about that page', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot((writer) => writeWorkspace(writer, 'first'));
    const before = sizeOf(await contentsOf(machine.backend));
    await machine.snapshot((writer) => writeWorkspace(writer, 'second', 17));
    expect(sizeOf(await contentsOf(machine.backend)) - before).toBeLessThan(20_000);
  });

  it('does not depend on the cache: without it the same little is added', async () => {
    const machine = await new TestStore().create();
    await machine.snapshot((writer) => writeWorkspace(writer, 'first'));
    const before = sizeOf(await contentsOf(machine.backend));
    const elsewhere = new TestStore(machine.backend, machine.configuration);
    elsewhere.nowMs = machine.nowMs;
    const second = await elsewhere.snapshot((writer) => writeWorkspace(writer, 'second'));
    expect(sizeOf(await contentsOf(machine.backend)) - before).toBeLessThan(8192);
    expect(second.header?.parents).toHaveLength(1);
  });

  it('says in its header what it holds and what it added', async () => {
    const machine = await new TestStore().create();
    const before = sizeOf(await contentsOf(machine.backend));
    let stats: { bytesAdded: number } | undefined;
    const { header, sizeBytes } = await machine.snapshot(async (writer) => {
      await writeSample(writer);
      stats = writer.stats;
    });
    expect(header?.counts).toEqual({ pages: 1, files: 4, directories: 3 });
    expect(header?.contentBytes).toBe(84);
    const added = sizeOf(await contentsOf(machine.backend)) - before;
    expect(header?.addedBytes).toBe(added - sizeBytes);
    expect(stats?.bytesAdded).toBe(added);
  });
});

describe('a store', () => {
  it('holds no plaintext: no title, text, id or name occurs in any of its bytes', async () => {
    const machine = await new TestStore().create();
    const secrets = [
      'Quarterly numbers',
      'deadbeefdeadbeefdeadbeefdeadbeef',
      'anna@example.com',
      'files.example',
      'a film',
    ];
    await machine.snapshot(
      async (writer) => {
        const object = { id: 'deadbeef'.repeat(4), kind: 'page' as const, edited: modified };
        await writer.step({ type: 'enter', name: 'Quarterly numbers', modified, object });
        const text = Buffer.from('x anna@example.com y');
        await writer.step(fileEntry('page.json', await writer.writeDocument(text)));
        const film = await writer.writeMedia(pieces(Buffer.from('this is a film')));
        await writer.step(fileEntry('film', film, 'https://files.example/film'));
        await writer.step({ type: 'leave' });
      },
      { name: 'Quarterly numbers', source: 'anna@example.com' },
    );
    for (const [name, bytes] of await contentsOf(machine.backend)) {
      for (const secret of secrets) {
        expect(Buffer.from(bytes).includes(secret), `${secret} in ${name}`).toBe(false);
        expect(Buffer.from(bytes).includes(Buffer.from(secret, 'utf16le')), `${secret} in ${name}`).toBe(
          false,
        );
      }
    }
  });

  it('closes packfiles as they fill, and reads across them', async () => {
    const machine = await new TestStore().create();
    machine.packBytes = 100_000;
    const film = bytesOf(7, 6_000_000);
    const { id } = await machine.snapshot(async (writer) => {
      await writer.step(fileEntry('film', await writer.writeMedia(pieces(film))));
      for (let page = 0; page < 100; page++) {
        await writer.step(fileEntry(`page ${page}`, await writer.writeDocument(bytesOf(page, 9000))));
      }
    });
    const packs = [...(await contentsOf(machine.backend)).keys()].filter((name) => name.startsWith('packs/'));
    expect(packs.length).toBeGreaterThan(10);
    await machine.open(async (store) => {
      const snapshot = await store.openSnapshot(id);
      const read = async (path: string) => {
        const entry = await snapshot.entry(path);
        return entry?.type === 'file' ? await collect(snapshot.read(entry.content)) : undefined;
      };
      expect((await read('/film'))?.equals(film)).toBe(true);
      expect((await read('/page 99'))?.equals(bytesOf(99, 9000))).toBe(true);
      expect((await read('/page 0'))?.equals(bytesOf(0, 9000))).toBe(true);
      expect((await store.check()).findings).toEqual([]);
    });
  });
});
