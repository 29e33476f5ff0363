import { describe, expect, it } from 'vitest';
import { MemoryBackend } from '../../../src/backend/memory.ts';
import type { BlobLocation } from '../../../src/store/cache/blob-index.ts';
import type { BlobType } from '../../../src/store/format/blob.ts';
import { blobIdOf, sealBlob } from '../../../src/store/format/blob.ts';
import { packName } from '../../../src/store/format/packfile.ts';
import { ContentReader } from '../../../src/store/packs/content-reader.ts';
import { PackReader } from '../../../src/store/packs/pack-reader.ts';
import { anyId, contextOf } from '../context.ts';

const context = contextOf();
const plaintext = Buffer.from('the bytes of a page');
const id = blobIdOf(context, 'document', plaintext);
const sealed = sealBlob(context, 'document', id, plaintext);

/** Where the index says the blob lies: packfile `digit`, as a blob of `type`. */
function place(digit: string, type: BlobType): BlobLocation {
  const { length } = sealed;
  return {
    id,
    type,
    offset: 0,
    sealedBytes: length,
    plainBytes: plaintext.length,
    packId: anyId(digit),
    packBytes: length,
  };
}

/** A reader of a store in which `bytes` lie in the packfile of each digit, and the index lists `places`. */
async function readerOf(
  bytes: Record<string, Uint8Array>,
  ...places: BlobLocation[]
): Promise<ContentReader> {
  const backend = new MemoryBackend();
  for (const [digit, content] of Object.entries(bytes)) await backend.create(packName(anyId(digit)), content);
  return new ContentReader(context, () => places, new PackReader(backend));
}

describe('a blob that the index lists at several places', () => {
  it('is read from the good one when another row gives it a wrong type', async () => {
    for (const types of [['tree', 'document'] as const, ['media', 'document'] as const]) {
      const [wrong, right] = types;
      const reader = await readerOf({ a: sealed, b: sealed }, place('a', wrong), place('b', right));
      expect(Buffer.from(await reader.blob(id, 'file'))).toEqual(plaintext);
    }
  });

  it('is read from the good one when the other is damaged or gone', async () => {
    const flipped = sealed.slice();
    flipped[3] = (flipped[3] ?? 0) ^ 1;
    const places = [place('a', 'document'), place('c', 'document'), place('b', 'document')];
    const reader = await readerOf({ a: flipped, b: sealed }, ...places);
    expect(Buffer.from(await reader.blob(id, 'file'))).toEqual(plaintext);
  });

  it('is never read as what it is not, and the error says why the first place failed', async () => {
    const reader = await readerOf({ a: sealed, b: sealed }, place('a', 'document'), place('b', 'tree'));
    await expect(reader.blob(id, 'tree')).rejects.toMatchObject({
      code: 'integrity',
      message: expect.stringMatching(/packfile a{12}….*type document where a tree is expected/),
    });
  });
});
