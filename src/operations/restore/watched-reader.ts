/**
 * A snapshot whose reading is watched. Whoever writes many files goes on without a damaged one; a place that cannot be reached
 * or refuses to be read says nothing of any file, whatever was made of its answer on the way.
 */
import type { SnapshotReader } from '../../document/content.ts';
import { isUnreachable } from '../../errors.ts';

export class WatchedReader implements SnapshotReader {
  readonly id: string;
  readonly #inner: SnapshotReader;
  #failure: { readonly error: unknown } | undefined;

  constructor(inner: SnapshotReader) {
    this.#inner = inner;
    this.id = inner.id;
  }

  /** @throws KlosetError unavailable, credentials, temporary: what reading failed with, when it was no damage */
  requireReachable(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async entry(path: string) {
    try {
      return await this.#inner.entry(path);
    } catch (error) {
      throw this.#noted(error);
    }
  }

  list(...place: Parameters<SnapshotReader['list']>) {
    return this.#watched(this.#inner.list(...place));
  }

  walk(path: string) {
    return this.#watched(this.#inner.walk(path));
  }

  read(...content: Parameters<SnapshotReader['read']>) {
    return this.#watched(this.#inner.read(...content));
  }

  async *#watched<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* items;
    } catch (error) {
      throw this.#noted(error);
    }
  }

  #noted(error: unknown): unknown {
    if (isUnreachable(error)) this.#failure ??= { error };
    return error;
  }
}
