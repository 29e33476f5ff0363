/** Files of this machine: read to the last byte, and as the bytes of a new object. */
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { roomFor } from '../large-bytes.ts';

const pieceBytes = 1024 * 1024;

/** Fills `bytes` with those of the file from `start` on; returns how many there are, fewer where it ends before. */
export async function readInto(file: FileHandle, bytes: Uint8Array, start: number): Promise<number> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/**
 * The bytes of the file at `path`, in pieces that belong to whoever takes them. Nobody writes to the file any more: a place on
 * the same disk may make it the object itself, so that its bytes are not written twice.
 */
export class LocalFile implements AsyncIterable<Uint8Array> {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** All of its bytes, in `room` if they fit in there; undefined when they are more than `maxBytes`. */
  async whole(maxBytes: number, room: Uint8Array = new Uint8Array()): Promise<Uint8Array | undefined> {
    const file = await open(this.path);
    try {
      const { size } = await file.stat();
      if (size > maxBytes) return undefined;
      const bytes = size <= room.length ? room.subarray(0, size) : roomFor(size);
      return bytes.subarray(0, await readInto(file, bytes, 0));
    } finally {
      await file.close();
    }
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
