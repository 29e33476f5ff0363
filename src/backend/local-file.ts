/** A file of this machine as the bytes of a new object. */
import { open } from 'node:fs/promises';

const pieceBytes = 1024 * 1024;

/**
 * The bytes of the file at `path`, in pieces that belong to whoever takes them. Nobody writes to the file any more: a place on
 * the same disk may make it the object itself, so that its bytes are not written twice.
 */
export class LocalFile implements AsyncIterable<Uint8Array> {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const file = await open(this.path);
    try {
      for (;;) {
        const piece = Buffer.allocUnsafeSlow(pieceBytes);
        const { bytesRead } = await file.read(piece, 0, pieceBytes);
        if (bytesRead === 0) return;
        yield piece.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }
}
