import { describe, expect, it } from 'vitest';
import type { SnapshotReader, WalkedEntry } from '../../../src/document/content.ts';
import { ForetellingReader } from '../../../src/operations/restore/foretelling-reader.ts';

function file(name: string, size = 1): WalkedEntry {
  return { type: 'file', name, path: `/${name}`, modified: '', content: { size, chunks: [name] } };
}

const folder: WalkedEntry = { type: 'directory', path: '/', modified: '' };

/** A snapshot that gives `entries`, fails after them if it is to, and notes what it is told. */
function snapshotOf(entries: readonly WalkedEntry[], failure?: Error) {
  const told: string[] = [];
  let walked = 0;
  const reader: Partial<SnapshotReader> = {
    id: 'a',
    async *walk() {
      for (const entry of entries) {
        walked += 1;
        yield entry;
      }
      if (failure !== undefined) throw failure;
    },
    expect: ({ chunks }) => void told.push(...chunks),
    leave: () => void told.push('left'),
  };
  return { told, walked: () => walked, reader: new ForetellingReader(reader as SnapshotReader) };
}

describe('a walk whose files are told ahead', () => {
  it('gives the same entries in the same order, tells of files alone, and takes back what was told at its end', async () => {
    const entries = [folder, file('a'), file('b'), file('c')];
    const { reader, told } = snapshotOf(entries);
    const found: WalkedEntry[] = [];
    for await (const entry of reader.walk('/')) {
      if (found.length === 0) expect(told).toEqual(['a', 'b', 'c']);
      found.push(entry);
    }
    expect(found).toEqual(entries);
    expect(told).toEqual(['a', 'b', 'c', 'left']);
  });

  it('goes no further ahead than 4,096 entries, or 128 MiB of files', async () => {
    const many = snapshotOf(Array.from({ length: 10_000 }, (_, at) => file(`${at}`)));
    const large = snapshotOf(Array.from({ length: 100 }, (_, at) => file(`${at}`, 32 * 1024 ** 2)));
    for (const [{ reader, walked }, first, second] of [
      [many, 4096, 4097],
      [large, 4, 5],
    ] as const) {
      const walk = reader.walk('/');
      await walk.next();
      expect(walked()).toBe(first);
      await walk.next();
      expect(walked()).toBe(second);
      await walk.return(undefined);
    }
  });

  it('fails where the walk failed, after what came before', async () => {
    const { reader, told } = snapshotOf([file('a'), file('b')], new Error('damaged listing'));
    const found: string[] = [];
    const walking = (async () => {
      for await (const { path } of reader.walk('/')) found.push(path);
    })();
    await expect(walking).rejects.toThrow('damaged listing');
    expect(found).toEqual(['/a', '/b']);
    expect(told.at(-1)).toBe('left');
  });

  it('takes back what was told when it is left half-way', async () => {
    const { reader, told } = snapshotOf([file('a'), file('b')]);
    for await (const _ of reader.walk('/')) break;
    expect(told).toEqual(['a', 'b', 'left']);
  });
});
