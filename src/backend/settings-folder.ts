/**
 * The configuration folder of a user. Unlike a store it is written by nobody else, so what lies in it may be a symbolic
 * link, as tools that keep dotfiles elsewhere make them: links are followed, and a file that is replaced stays linked.
 */
import { randomBytes } from 'node:crypto';
import { open, realpath, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Backend, ByteRange, ObjectEntry } from './backend.ts';
import { checkObjectName, cutRange, objectNotFound } from './backend.ts';
import { diskError, flushFolder, systemCode } from './disk-errors.ts';
import { LocalBackend } from './local.ts';
import { openRegular } from './regular-file.ts';

export class SettingsFolder implements Backend {
  readonly location: string;
  readonly #now: () => number;

  constructor(location: string, now: () => number = Date.now) {
    this.location = location;
    this.#now = now;
  }

  async read(name: string, range?: ByteRange): Promise<Uint8Array> {
    const path = await this.#target(name);
    if (path === undefined) throw objectNotFound(name, this.location);
    try {
      const file = await openRegular(path);
      try {
        return cutRange(name, new Uint8Array(await file.readFile()), range);
      } finally {
        await file.close();
      }
    } catch (error) {
      throw diskError(error, path);
    }
  }

  async size(name: string): Promise<number> {
    return (await this.read(name)).length;
  }

  async *list(prefix: string): AsyncIterable<ObjectEntry> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const inner = await this.#inner(`${folder}x`);
    for await (const entry of inner.list(prefix.slice(folder.length)))
      yield { ...entry, name: folder + entry.name };
  }

  async create(name: string, bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    await (await this.#inner(name)).create(fileOf(name), bytes);
  }

  async replace(name: string, bytes: Uint8Array): Promise<void> {
    const target = await this.#target(name);
    const inner = await this.#inner(name);
    if (target === undefined || target === join(inner.location, fileOf(name)))
      await inner.replace(fileOf(name), bytes);
    else await replaceFile(target, bytes);
  }

  async remove(name: string): Promise<void> {
    await (await this.#inner(name)).remove(fileOf(name));
  }

  /** The file that `name` leads to; undefined when there is none. */
  async #target(name: string): Promise<string | undefined> {
    checkObjectName(name);
    const path = join(this.location, name);
    try {
      return await realpath(path);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return undefined;
      throw diskError(error, path);
    }
  }

  /** The folder in which `name` lies, wherever that is. */
  async #inner(name: string): Promise<LocalBackend> {
    checkObjectName(name);
    const folder = dirname(join(this.location, name));
    return new LocalBackend(await realpath(folder).catch(() => folder), this.#now);
  }
}

function fileOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Replaces the file at once, from a new one beside it. */
async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await flushFolder(dirname(path));
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw diskError(error, path);
  }
}
