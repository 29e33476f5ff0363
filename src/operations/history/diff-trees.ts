/** The objects that differ between two snapshots, found by their listings: equal subtrees are not opened. */
import type {
  FileEntry,
  ObjectInfo,
  SnapshotReader,
  StoredContent,
  WalkedEntry,
} from '../../document/content.ts';
import { parentPath } from '../../document/names.ts';

/** A directory, with the object it lies in. */
type Directory = WalkedEntry & { type: 'directory'; readonly parent: string };

/** A page or database in one snapshot. */
export interface PlacedObject {
  readonly info: ObjectInfo;
  /** Path of its directory. */
  readonly path: string;
  /** The id of the object it lies in; a path where that is none. */
  readonly parent: string;
  /** Its document, where its directory was listed. */
  readonly content?: StoredContent | undefined;
}

/** An object of two snapshots. */
export interface PairedObject {
  readonly before: PlacedObject;
  readonly after: PlacedObject;
  /** Its own files differ: its document or its media. */
  readonly hasOtherFiles: boolean;
  /** Nothing at or below it differs but the path. */
  readonly isEqual: boolean;
}

export interface TreeDifference {
  readonly removed: readonly PlacedObject[];
  readonly added: readonly PlacedObject[];
  /** Objects whose files, name or place differ. */
  readonly paired: readonly PairedObject[];
  /** Directories that lie elsewhere with everything below. */
  readonly moved: readonly { readonly from: string; readonly to: string }[];
}

/** Compares what lies at or below two directories. */
export async function diffTrees(
  before: { readonly snapshot: SnapshotReader; readonly path: string },
  after: { readonly snapshot: SnapshotReader; readonly path: string },
): Promise<TreeDifference> {
  const walk = new TreeWalk(before.snapshot, after.snapshot);
  const [old, now] = [await before.snapshot.entry(before.path), await after.snapshot.entry(after.path)];
  walk.begin(directoryAt(old, before.path), directoryAt(now, after.path));
  return walk.finish();
}

function directoryAt(entry: WalkedEntry | undefined, path: string): Directory {
  const parent = parentPath(path) || '/';
  return entry?.type === 'directory'
    ? { ...entry, parent }
    : { type: 'directory', path, modified: '', parent };
}

/** The listings to compare, and the directories that have no partner yet. */
class TreeWalk {
  readonly #before: SnapshotReader;
  readonly #after: SnapshotReader;
  readonly #pairs: (readonly [Directory, Directory])[] = [];
  readonly #alone = { before: new Map<string, Directory>(), after: new Map<string, Directory>() };
  readonly #paired: PairedObject[] = [];
  readonly #moved: { readonly from: string; readonly to: string }[] = [];

  constructor(before: SnapshotReader, after: SnapshotReader) {
    this.#before = before;
    this.#after = after;
  }

  begin(before: Directory, after: Directory): void {
    this.#pairs.push([before, after]);
  }

  /** A directory that lies elsewhere now is compared with itself, wherever it is found; the rest is opened to find more. */
  async finish(): Promise<TreeDifference> {
    const gone: PlacedObject[] = [];
    const come: PlacedObject[] = [];
    for (;;) {
      for (let pair = this.#pairs.pop(); pair !== undefined; pair = this.#pairs.pop())
        await this.#compare(...pair);
      this.#joinAlone();
      if (this.#pairs.length > 0) continue;
      if (this.#alone.before.size === 0 && this.#alone.after.size === 0) break;
      await this.#open('before', gone);
      await this.#open('after', come);
    }
    return this.#matchRest(gone, come);
  }

  #joinAlone(): void {
    for (const [id, before] of this.#alone.before) {
      const after = this.#alone.after.get(id);
      if (after === undefined) continue;
      this.#alone.before.delete(id);
      this.#alone.after.delete(id);
      this.#pairs.push([before, after]);
    }
  }

  /** Opens the directories without a partner: what lies below them may have one. */
  async #open(side: 'before' | 'after', found: PlacedObject[]): Promise<void> {
    const reader = side === 'before' ? this.#before : this.#after;
    const directories = [...this.#alone[side].values()];
    this.#alone[side].clear();
    for (const directory of directories) {
      const entries = await children(reader, directory);
      if (directory.object !== undefined) found.push(placed(directory, directory.object, entries));
      for (const entry of entries.values()) if (entry.type === 'directory') this.#setAlone(side, entry);
    }
  }

  #setAlone(side: 'before' | 'after', directory: Directory): void {
    this.#alone[side].set(directory.object?.id ?? `path ${directory.path}`, directory);
  }

  async #compare(before: Directory, after: Directory): Promise<void> {
    const isMoved = before.path !== after.path;
    if (hasSameListing(before, after)) {
      if (!isMoved) return;
      this.#moved.push({ from: before.path, to: after.path });
      // One that only lies below a moved one is not read.
      const now = before.parent === after.parent ? noEntries : await children(this.#after, after);
      this.#pair([before, noEntries], [after, now], { hasOtherFiles: false, isEqual: true });
      return;
    }
    const old = await children(this.#before, before);
    const now = await children(this.#after, after);
    const hasOtherFiles = !sameFiles(old, now);
    if (hasOtherFiles || isMoved) this.#pair([before, old], [after, now], { hasOtherFiles, isEqual: false });
    for (const [name, entry] of now) {
      if (entry.type !== 'directory') continue;
      const was = old.get(name);
      if (was?.type === 'directory' && was.object?.id === entry.object?.id) this.#pairs.push([was, entry]);
      else this.#setAlone('after', entry);
    }
    for (const [name, entry] of old) {
      const is = now.get(name);
      const isPaired =
        is?.type === 'directory' && entry.type === 'directory' && is.object?.id === entry.object?.id;
      if (entry.type === 'directory' && !isPaired) this.#setAlone('before', entry);
    }
  }

  #pair(
    [before, old]: Listed,
    [after, now]: Listed,
    differs: Pick<PairedObject, 'hasOtherFiles' | 'isEqual'>,
  ): void {
    if (before.object === undefined || after.object === undefined) return;
    this.#paired.push({
      before: placed(before, before.object, old),
      after: placed(after, after.object, now),
      ...differs,
    });
  }

  /** Objects whose directories were opened on both sides before their partner was seen. */
  #matchRest(gone: readonly PlacedObject[], come: readonly PlacedObject[]): TreeDifference {
    const now = new Map(come.map((object) => [object.info.id, object]));
    const old = new Set(gone.map(({ info }) => info.id));
    const matched = gone.flatMap((before): PairedObject[] => {
      const after = now.get(before.info.id);
      return after === undefined ? [] : [{ before, after, hasOtherFiles: true, isEqual: false }];
    });
    return {
      removed: gone.filter(({ info }) => !now.has(info.id)),
      added: come.filter(({ info }) => !old.has(info.id)),
      paired: [...this.#paired, ...matched],
      moved: this.#moved,
    };
  }
}

function hasSameListing(before: Directory, after: Directory): boolean {
  const [old, now] = [before.listing?.chunks, after.listing?.chunks];
  return old !== undefined && now !== undefined && old.length > 0 && old.join() === now.join();
}

type Child = Directory | (WalkedEntry & { type: 'file' });

type Entries = ReadonlyMap<string, Child>;

/** A directory with what it lists. */
type Listed = readonly [Directory, Entries];

/** Those of a directory that was not listed. */
const noEntries: Entries = new Map();

function placed({ path, parent }: Directory, info: ObjectInfo, entries: Entries): PlacedObject {
  const document = entries.get(`${info.kind}.json`);
  return { info, path, parent, content: document?.type === 'file' ? document.content : undefined };
}

/** The entries of a directory by name; nothing when it is not there. */
async function children(reader: SnapshotReader, directory: Directory): Promise<Entries> {
  const entries = new Map<string, Child>();
  if (directory.modified === '' && (await reader.entry(directory.path)) === undefined) return entries;
  const parent = directory.object?.id ?? directory.path;
  for await (const entry of reader.list(directory.path, directory.listing)) {
    const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
    entries.set(name, entry.type === 'directory' ? { ...entry, parent } : entry);
  }
  return entries;
}

/** True when the files of an object are the same: those it lists itself, and its `files` folder. */
function sameFiles(old: Entries, now: Entries): boolean {
  const files = (entries: Entries) =>
    [...entries].flatMap(([name, entry]) => (entry.type === 'file' ? [`${name} ${chunksOf(entry)}`] : []));
  return files(old).join('\n') === files(now).join('\n');
}

function chunksOf(file: FileEntry): string {
  return file.content.chunks.join();
}
