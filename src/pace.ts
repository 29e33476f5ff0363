/** Bytes at a rate that is allowed. */
import type { Clock } from './clock.ts';

/** Bytes a second; without limit where undefined. */
export interface RateLimits {
  readonly uploadBytes?: number;
  readonly downloadBytes?: number;
}

/** The clock by which a pace waits, and what ends the waiting. */
interface Waiting {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** Both directions of a connection; without limit where undefined. */
export interface Paces {
  readonly upload?: Pace;
  readonly download?: Pace;
}

/** Pieces of this part of a second's bytes keep the traffic even. */
const piecesPerSecond = 10;
const minPieceBytes = 1024;
const maxPieceBytes = 64 * 1024;

/** One direction of a connection, shared by all that goes over it. */
export class Pace {
  readonly pieceBytes: number;
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  readonly #bytesPerSecond: number;
  #freeAtMs = 0;

  constructor({ clock, signal }: Waiting, bytesPerSecond: number) {
    this.#clock = clock;
    this.#signal = signal;
    this.#bytesPerSecond = bytesPerSecond;
    this.pieceBytes = Math.max(
      minPieceBytes,
      Math.min(maxPieceBytes, Math.floor(bytesPerSecond / piecesPerSecond)),
    );
  }

  /** Resolves when `bytes` more may go. Whoever asks first goes first. */
  async take(bytes: number): Promise<void> {
    const now = this.#clock.now();
    const startMs = Math.max(now, this.#freeAtMs);
    this.#freeAtMs = startMs + (bytes * 1000) / this.#bytesPerSecond;
    if (startMs > now) await this.#clock.sleep(startMs - now, this.#signal);
  }

  /** The same bytes in pieces, each when it may go. */
  async *paced(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += this.pieceBytes) {
      const piece = bytes.subarray(at, at + this.pieceBytes);
      await this.take(piece.length);
      yield piece;
    }
  }
}

export function pacesOf(waiting: Waiting, { uploadBytes, downloadBytes }: RateLimits): Paces {
  return {
    ...(uploadBytes === undefined ? {} : { upload: new Pace(waiting, uploadBytes) }),
    ...(downloadBytes === undefined ? {} : { download: new Pace(waiting, downloadBytes) }),
  };
}
