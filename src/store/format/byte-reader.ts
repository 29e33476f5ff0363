/** Reads untrusted bytes front to back; whatever is missing or left over is an integrity error, never a crash. */
import { KlosetError } from '../../errors.ts';
import { damaged } from './damaged.ts';
import type { BlobId, PackId } from './ids.ts';
import { idFrom, isBlobId, isPackId } from './ids.ts';

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #at = 0;

  /** `what` names the bytes in errors: "Packfile 3fa9…". */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  blobId(): BlobId {
    return idFrom(this.take(32), isBlobId);
  }

  packId(): PackId {
    return idFrom(this.take(32), isPackId);
  }

  /** Refuses anything but zeros up to the end. */
  zerosToEnd(): void {
    if (this.take(this.remaining).some((byte) => byte !== 0)) throw this.fail('its padding is not zero');
  }

  fail(problem: string): KlosetError {
    return damaged(this.#what, problem);
  }

  #truncated(missingBytes: number): KlosetError {
    return new KlosetError('integrity', `${this.#what} is truncated: ${missingBytes} bytes missing.`, {
      hint: 'Run `notion-kloset check`.',
    });
  }

  #advance(length: number): number {
    if (length > this.remaining) throw this.#truncated(length - this.remaining);
    const start = this.#at;
    this.#at += length;
    return start;
  }
}

/** Four bytes, big-endian. */
export function u32Bytes(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
