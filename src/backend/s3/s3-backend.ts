/**
 * A store in a bucket. Every object is one key, written by a single request that the server refuses where the key is taken
 * (`If-None-Match: *`); larger ones in parts, which become an object with the last request. A server that cannot refuse is
 * recognised by the first object of each process, which is written twice; then writers take turns (claims.ts).
 */
import { KlosetError } from '../../errors.ts';
import type { Backend, ByteRange, ObjectEntry } from '../backend.ts';
import { checkObjectName, maxObjectBytes, nameTaken, objectNotFound, tooShort } from '../backend.ts';
import { LocalFile } from '../local-file.ts';
import { inParts, wholeUpTo } from '../remote/parts.ts';
import type { Patience } from '../remote/patience.ts';
import { Claims } from './claims.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { S3ObjectLock } from './s3-object-lock.ts';

/** An object up to this size is one request, so that it is refused at once where the name is taken: all of a store are. */
const maxSingleBytes = 32 * 1024 ** 2;
const partBytes = 16 * 1024 ** 2;
/** As many uploads as there are at once without `--parallel`. */
const maxRooms = 2;
/** The first object of a process is written twice to see whether the second is refused, up to this size. */
const maxProbeBytes = 64 * 1024;

export interface S3BackendOptions {
  readonly location: string;
  readonly bucket: S3Bucket;
  /** Put before every name: empty, or with a slash at its end. */
  readonly prefix: string;
  readonly patience: Patience;
}

export class S3Backend implements Backend {
  readonly location: string;
  /** Every body carries its MD5. */
  readonly confirmsWrites = true;
  readonly objectLock: S3ObjectLock;
  readonly #bucket: S3Bucket;
  readonly #prefix: string;
  readonly #claims: Claims;
  /**
   * Memory of files that were uploaded, for the next ones: the collector would find it late. It is not given back, because a
   * server may answer before it has read all that a connection still holds of it.
   */
  readonly #rooms: Uint8Array[] = [];
  /** Refuses to overwrite when asked to; undefined while nobody knows. */
  #refusesToOverwrite: boolean | undefined;

  constructor({ location, bucket, prefix, patience }: S3BackendOptions) {
    this.location = location;
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#claims = new Claims(bucket, prefix, patience);
    this.objectLock = new S3ObjectLock({
      bucket,
      location,
      clock: patience.clock,
      keyOf: (name) => this.#key(name),
    });
  }

  get refusesToOverwrite(): boolean | undefined {
    return this.#refusesToOverwrite;
  }

  async read(name: string, range?: ByteRange): Promise<Uint8Array> {
    const key = this.#key(name);
    if (range === undefined) return await this.#readWhole(name, key);
    const { offset, length } = range;
    const bytes =
      length === 0 ? 'beyond' : await this.#bucket.get(key, range, Math.min(length, maxObjectBytes));
    if (bytes === 'absent') throw objectNotFound(name, this.location);
    if (bytes !== 'beyond' && bytes.length === length) return bytes;
    const sizeBytes = bytes === 'beyond' ? await this.size(name) : offset + bytes.length;
    if (offset + length > sizeBytes) throw tooShort(name, sizeBytes, offset + length);
    if (length === 0) return new Uint8Array();
    throw new KlosetError('unavailable', `${this.location} gave a part of ${name} that it has in full.`, {
      hint: 'Run the command again.',
    });
  }

  async #readWhole(name: string, key: string): Promise<Uint8Array> {
    const bytes = await this.#bucket.get(key, undefined, maxObjectBytes);
    if (typeof bytes === 'string') throw objectNotFound(name, this.location);
    return bytes;
  }

  async size(name: string): Promise<number> {
    const found = await this.#bucket.head(this.#key(name));
    if (found === undefined) throw objectNotFound(name, this.location);
    return found.sizeBytes;
  }

  async *list(prefix: string): AsyncIterable<ObjectEntry> {
    for await (const { key, ...entry } of this.#bucket.list(this.#prefix + prefix)) {
      const name = key.slice(this.#prefix.length);
      // Claims, and the empty objects by which consoles draw folders.
      if (!name.startsWith('.') && !name.endsWith('/')) yield { name, ...entry };
    }
  }

  async create(name: string, bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    if (!(bytes instanceof LocalFile))
      return await this.#create(name, await wholeUpTo(maxSingleBytes, bytes));
    const room = this.#rooms.pop();
    const whole = await bytes.whole(maxSingleBytes, room);
    try {
      await this.#create(name, whole ?? bytes);
    } finally {
      const used = whole ?? room;
      if (used !== undefined && this.#rooms.length < maxRooms) this.#rooms.push(new Uint8Array(used.buffer));
    }
  }

  async #create(name: string, whole: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    const key = this.#key(name);
    if (!(whole instanceof Uint8Array)) return await this.#createLarge(name, key, whole);
    if (this.#refusesToOverwrite === false) return await this.#createInTurn(name, key, whole);
    const keptUntil = this.objectLock.dateFor(name);
    const result = await this.#bucket.put(key, whole, { isNew: true, keptUntil });
    if (result === 'no-conditions') {
      this.#refusesToOverwrite = false;
      return await this.#createInTurn(name, key, whole);
    }
    if (result === 'taken') {
      this.#refusesToOverwrite = true;
      return await this.#requireSame(name, key, whole);
    }
    if (this.#refusesToOverwrite === undefined && whole.length <= maxProbeBytes)
      this.#refusesToOverwrite = (await this.#bucket.put(key, whole, { isNew: true, keptUntil })) === 'taken';
  }

  async replace(name: string, bytes: Uint8Array): Promise<void> {
    await this.#bucket.put(this.#key(name), bytes, {
      isNew: false,
      keptUntil: this.objectLock.dateFor(name),
    });
  }

  async remove(name: string): Promise<void> {
    // Locks come and go by the hundred: a mark over them is enough, and takes fewer rights.
    if (this.objectLock.isUsed && !name.startsWith('locks/')) return await this.objectLock.remove(name);
    await this.#bucket.remove(this.#key(name));
  }

  async #createInTurn(name: string, key: string, bytes: Uint8Array): Promise<void> {
    await this.#claims.alone(name, async () => {
      if ((await this.#bucket.head(key)) !== undefined) return await this.#requireSame(name, key, bytes);
      await this.#bucket.put(key, bytes, { isNew: false, keptUntil: this.objectLock.dateFor(name) });
    });
  }

  /** Names of objects this large are digests of what they hold, so nobody creates another under the name meanwhile. */
  async #createLarge(name: string, key: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const parts = inParts(partBytes, bytes);
    const found = await this.#bucket.head(key);
    if (found !== undefined) return await this.#requireSameParts(name, key, parts, found.sizeBytes);
    const keptUntil = this.objectLock.dateFor(name);
    if ((await this.#bucket.putParts(key, parts, keptUntil)) === 'taken')
      throw nameTaken(name, this.location);
  }

  async #requireSame(name: string, key: string, bytes: Uint8Array): Promise<void> {
    const found = await this.#bucket.get(key, undefined, maxObjectBytes);
    if (typeof found === 'string' || !Buffer.from(bytes).equals(found)) throw nameTaken(name, this.location);
  }

  async #requireSameParts(
    name: string,
    key: string,
    parts: AsyncIterable<Uint8Array>,
    sizeBytes: number,
  ): Promise<void> {
    let offset = 0;
    for await (const part of parts) {
      const found = await this.#bucket.get(key, { offset, length: part.length }, partBytes);
      if (typeof found === 'string' || !Buffer.from(part).equals(found)) throw nameTaken(name, this.location);
      offset += part.length;
    }
    if (offset !== sizeBytes) throw nameTaken(name, this.location);
  }

  #key(name: string): string {
    checkObjectName(name);
    return this.#prefix + name;
  }
}
