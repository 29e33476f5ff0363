import { describe, expect, it } from 'vitest';
import { isKlosetError } from '../../../src/errors.ts';
import { padmeSize } from '../../../src/store/crypto/padding.ts';
import { seal } from '../../../src/store/crypto/primitives.ts';
import { blobIdOf, openBlob, sealBlob } from '../../../src/store/format/blob.ts';
import type { PackedBlob } from '../../../src/store/format/blob-location.ts';
import { decodeIndexDelta, encodeIndexDelta } from '../../../src/store/format/index-delta.ts';
import { decodePack, encodePackTail, packFooterBytes } from '../../../src/store/format/packfile.ts';
import { anyId, contextOf } from '../context.ts';
import { bytesOf, randomNumbers } from '../random.ts';

const context = contextOf();
const integrity = expect.objectContaining({ code: 'integrity' });

function packOf(texts: readonly string[]): { pack: Uint8Array; blobs: PackedBlob[] } {
  const parts: Uint8Array[] = [];
  const blobs: PackedBlob[] = [];
  let offset = 0;
  for (const text of texts) {
    const plaintext = Buffer.from(text);
    const id = blobIdOf(context, 'document', plaintext);
    const sealed = sealBlob(context, 'document', id, plaintext);
    blobs.push({ id, type: 'document', offset, sealedBytes: sealed.length, plainBytes: plaintext.length });
    parts.push(sealed);
    offset += sealed.length;
  }
  return { pack: Buffer.concat([...parts, encodePackTail(context, blobs)]), blobs };
}

describe('packfile', () => {
  it('tells what lies in it without any other file', () => {
    const { pack, blobs } = packOf(['one', 'two', 'three']);
    expect(decodePack(context, pack, 'it')).toEqual(blobs);
    const [, second] = decodePack(context, pack, 'it');
    if (second === undefined) throw new Error('no second blob');
    const sealed = pack.subarray(second.offset, second.offset + second.sealedBytes);
    expect(Buffer.from(openBlob(context, 'document', second.id, sealed)).toString()).toBe('two');
  });

  it('has a Padmé size, so that a little more in it does not show', () => {
    const sizes = new Set<number>();
    for (let length = 4000; length < 4060; length++) {
      const { pack } = packOf([Buffer.from(bytesOf(length, length)).toString('latin1').slice(0, length)]);
      expect(padmeSize(pack.length)).toBe(pack.length);
      sizes.add(pack.length);
    }
    expect(sizes.size).toBeLessThan(6);
  });

  it('may be empty', () => {
    expect(decodePack(context, packOf([]).pack, 'it')).toEqual([]);
  });

  it('is refused when its index, footer or magic is harmed, cut or from another store', () => {
    const { pack, blobs } = packOf(['one', 'two']);
    const tailAt = blobs.reduce((sum, { sealedBytes }) => sum + sealedBytes, 0);
    for (let at = tailAt; at < pack.length; at++) {
      const flipped = pack.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 128;
      expect(() => decodePack(context, flipped, 'it')).toThrowError(integrity);
    }
    for (let end = 0; end < pack.length; end++) {
      expect(() => decodePack(context, pack.subarray(0, end), 'it')).toThrowError(integrity);
    }
    expect(() => decodePack(contextOf('0'.repeat(32)), pack, 'it')).toThrowError(integrity);
    expect(() => decodePack(context, Buffer.concat([Uint8Array.of(0), pack]), 'it')).toThrowError(integrity);
  });

  it('is refused when a sealed index makes no sense', () => {
    const row = (type: number, sealedBytes: number, plainBytes: number) => {
      const bytes = Buffer.alloc(41, 7);
      bytes.writeUInt8(type, 0);
      bytes.writeUInt32BE(sealedBytes, 33);
      bytes.writeUInt32BE(plainBytes, 37);
      return bytes;
    };
    const domain = (part: string) => Buffer.from(`notion-kloset v1 ${part}\0${context.storeId}\0`);
    const packWith = (index: Uint8Array, blobBytes: number) => {
      const sealed = seal(context.keys.index, domain('pack index'), index);
      const lengths = Buffer.alloc(8);
      lengths.writeUInt32BE(blobBytes, 0);
      lengths.writeUInt32BE(sealed.length, 4);
      const footer = seal(context.keys.index, domain('pack footer'), lengths);
      return Buffer.concat([new Uint8Array(blobBytes), sealed, footer, Buffer.from('NKPACK1\n')]);
    };
    const count = (rows: number) => Buffer.from([0, 0, 0, rows]);
    expect(decodePack(context, packWith(Buffer.concat([count(1), row(1, 100, 9)]), 100), 'it')).toHaveLength(
      1,
    );
    for (const [index, blobBytes] of [
      [Buffer.concat([count(1), row(9, 100, 9)]), 100],
      [Buffer.concat([count(1), row(1, 3, 9)]), 3],
      [Buffer.concat([count(1), row(1, 100, 5_000_000)]), 100],
      [Buffer.concat([count(1), row(1, 100, 9)]), 99],
      [Buffer.concat([count(2), row(1, 100, 9)]), 100],
      [Buffer.concat([count(1), row(1, 100, 9), Uint8Array.of(0, 1)]), 100],
      [Buffer.from([255, 255, 255, 255]), 0],
    ] as const) {
      expect(() => decodePack(context, packWith(index, blobBytes), 'it')).toThrowError(integrity);
    }
  });
});

describe('index delta', () => {
  const packs = [
    { id: anyId('a'), sizeBytes: 4096, blobs: packOf(['one', 'two']).blobs },
    { id: anyId('b'), sizeBytes: packFooterBytes, blobs: [] },
  ];

  it('gives back what it lists', () => {
    expect(decodeIndexDelta(context, encodeIndexDelta(context, packs), 'it')).toEqual(packs);
  });

  it('is refused when harmed, cut, lengthened or from another store', () => {
    const file = encodeIndexDelta(context, packs);
    const tries: Uint8Array[] = [Buffer.concat([file, Uint8Array.of(0)])];
    for (let at = 0; at < file.length; at++) {
      const flipped = file.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 4;
      tries.push(flipped, file.subarray(0, at));
    }
    for (const bytes of tries) {
      expect(() => decodeIndexDelta(context, bytes, 'it')).toThrowError(integrity);
    }
    expect(() => decodeIndexDelta(contextOf('0'.repeat(32)), file, 'it')).toThrowError(integrity);
  });
});

describe('the parsers of packfiles and deltas', () => {
  it('refuse noise as damaged and do not crash, sealed or not', () => {
    const random = randomNumbers(5);
    for (let round = 0; round < 400; round++) {
      const noise = bytesOf(round, random(400));
      const domain = Buffer.from(`notion-kloset v1 index\0${context.storeId}\0`);
      const sealedNoise = Buffer.concat([Buffer.from('NKINDX1\n'), seal(context.keys.index, domain, noise)]);
      for (const parse of [
        () => decodePack(context, noise, 'it'),
        () => decodeIndexDelta(context, noise, 'it'),
        () => decodeIndexDelta(context, sealedNoise, 'it'),
      ]) {
        expect(() => {
          try {
            parse();
          } catch (error) {
            if (!isKlosetError(error, 'integrity')) throw new Error(`crashed: ${String(error)}`);
          }
        }).not.toThrow();
      }
    }
  });
});
