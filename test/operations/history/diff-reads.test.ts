import { expect, test } from 'vitest';
import { diffReads } from './diff-reads.ts';

test('a diff of two snapshots of 1,000 pages reads the documents and listings that differ, and no others', async () => {
  const { titles, reads } = await diffReads(1_000, [5, 6, 205, 990]);
  expect(titles.sort()).toEqual(['Page 205', 'Page 5', 'Page 6', 'Page 990']);
  for (const { listings, lookUps, contents } of reads) {
    // The root, Home, three sections and four pages.
    expect(listings).toBe(9);
    // Once to begin: manifests are looked into only where an object is in one of the two alone.
    expect(lookUps).toBe(1);
    // Four pages.
    expect(contents).toBe(4);
  }
});
