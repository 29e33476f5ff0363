import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { canonicalText } from '../../src/document/canonical.ts';
import { filesBelow } from './files.js';
import { bytesIn, digestOf, medianOf } from './peers-measure.js';
import { writeTree } from './peers-tree.js';

const folder = mkdtempSync(join(tmpdir(), 'kloset-peers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const size = { documents: 20, documentBytes: 400_000, mediaBytes: 1_000_000 };

describe('the tree that the store and its peers are compared with', () => {
  it('is the same for the same seed, and another for another', () => {
    for (const [name, seed] of [
      ['one', 1],
      ['again', 1],
      ['two', 2],
    ] as const)
      writeTree(join(folder, name), { seed, ...size });
    expect(digestOf(join(folder, 'again'))).toBe(digestOf(join(folder, 'one')));
    expect(digestOf(join(folder, 'two'))).not.toBe(digestOf(join(folder, 'one')));
  });

  it('has about the bytes that were asked for, of documents and of media', () => {
    const written = writeTree(join(folder, 'sizes'), { seed: 3, ...size });
    expect(Math.abs(bytesIn(join(folder, 'sizes', 'documents')) / size.documentBytes - 1)).toBeLessThan(0.1);
    expect(bytesIn(join(folder, 'sizes', 'media'))).toBe(size.mediaBytes);
    expect(written.documents).toEqual({ files: 20, bytes: bytesIn(join(folder, 'sizes', 'documents')) });
  });

  it('has documents in the spelling in which the store is given them', () => {
    writeTree(join(folder, 'spelling'), { seed: 4, ...size });
    for (const { path } of filesBelow(join(folder, 'spelling', 'documents'))) {
      const text = readFileSync(path, 'utf8');
      expect(canonicalText(JSON.parse(text))).toBe(text);
    }
  });
});

it('a median is the middle of the numbers, or between the two in the middle', () => {
  expect([medianOf([3, 1, 2]), medianOf([4, 1, 2, 3])]).toEqual([2, 2.5]);
});
