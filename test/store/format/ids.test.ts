import { describe, expect, test } from 'vitest';
import type { BlobIndex } from '../../../src/store/cache/blob-index.ts';
import type { BlobId, DeltaId, PackId, SnapshotId } from '../../../src/store/format/ids.ts';
import { blobContent, idBytes, idFrom, isBlobId, isPackId, parseId } from '../../../src/store/format/ids.ts';
import { deltaIdIn, deltaName } from '../../../src/store/format/index-delta.ts';
import { packIdIn, packName } from '../../../src/store/format/packfile.ts';
import { headerIdIn, headerName } from '../../../src/store/format/snapshot-header.ts';
import { anyId } from '../context.ts';

const integrity = expect.objectContaining({ code: 'integrity' });

describe('ids', () => {
  test('are 64 lower-case hex digits, and nothing else becomes one', () => {
    const text = '0123456789abcdef'.repeat(4);
    expect(parseId(text, isBlobId)).toBe(text);
    expect(idFrom(idBytes(parseId(text, isPackId)), isPackId)).toBe(text);
    for (const wrong of [
      '',
      text.slice(1),
      `${text}0`,
      text.toUpperCase(),
      `${text.slice(1)}\n`,
      '../CONFIG',
    ])
      expect(() => parseId(wrong, isBlobId)).toThrow(integrity);
    expect(() => idFrom(new Uint8Array(31), isPackId)).toThrow(integrity);
    expect(() => blobContent({ size: 1, chunks: ['no id'] })).toThrow(integrity);
  });

  test('are read from the names of objects that have them, and from no other name', () => {
    const id = anyId('a');
    expect([packIdIn(packName(id)), deltaIdIn(deltaName(id)), headerIdIn(headerName(id))]).toEqual([
      id,
      id,
      id,
    ]);
    const names = [
      packName(id),
      deltaName(id),
      headerName(id),
      `packs/bb/${id}`,
      `packs/${id}`,
      'CONFIG',
      id,
    ];
    expect(names.map(packIdIn).filter(Boolean)).toHaveLength(1);
    expect(names.map(deltaIdIn).filter(Boolean)).toHaveLength(1);
    expect(names.map(headerIdIn).filter(Boolean)).toHaveLength(1);
  });

  test('of one kind are not taken for another: the compiler refuses it', () => {
    const misuse = (index: BlobIndex, blob: BlobId, pack: PackId, delta: DeltaId, snapshot: SnapshotId) => {
      // @ts-expect-error a packfile is not a blob
      index.find(pack);
      // @ts-expect-error a blob is not a packfile
      packName(blob);
      // @ts-expect-error a snapshot is not an index delta
      deltaName(snapshot);
      // @ts-expect-error an index delta is not a snapshot
      headerName(delta);
      // @ts-expect-error text is not an id before it was parsed
      packName('a'.repeat(64));
    };
    expect(misuse).toBeDefined();
  });
});
