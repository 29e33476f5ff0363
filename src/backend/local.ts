/**
 * A store in a folder of this machine. Every object is a file; a new one is written beside the store's objects,
 * flushed, linked to its name without overwriting, and its folder flushed, so that a crash leaves either the whole
 * object or nothing but a temporary file that no listing shows.
 */
import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { link, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KlosetError } from '../errors.ts';
import type { Backend, ByteRange, ObjectEntry } from './backend.ts';
import { checkObjectName, nameTaken, objectNotFound, tooShort } from './backend.ts';
import { diskError, flushFolder, systemCode } from './disk-errors.ts';

/** Holds files being written. The dot keeps it apart from every object name. */
const temporaryFolder = '.tmp';
/** A temporary file this old was left by a crash: writing one object takes seconds. */
const leftoverAgeMs = 24 * 3600 * 1000;
/** Read at most this much as one object; larger ones are read by range. Guards memory against a planted file. */
const maxWholeReadBytes = 1024 ** 3;

export class LocalBackend implements Backend {
  readonly location: string;
  readonly #now: () => number;
  /** Folders known to exist and to be flushed, relative to the store. */
  readonly #folders = new Set<string>();

  /** `location` is the store's folder. Nothing is read or created until the first call. */
  constructor(location: string, now: () => number = Date.now) {
    this.location = location;
    this.#now = now;
  }

  async read(name: string, range?: ByteRange): Promise<Uint8Array> {
    return await this.#withFile(name, async (file) => {
      const sizeBytes = (await file.stat()).size;
      const { offset, length } = range ?? { offset: 0, length: sizeBytes };
      if (offset + length > sizeBytes) throw tooShort(name, sizeBytes, offset + length);
      if (length > maxWholeReadBytes) {
        throw new KlosetError('integrity', `${name} is implausibly large: ${length} bytes.`);
      }
      return await readExactly(file, name, offset, length);
    });
  }

  async size(name: string): Promise<number> {
    return await this.#withFile(name, async (file) => (await file.stat()).size);
  }

  async *list(prefix: string): AsyncIterable<ObjectEntry> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    if (folder !== '') checkObjectName(folder.slice(0, -1));
    const entries = await this.#listFolder(folder, prefix);
    yield* entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async create(name: string, bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    const path = this.#path(name);
    await this.#viaTemporaryFile(name, bytes, async (temporary) => {
      try {
        await linkWithoutOverwrite(temporary, path);
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw error;
        if (!(await sameBytes(temporary, path))) throw nameTaken(name, this.location);
      }
    });
  }

  async replace(name: string, bytes: Uint8Array): Promise<void> {
    const path = this.#path(name);
    await this.#viaTemporaryFile(name, bytes, (temporary) => rename(temporary, path));
  }

  async remove(name: string): Promise<void> {
    const path = this.#path(name);
    try {
      await unlink(path);
      await flushFolder(dirname(path));
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw diskError(error, path);
    }
  }

  #path(name: string): string {
    checkObjectName(name);
    return join(this.location, name);
  }

  async #withFile<T>(name: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
    const path = this.#path(name);
    let file: FileHandle | undefined;
    try {
      file = await open(path, 'r');
      return await use(file);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) throw objectNotFound(name, this.location, error);
      throw diskError(error, path);
    } finally {
      await file?.close();
    }
  }

  /** Writes and flushes a temporary file, lets `place` give it its name, and flushes the folder of that name. */
  async #viaTemporaryFile(
    name: string,
    bytes: AsyncIterable<Uint8Array> | Uint8Array,
    place: (temporary: string) => Promise<void>,
  ): Promise<void> {
    const temporary = join(this.location, temporaryFolder, randomBytes(16).toString('hex'));
    const path = this.#path(name);
    try {
      await this.#ready(name);
      await writeAndFlush(temporary, bytes);
      await place(temporary);
      await flushFolder(dirname(path));
    } catch (error) {
      throw diskError(error, path);
    } finally {
      await unlink(temporary).catch(() => undefined);
    }
  }

  /** Creates the folders a write needs; on the first write also removes what crashed writes left. */
  async #ready(name: string): Promise<void> {
    if (!this.#folders.has(temporaryFolder)) {
      await mkdir(this.location, { recursive: true, mode: 0o700 });
      await this.#makeFolder(temporaryFolder);
      await this.#removeLeftovers();
    }
    const parts = name.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth++)
      await this.#makeFolder(parts.slice(0, depth).join('/'));
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return;
    const path = join(this.location, folder);
    await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error;
    });
    await flushFolder(dirname(path));
    this.#folders.add(folder);
  }

  async #removeLeftovers(): Promise<void> {
    const folder = join(this.location, temporaryFolder);
    for (const file of await readdir(folder)) {
      const path = join(folder, file);
      const status = await stat(path).catch(() => undefined);
      if (status === undefined || this.#now() - status.mtimeMs < leftoverAgeMs) continue;
      await unlink(path).catch(() => undefined);
    }
  }

  async #listFolder(folder: string, prefix: string): Promise<ObjectEntry[]> {
    const path = join(this.location, folder);
    const found: ObjectEntry[] = [];
    for (const file of await namesIn(path)) {
      const name = folder + file;
      // What lies below a folder begins with the folder's own name, so a part of the prefix is enough to go down.
      if (file.startsWith('.') || !(name.startsWith(prefix) || prefix.startsWith(`${name}/`))) continue;
      const status = await stat(join(path, file)).catch((error: unknown) =>
        vanished(error, join(path, file)),
      );
      if (status?.isDirectory()) found.push(...(await this.#listFolder(`${name}/`, prefix)));
      else if (status?.isFile()) found.push({ name, sizeBytes: status.size, modifiedMs: status.mtimeMs });
    }
    return found;
  }
}

/** A file removed while its folder was being listed is simply not listed. */
function vanished(error: unknown, path: string): undefined {
  if (systemCode(error) !== 'ENOENT') throw diskError(error, path);
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw diskError(error, path);
  }
}

async function readExactly(
  file: FileHandle,
  name: string,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) throw tooShort(name, offset + done, offset + length);
    done += bytesRead;
  }
  return bytes;
}

async function writeAndFlush(path: string, bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    if (bytes instanceof Uint8Array) await file.writeFile(bytes);
    else for await (const part of bytes) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** link(2) refuses a taken name at once. Where the file system has no hard links (FAT), look first, then rename. */
async function linkWithoutOverwrite(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(systemCode(error))) throw error;
    const present = await stat(to).catch(() => undefined);
    if (present !== undefined) throw Object.assign(new Error(`${to} exists`), { code: 'EEXIST' });
    await rename(from, to);
  }
}

async function sameBytes(left: string, right: string): Promise<boolean> {
  const [a, b] = [await open(left, 'r'), await open(right, 'r')];
  try {
    if ((await a.stat()).size !== (await b.stat()).size) return false;
    for (let offset = 0; ; ) {
      const [x, y] = [await readWindow(a, offset), await readWindow(b, offset)];
      if (!x.equals(y)) return false;
      if (x.length === 0) return true;
      offset += x.length;
    }
  } finally {
    await a.close();
    await b.close();
  }
}

async function readWindow(file: FileHandle, offset: number): Promise<Buffer> {
  const window = Buffer.alloc(1 << 20);
  const { bytesRead } = await file.read(window, 0, window.length, offset);
  return window.subarray(0, bytesRead);
}
