/** A store of one test: contents by digest, and the snapshot a crawl's steps build, ready to be the next one's previous. */
import { createHash } from 'node:crypto';
import type {
  ContentSink,
  FileEntry,
  ObjectInfo,
  PreviousObject,
  PreviousSnapshot,
  StoredContent,
  TreeStep,
} from '../../../src/document/content.ts';
import type { JsonObject } from '../../../src/document/json.ts';
import { isObject } from '../../../src/document/json.ts';

/** Keeps bytes in memory. `lose` forgets some, as a store does that was killed before it wrote them out. */
export class MemorySink implements ContentSink {
  readonly blobs = new Map<string, Uint8Array>();
  bytesAdded = 0;
  mediaWritten = 0;

  async writeDocument(bytes: Uint8Array): Promise<StoredContent> {
    return this.#put(bytes);
  }

  async writeMedia(bytes: AsyncIterable<Uint8Array>): Promise<StoredContent> {
    const parts: Uint8Array[] = [];
    for await (const part of bytes) parts.push(part);
    this.mediaWritten += 1;
    return this.#put(Buffer.concat(parts));
  }

  has(content: StoredContent): boolean {
    return content.chunks.every((id) => this.blobs.has(id));
  }

  async *read(content: StoredContent): AsyncIterable<Uint8Array> {
    for (const id of content.chunks) yield this.#get(id);
  }

  text(content: StoredContent): string {
    return Buffer.concat(content.chunks.map((id) => this.#get(id))).toString('utf8');
  }

  lose(content: StoredContent): void {
    for (const id of content.chunks) this.blobs.delete(id);
  }

  #put(bytes: Uint8Array): StoredContent {
    const id = createHash('sha256').update(bytes).digest('hex');
    if (!this.blobs.has(id)) this.bytesAdded += bytes.length;
    this.blobs.set(id, Uint8Array.from(bytes));
    return { size: bytes.length, chunks: [id] };
  }

  #get(id: string): Uint8Array {
    const bytes = this.blobs.get(id);
    if (bytes === undefined) throw new Error(`content ${id} is lost`);
    return bytes;
  }
}

export interface SnapshotObject extends ObjectInfo {
  readonly path: string;
  readonly parentId: string | null;
  readonly files: FileEntry[];
}

/** The tree a crawl gave, checked for what every tree must keep, and its documents. */
export class MemorySnapshot implements PreviousSnapshot {
  readonly id: string;
  readonly time: string;
  readonly manifest: JsonObject;
  readonly all = new Map<string, SnapshotObject>();
  /** Every file by its path. */
  readonly files = new Map<string, FileEntry>();
  readonly #sink: MemorySink;
  readonly #rootFiles: FileEntry[] = [];

  constructor(sink: MemorySink, steps: Iterable<TreeStep>, manifest: JsonObject, id = 'snapshot') {
    this.#sink = sink;
    this.manifest = manifest;
    this.id = id;
    this.time = String(manifest.started);
    this.#build(steps);
  }

  object(id: string): PreviousObject | undefined {
    return this.all.get(id);
  }

  objects(): Iterable<PreviousObject> {
    return this.all.values();
  }

  rootFiles(): readonly FileEntry[] {
    return this.#rootFiles;
  }

  /** The document of an object, or at a path. */
  document(idOrPath: string): JsonObject {
    const object = this.all.get(idOrPath.replaceAll('-', ''));
    const entry = object?.files.find((file) => !file.name.startsWith('files/')) ?? this.files.get(idOrPath);
    if (entry === undefined) throw new Error(`no document at ${idOrPath}`);
    const parsed: unknown = JSON.parse(this.#sink.text(entry.content));
    if (!isObject(parsed)) throw new Error(`no object at ${idOrPath}`);
    return parsed;
  }

  /** Every path with what lies there, but for the manifest: equal for equal snapshots. */
  listing(): string[] {
    const files = [...this.files]
      .filter(([path]) => path !== '/manifest.json')
      .map(([path, { content, source }]) => `${path} ${content.chunks.join(',')} ${source ?? ''}`);
    const objects = [...this.all.values()].map(({ path, edited, kind }) => `${path} ${edited} ${kind}`);
    return [...files, ...objects].sort();
  }

  #build(steps: Iterable<TreeStep>): void {
    const open: { path: string; last: string; object: SnapshotObject | undefined; prefix: string }[] = [
      { path: '', last: '', object: undefined, prefix: '' },
    ];
    for (const step of steps) {
      const here = open.at(-1);
      if (here === undefined) throw new Error('a step after the end of the tree');
      if (step.type === 'leave') {
        open.pop();
        continue;
      }
      if (here.last !== '' && Buffer.compare(Buffer.from(here.last), Buffer.from(step.name)) >= 0) {
        throw new Error(`${step.name} comes after ${here.last} in ${here.path}/`);
      }
      if (Number.isNaN(Date.parse(step.modified))) throw new Error(`no time: ${step.modified}`);
      here.last = step.name;
      const path = `${here.path}/${step.name}`;
      if (step.type === 'file') this.#addFile(here, path, step);
      else open.push(this.#enter(here, path, step));
    }
    if (open.length !== 1) throw new Error('the tree does not end where it began');
  }

  #addFile(
    here: { object: SnapshotObject | undefined; prefix: string },
    path: string,
    file: FileEntry,
  ): void {
    this.files.set(path, file);
    const entry = { ...file, name: `${here.prefix}${file.name}` };
    (here.object?.files ?? this.#rootFiles).push(entry);
  }

  #enter(
    here: { object: SnapshotObject | undefined },
    path: string,
    { name, object }: Extract<TreeStep, { type: 'enter' }>,
  ) {
    if (object === undefined) {
      const prefix = name === 'files' ? 'files/' : '';
      return { path, last: '', object: here.object, prefix };
    }
    if (this.all.has(object.id)) throw new Error(`${object.id} lies in two places`);
    const entered = { ...object, path, parentId: here.object?.id ?? null, files: [] };
    this.all.set(object.id, entered);
    return { path, last: '', object: entered, prefix: '' };
  }
}
