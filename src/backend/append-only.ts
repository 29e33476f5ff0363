/** A backend that adds and never takes away: a machine that uses it so cannot be made to delete backups by mistake. */
import type { Backend, ByteRange, ObjectEntry } from './backend.ts';
import { requireRemovable } from './backend.ts';
import type { ObjectLock } from './object-lock.ts';

/** Locks come and go; they hold no data. */
const free = 'locks/';

export class AppendOnlyBackend implements Backend {
  readonly location: string;
  readonly isAppendOnly = true;
  readonly confirmsWrites: boolean;
  readonly objectLock?: ObjectLock;
  readonly #inner: Backend;

  constructor(inner: Backend) {
    this.#inner = inner;
    this.location = inner.location;
    this.confirmsWrites = inner.confirmsWrites === true;
    if (inner.objectLock !== undefined) this.objectLock = inner.objectLock;
  }

  get refusesToOverwrite(): boolean | undefined {
    return this.#inner.refusesToOverwrite;
  }

  read(name: string, range?: ByteRange): Promise<Uint8Array> {
    return this.#inner.read(name, range);
  }

  size(name: string): Promise<number> {
    return this.#inner.size(name);
  }

  list(prefix: string): AsyncIterable<ObjectEntry> {
    return this.#inner.list(prefix);
  }

  async *listSpecial(): AsyncIterable<string> {
    if (this.#inner.listSpecial !== undefined) yield* this.#inner.listSpecial();
  }

  create(name: string, bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    return this.#inner.create(name, bytes);
  }

  /** @throws KlosetError usage for anything but a lock */
  async replace(name: string, bytes: Uint8Array): Promise<void> {
    this.#refuse(name);
    await this.#inner.replace(name, bytes);
  }

  /** @throws KlosetError usage for anything but a lock */
  async remove(name: string): Promise<void> {
    this.#refuse(name);
    await this.#inner.remove(name);
  }

  #refuse(name: string): void {
    if (!name.startsWith(free)) requireRemovable(this);
  }
}
