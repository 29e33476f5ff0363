/** Sizes of chunks: what CONFIG may ask for, and what new stores take. */
import { KlosetError } from '../../errors.ts';

/** Sizes of one kind of chunking, in bytes. They are part of a store's CONFIG: other sizes cut elsewhere. */
export interface ChunkSizes {
  readonly minBytes: number;
  readonly averageBytes: number;
  readonly maxBytes: number;
}

/** For documents and trees: small, because one edited block should cost a few kilobytes. */
export const documentChunkSizes: ChunkSizes = { minBytes: 4096, averageBytes: 16_384, maxBytes: 65_536 };

/** For media: large, because files change whole and every blob has a cost. */
export const mediaChunkSizes: ChunkSizes = {
  minBytes: 262_144,
  averageBytes: 1_048_576,
  maxBytes: 4_194_304,
};

/** No chunk of any store is larger, whatever its CONFIG says. */
export const maxChunkBytes = 4_194_304;

const minChunkBytes = 256;

/** Refuses sizes that fastcdc-wasm would crash on or that would let one chunk fill the memory. @throws KlosetError incompatible */
export function checkChunkSizes(sizes: ChunkSizes): void {
  const { minBytes, averageBytes, maxBytes } = sizes;
  const whole = [minBytes, averageBytes, maxBytes].every(Number.isSafeInteger);
  const inOrder = minChunkBytes <= minBytes && minBytes < averageBytes && averageBytes < maxBytes;
  // FastCDC derives its masks from log2 of the average; only powers of two mean the same to every implementation.
  const averageIsPower = Number.isInteger(Math.log2(averageBytes));
  if (!whole || !inOrder || maxBytes > maxChunkBytes || !averageIsPower) {
    throw new KlosetError(
      'incompatible',
      `Chunk sizes ${minBytes}/${averageBytes}/${maxBytes} are out of bounds.`,
    );
  }
}
