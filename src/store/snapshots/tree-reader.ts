/** One snapshot as people see it: paths, directories, files. Every byte comes verified from the root the header signs. */
import type { SnapshotReader, StoredContent, WalkedEntry } from '../../document/content.ts';
import { KlosetError } from '../../errors.ts';
import type { SnapshotId } from '../format/ids.ts';
import { blobContent } from '../format/ids.ts';
import type { SnapshotHeader } from '../format/snapshot-header.ts';
import type { DirectoryEntry, TreeEntry } from '../format/tree.ts';
import { compareNames, decodeListing, maxTreeDepth } from '../format/tree.ts';
import type { BlobSource } from '../packs/content-reader.ts';
import { readContent } from '../packs/content-reader.ts';

export class TreeReader implements SnapshotReader {
  readonly id: SnapshotId;
  readonly header: SnapshotHeader;
  readonly #blobs: BlobSource;

  constructor(id: SnapshotId, header: SnapshotHeader, blobs: BlobSource) {
    this.id = id;
    this.header = header;
    this.#blobs = blobs;
  }

  async entry(path: string): Promise<WalkedEntry | undefined> {
    const found = await this.#find(partsOf(path));
    return found === undefined ? undefined : walked(joined(partsOf(path)), found);
  }

  /** The entry at `path` as its directory lists it, with the content of a directory's own listing. */
  treeEntry(path: string): Promise<TreeEntry | undefined> {
    return this.#find(partsOf(path));
  }

  async *list(path: string): AsyncGenerator<WalkedEntry> {
    const base = joined(partsOf(path));
    for await (const entry of this.#children(await this.#directory(path)))
      yield walked(under(base, entry.name), entry);
  }

  /** Direct children of a directory that was found before; it is not looked for again from the root. */
  async *listFound(directory: WalkedEntry & { readonly type: 'directory' }): AsyncGenerator<WalkedEntry> {
    const { path, modified, listing } = directory;
    if (listing === undefined) return yield* this.list(path);
    const content = blobContent(listing);
    for await (const entry of this.#children({ type: 'directory', name: path, modified, content }))
      yield walked(under(path, entry.name), entry);
  }

  async *walk(path: string): AsyncGenerator<WalkedEntry> {
    const found = await this.#find(partsOf(path));
    if (found === undefined) throw nothingAt(path, this.id);
    const start = joined(partsOf(path));
    yield walked(start, found);
    if (found.type === 'directory') yield* this.#walkBelow(start, found);
  }

  read(content: StoredContent): AsyncIterable<Uint8Array> {
    return readContent(this.#blobs, blobContent(content), 'file');
  }

  /** Iterates with a stack of its own: a tree may be deeper than nested generators are quick. */
  async *#walkBelow(start: string, directory: DirectoryEntry): AsyncGenerator<WalkedEntry> {
    const open = [{ path: start, entries: this.#children(directory) }];
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const next = await top.entries.next();
      if (next.done) {
        open.pop();
        continue;
      }
      const path = under(top.path, next.value.name);
      yield walked(path, next.value);
      if (next.value.type !== 'directory') continue;
      if (open.length > maxTreeDepth)
        throw new KlosetError('integrity', `The tree is deeper than ${maxTreeDepth} at ${path}.`);
      open.push({ path, entries: this.#children(next.value) });
    }
  }

  async #directory(path: string): Promise<DirectoryEntry> {
    const found = await this.#find(partsOf(path));
    if (found === undefined) throw nothingAt(path, this.id);
    if (found.type === 'directory') return found;
    throw new KlosetError('not-found', `${path} is a file, not a directory.`);
  }

  async #find(parts: readonly string[]): Promise<TreeEntry | undefined> {
    let found: TreeEntry = rootEntry(this.header);
    for (const part of parts) {
      const next: TreeEntry | undefined =
        found.type === 'directory' ? await this.#child(found, part) : undefined;
      if (next === undefined) return undefined;
      found = next;
    }
    return found;
  }

  async #child(directory: DirectoryEntry, name: string): Promise<TreeEntry | undefined> {
    for await (const entry of this.#children(directory)) {
      if (entry.name === name) return entry;
      if (compareNames(entry.name, name) > 0) return undefined;
    }
    return undefined;
  }

  #children(directory: DirectoryEntry): AsyncGenerator<TreeEntry> {
    const what = `The listing of ${JSON.stringify(directory.name)} in snapshot ${this.id.slice(0, 12)}…`;
    return decodeListing(readContent(this.#blobs, directory.content, 'tree'), what);
  }
}

/** The root as if a directory above listed it. */
export function rootEntry(header: SnapshotHeader): DirectoryEntry {
  return { type: 'directory', name: '', modified: header.time, content: header.root };
}

function walked(path: string, entry: TreeEntry): WalkedEntry {
  if (entry.type === 'file') return { ...entry, path };
  const { type, modified, object, content: listing } = entry;
  return { type, path, modified, listing, ...(object === undefined ? {} : { object }) };
}

/** The names on the way to `path`; empty ones (`//`, a last `/`) are left out. */
function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

function joined(parts: readonly string[]): string {
  return `/${parts.join('/')}`;
}

function under(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

function nothingAt(path: string, id: string): KlosetError {
  return new KlosetError('not-found', `There is nothing at ${path} in snapshot ${id.slice(0, 12)}….`);
}
