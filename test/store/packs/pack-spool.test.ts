import fs, { readFileSync, writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { PackSpool, packfileOf, readSpool } from '../../../src/store/packs/pack-spool.ts';
import { anyId } from '../context.ts';
import { temporaryFolder } from '../fixture.ts';

const { writevSync } = fs;
afterEach(() => {
  fs.writevSync = writevSync;
  syncBuiltinESMExports();
});

/** Lets the next write of several parts keep `bytes` of the first and then fail as a full disk does, or tell how few it were. */
function interruptNextWrite(bytes: number, isError: boolean): void {
  fs.writevSync = (file, parts, at) => {
    fs.writevSync = writevSync;
    syncBuiltinESMExports();
    const [first] = parts;
    if (first === undefined) throw new Error('nothing to write');
    const written = writeSync(file, first, 0, bytes, at ?? null);
    if (isError) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    return written;
  };
  syncBuiltinESMExports();
}

test('a packfile has nothing but what was appended to it, also after a write that failed half-way', () => {
  const spool = new PackSpool(join(temporaryFolder(), 'a.spool'));
  const small = spool.append('document', anyId('a'), [Buffer.from('small')], 5);
  interruptNextWrite(50, true);
  expect(() => spool.append('media', anyId('b'), [Buffer.alloc(100, 'x')], 100)).toThrowError(
    expect.objectContaining({ name: 'KlosetError', code: 'temporary' }),
  );
  spool.finish(Buffer.from('tail'));
  expect(spool.blobs).toEqual([small]);
  expect(readFileSync(packfileOf(spool.path), 'utf8')).toBe('smalltail');
  spool.close();
});

test('what the system writes in two pieces is whole', () => {
  const spool = new PackSpool(join(temporaryFolder(), 'a.spool'));
  interruptNextWrite(2, false);
  const blob = spool.append('document', anyId('a'), [Buffer.from('ab'), Buffer.from('cdef')], 6);
  expect(Buffer.from(spool.readSealed(blob)).toString()).toBe('abcdef');
  const packId = spool.finish(Buffer.from('tail'));
  spool.close();
  const found = readSpool(spool.path);
  expect(found.next().value).toEqual({ blob, sealed: Buffer.from('abcdef') });
  expect(found.next()).toEqual({ done: true, value: packId });
});

test('a spool whose packfile is missing holds nothing', () => {
  const spool = new PackSpool(join(temporaryFolder(), 'a.spool'));
  spool.append('document', anyId('a'), [Buffer.from('bytes')], 5);
  spool.close();
  fs.rmSync(packfileOf(spool.path));
  expect(readSpool(spool.path).next()).toEqual({ done: true, value: undefined });
});

test('its packfile comes in pieces, index and footer last', async () => {
  const spool = new PackSpool(join(temporaryFolder(), 'a.spool'));
  spool.append('media', anyId('a'), [Buffer.alloc(1_500_000, 'm')], 1_500_000);
  spool.finish(Buffer.from('tail'));
  const pieces: Uint8Array[] = [];
  for await (const piece of spool.packfile()) pieces.push(piece);
  expect(pieces.map(({ length }) => length)).toEqual([1_048_576, 451_428]);
  expect(Buffer.concat(pieces).subarray(-8).toString()).toBe('mmmmtail');
  spool.remove();
});
