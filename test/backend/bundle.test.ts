import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { BundleBackend, bundleMagic, encodeBundleTail } from '../../src/backend/bundle/bundle.ts';
import { BundleWriter } from '../../src/backend/bundle/bundle-writer.ts';
import { LocalBackend } from '../../src/backend/local.ts';
import { backendAt } from '../../src/backend/location/at-location.ts';
import { backendContract, bytesOf, namesOf } from './contract.ts';

const root = mkdtempSync(join(tmpdir(), 'kloset-bundle-'));
let next = 0;
const freshPath = (): string => join(root, `bundle-${next++}`);

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a bundle being written', () => {
  backendContract(async () => {
    const backend = await BundleWriter.create(freshPath());
    return { backend, close: () => backend.abandon() };
  });

  test('is not there until it is finished, and leaves nothing when it is abandoned', async () => {
    const path = freshPath();
    const writer = await BundleWriter.create(path);
    await writer.create('CONFIG', bytesOf('x'));
    await expect(BundleBackend.open(path)).rejects.toMatchObject({ code: 'not-found' });
    await writer.abandon();
    expect(readdirSync(root).filter((name) => path.endsWith(name) || name.startsWith(`${path}.`))).toEqual(
      [],
    );
  });

  test('takes the place of one that a crash left, never of a finished one', async () => {
    const path = freshPath();
    writeFileSync(`${path}.partial`, 'left by a crash, and longer than what follows it by far');
    const writer = await BundleWriter.create(path);
    await writer.finish();
    expect(await namesOf(await BundleBackend.open(path))).toEqual([]);
    await expect(BundleWriter.create(path)).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('a finished bundle', () => {
  const finished = async (): Promise<string> => {
    const path = freshPath();
    const writer = await BundleWriter.create(path);
    await writer.create('packs/ab/one', bytesOf('0123456789'));
    await writer.replace('CONFIG', bytesOf('old'));
    await writer.create('locks/a', bytesOf('gone'));
    await writer.replace('CONFIG', bytesOf('new'));
    await writer.remove('locks/a');
    await writer.finish();
    return path;
  };

  test('holds what was written last', async () => {
    const bundle = await BundleBackend.open(await finished());
    expect(await namesOf(bundle)).toEqual(['CONFIG', 'packs/ab/one']);
    expect(await bundle.read('CONFIG')).toEqual(bytesOf('new'));
    expect(await bundle.read('packs/ab/one', { offset: 2, length: 3 })).toEqual(bytesOf('234'));
    expect(await bundle.size('packs/ab/one')).toBe(10);
    await expect(bundle.read('packs/ab/one', { offset: 2, length: 9 })).rejects.toMatchObject({
      code: 'integrity',
    });
    await expect(bundle.read('locks/a')).rejects.toMatchObject({ code: 'not-found' });
  });

  test('cannot be changed', async () => {
    const bundle = await BundleBackend.open(await finished());
    await expect(bundle.create()).rejects.toMatchObject({ code: 'usage' });
    await expect(bundle.replace()).rejects.toMatchObject({ code: 'usage' });
    await expect(bundle.remove()).rejects.toMatchObject({ code: 'usage' });
  });

  test('is found by its path, as a folder is', async () => {
    const bundle = await backendAt(await finished());
    expect(bundle).toBeInstanceOf(BundleBackend);
    expect(await backendAt(freshPath())).toBeInstanceOf(LocalBackend);
    const folder = freshPath();
    await mkdir(folder);
    expect(await backendAt(folder)).toBeInstanceOf(LocalBackend);
  });

  test('that was cut, or whose table was changed, is refused', async () => {
    const whole = readFileSync(await finished());
    const path = freshPath();
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      await expect(BundleBackend.open(path)).rejects.toMatchObject({ code: 'integrity' });
    }
    for (let at = whole.length - 90; at < whole.length; at++) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 4;
      writeFileSync(path, flipped);
      await expect(BundleBackend.open(path)).rejects.toMatchObject({ code: 'integrity' });
    }
  });

  test('whose table an attacker wrote never leads outside of it', async () => {
    const path = freshPath();
    const tables = [
      new Map([['../../etc/passwd', { offset: 8, length: 1 }]]),
      new Map([['CONFIG', { offset: 0, length: 1 }]]),
      new Map([['CONFIG', { offset: 8, length: 100 }]]),
      new Map([['CONFIG', { offset: 8, length: -1 }]]),
      new Map([['CONFIG', { offset: 2 ** 52, length: 2 ** 52 }]]),
    ];
    for (const table of tables) {
      writeFileSync(path, Buffer.concat([bundleMagic, bytesOf('object'), encodeBundleTail(table, 14)]));
      await expect(BundleBackend.open(path)).rejects.toMatchObject({ code: 'integrity' });
    }
  });

  test('whose table says that an object is larger than any is refused before a byte of it is read', async () => {
    for (const gigabytes of [3, 6]) {
      const path = freshPath();
      const end = bundleMagic.length + gigabytes * 1024 ** 3;
      writeFileSync(path, bundleMagic);
      truncateSync(path, end);
      appendFileSync(
        path,
        encodeBundleTail(new Map([['CONFIG', { offset: 8, length: gigabytes * 1024 ** 3 }]]), end),
      );
      await expect(BundleBackend.open(path)).rejects.toMatchObject({ code: 'integrity' });
    }
  });

  test('whose table is not spelled as it should be is refused', async () => {
    const path = freshPath();
    const texts = [
      '',
      '{}',
      '[',
      '[]]',
      '[[]]',
      '[["CONFIG",8,1],]',
      '[["CONFIG",8,1]]]',
      '[["CONFIG",8,1] ]',
      '[["CONFIG",8,1.5]]',
      '[["CONFIG",8,"1"]]',
      '[["CONFIG",8,1],["CONFIG",9,1]]',
      `[["CONFIG",8,1${'0'.repeat(400)}]]`,
      `[["CONFIG",8,${'['.repeat(100_000)}`,
    ];
    for (const text of texts) {
      const table = Buffer.from(text);
      const tail = Buffer.alloc(12);
      tail.writeBigUInt64BE(14n);
      tail.writeUInt32BE(table.length, 8);
      const digest = createHash('sha256').update(table).digest();
      writeFileSync(path, Buffer.concat([bundleMagic, bytesOf('object'), table, tail, digest, bundleMagic]));
      await expect(BundleBackend.open(path), text.slice(0, 40)).rejects.toMatchObject({ code: 'integrity' });
    }
  });
});
