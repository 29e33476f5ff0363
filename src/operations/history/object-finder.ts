/** Finds one object in snapshot after snapshot; what is known from those before is not read again. */
import type { SnapshotReader, StoredContent, WalkedEntry } from '../../document/content.ts';
import type { PlacedObject } from './diff-trees.ts';

type Directory = WalkedEntry & { type: 'directory' };

/** One state of the object: where it lies and what its files are. */
export interface FoundObject {
  readonly object: PlacedObject;
  /** Chunks of its document and media: equal means unchanged. */
  readonly content: string;
}

export class ObjectFinder {
  readonly #id: string;
  /** Listings at and below which the object is not. */
  readonly #without = new Set<string>();
  #last: FoundObject | undefined;
  /** The directories down to where it was last found, the root first, its own last: equal ones have it as it was. */
  #trail: readonly string[] = [];

  /** @param id compact id of the object */
  constructor(id: string) {
    this.#id = id;
  }

  /** The object where it was last found, else wherever it is now; undefined when it is not there. */
  async find(reader: SnapshotReader): Promise<FoundObject | undefined> {
    const root = await reader.entry('/');
    if (root?.type !== 'directory') return undefined;
    return (await this.#whereItWas(reader, root)) ?? (await this.#anywhere(reader, root, [root]));
  }

  async #whereItWas(reader: SnapshotReader, root: Directory): Promise<FoundObject | undefined> {
    if (this.#last === undefined) return undefined;
    const { path } = this.#last.object;
    const way: Directory[] = [root];
    for (const name of path.slice(1).split('/')) {
      const above = way.at(-1) ?? root;
      if (this.#isAsItWas(way)) {
        this.#trail = [...keysOf(way), ...this.#trail.slice(way.length)];
        return this.#last;
      }
      const child = await childOf(reader, above, name);
      if (child === undefined) return undefined;
      way.push(child);
    }
    if (way.at(-1)?.object?.id !== this.#id) return undefined;
    return await this.#found(reader, way);
  }

  /** True when the last directory of `way` is what it was, with all below: the object is there as it was. */
  #isAsItWas(way: readonly Directory[]): boolean {
    const own = way.at(-1);
    return own?.listing !== undefined && keyOf(own) === this.#trail[way.length - 1];
  }

  /** Depth first; directories that are known not to have it are not opened. */
  async #anywhere(
    reader: SnapshotReader,
    directory: Directory,
    way: readonly Directory[],
  ): Promise<FoundObject | undefined> {
    const listing = directory.listing?.chunks.join();
    if (listing !== undefined && this.#without.has(listing)) return undefined;
    const below: Directory[] = [];
    for await (const entry of reader.list(directory.path, directory.listing))
      if (entry.type === 'directory') below.push(entry);
    const own = below.find(({ object }) => object?.id === this.#id);
    if (own !== undefined) return await this.#found(reader, [...way, own]);
    for (const child of below) {
      const found = await this.#anywhere(reader, child, [...way, child]);
      if (found !== undefined) return found;
    }
    if (listing !== undefined) this.#without.add(listing);
    return undefined;
  }

  async #found(reader: SnapshotReader, way: readonly Directory[]): Promise<FoundObject | undefined> {
    const [above, own] = [way.at(-2), way.at(-1)];
    if (own?.object === undefined || above === undefined) return undefined;
    const parent = above.object?.id ?? above.path;
    if (this.#last !== undefined && keyOf(own) === this.#trail.at(-1)) {
      this.#last = { ...this.#last, object: { ...this.#last.object, path: own.path, parent } };
    } else {
      this.#last = await read(reader, own, { info: own.object, path: own.path, parent });
    }
    this.#trail = keysOf(way);
    return this.#last;
  }
}

function keysOf(way: readonly Directory[]): string[] {
  return way.map((directory) => keyOf(directory) ?? '');
}

/** The id of a directory's object with its listing; undefined when no listing is told. */
function keyOf({ object, listing }: Directory): string | undefined {
  return listing === undefined ? undefined : `${object?.id ?? ''} ${listing.chunks.join()}`;
}

async function childOf(
  reader: SnapshotReader,
  directory: Directory,
  name: string,
): Promise<Directory | undefined> {
  for await (const entry of reader.list(directory.path, directory.listing))
    if (entry.type === 'directory' && entry.path.slice(entry.path.lastIndexOf('/') + 1) === name)
      return entry;
  return undefined;
}

async function read(
  reader: SnapshotReader,
  directory: Directory,
  object: PlacedObject,
): Promise<FoundObject> {
  const contents: string[] = [];
  let content: StoredContent | undefined;
  for await (const entry of reader.list(directory.path, directory.listing)) {
    if (entry.type !== 'file') continue;
    const name = entry.path.slice(directory.path.length + 1);
    contents.push(`${name} ${entry.content.chunks.join()}`);
    if (name === `${object.info.kind}.json`) content = entry.content;
  }
  return { object: { ...object, content }, content: contents.join('\n') };
}
