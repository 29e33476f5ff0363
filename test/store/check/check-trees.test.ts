import { expect, it } from 'vitest';
import type { BlobLocation } from '../../../src/store/cache/blob-index.ts';
import { Findings } from '../../../src/store/check/check-findings.ts';
import { TreeCheck } from '../../../src/store/check/check-trees.ts';
import type { BlobType } from '../../../src/store/format/blob.ts';
import { anyId } from '../context.ts';
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

it('a blob that only one of its places gives a wrong type is no damage to the path', async () => {
  expect(await findingsFor('tree', 'document')).toEqual([]);
  expect(await findingsFor('document', 'tree')).toEqual([]);
  expect(await findingsFor('tree')).toEqual([`damaged ${anyId('c').slice(0, 12)}:/page.json`]);
});
