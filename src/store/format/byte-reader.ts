/** Reads untrusted bytes front to back; whatever is missing or left over is an integrity error, never a crash. */
import { KlosetError } from '../../errors.ts';

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

  /** The next `length` bytes as hex digits. */
  hex(length: number): string {
    return hexOf(this.take(length));
  }

  /** Refuses anything but zeros up to the end. */
  zerosToEnd(): void {
    if (this.take(this.remaining).some((byte) => byte !== 0)) throw this.fail('its padding is not zero');
  }

  fail(problem: string): KlosetError {
    return new KlosetError('integrity', `${this.#what} is damaged: ${problem}.`);
  }

  #advance(length: number): number {
    if (length > this.remaining) throw this.fail(`it ends ${length - this.remaining} bytes too early`);
    const start = this.#at;
    this.#at += length;
    return start;
  }
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** The bytes of an id of 64 hex digits. @throws KlosetError integrity when it is none */
export function idBytes(id: string): Uint8Array {
  if (isId(id)) return Buffer.from(id, 'hex');
  throw new KlosetError('integrity', 'An id is not 64 hex digits.');
}

/** True for 64 lower-case hex digits, the written form of every id. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);
}

/** Four bytes, big-endian. */
export function u32Bytes(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
