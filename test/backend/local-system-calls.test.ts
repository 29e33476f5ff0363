/** File systems that lack hard links, and flushes that make new folders survive a power cut: seen at the system calls. */

import {
  mkdtempSync,
  promises,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LocalBackend } from '../../src/backend/local.ts';
import { LocalFile } from '../../src/backend/local-file.ts';

const real = { link: promises.link, open: promises.open };
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kloset-system-calls-'));
});
afterEach(() => {
  Object.assign(promises, real);
  syncBuiltinESMExports();
  rmSync(home, { recursive: true, force: true });
});

function replaceCalls(calls: Partial<typeof real>): void {
  Object.assign(promises, calls);
  syncBuiltinESMExports();
}

test.each(['EXDEV', 'EACCES', 'EPERM', 'ENOTSUP', 'EMLINK'])(
  'a place whose link(2) fails with %s is written all the same, and nothing in it overwritten',
  async (code) => {
    let refused = 0;
    replaceCalls({
      link: async () => {
        refused += 1;
        throw Object.assign(new Error(code), { code });
      },
    });
    const backend = new LocalBackend(home);
    await backend.create('packs/a', Buffer.from('bytes'));
    expect(Buffer.from(await backend.read('packs/a')).toString()).toBe('bytes');
    await backend.create('packs/a', Buffer.from('bytes'));
    await expect(backend.create('packs/a', Buffer.from('other'))).rejects.toMatchObject({
      code: 'integrity',
    });
    expect(Buffer.from(await backend.read('packs/a')).toString()).toBe('bytes');
    expect(refused).toBe(3);
    expect(readdirSync(join(home, '.tmp'))).toEqual([]);
  },
);

test('a file on the same disk becomes the object itself, flushed, and nothing of it is written again', async () => {
  const flushed: number[] = [];
  let writes = 0;
  replaceCalls({
    open: async (path, ...rest) => {
      const file = await real.open(path, ...rest);
      const [sync, writeFile] = [file.sync.bind(file), file.writeFile.bind(file)];
      file.sync = async () => {
        flushed.push((await file.stat()).ino);
        await sync();
      };
      file.writeFile = async (...given) => {
        writes += 1;
        await writeFile(...given);
      };
      return file;
    },
  });
  const [given, backend] = [join(home, 'given'), new LocalBackend(join(home, 'store'))];
  writeFileSync(given, 'the bytes', { mode: 0o600 });
  await backend.create('packs/a', new LocalFile(given));
  const { ino, mode } = statSync(join(home, 'store', 'packs', 'a'));
  expect(ino).toBe(statSync(given).ino);
  expect(mode & 0o777).toBe(0o600);
  expect(flushed).toContain(ino);
  expect(writes).toBe(0);
  expect(readdirSync(join(home, 'store', '.tmp'))).toEqual([]);
});

test.each(['EXDEV', 'EPERM', 'ENOTSUP'])(
  'a file that cannot have a name in the store, because link(2) fails with %s, is copied',
  async (code) => {
    replaceCalls({
      link: async () => {
        throw Object.assign(new Error(code), { code });
      },
    });
    const [given, backend] = [join(home, 'given'), new LocalBackend(join(home, 'store'))];
    writeFileSync(given, 'the bytes');
    await backend.create('packs/a', new LocalFile(given));
    expect(readFileSync(given, 'utf8')).toBe('the bytes');
    expect(Buffer.from(await backend.read('packs/a')).toString()).toBe('the bytes');
    expect(statSync(join(home, 'store', 'packs', 'a')).ino).not.toBe(statSync(given).ino);
  },
);

test('a file that has gone meanwhile is an error, and no object', async () => {
  const backend = new LocalBackend(join(home, 'store'));
  await expect(backend.create('packs/a', new LocalFile(join(home, 'gone')))).rejects.toMatchObject({
    code: 'unavailable',
  });
  await expect(backend.read('packs/a')).rejects.toMatchObject({ code: 'not-found' });
  expect(readdirSync(join(home, 'store', '.tmp'))).toEqual([]);
});

test('a new store flushes every folder it made, and those they lie in', async () => {
  const flushed: string[] = [];
  replaceCalls({
    open: async (path, ...rest) => {
      const file = await real.open(path, ...rest);
      const sync = file.sync.bind(file);
      file.sync = async () => {
        await sync();
        flushed.push(String(path));
      };
      return file;
    },
  });
  const place = join(home, 'deep', 'deeper', 'store');
  await new LocalBackend(place).create('keys/a', Buffer.from('bytes'));
  const folders = [join(place, 'keys'), place, dirname(place), dirname(dirname(place)), home];
  expect(folders.filter((folder) => !flushed.includes(folder))).toEqual([]);
});

test('a name that cannot be compared because a link lies there leaves no file open', async () => {
  const backend = new LocalBackend(home);
  await backend.create('packs/b', Buffer.from('bytes'));
  symlinkSync(join(home, 'packs/b'), join(home, 'packs/a'));
  const opened: FileHandle[] = [];
  replaceCalls({
    open: async (path, ...rest) => {
      const file = await real.open(path, ...rest);
      opened.push(file);
      return file;
    },
  });
  await expect(backend.create('packs/a', Buffer.from('bytes'))).rejects.toMatchObject({ code: 'integrity' });
  expect(opened.length).toBeGreaterThan(1);
  expect(opened.filter((file) => file.fd !== -1)).toEqual([]);
});
