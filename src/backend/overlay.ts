/** A backend as it would be after changes that are not made: what is written goes elsewhere. For dry runs. */
import type { Backend, ByteRange, ObjectEntry, ReadBackend } from './backend.ts';
import { nameTaken, objectNotFound } from './backend.ts';

export class OverlayBackend implements Backend {
  readonly location: string;
  readonly isAppendOnly: boolean;
  readonly #lower: ReadBackend;
  readonly #upper: Backend;
  readonly #written = new Set<string>();
  readonly #removed = new Set<string>();

  /** Changes to `lower` go to `upper`, which is empty. */
  constructor(lower: Backend, upper: Backend) {
    this.#lower = lower;
    this.#upper = upper;
    this.location = lower.location;
    this.isAppendOnly = lower.isAppendOnly === true;
  }

  async read(name: string, range?: ByteRange): Promise<Uint8Array> {
    return await this.#holderOf(name).read(name, range);
  }

  async size(name: string): Promise<number> {
    return await this.#holderOf(name).size(name);
  }

  async *list(prefix: string): AsyncIterable<ObjectEntry> {
    const entries: ObjectEntry[] = [];
    for await (const entry of this.#lower.list(prefix))
      if (!this.#removed.has(entry.name) && !this.#written.has(entry.name)) entries.push(entry);
    for await (const entry of this.#upper.list(prefix)) entries.push(entry);
    yield* entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async create(name: string, bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    if (await this.#isInLower(name)) throw nameTaken(name, this.location);
    await this.#upper.create(name, bytes);
    this.#written.add(name);
  }

  async replace(name: string, bytes: Uint8Array): Promise<void> {
    await this.#upper.replace(name, bytes);
    this.#written.add(name);
  }

  async remove(name: string): Promise<void> {
    await this.#upper.remove(name);
    this.#written.delete(name);
    this.#removed.add(name);
  }

  #holderOf(name: string): ReadBackend {
    if (this.#written.has(name)) return this.#upper;
    if (this.#removed.has(name)) throw objectNotFound(name, this.location);
    return this.#lower;
  }

  async #isInLower(name: string): Promise<boolean> {
    if (this.#written.has(name) || this.#removed.has(name)) return false;
    for await (const entry of this.#lower.list(name)) if (entry.name === name) return true;
    return false;
  }
}
