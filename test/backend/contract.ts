/** What every Backend must do. Each implementation's test runs this suite on itself. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { LocalFile } from '../../src/backend/local-file.ts';

/** Bytes of a text. */
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function* parts(...texts: string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield bytesOf(text);
}

export async function namesOf(backend: Backend, prefix = ''): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of backend.list(prefix)) names.push(entry.name);
  return names;
}

/** Runs the suite on what `make` gives; `close` clears it away. */
export function backendContract(make: () => Promise<{ backend: Backend; close(): Promise<void> }>): void {
  describe('as every backend', () => {
    let backend: Backend;
    let close: () => Promise<void>;

    beforeEach(async () => {
      ({ backend, close } = await make());
    });
    afterEach(() => close());

    test('what was created is read back, whole and by range', async () => {
      await backend.create('packs/ab/one', bytesOf('0123456789'));
      expect(await backend.read('packs/ab/one')).toEqual(bytesOf('0123456789'));
      expect(await backend.read('packs/ab/one', { offset: 3, length: 4 })).toEqual(bytesOf('3456'));
      expect(await backend.read('packs/ab/one', { offset: 10, length: 0 })).toEqual(bytesOf(''));
      expect(await backend.size('packs/ab/one')).toBe(10);
    });

    test('what is done to bytes after they were given, or read, does not change the object', async () => {
      const given = Buffer.from('0123');
      await backend.create('index/made', given);
      given[0] = 0;
      (await backend.read('index/made'))[1] = 0;
      expect(Buffer.from(await backend.read('index/made')).toString()).toBe('0123');
      const next = Buffer.from('4567');
      await backend.replace('index/made', next);
      next[0] = 0;
      (await backend.read('index/made', { offset: 1, length: 2 }))[0] = 0;
      expect(Buffer.from(await backend.read('index/made')).toString()).toBe('4567');
    });

    test('an object may be given in parts and may be empty', async () => {
      await backend.create('index/parts', parts('ab', '', 'cd'));
      await backend.create('index/empty', parts());
      expect(await backend.read('index/parts')).toEqual(bytesOf('abcd'));
      expect(await backend.size('index/empty')).toBe(0);
    });

    test('an object may be given as a file of this machine, of any size, which stays as it was', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'kloset-local-file-'));
      try {
        const path = join(folder, 'given');
        for (const [name, sizeBytes] of [
          ['packs/empty', 0],
          ['packs/small', 5],
          ['packs/large', 3 * 1024 * 1024 + 1],
        ] as const) {
          const bytes = Buffer.alloc(sizeBytes, name);
          writeFileSync(path, bytes, { mode: 0o600 });
          await backend.create(name, new LocalFile(path));
          expect(readFileSync(path).equals(bytes)).toBe(true);
          rmSync(path);
          expect(Buffer.from(await backend.read(name)).equals(bytes)).toBe(true);
          writeFileSync(path, 'other bytes');
          await expect(backend.create(name, new LocalFile(path))).rejects.toMatchObject({
            code: 'integrity',
          });
          expect(Buffer.from(await backend.read(name)).equals(bytes)).toBe(true);
          rmSync(path);
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    test('a range beyond the end is an integrity error', async () => {
      await backend.create('CONFIG', bytesOf('0123456789'));
      const beyond = [
        { offset: 8, length: 3 },
        { offset: 11, length: 0 },
        { offset: 0, length: 2 ** 52 },
      ];
      for (const range of beyond) {
        await expect(backend.read('CONFIG', range)).rejects.toMatchObject({ code: 'integrity' });
      }
    });

    test('what is not there is not found', async () => {
      await backend.create('packs/ab/one', bytesOf('1'));
      for (const name of ['CONFIG', 'packs/ab/two', 'packs/ab/one/below']) {
        await expect(backend.read(name)).rejects.toMatchObject({ code: 'not-found' });
        await expect(backend.size(name)).rejects.toMatchObject({ code: 'not-found' });
      }
    });

    test('creating the same bytes again changes nothing, other bytes are refused', async () => {
      await backend.create('packs/one', bytesOf('first'));
      await backend.create('packs/one', bytesOf('first'));
      for (const other of ['other', 'firs', 'first!']) {
        await expect(backend.create('packs/one', bytesOf(other))).rejects.toMatchObject({
          code: 'integrity',
        });
      }
      expect(await backend.read('packs/one')).toEqual(bytesOf('first'));
    });

    test('of creations at the same time one wins and the others are refused', async () => {
      const attempts = ['a', 'b', 'c', 'd'].map((text) => backend.create('locks/one', bytesOf(text)));
      const results = await Promise.allSettled(attempts);
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    });

    test('a creation whose source fails leaves no object behind', async () => {
      async function* failing(): AsyncIterable<Uint8Array> {
        yield bytesOf('half');
        throw new Error('source failed');
      }
      await expect(backend.create('packs/half', failing())).rejects.toThrow('source failed');
      await expect(backend.read('packs/half')).rejects.toMatchObject({ code: 'not-found' });
      expect(await namesOf(backend)).toEqual([]);
    });

    test('replace puts new bytes in the place of old ones or of nothing', async () => {
      await backend.replace('CONFIG', bytesOf('one'));
      await backend.replace('CONFIG', bytesOf('another'));
      expect(await backend.read('CONFIG')).toEqual(bytesOf('another'));
    });

    test('remove removes one object, and one that is gone is no error', async () => {
      await backend.create('locks/a', bytesOf('a'));
      await backend.create('locks/b', bytesOf('b'));
      await backend.remove('locks/a');
      await backend.remove('locks/a');
      expect(await namesOf(backend)).toEqual(['locks/b']);
    });

    test('list gives names under a prefix in order, with sizes and times', async () => {
      for (const name of ['packs/cd/2', 'packs/ab/1', 'packs/a', 'packsx', 'CONFIG', 'index/1']) {
        await backend.create(name, bytesOf(name));
      }
      expect(await namesOf(backend)).toEqual([
        'CONFIG',
        'index/1',
        'packs/a',
        'packs/ab/1',
        'packs/cd/2',
        'packsx',
      ]);
      expect(await namesOf(backend, 'packs/')).toEqual(['packs/a', 'packs/ab/1', 'packs/cd/2']);
      expect(await namesOf(backend, 'packs/a')).toEqual(['packs/a', 'packs/ab/1']);
      expect(await namesOf(backend, 'packs/ab/')).toEqual(['packs/ab/1']);
      expect(await namesOf(backend, 'packs')).toEqual(['packs/a', 'packs/ab/1', 'packs/cd/2', 'packsx']);
      expect(await namesOf(backend, 'snapshots/')).toEqual([]);
      for await (const entry of backend.list('index/')) {
        expect(entry.sizeBytes).toBe('index/1'.length);
        expect(Math.abs(entry.modifiedMs - Date.now())).toBeLessThan(3600_000);
      }
    });

    test('names that could leave the store are refused', async () => {
      const hostile = [
        '',
        '..',
        '../x',
        'a/../../x',
        '/etc/passwd',
        'a//b',
        './a',
        'a/.',
        '.tmp/x',
        'a\\b',
        'a\0b',
        'a b',
        'é',
      ];
      for (const name of [...hostile, 'a/', 'x'.repeat(300)]) {
        await expect(backend.create(name, bytesOf('x'))).rejects.toMatchObject({ code: 'integrity' });
        await expect(backend.replace(name, bytesOf('x'))).rejects.toMatchObject({ code: 'integrity' });
        await expect(backend.read(name)).rejects.toMatchObject({ code: 'integrity' });
        await expect(backend.size(name)).rejects.toMatchObject({ code: 'integrity' });
        await expect(backend.remove(name)).rejects.toMatchObject({ code: 'integrity' });
      }
      expect(await namesOf(backend)).toEqual([]);
    });

    test('the bytes given and the bytes read are the caller’s to change', async () => {
      const given = bytesOf('given');
      await backend.create('packs/mine', given);
      given.fill(0);
      (await backend.read('packs/mine')).fill(0);
      expect(await backend.read('packs/mine')).toEqual(bytesOf('given'));
    });
  });
}
