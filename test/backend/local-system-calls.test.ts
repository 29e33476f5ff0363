/** File systems that lack hard links, and flushes that make new folders survive a power cut: seen at the system calls. */

import { mkdtempSync, promises, readdirSync, rmSync, symlinkSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LocalBackend } from '../../src/backend/local.ts';

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
