/** A snapshot in memory, read as the store's would be: from a crawl's steps, or from documents a test writes down. */
import { createHash } from 'node:crypto';
import type { SnapshotReader, StoredContent, TreeStep, WalkedEntry } from '../../../src/document/content.ts';

export class MemoryReader implements SnapshotReader {
  readonly id: string;
  readonly entries: WalkedEntry[] = [];
  readonly #read: (content: StoredContent) => AsyncIterable<Uint8Array>;
  readonly #blobs = new Map<string, Uint8Array>();
  readonly #byPath = new Map<string, WalkedEntry>();

  constructor(
    steps: Iterable<TreeStep>,
    read: (content: StoredContent) => AsyncIterable<Uint8Array> = missing,
    id = 'snapshot',
  ) {
    this.id = id;
    this.#read = read;
    const open: string[] = [];
    for (const step of steps) {
      if (step.type === 'leave') {
        open.pop();
        continue;
      }
      const path = `${open.map((name) => `/${name}`).join('')}/${step.name}`;
      if (step.type === 'file') {
        this.entries.push({ ...step, path });
        continue;
      }
      this.entries.push({
        type: 'directory',
        path,
        modified: step.modified,
        ...(step.object === undefined ? {} : { object: step.object }),
      });
      open.push(step.name);
    }
  }

  /** Bytes for a file of a hand-written snapshot. */
  put(bytes: Uint8Array): StoredContent {
    const id = createHash('sha256').update(bytes).digest('hex');
    this.#blobs.set(id, bytes);
    return { size: bytes.length, chunks: [id] };
  }

  async entry(path: string): Promise<WalkedEntry | undefined> {
    if (this.#byPath.size !== this.entries.length)
      for (const entry of this.entries) this.#byPath.set(entry.path, entry);
    return this.#byPath.get(path);
  }

  async *list(path: string): AsyncIterable<WalkedEntry> {
    const prefix = path === '/' ? '/' : `${path}/`;
    for (const entry of this.entries) {
      if (entry.path.startsWith(prefix) && !entry.path.slice(prefix.length).includes('/')) yield entry;
    }
  }

  async *walk(path: string): AsyncIterable<WalkedEntry> {
    const prefix = path === '/' ? '/' : `${path}/`;
    for (const entry of this.entries) if (entry.path === path || entry.path.startsWith(prefix)) yield entry;
  }

  async *read(content: StoredContent): AsyncIterable<Uint8Array> {
    const own = this.#blobs.get(content.chunks[0] ?? '');
    if (own !== undefined) yield own;
    else yield* this.#read(content);
  }
}

function missing(): AsyncIterable<Uint8Array> {
  throw new Error('no such content');
}
