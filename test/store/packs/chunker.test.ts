import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ChunkSizes } from '../../../src/store/format/chunk-sizes.ts';
import {
  checkChunkSizes,
  documentChunkSizes,
  mediaChunkSizes,
} from '../../../src/store/format/chunk-sizes.ts';
import { chunks, chunksOf } from '../../../src/store/packs/chunker.ts';
import { bytesOf, randomNumbers } from '../random.ts';

const small: ChunkSizes = { minBytes: 256, averageBytes: 1024, maxBytes: 4096 };

async function cutInPieces(
  bytes: Uint8Array,
  sizes: ChunkSizes,
  nextLength: () => number,
): Promise<number[]> {
  async function* pieces() {
    for (let at = 0; at < bytes.length; ) {
      const end = at + nextLength();
      yield bytes.subarray(at, end);
      at = end;
    }
  }
  const lengths: number[] = [];
  for await (const chunk of chunks(pieces(), sizes)) lengths.push(chunk.length);
  return lengths;
}

describe('chunker', () => {
  it('cuts the golden input of 1 MiB where format v1 has always cut it', () => {
    const lengths = chunksOf(bytesOf(1, 1 << 20), documentChunkSizes).map((chunk) => chunk.length);
    expect(lengths.slice(0, 6)).toEqual([17614, 16049, 9659, 15829, 18854, 16844]);
    expect(digestOf(lengths)).toBe('64 b740ddb08fec978c');
  });

  it('cuts the golden input of 24 MiB of media where format v1 has always cut it', () => {
    const lengths = chunksOf(bytesOf(2, 24 << 20), mediaChunkSizes).map((chunk) => chunk.length);
    expect(digestOf(lengths)).toBe('22 c44b1efa201e3970');
  });

  it('cuts the same however the input was windowed', async () => {
    const random = randomNumbers(3);
    for (let round = 0; round < 30; round++) {
      const bytes = bytesOf(round, random(60_000));
      const whole = chunksOf(bytes, small).map((chunk) => chunk.length);
      expect(await cutInPieces(bytes, small, () => 1 + random(9_000))).toEqual(whole);
      expect(await cutInPieces(bytes, small, () => 1 + random(3))).toEqual(whole);
    }
  });

  it('gives back every byte in order', async () => {
    const bytes = bytesOf(4, 300_000);
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks([bytes.subarray(0, 7), bytes.subarray(7)], documentChunkSizes))
      parts.push(chunk.slice());
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    expect(Buffer.concat(chunksOf(bytes, documentChunkSizes)).equals(bytes)).toBe(true);
  });

  it('keeps every chunk within the maximum, and all but the last above the minimum', () => {
    for (const bytes of [bytesOf(5, 200_000), new Uint8Array(200_000)]) {
      const lengths = chunksOf(bytes, small).map((chunk) => chunk.length);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(small.maxBytes);
      expect(Math.min(...lengths.slice(0, -1))).toBeGreaterThanOrEqual(small.minBytes);
    }
  });

  it('changes few chunks when a byte is inserted in the middle', () => {
    const bytes = bytesOf(6, 1 << 20);
    const edited = Buffer.concat([bytes.subarray(0, 500_000), Uint8Array.of(7), bytes.subarray(500_000)]);
    const before = new Set(
      chunksOf(bytes, documentChunkSizes).map((chunk) => Buffer.from(chunk).toString('base64')),
    );
    const fresh = chunksOf(edited, documentChunkSizes).filter(
      (chunk) => !before.has(Buffer.from(chunk).toString('base64')),
    );
    expect(fresh.length).toBeLessThanOrEqual(3);
  });

  it('has no chunk for empty input', async () => {
    expect(chunksOf(new Uint8Array(0), small)).toEqual([]);
    expect(await cutInPieces(new Uint8Array(0), small, () => 1)).toEqual([]);
  });

  it('refuses sizes out of bounds', () => {
    for (const [minBytes, averageBytes, maxBytes] of [
      [0, 0, 0],
      [4096, 16_384, 8_388_608],
      [4096, 20_000, 65_536],
      [65_536, 16_384, 4096],
      [4096, Number.NaN, 65_536],
      [255, 1024, 4096],
    ] as const) {
      expect(() => checkChunkSizes({ minBytes, averageBytes, maxBytes })).toThrowError(
        expect.objectContaining({ code: 'incompatible' }),
      );
    }
  });
});

function digestOf(lengths: number[]): string {
  return `${lengths.length} ${createHash('sha256').update(lengths.join(',')).digest('hex').slice(0, 16)}`;
}
