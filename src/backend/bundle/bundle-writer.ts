/** Writes a bundle beside its final name. It is nothing until `finish`; then it is whole. */
import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { link, lstat, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { KlosetError } from '../../errors.ts';
import type { Backend, ByteRange, ObjectEntry } from '../backend.ts';
import { checkObjectName, nameTaken } from '../backend.ts';
import { creationError, diskError, flushFolder, systemCode } from '../disk-errors.ts';
import { bundleMagic, encodeBundleTail } from './bundle.ts';
import { BundleObjects, readExactly } from './bundle-objects.ts';

export class BundleWriter implements Backend {
  readonly location: string;
  /** The file while it is written: nobody can know its name before. */
  readonly #partial: string;
  readonly #file: FileHandle;
  readonly #objects: BundleObjects;
  #end = bundleMagic.length;
  /** Writes go one after another. */
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(location: string, partial: string, file: FileHandle) {
    this.location = location;
    this.#partial = partial;
    this.#file = file;
    this.#objects = new BundleObjects(location, new Map(), Date.now(), (name, place) =>
      readExactly(file, name, place),
    );
  }

  /** @throws KlosetError usage when `location` exists already */
  static async create(location: string): Promise<BundleWriter> {
    if ((await lstat(location).catch(() => undefined)) !== undefined) throw exists(location);
    const name = `.${basename(location).slice(0, 100)}.${randomBytes(8).toString('hex')}.partial`;
    const partial = join(dirname(location), name);
    try {
      const file = await open(partial, 'wx+', 0o600);
      await file.write(bundleMagic, 0, bundleMagic.length, 0);
      return new BundleWriter(location, partial, file);
    } catch (error) {
      throw creationError(error, location);
    }
  }

  read(name: string, range?: ByteRange): Promise<Uint8Array> {
    return this.#objects.read(name, range);
  }

  async size(name: string): Promise<number> {
    return this.#objects.find(name).length;
  }

  list(prefix: string): AsyncIterable<ObjectEntry> {
    return this.#objects.list(prefix);
  }

  async create(name: string, bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    checkObjectName(name);
    const whole = bytes instanceof Uint8Array ? new Uint8Array(bytes) : await collect(bytes);
    await this.#inTurn(async () => {
      if (!this.#objects.table.has(name)) return await this.#append(name, whole);
      if (!Buffer.from(whole).equals(await this.read(name))) throw nameTaken(name, this.location);
    });
  }

  async replace(name: string, bytes: Uint8Array): Promise<void> {
    checkObjectName(name);
    const whole = new Uint8Array(bytes);
    await this.#inTurn(() => this.#append(name, whole));
  }

  async remove(name: string): Promise<void> {
    checkObjectName(name);
    await this.#inTurn(async () => void this.#objects.table.delete(name));
  }

  /** Writes table and footer, flushes, and gives the file its name. */
  async finish(): Promise<void> {
    const { table } = this.#objects;
    await this.#inTurn(async () => {
      await this.#write(encodeBundleTail(table, this.#end));
      await this.#file.sync();
      await this.#file.close();
      await this.#place();
      await flushFolder(dirname(this.location));
    });
  }

  /** Gives the file its name unless that was taken meanwhile. */
  async #place(): Promise<void> {
    try {
      await link(this.#partial, this.location);
      await unlink(this.#partial);
    } catch (error) {
      if (systemCode(error) === 'EEXIST') throw exists(this.location);
      if ((await lstat(this.location).catch(() => undefined)) !== undefined) throw exists(this.location);
      await rename(this.#partial, this.location);
    }
  }

  /** Lets go and removes what was written. */
  async abandon(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#file.close().catch(() => undefined);
    await unlink(this.#partial).catch(() => undefined);
  }

  async #append(name: string, bytes: Uint8Array): Promise<void> {
    const offset = this.#end;
    await this.#write(bytes);
    this.#objects.table.set(name, { offset, length: bytes.length });
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      done += (await this.#file.write(bytes, done, bytes.length - done, this.#end + done)).bytesWritten;
    }
    this.#end += bytes.length;
  }

  #inTurn(use: () => Promise<void>): Promise<void> {
    const turn = this.#writing
      .catch(() => undefined)
      .then(use)
      .catch((error: unknown) => {
        throw diskError(error, this.location);
      });
    this.#writing = turn;
    return turn;
  }
}

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(new Uint8Array(part));
  return Buffer.concat(parts);
}

function exists(location: string): KlosetError {
  return new KlosetError('usage', `${location} exists already.`);
}
