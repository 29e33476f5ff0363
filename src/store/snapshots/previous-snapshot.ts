/** The last snapshot of a source as an incremental run wants it: objects by id, from a local file made from its tree. */
import type {
  FileEntry,
  PreviousObject,
  PreviousSnapshot,
  SnapshotReader,
  WalkedEntry,
} from '../../document/content.ts';
import type { JsonObject } from '../../document/json.ts';
import { isObject } from '../../document/json.ts';
import { KlosetError } from '../../errors.ts';
import type { BlobIndex } from '../cache/blob-index.ts';
import type { ObjectCache, ObjectCacheWriter } from '../cache/object-cache.ts';
import { blobContent } from '../format/ids.ts';

const maxManifestBytes = 256 * 1024 * 1024;

export class StoredPreviousSnapshot implements PreviousSnapshot {
  readonly id: string;
  readonly time: string;
  readonly manifest: JsonObject;
  readonly #rootFiles: readonly FileEntry[];
  readonly #objects: ObjectCache;
  readonly #index: BlobIndex;

  constructor(
    snapshot: {
      readonly id: string;
      readonly time: string;
      readonly manifest: JsonObject;
      readonly rootFiles: readonly FileEntry[];
    },
    objects: ObjectCache,
    index: BlobIndex,
  ) {
    this.id = snapshot.id;
    this.time = snapshot.time;
    this.manifest = snapshot.manifest;
    this.#rootFiles = snapshot.rootFiles;
    this.#objects = objects;
    this.#index = index;
  }

  object(id: string): PreviousObject | undefined {
    const object = this.#objects.object(id);
    return object === undefined ? undefined : this.#unlessLost(object);
  }

  *objects(): Generator<PreviousObject> {
    for (const object of this.#objects.objects()) yield this.#unlessLost(object);
  }

  rootFiles(): readonly FileEntry[] {
    return this.#rootFiles.filter((file) => this.#isWhole(file));
  }

  /** An object whose content the store lost looks as if it had never been read: reading it anew heals the store. */
  #unlessLost(object: PreviousObject): PreviousObject {
    return object.files.every((file) => this.#isWhole(file)) ? object : { ...object, edited: '', files: [] };
  }

  #isWhole({ content }: FileEntry): boolean {
    return blobContent(content).chunks.every((id) => this.#index.find(id) !== undefined);
  }
}

/** The files of the root and of its `files` folder, names relative to the root. @throws KlosetError integrity */
export async function readRootFiles(reader: SnapshotReader): Promise<FileEntry[]> {
  const files: FileEntry[] = [];
  for (const folder of ['/', '/files']) {
    if ((await reader.entry(folder))?.type !== 'directory') continue;
    for await (const entry of reader.list(folder)) {
      if (entry.type !== 'file') continue;
      const { path, ...file } = entry;
      files.push({ ...file, name: path.slice(1) });
    }
  }
  return files;
}

/** `/manifest.json` of a snapshot; empty when there is none. @throws KlosetError integrity */
export async function readManifest(reader: SnapshotReader): Promise<JsonObject> {
  const entry = await reader.entry('/manifest.json');
  if (entry?.type !== 'file') return {};
  if (entry.content.size > maxManifestBytes) {
    throw new KlosetError('integrity', `/manifest.json has ${entry.content.size} bytes.`);
  }
  const parts: Uint8Array[] = [];
  for await (const part of reader.read(entry.content)) parts.push(part);
  try {
    const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
    return isObject(value) ? value : {};
  } catch (error) {
    throw new KlosetError('integrity', '/manifest.json is not JSON.', { cause: error });
  }
}

/** Walks the tree and hands every object with its files to `objects`. */
export async function collectObjects(reader: SnapshotReader, objects: ObjectCacheWriter): Promise<void> {
  /** The objects whose directories are open, outermost first. */
  const open: OpenObject[] = [];
  for await (const entry of reader.walk('/')) {
    while (open.length > 0 && !isBelow(entry.path, open.at(-1)?.path)) closeLast(open, objects);
    if (entry.type === 'file') addFile(open.at(-1), entry);
    else if (entry.object !== undefined) {
      open.push({ ...entry.object, path: entry.path, parentId: open.at(-1)?.id ?? null, files: [] });
    }
  }
  while (open.length > 0) closeLast(open, objects);
}

type OpenObject = Omit<PreviousObject, 'files'> & { readonly files: FileEntry[] };

function closeLast(open: OpenObject[], objects: ObjectCacheWriter): void {
  const last = open.pop();
  if (last !== undefined) objects.add(last);
}

function addFile(owner: OpenObject | undefined, entry: Extract<WalkedEntry, { type: 'file' }>): void {
  const { path, ...file } = entry;
  owner?.files.push({ ...file, name: path.slice(owner.path.length + 1) });
}

function isBelow(path: string, directory: string | undefined): boolean {
  return directory !== undefined && path.startsWith(`${directory}/`);
}
