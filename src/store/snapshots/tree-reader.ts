/** One snapshot as people see it: paths, directories, files. Every byte comes verified from the root the header signs. */
import type { SnapshotReader, StoredContent, WalkedEntry } from '../../document/content.ts';
import { KlosetError } from '../../errors.ts';
import type { SnapshotId } from '../format/ids.ts';
import { blobContent } from '../format/ids.ts';
import type { SnapshotHeader } from '../format/snapshot-header.ts';
import type { DirectoryEntry, TreeEntry } from '../format/tree.ts';
import { compareNames, decodePieces, maxTreeDepth } from '../format/tree.ts';
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

  async *list(path: string, listing?: StoredContent): AsyncGenerator<WalkedEntry> {
    const parts = partsOf(path);
    const directory =
      listing === undefined
        ? await this.#directory(path)
        : { name: parts.at(-1) ?? '', content: blobContent(listing) };
    const base = joined(parts);
    for await (const entries of this.#children(directory))
      for (const entry of entries) yield walked(under(base, entry.name), entry);
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

  expect(content: StoredContent): void {
    this.#blobs.expect?.(blobContent(content).chunks);
  }

  leave(): void {
    this.#blobs.leave?.();
  }

  /** Iterates with a stack of its own: a tree may be deeper than nested generators are quick. */
  async *#walkBelow(start: string, directory: DirectoryEntry): AsyncGenerator<WalkedEntry> {
    const open = [{ path: start, entries: new Entries(this.#children(directory)) }];
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const next = top.entries.atHand() ?? (await top.entries.next());
      if (next === undefined) {
        open.pop();
        continue;
      }
      const path = under(top.path, next.name);
      yield walked(path, next);
      if (next.type !== 'directory') continue;
      if (open.length > maxTreeDepth)
        throw new KlosetError('integrity', `The tree is deeper than ${maxTreeDepth} at ${path}.`);
      open.push({ path, entries: new Entries(this.#children(next)) });
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
    for await (const entries of this.#children(directory)) {
      for (const entry of entries) {
        if (entry.name === name) return entry;
        if (compareNames(entry.name, name) > 0) return undefined;
      }
    }
    return undefined;
  }

  #children(directory: Pick<DirectoryEntry, 'name' | 'content'>): AsyncGenerator<Iterable<TreeEntry>> {
    const what = `The listing of ${JSON.stringify(directory.name)} in snapshot ${this.id.slice(0, 12)}…`;
    return decodePieces(readContent(this.#blobs, directory.content, 'tree'), what);
  }
}

/** The entries of one listing, one after the other. */
class Entries {
  readonly #pieces: AsyncIterator<Iterable<TreeEntry>>;
  #piece: Iterator<TreeEntry> = [].values();

  constructor(pieces: AsyncIterable<Iterable<TreeEntry>>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The next entry of the piece at hand; undefined at its end. */
  atHand(): TreeEntry | undefined {
    const next = this.#piece.next();
    return next.done === true ? undefined : next.value;
  }

  /** The first entry of a later piece; undefined at the end of the listing. */
  async next(): Promise<TreeEntry | undefined> {
    for (;;) {
      const piece = await this.#pieces.next();
      if (piece.done === true) return undefined;
      this.#piece = piece.value[Symbol.iterator]();
      const first = this.atHand();
      if (first !== undefined) return first;
    }
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
