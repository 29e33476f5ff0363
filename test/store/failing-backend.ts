/** A backend that stops working: operation number `failsAt` and all after it fail, the first one halfway when it can. */
import type { Backend, ByteRange, ObjectEntry } from '../../src/backend/backend.ts';
import { KlosetError } from '../../src/errors.ts';

export class FailingBackend implements Backend {
  readonly location: string;
  operations = 0;
  readonly #inner: Backend;
  readonly #failsAt: number;
  /** With `true` the failing write happens all the same: the answer was lost, not the object. */
  readonly #writesAnyway: boolean;

  constructor(inner: Backend, failsAt: number, writesAnyway = false) {
    this.location = inner.location;
    this.#inner = inner;
    this.#failsAt = failsAt;
    this.#writesAnyway = writesAnyway;
  }

  async read(name: string, range?: ByteRange): Promise<Uint8Array> {
    this.#count(name);
    return await this.#inner.read(name, range);
  }

  async size(name: string): Promise<number> {
    this.#count(name);
    return await this.#inner.size(name);
  }

  async *list(prefix: string): AsyncIterable<ObjectEntry> {
    this.#count(prefix);
    yield* this.#inner.list(prefix);
  }

  async create(name: string, bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    if (this.#writesAnyway && this.operations + 1 === this.#failsAt) await this.#inner.create(name, bytes);
    this.#count(name);
    await this.#inner.create(name, bytes);
  }

  async replace(name: string, bytes: Uint8Array): Promise<void> {
    this.#count(name);
    await this.#inner.replace(name, bytes);
  }

  async remove(name: string): Promise<void> {
    this.#count(name);
    await this.#inner.remove(name);
  }

  #count(name: string): void {
    this.operations += 1;
    if (this.operations >= this.#failsAt) throw new KlosetError('unavailable', `${name}: the disk is gone.`);
  }
}
