import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { diskError } from '../../src/backend/disk-errors.ts';
import { LocalBackend } from '../../src/backend/local.ts';
import { isKlosetError } from '../../src/errors.ts';
import { backendContract, bytesOf, namesOf } from './contract.ts';

const root = mkdtempSync(join(tmpdir(), 'kloset-local-'));
let next = 0;
const freshPath = (): string => join(root, `store-${next++}`);

afterAll(() => rmSync(root, { recursive: true, force: true }));

backendContract(async () => ({ backend: new LocalBackend(freshPath()), close: async () => {} }));

describe('a store in a folder', () => {
  test('is readable by its owner alone', async () => {
    const path = freshPath();
    await new LocalBackend(path).create('packs/ab/one', bytesOf('x'));
    for (const folder of ['', 'packs', 'packs/ab'])
      expect(statSync(join(path, folder)).mode & 0o777).toBe(0o700);
    expect(statSync(join(path, 'packs/ab/one')).mode & 0o777).toBe(0o600);
  });

  test('keeps no temporary file once a write has ended, well or badly', async () => {
    const path = freshPath();
    const backend = new LocalBackend(path);
    await backend.create('packs/one', bytesOf('x'));
    await backend.replace('CONFIG', bytesOf('x'));
    await expect(backend.create('packs/one', bytesOf('y'))).rejects.toMatchObject({ code: 'integrity' });
    expect(readdirSync(join(path, '.tmp'))).toEqual([]);
  });

  test('never lists a half-written object, and clears away only what a crash left a day ago', async () => {
    const path = freshPath();
    await mkdir(join(path, '.tmp'), { recursive: true });
    const [old, running] = ['a'.repeat(32), 'b'.repeat(32)];
    for (const name of [old, running, 'notes']) writeFileSync(join(path, '.tmp', name), 'half');
    for (const name of [old, 'notes']) utimesSync(join(path, '.tmp', name), new Date(0), new Date(0));
    const backend = new LocalBackend(path);
    expect(await namesOf(backend)).toEqual([]);
    await backend.create('packs/one', bytesOf('x'));
    expect(readdirSync(join(path, '.tmp'))).toEqual([running, 'notes']);
  });

  test('passes over folders of the system that it may not look into, and over no others', async () => {
    const path = freshPath();
    const backend = new LocalBackend(path);
    await mkdir(path);
    for (const folder of ['lost+found', '.Trashes', 'System Volume Information', 'packs'])
      await mkdir(join(path, folder), folder === 'packs' ? 0o700 : 0o000);
    await backend.create('CONFIG', bytesOf('x'));
    await asSomebody(path, async () => {
      expect(await namesOf(backend)).toEqual(['CONFIG']);
      for await (const name of backend.listSpecial()) expect.fail(name);
      chmodSync(join(path, 'packs'), 0o000);
      await expect(namesOf(backend)).rejects.toMatchObject({ code: 'unavailable' });
      chmodSync(join(path, 'packs'), 0o700);
    });
  });

  test('follows no link: neither in the place of a folder nor of an object', async () => {
    const [path, other] = [freshPath(), freshPath()];
    const outside = new LocalBackend(other);
    await outside.create('one', bytesOf('x'));
    await mkdir(path);
    symlinkSync(other, join(path, 'packs'));
    symlinkSync(join(other, 'one'), join(path, 'CONFIG'));
    const backend = new LocalBackend(path);
    expect(await namesOf(backend)).toEqual(['CONFIG', 'packs']);
    const damage = { code: 'integrity' };
    await expect(backend.read('CONFIG')).rejects.toMatchObject(damage);
    await expect(backend.remove('CONFIG')).rejects.toMatchObject(damage);
    await expect(backend.create('CONFIG', bytesOf('x'))).rejects.toMatchObject(damage);
    await expect(backend.read('packs/one')).rejects.toMatchObject(damage);
    await expect(backend.create('packs/two', bytesOf('x'))).rejects.toMatchObject(damage);
    await expect(backend.replace('packs/one', bytesOf('y'))).rejects.toMatchObject(damage);
    await expect(backend.remove('packs/one')).rejects.toMatchObject(damage);
    await expect(namesOf(backend, 'packs/')).rejects.toMatchObject(damage);
    expect(await namesOf(outside)).toEqual(['one']);
  });

  test('waits for nobody at a FIFO in the place of an object, and does not read huge files', async () => {
    const path = freshPath();
    await mkdir(path);
    execFileSync('mkfifo', [join(path, 'CONFIG')]);
    const backend = new LocalBackend(path);
    await expect(backend.read('CONFIG')).rejects.toMatchObject({ code: 'integrity' });
    writeFileSync(join(path, 'huge'), '');
    truncateSync(join(path, 'huge'), 1024 ** 3);
    await expect(backend.read('huge')).rejects.toMatchObject({ code: 'integrity' });
  });

  test('reads as empty when it does not exist, and is made by the first write', async () => {
    const path = join(freshPath(), 'deep', 'down');
    const backend = new LocalBackend(path);
    expect(await namesOf(backend)).toEqual([]);
    await expect(backend.read('CONFIG')).rejects.toMatchObject({ code: 'not-found' });
    await backend.create('CONFIG', bytesOf('x'));
    expect(await readFile(join(path, 'CONFIG'), 'utf8')).toBe('x');
  });

  test('says that a folder under an object’s name is damage', async () => {
    const path = freshPath();
    await mkdir(join(path, 'CONFIG'), { recursive: true });
    await expect(new LocalBackend(path).read('CONFIG')).rejects.toMatchObject({ code: 'integrity' });
  });
});

test('the ways a disk fails are told apart', () => {
  const codes = ['ENOENT', 'ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EIO', 'EMFILE', 'ESTALE'].map((code) => {
    const error = diskError(Object.assign(new Error(code), { code }), '/store/CONFIG');
    if (!isKlosetError(error)) throw error;
    return [code, error.code, error.message.includes('/store/CONFIG')];
  });
  expect(codes).toEqual([
    ['ENOENT', 'not-found', true],
    ['ENOSPC', 'temporary', true],
    ['EDQUOT', 'temporary', true],
    ['EACCES', 'unavailable', true],
    ['EROFS', 'unavailable', true],
    ['EIO', 'unavailable', true],
    ['EMFILE', 'temporary', true],
    ['ESTALE', 'unavailable', true],
  ]);
  const foreign = new Error('no system call');
  expect(diskError(foreign, '/store/CONFIG')).toBe(foreign);
});

/** Does `work` as a user for whom modes count; for root none does. What lies in `path`, but for folders of the system, is theirs. */
async function asSomebody(path: string, work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return await work();
  const nobody = 65_534;
  for (const name of ['', ...readdirSync(path)])
    if (!/^lost|^\.Trash|^System/.test(name)) chownSync(join(path, name), nobody, nobody);
  chmodSync(root, 0o755);
  process.seteuid?.(nobody);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}
