/** A backend in memory: for tests, and for work that should leave no trace. */
import type { Backend, ByteRange, ObjectEntry } from './backend.ts';
import { checkObjectName, cutRange, nameTaken, objectNotFound } from './backend.ts';

interface StoredObject {
  readonly bytes: Uint8Array;
  readonly modifiedMs: number;
}

export class MemoryBackend implements Backend {
  readonly location: string;
  readonly #objects = new Map<string, StoredObject>();
  readonly #now: () => number;

  constructor(location = 'memory', now: () => number = Date.now) {
    this.location = location;
    this.#now = now;
  }

  async read(name: string, range?: ByteRange): Promise<Uint8Array> {
    return cutRange(name, this.#find(name).bytes, range).slice();
  }

  async size(name: string): Promise<number> {
    return this.#find(name).bytes.length;
  }

  async *list(prefix: string): AsyncIterable<ObjectEntry> {
    for (const name of [...this.#objects.keys()].sort()) {
      const object = this.#objects.get(name);
      if (!name.startsWith(prefix) || object === undefined) continue;
      yield { name, sizeBytes: object.bytes.length, modifiedMs: object.modifiedMs };
    }
  }

  async create(name: string, bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    checkObjectName(name);
    const whole = bytes instanceof Uint8Array ? copyOf(bytes) : await collect(bytes);
    const present = this.#objects.get(name);
    if (present === undefined) this.#put(name, whole);
    else if (!Buffer.from(whole).equals(present.bytes)) throw nameTaken(name, this.location);
  }

  async replace(name: string, bytes: Uint8Array): Promise<void> {
    checkObjectName(name);
    this.#put(name, copyOf(bytes));
  }

  async remove(name: string): Promise<void> {
    checkObjectName(name);
    this.#objects.delete(name);
  }

  #find(name: string): StoredObject {
    checkObjectName(name);
    const object = this.#objects.get(name);
    if (object === undefined) throw objectNotFound(name, this.location);
    return object;
  }

  #put(name: string, bytes: Uint8Array): void {
    this.#objects.set(name, { bytes, modifiedMs: this.#now() });
  }
}

/** A Buffer's own `slice` is a view of the same memory, so it will not do. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(copyOf(part));
  return new Uint8Array(Buffer.concat(parts));
}
