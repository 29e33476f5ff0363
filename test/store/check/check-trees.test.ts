import { expect, it } from 'vitest';
import type { BlobLocation } from '../../../src/store/cache/blob-index.ts';
import { Findings } from '../../../src/store/check/check-findings.ts';
import type { TreeCheckParts } from '../../../src/store/check/check-trees.ts';
import { TreeCheck } from '../../../src/store/check/check-trees.ts';
import type { BlobType } from '../../../src/store/format/blob.ts';
import type { BlobId } from '../../../src/store/format/ids.ts';
import type { DirectoryEntry, TreeEntry } from '../../../src/store/format/tree.ts';
import { encodeTreeEntry } from '../../../src/store/format/tree.ts';
import { anyId, testId } from '../context.ts';
import { modified } from '../fixture.ts';

/** What is said of a file whose one blob the index lists at places of these types. */
async function findingsFor(...types: BlobType[]): Promise<string[]> {
  const findings = new Findings();
  const places = types.map((type, at): BlobLocation => {
    const packId = anyId(String(at));
    return { id: anyId('b'), type, offset: 0, sealedBytes: 60, plainBytes: 5, packId, packBytes: 100 };
  });
  const check = new TreeCheck({
    blobs: { blob: async () => new Uint8Array(5) },
    findings,
    locations: () => places,
    blame: () => undefined,
    readFiles: false,
  });
  const content = { size: 5, chunks: [anyId('b')] };
  await check.file(anyId('c'), '/page.json', { type: 'file', name: 'page.json', modified, content });
  return findings.list().map(({ kind, object }) => `${kind} ${object}`);
}

/** The id of a number, the same for each. */
const idOf = (number: number) => testId(number.toString(16).padStart(12, '0').padEnd(64, '0'));

/** A workspace in memory: listings by their one blob. */
function treeOf(listings: ReadonlyMap<BlobId, Uint8Array>, lost: ReadonlySet<BlobId>): TreeCheckParts {
  const packId = anyId('0');
  const typeOf = (id: BlobId): BlobType => (listings.has(id) ? 'tree' : 'document');
  const sizeOf = (id: BlobId) => listings.get(id)?.length ?? 5;
  return {
    blobs: { blob: async (id) => listings.get(id) ?? new Uint8Array(5) },
    findings: new Findings(),
    locations: (id) =>
      lost.has(id)
        ? []
        : [
            {
              id,
              type: typeOf(id),
              offset: 0,
              sealedBytes: 60,
              plainBytes: sizeOf(id),
              packId,
              packBytes: 100,
            },
          ],
    blame: () => undefined,
    readFiles: false,
  };
}

const directory = (name: string, chunk: BlobId, size: number): DirectoryEntry => ({
  type: 'directory',
  name,
  modified,
  content: { size, chunks: [chunk] },
});

/** A listing of the entries, and the directory that it makes. */
function listing(id: BlobId, entries: readonly TreeEntry[], into: Map<BlobId, Uint8Array>): DirectoryEntry {
  const bytes = Buffer.concat(entries.map((entry) => Buffer.from(`${encodeTreeEntry(entry)}\n`)));
  into.set(id, bytes);
  return directory('folder', id, bytes.length);
}

it('every snapshot that shares a damaged folder is named, and nothing is counted twice', async () => {
  const listings = new Map<BlobId, Uint8Array>();
  const lost = anyId('b');
  const file = { type: 'file', name: 'page.json', modified, content: { size: 5, chunks: [lost] } } as const;
  const shared = listing(anyId('1'), [file], listings);
  const parts = treeOf(listings, new Set([lost]));
  const check = new TreeCheck(parts);
  const snapshots = Array.from({ length: 300 }, (_, number) => idOf(number));
  for (const id of snapshots) await check.directory(id, '/', shared);
  const [finding] = parts.findings.list();
  expect(finding?.object).toBe(`blob ${lost}`);
  expect(new Set(finding?.affects)).toEqual(new Set(snapshots.map((id) => `${id.slice(0, 12)}:/page.json`)));
  expect(check.totals).toEqual({ files: 1, directories: 1 });
});

it('a damaged folder that lies a million times in a tree is gone through once for each snapshot', async () => {
  const listings = new Map<BlobId, Uint8Array>();
  const lost = anyId('b');
  const file = { type: 'file', name: 'page.json', modified, content: { size: 5, chunks: [lost] } } as const;
  let below = listing(idOf(0), [file], listings);
  for (let level = 1; level <= 40; level++) {
    const twice = ['one', 'two'].map((name) => ({ ...below, name }));
    below = listing(idOf(level), twice, listings);
  }
  const parts = treeOf(listings, new Set([lost]));
  const check = new TreeCheck(parts);
  for (const snapshot of ['c', 'd']) await check.directory(anyId(snapshot), '/', below);
  expect(parts.findings.list()[0]?.affects).toHaveLength(2);
  expect(check.totals).toEqual({ files: 1, directories: 41 });
});

it('a blob that only one of its places gives a wrong type is no damage to the path', async () => {
  expect(await findingsFor('tree', 'document')).toEqual([]);
  expect(await findingsFor('document', 'tree')).toEqual([]);
  expect(await findingsFor('tree')).toEqual([`damaged ${anyId('c').slice(0, 12)}:/page.json`]);
});
