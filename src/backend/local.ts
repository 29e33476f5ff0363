/**
 * A store in a folder of this machine. Every object is a file; a new one is written beside the store's objects (or taken over, where
 * it lies on the same disk already), flushed, linked to its name without overwriting, and its folder flushed, so that a crash leaves either the whole
 * object or nothing but a temporary file that no listing shows. Others may be able to write to the folder: see
 * regular-file.ts.
 */
import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { link, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { KlosetError } from '../errors.ts';
import { roomFor } from '../large-bytes.ts';
import type { Backend, ByteRange, ObjectEntry } from './backend.ts';
import {
  checkObjectName,
  isForeignFolder,
  maxObjectBytes,
  nameTaken,
  objectNotFound,
  tooShort,
} from './backend.ts';
import { creationError, diskError, flushFolder, systemCode } from './disk-errors.ts';
import { LocalFile, readInto } from './local-file.ts';
import { checkFolders, openRegular, requireRegular, statusOf } from './regular-file.ts';

/** Holds files being written. The dot keeps it apart from every object name. */
const temporaryFolder = '.tmp';
/** A temporary file this old was left by a crash: writing one object takes seconds. */
const leftoverAgeMs = 24 * 3600 * 1000;
const temporaryName = /^[0-9a-f]{32}$/;

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
      if (length > maxObjectBytes) {
        throw new KlosetError('integrity', `${name} is damaged: no object has ${length} bytes.`);
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
    await this.#checkFolders(`${folder}x`);
    const entries = await this.#listFolder(folder, prefix);
    yield* entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async *listSpecial(): AsyncIterable<string> {
    const open = [''];
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      for (const file of (await this.#namesIn(folder)).sort()) {
        const name = folder + file;
        const status = await statusOf(join(this.location, name));
        if (status?.isDirectory()) open.push(`${name}/`);
        else if (status !== undefined && !status.isFile()) yield name;
      }
    }
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
      await this.#checkFolders(name);
      await requireRegular(path);
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

  async #checkFolders(name: string): Promise<void> {
    await checkFolders(this.location, name.split('/').slice(0, -1));
  }

  async #withFile<T>(name: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
    const path = this.#path(name);
    let file: FileHandle | undefined;
    try {
      await this.#checkFolders(name);
      file = await openRegular(path);
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
      const isTaken = bytes instanceof LocalFile && (await takeOver(bytes.path, temporary));
      if (!isTaken) await writeAndFlush(temporary, bytes);
      await place(temporary);
      await flushFolder(dirname(path));
    } catch (error) {
      throw creationError(error, path);
    } finally {
      await unlink(temporary).catch(() => undefined);
    }
  }

  /** Creates the folders a write needs; on the first write also removes what crashed writes left. */
  async #ready(name: string): Promise<void> {
    if (!this.#folders.has(temporaryFolder)) {
      await makeRoot(this.location);
      await this.#makeFolder(temporaryFolder);
      await this.#removeLeftovers();
    }
    await this.#checkFolders(`${temporaryFolder}/x`);
    await this.#checkFolders(name);
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
    await this.#checkFolders(`${folder}/x`);
    await flushFolder(dirname(path));
    this.#folders.add(folder);
  }

  async #removeLeftovers(): Promise<void> {
    const folder = join(this.location, temporaryFolder);
    for (const file of (await readdir(folder)).filter((name) => temporaryName.test(name))) {
      const path = join(folder, file);
      const status = await statusOf(path).catch(() => undefined);
      if (!status?.isFile() || this.#now() - status.mtimeMs < leftoverAgeMs) continue;
      await unlink(path).catch(() => undefined);
    }
  }

  /** Names in `folder`, which is relative to the store: empty, or with a slash at its end. */
  async #namesIn(folder: string): Promise<string[]> {
    const path = join(this.location, folder);
    try {
      return await readdir(path);
    } catch (error) {
      const isMissing = systemCode(error) === 'ENOENT' || (await statusOf(this.location)) === undefined;
      const isRefused = ['EACCES', 'EPERM'].includes(systemCode(error));
      if (isMissing || (isRefused && isForeignFolder(folder.slice(0, -1)))) return [];
      throw diskError(error, path);
    }
  }

  async #listFolder(folder: string, prefix: string): Promise<ObjectEntry[]> {
    const path = join(this.location, folder);
    const found: ObjectEntry[] = [];
    for (const file of await this.#namesIn(folder)) {
      const name = folder + file;
      // What lies below a folder begins with the folder's own name, so a part of the prefix is enough to go down.
      if (file.startsWith('.') || !(name.startsWith(prefix) || prefix.startsWith(`${name}/`))) continue;
      // A file removed while its folder was being listed is simply not listed.
      const status = await statusOf(join(path, file));
      if (status?.isDirectory())
        for (const entry of await this.#listFolder(`${name}/`, prefix)) found.push(entry);
      // What is neither file nor folder is listed too: whoever reads it is told that it is damage.
      else if (status !== undefined) found.push({ name, sizeBytes: status.size, modifiedMs: status.mtimeMs });
    }
    return found;
  }
}

/** Creates the folder of the store and those above it, so that they too survive a power cut. */
async function makeRoot(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let folder = resolve(path); folder.length >= first.length; folder = dirname(folder))
    await flushFolder(dirname(folder));
}

async function readExactly(
  file: FileHandle,
  name: string,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = roomFor(length);
  const done = await readInto(file, bytes, offset);
  if (done < length) throw tooShort(name, offset + done, offset + length);
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

/** Gives the file at `from` the name `to` too, flushed; false where that lies on another disk, or none has two names. */
async function takeOver(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
  } catch (error) {
    if (!isWithoutLinks(error)) throw error;
    return false;
  }
  const file = await open(to, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  return true;
}

/** True when link(2) failed because the file system has no hard links, or none between these two places. */
function isWithoutLinks(error: unknown): boolean {
  return ['EPERM', 'EACCES', 'EXDEV', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(
    systemCode(error),
  );
}

/** link(2) refuses a taken name at once. Where the file system has no hard links (FAT), look first, then rename. */
async function linkWithoutOverwrite(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!isWithoutLinks(error)) throw error;
    if ((await statusOf(to)) !== undefined)
      throw Object.assign(new Error(`${to} exists`), { code: 'EEXIST' });
    await rename(from, to);
  }
}

async function sameBytes(left: string, right: string): Promise<boolean> {
  const a = await openRegular(left);
  try {
    const b = await openRegular(right);
    try {
      return await sameContent(a, b);
    } finally {
      await b.close();
    }
  } finally {
    await a.close();
  }
}

async function sameContent(a: FileHandle, b: FileHandle): Promise<boolean> {
  if ((await a.stat()).size !== (await b.stat()).size) return false;
  for (let offset = 0; ; ) {
    const [x, y] = [await readWindow(a, offset), await readWindow(b, offset)];
    if (!x.equals(y)) return false;
    if (x.length === 0) return true;
    offset += x.length;
  }
}

async function readWindow(file: FileHandle, offset: number): Promise<Buffer> {
  const window = Buffer.alloc(1 << 20);
  const { bytesRead } = await file.read(window, 0, window.length, offset);
  return window.subarray(0, bytesRead);
}
