/**
 * A temporary snapshot: what a restore wrote is crawled into one of these and compared. Documents lie in a temporary
 * SQLite file; of media only the digest is kept, since their sizes and digests stand in the documents.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Database } from '../../database.ts';
import { openDatabase } from '../../database.ts';
import type {
  ContentSink,
  SnapshotReader,
  StoredContent,
  TreeStep,
  WalkedEntry,
} from '../../document/content.ts';
import { parentPath } from '../../document/names.ts';
import { KlosetError } from '../../errors.ts';
import { withScratchFolder } from '../../scratch-folder.ts';

/**
 * Gives `use` an empty scratch snapshot and a temporary folder, and removes both afterwards. Contents that a crawl takes over
 * from `base` stay where they are.
 */
export async function withScratchSnapshot<T>(
  use: (scratch: ScratchSnapshot, folder: string) => Promise<T>,
  base?: Pick<SnapshotReader, 'read'>,
): Promise<T> {
  return await withScratchFolder(async (folder) => {
    const database = openDatabase(join(folder, 'scratch.sqlite'));
    try {
      return await use(new ScratchSnapshot(database, base), folder);
    } finally {
      database.close();
    }
  });
}

/** Written by a crawl, then read like any snapshot. */
export class ScratchSnapshot implements ContentSink, SnapshotReader {
  readonly id = 'scratch';
  readonly #tables: ScratchTables;
  readonly #base: Pick<SnapshotReader, 'read'> | undefined;
  /** Path of the directory that the next step stands in. */
  #directory = '';

  constructor(database: Database, base?: Pick<SnapshotReader, 'read'>) {
    this.#tables = new ScratchTables(database);
    this.#base = base;
  }

  async writeDocument(bytes: Uint8Array): Promise<StoredContent> {
    const id = createHash('sha256').update(bytes).digest('hex');
    this.#tables.putContent(id, bytes);
    return { size: bytes.length, chunks: [id] };
  }

  async writeMedia(bytes: AsyncIterable<Uint8Array>): Promise<StoredContent> {
    const hash = createHash('sha256');
    let size = 0;
    for await (const part of bytes) {
      hash.update(part);
      size += part.length;
    }
    const id = hash.digest('hex');
    this.#tables.putContent(id, null);
    return { size, chunks: [id] };
  }

  /** True also for contents taken over from the base; a blob that is lost there fails when it is read. */
  has(content: StoredContent): boolean {
    return this.#isOwn(content) || this.#base !== undefined;
  }

  #isOwn({ chunks }: StoredContent): boolean {
    return chunks.every((id) => this.#tables.content(id) !== undefined);
  }

  async *read(content: StoredContent): AsyncIterable<Uint8Array> {
    const { chunks } = content;
    if (this.#base !== undefined && !this.#isOwn(content)) {
      yield* this.#base.read(content);
      return;
    }
    for (const id of chunks) {
      const bytes = this.#tables.content(id)?.bytes;
      if (!bytes) throw new KlosetError('internal', 'A scratch snapshot keeps no media.');
      yield new Uint8Array(bytes);
    }
  }

  /** Takes the tree as a crawl gives it, depth first. */
  step(step: TreeStep): void {
    if (step.type === 'leave') {
      this.#directory = parentPath(this.#directory);
      return;
    }
    const path = `${this.#directory}/${step.name}`;
    if (step.type === 'file') {
      this.#tables.putEntry({ ...step, path });
      return;
    }
    const { modified, object } = step;
    this.#tables.putEntry({ type: 'directory', path, modified, ...(object === undefined ? {} : { object }) });
    this.#directory = path;
  }

  async entry(path: string): Promise<WalkedEntry | undefined> {
    if (path === '/') return { type: 'directory', path, modified: '' };
    return this.#tables.entry(path);
  }

  async *list(path: string): AsyncIterable<WalkedEntry> {
    yield* this.#tables.children(path === '/' ? '' : path);
  }

  async *walk(path: string): AsyncIterable<WalkedEntry> {
    const start = await this.entry(path);
    if (start !== undefined) yield start;
    for await (const child of this.list(path)) {
      if (child.type === 'directory') yield* this.walk(child.path);
      else yield child;
    }
  }
}

/** The two tables of a scratch snapshot: contents by digest, entries by path. */
class ScratchTables {
  readonly #putContent;
  readonly #content;
  readonly #putEntry;
  readonly #entry;
  readonly #children;

  constructor(database: Database) {
    database.exec(`
      CREATE TABLE content (id TEXT PRIMARY KEY, bytes BLOB) WITHOUT ROWID;
      CREATE TABLE entry (path TEXT PRIMARY KEY, parent TEXT NOT NULL, entry TEXT NOT NULL) WITHOUT ROWID;
      CREATE INDEX entry_parent ON entry (parent, path);
    `);
    this.#putContent = database.prepare<[string, Uint8Array | null]>(
      'INSERT OR IGNORE INTO content VALUES (?, ?)',
    );
    this.#content = database.prepare<[string], { bytes: Uint8Array | null }>(
      'SELECT bytes FROM content WHERE id = ?',
    );
    this.#putEntry = database.prepare<[string, string, string]>('INSERT INTO entry VALUES (?, ?, ?)');
    this.#entry = database.prepare<[string], string>('SELECT entry FROM entry WHERE path = ?').pluck();
    this.#children = database
      .prepare<[string], string>('SELECT entry FROM entry WHERE parent = ? ORDER BY path')
      .pluck();
  }

  /** `bytes` is null for media: their digest alone is kept. */
  putContent(id: string, bytes: Uint8Array | null): void {
    this.#putContent.run(id, bytes);
  }

  content(id: string): { bytes: Uint8Array | null } | undefined {
    return this.#content.get(id);
  }

  putEntry(entry: WalkedEntry): void {
    this.#putEntry.run(entry.path, parentPath(entry.path), JSON.stringify(entry));
  }

  entry(path: string): WalkedEntry | undefined {
    const json = this.#entry.get(path);
    return json === undefined ? undefined : parsed(json);
  }

  children(path: string): WalkedEntry[] {
    return this.#children.all(path).map(parsed);
  }
}

/** An entry as this process wrote it a moment ago. */
function parsed(json: string): WalkedEntry {
  return JSON.parse(json);
}
