/** A snapshot with changes made to its documents: what a restore would have left behind had it gone wrong. */
import type { SnapshotReader, StoredContent, WalkedEntry } from '../../src/document/content.ts';
import type { JsonObject } from '../../src/document/json.ts';
import { readJson } from '../../src/operations/documents/read-document.ts';

export class AlteredSnapshot implements SnapshotReader {
  readonly id = 'altered';
  readonly #base: SnapshotReader;
  readonly #documents = new Map<string, JsonObject>();
  readonly #removed: string[] = [];
  readonly #added: WalkedEntry[] = [];

  constructor(base: SnapshotReader) {
    this.#base = base;
  }

  /** Changes the document at `path`. */
  async change(path: string, change: (document: JsonObject) => void): Promise<void> {
    const document = await readJson(this, path);
    change(document);
    this.#documents.set(path, document);
  }

  /** Leaves out `path` and all below it. */
  remove(path: string): void {
    this.#removed.push(path);
  }

  /** Doubles the page in the directory `path`: the same document once more, under another name and id. */
  async double(path: string, id: string): Promise<void> {
    const entry = await this.#base.entry(path);
    const file = await this.#base.entry(`${path}/page.json`);
    if (entry?.type !== 'directory' || file?.type !== 'file') throw new Error(`no page at ${path}`);
    const twin = `${path} again`;
    this.#added.push({ ...entry, path: twin, object: { id, kind: 'page', edited: entry.modified } });
    this.#added.push({ ...file, path: `${twin}/page.json` });
  }

  async entry(path: string): Promise<WalkedEntry | undefined> {
    const added = this.#added.find((entry) => entry.path === path);
    if (added !== undefined) return added;
    const entry = this.#isRemoved(path) ? undefined : await this.#base.entry(path);
    return entry === undefined ? undefined : this.#altered(entry);
  }

  async *list(path: string): AsyncIterable<WalkedEntry> {
    yield* this.#kept(this.#base.list(path));
    for (const entry of this.#added)
      if (entry.path.slice(0, entry.path.lastIndexOf('/')) === path) yield entry;
  }

  async *walk(path: string): AsyncIterable<WalkedEntry> {
    yield* this.#kept(this.#base.walk(path));
    for (const entry of this.#added) if (path === '/' || entry.path.startsWith(`${path}/`)) yield entry;
  }

  async *read(content: StoredContent): AsyncIterable<Uint8Array> {
    const [path] = content.chunks;
    const document = this.#documents.get(path ?? '');
    if (document === undefined) yield* this.#base.read(content);
    else yield new TextEncoder().encode(JSON.stringify(document));
  }

  async *#kept(entries: AsyncIterable<WalkedEntry>): AsyncIterable<WalkedEntry> {
    for await (const entry of entries) if (!this.#isRemoved(entry.path)) yield this.#altered(entry);
  }

  /** A changed document is found by its path in place of its chunks. */
  #altered(entry: WalkedEntry): WalkedEntry {
    if (entry.type !== 'file' || !this.#documents.has(entry.path)) return entry;
    return { ...entry, content: { ...entry.content, chunks: [entry.path] } };
  }

  #isRemoved(path: string): boolean {
    return this.#removed.some((removed) => path === removed || path.startsWith(`${removed}/`));
  }
}
