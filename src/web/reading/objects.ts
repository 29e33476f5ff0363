/**
 * The objects of one snapshot: found by id, listed below one another. Listings are read when somebody looks; the whole tree is
 * walked only for an id that no listing has shown yet, and the walk lets others work in between.
 */
import { setImmediate } from 'node:timers/promises';
import type { SnapshotReader, StoredContent, WalkedEntry } from '../../document/content.ts';
import { compactId } from '../../document/notion-id.ts';
import { Recent } from './recent.ts';

/** A page or database with its place in the snapshot. */
export interface PlacedObject {
  /** Compact. */
  readonly id: string;
  readonly kind: 'page' | 'database';
  /** Path of its directory. */
  readonly path: string;
  /** The listing of that directory: with it nothing has to be found from the root, where one directory may have ten thousand names. */
  readonly listing: StoredContent | undefined;
}

/** The directory with what lies in it. */
export interface Listing {
  readonly objects: readonly PlacedObject[];
  /** Names of directories that stand for no object: `_orphans`, `_trash`, `_templates`. */
  readonly groups: readonly string[];
}

/** The walk pauses after so long. */
const sliceMs = 8;
const maxListings = 64;

export class Objects {
  readonly #reader: SnapshotReader;
  readonly #byId = new Map<string, PlacedObject>();
  readonly #byPath = new Map<string, PlacedObject>();
  readonly #listings = new Recent<string, Listing>(maxListings);
  readonly #waiting = new Map<string, (() => void)[]>();
  #walk: Promise<void> | undefined;
  #isWhole = false;

  constructor(reader: SnapshotReader) {
    this.#reader = reader;
  }

  /** The things directly in the directory at `path`. @throws KlosetError `not-found`, `integrity` */
  async below(path: string): Promise<Listing> {
    return this.#listings.keep(path, this.#listings.get(path) ?? (await this.#read(path)));
  }

  async #read(path: string): Promise<Listing> {
    const objects: PlacedObject[] = [];
    const groups: string[] = [];
    for await (const entry of this.#reader.list(path, this.#byPath.get(path)?.listing)) {
      const object = this.note(entry);
      if (object !== undefined) objects.push(object);
      else if (entry.type === 'directory') groups.push(entry.path.slice(entry.path.lastIndexOf('/') + 1));
    }
    return { objects, groups: groups.filter((name) => name.startsWith('_')) };
  }

  /** The content of an object's own document; undefined when its directory has none. @throws KlosetError `integrity` */
  async documentOf({ kind, path, listing }: PlacedObject): Promise<StoredContent | undefined> {
    for await (const entry of this.#reader.list(path, listing))
      if (entry.type === 'file' && entry.path === `${path}/${kind}.json`) return entry.content;
    return undefined;
  }

  /** The object, as far as it has been seen. */
  known(id: string): PlacedObject | undefined {
    return this.#byId.get(compactId(id));
  }

  /** False for an object that is not in the snapshot; true while that is not certain. */
  mayHave(id: string): boolean {
    return !this.#isWhole || this.#byId.has(compactId(id));
  }

  /** The object, wherever it lies; undefined when the snapshot does not have it. @throws KlosetError `integrity` */
  async find(id: string): Promise<PlacedObject | undefined> {
    const own = compactId(id);
    if (this.#byId.has(own) || this.#isWhole) return this.#byId.get(own);
    const seen = new Promise<void>((resolve) =>
      this.#waiting.set(own, [...(this.#waiting.get(own) ?? []), resolve]),
    );
    await Promise.race([this.whole(), seen]);
    return this.#byId.get(own);
  }

  /** Waits until every object has been seen. @throws KlosetError `integrity` */
  whole(): Promise<void> {
    this.#walk ??= this.#readAll();
    return this.#walk;
  }

  /** Every object, in the order of the tree. @throws KlosetError `integrity` */
  async all(): Promise<PlacedObject[]> {
    await this.whole();
    return [...this.#byId.values()];
  }

  /** The objects that `path` lies in, the outermost first. @throws KlosetError `integrity` */
  async above(path: string): Promise<PlacedObject[]> {
    const parts = path.split('/');
    const found: PlacedObject[] = [];
    for (let length = 2; length < parts.length; length += 1) {
      const above = parts.slice(0, length).join('/');
      const object = this.#byPath.get(above) ?? (await this.#at(above));
      if (object !== undefined) found.push(object);
    }
    return found;
  }

  /** The object whose directory is at `path`. @throws KlosetError `integrity` */
  async #at(path: string): Promise<PlacedObject | undefined> {
    const entry = await this.#reader.entry(path);
    return entry === undefined ? undefined : this.note(entry);
  }

  /** Remembers an entry that was read anyway. */
  note(entry: WalkedEntry): PlacedObject | undefined {
    if (entry.type !== 'directory' || entry.object === undefined) return undefined;
    const { path, listing } = entry;
    const object = { id: compactId(entry.object.id), kind: entry.object.kind, path, listing };
    this.#byId.set(object.id, object);
    this.#byPath.set(object.path, object);
    return object;
  }

  async #readAll(): Promise<void> {
    try {
      let pauseAt = performance.now() + sliceMs;
      for await (const entry of this.#reader.walk('/')) {
        const object = this.note(entry);
        if (object !== undefined) this.#tell(object.id);
        if (performance.now() < pauseAt) continue;
        await setImmediate();
        pauseAt = performance.now() + sliceMs;
      }
      this.#isWhole = true;
    } catch (error) {
      // The next who needs the whole tree tries again.
      this.#walk = undefined;
      throw error;
    } finally {
      this.#waiting.clear();
    }
  }

  #tell(id: string): void {
    for (const resolve of this.#waiting.get(id) ?? []) resolve();
    this.#waiting.delete(id);
  }
}
