import { mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
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

  test('never lists a half-written object, and clears away one that a crash left a day ago', async () => {
    const path = freshPath();
    await mkdir(join(path, '.tmp'), { recursive: true });
    writeFileSync(join(path, '.tmp', 'old'), 'half');
    writeFileSync(join(path, '.tmp', 'running'), 'half');
    utimesSync(join(path, '.tmp', 'old'), new Date(0), new Date(0));
    const backend = new LocalBackend(path);
    expect(await namesOf(backend)).toEqual([]);
    await backend.create('packs/one', bytesOf('x'));
    expect(readdirSync(join(path, '.tmp'))).toEqual(['running']);
  });

  test('lists objects of a folder that is a link to another disk, and passes over dangling links', async () => {
    const [path, other] = [freshPath(), freshPath()];
    await new LocalBackend(other).create('one', bytesOf('x'));
    await mkdir(path);
    symlinkSync(other, join(path, 'packs'));
    symlinkSync(join(path, 'nowhere'), join(path, 'dangling'));
    expect(await namesOf(new LocalBackend(path))).toEqual(['packs/one']);
  });

  test('reads as empty when it does not exist, and is made by the first write', async () => {
    const path = join(freshPath(), 'deep', 'down');
    const backend = new LocalBackend(path);
    expect(await namesOf(backend)).toEqual([]);
    await expect(backend.read('CONFIG')).rejects.toMatchObject({ code: 'not-found' });
    await backend.create('CONFIG', bytesOf('x'));
    expect(await readFile(join(path, 'CONFIG'), 'utf8')).toBe('x');
  });

  test('says that a folder under an object’s name cannot be read', async () => {
    const path = freshPath();
    await mkdir(join(path, 'CONFIG'), { recursive: true });
    await expect(new LocalBackend(path).read('CONFIG')).rejects.toMatchObject({ code: 'unavailable' });
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
