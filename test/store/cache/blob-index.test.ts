import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../../src/database.ts';
import { BlobIndex } from '../../../src/store/cache/blob-index.ts';
import { openCacheDatabase } from '../../../src/store/cache/cache-database.ts';
import type { PackedBlob } from '../../../src/store/format/blob-location.ts';
import type { BlobId } from '../../../src/store/format/ids.ts';
import { anyId } from '../context.ts';
import { noticed, readable } from '../damage.ts';
import { TestStore, temporaryFolder, writeSample } from '../fixture.ts';

function blob(id: BlobId, offset = 0): PackedBlob {
  return { id, type: 'document', offset, sealedBytes: 100, plainBytes: 60 };
}

function newIndex(): BlobIndex {
  return new BlobIndex(openCacheDatabase(':memory:'));
}

const a = anyId('a');
const b = anyId('b');
const first = { id: anyId('1'), sizeBytes: 300, blobs: [blob(a), blob(b, 100)] };
const second = { id: anyId('2'), sizeBytes: 200, blobs: [blob(a)] };

describe('blob index', () => {
  it('finds every place of a blob', () => {
    const index = newIndex();
    index.add(anyId('d'), [first, second]);
    expect(index.find(b)).toEqual({ ...blob(b, 100), packId: first.id, packBytes: 300 });
    expect(index.locations(a).map(({ packId }) => packId)).toEqual([first.id, second.id]);
    expect(index.find(anyId('c'))).toBeUndefined();
    expect(index.blobsOf(first.id)).toEqual(first);
    expect(index.blobsOf(anyId('9'))).toBeUndefined();
  });

  it('forgets what no delta lists any more, and only that', () => {
    const index = newIndex();
    index.add(anyId('d'), [first]);
    index.add(anyId('e'), [first, second]);
    index.forget([anyId('d')]);
    expect(index.find(b)?.packId).toBe(first.id);
    index.forget([anyId('e')]);
    expect(index.find(a)).toBeUndefined();
    expect(index.countBlobs()).toBe(0);
    expect([...index.packs()]).toEqual([]);
    expect(index.deltaIds().size).toBe(0);
  });

  it('counts blobs of lost packfiles as absent, but not copies elsewhere', () => {
    const index = newIndex();
    index.add(anyId('d'), [first, second]);
    index.setLost([first.id]);
    expect(index.find(b)).toBeUndefined();
    expect(index.find(a)?.packId).toBe(second.id);
    index.setLost([]);
    expect(index.find(b)?.packId).toBe(first.id);
    index.forgetBlob(a, second.id);
    index.setLost([first.id]);
    expect(index.find(a)).toBeUndefined();
  });

  it('sees what another process adds and takes away meanwhile', () => {
    const path = join(temporaryFolder(), 'index.sqlite');
    const [here, there] = [openCacheDatabase(path), openCacheDatabase(path)];
    const [mine, theirs] = [new BlobIndex(here), new BlobIndex(there)];
    mine.add(anyId('d'), [first]);
    expect(theirs.find(a)?.packId).toBe(first.id);
    theirs.forget([anyId('d')]);
    theirs.add(anyId('e'), [second]);
    expect(mine.find(a)?.packId).toBe(second.id);
    here.close();
    there.close();
  });

  it('is made anew when its file is broken or of another schema', () => {
    const path = join(temporaryFolder(), 'index.sqlite');
    writeFileSync(path, 'this is no database at all, and longer than a header of one would be'.repeat(20));
    const broken = openCacheDatabase(path);
    new BlobIndex(broken).add(anyId('d'), [first]);
    broken.pragma('user_version = 99');
    broken.close();
    const foreign = openCacheDatabase(path);
    expect(new BlobIndex(foreign).countBlobs()).toBe(0);
    foreign.close();
  });
});

describe('the cache of a store', () => {
  it('keeps nothing from being read, and makes nothing wrong be read, whatever it says', async () => {
    const machine = await new TestStore().create();
    for (const text of ['one', 'two']) await machine.snapshot((writer) => writeSample(writer, text));
    const folder = await machine.open(async (store) => join(machine.cacheFolder, store.id));
    const path = join(folder, readdirSync(folder).find((name) => name.endsWith('.sqlite')) ?? '');
    const truth = await readable(machine);
    const sound = readFileSync(path);
    const lies = [
      'UPDATE blobs SET offset = offset + 1',
      'UPDATE blobs SET sealed = sealed - 1',
      'UPDATE blobs SET sealed = 45',
      'UPDATE blobs SET type = 4 - type',
      'UPDATE blobs SET pack = (SELECT min(number) FROM packs)',
      'UPDATE packs SET id = zeroblob(32) WHERE number = 1',
      'DELETE FROM blobs',
      'DELETE FROM packs',
    ];
    for (const lie of lies) {
      writeFileSync(path, sound);
      change(path, (database) => database.exec(lie));
      expect(await readable(machine), lie).toEqual(truth);
      // By what was put right.
      expect(await readable(machine), lie).toEqual(truth);
      expect(await noticed(machine)).toEqual([]);
    }
  });
});

function change(path: string, work: (database: Database) => unknown): void {
  const database = openCacheDatabase(path);
  work(database);
  database.close();
}
