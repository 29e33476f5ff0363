/**
 * A snapshot that is thrown away: what a restore wrote is crawled into one of these and compared. Documents lie in a
 * temporary SQLite file; of media only the size is kept, since their digests stand in the documents.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../database.ts';
import { openDatabase } from '../../database.ts';
import type {
  ContentSink,
  FileEntry,
  SnapshotReader,
  StoredContent,
  TreeStep,
  WalkedEntry,
} from '../../document/content.ts';
import { KlosetError } from '../../errors.ts';

export interface ScratchSnapshot extends ContentSink, SnapshotReader {
  /** Takes the tree as a crawl gives it, depth first. */
  step(step: TreeStep): void;
}

/** Gives `use` an empty scratch snapshot and removes it afterwards. */
export async function withScratchSnapshot<T>(
  use: (scratch: ScratchSnapshot, folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'notion-kloset-'));
  const database = openDatabase(join(folder, 'scratch.sqlite'));
  try {
    return await use(scratchSnapshot(database), folder);
  } finally {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function scratchSnapshot(database: Database): ScratchSnapshot {
  database.exec('CREATE TABLE content (id TEXT PRIMARY KEY, bytes BLOB) WITHOUT ROWID');
  database.exec(
    'CREATE TABLE entry (path TEXT PRIMARY KEY, parent TEXT NOT NULL, entry TEXT NOT NULL) WITHOUT ROWID',
  );
  database.exec('CREATE INDEX entry_parent ON entry (parent, path)');
  const putContent = database.prepare('INSERT OR IGNORE INTO content VALUES (?, ?)');
  const getContent = database.prepare<[string], { bytes: Uint8Array | null }>(
    'SELECT bytes FROM content WHERE id = ?',
  );
  const putEntry = database.prepare('INSERT INTO entry VALUES (?, ?, ?)');
  const getEntry = database.prepare<[string], { entry: string }>('SELECT entry FROM entry WHERE path = ?');
  const getChildren = database.prepare<[string], { entry: string }>(
    'SELECT entry FROM entry WHERE parent = ? ORDER BY path',
  );
  let folder = '';

  const parsed = (row: { entry: string }): WalkedEntry => JSON.parse(row.entry);
  const put = (entry: WalkedEntry): void => {
    putEntry.run(entry.path, entry.path.slice(0, entry.path.lastIndexOf('/')), JSON.stringify(entry));
  };

  async function* list(path: string): AsyncIterable<WalkedEntry> {
    for (const row of getChildren.all(path === '/' ? '' : path)) yield parsed(row);
  }
  async function* walk(path: string): AsyncIterable<WalkedEntry> {
    const start = await entry(path);
    if (start !== undefined) yield start;
    for await (const child of list(path)) {
      if (child.type === 'directory') yield* walk(child.path);
      else yield child;
    }
  }
  async function entry(path: string): Promise<WalkedEntry | undefined> {
    if (path === '/') return { type: 'directory', path, modified: '' };
    const row = getEntry.get(path);
    return row === undefined ? undefined : parsed(row);
  }

  return {
    id: 'scratch',
    async writeDocument(bytes) {
      const id = createHash('sha256').update(bytes).digest('hex');
      putContent.run(id, bytes);
      return { size: bytes.length, chunks: [id] };
    },
    async writeMedia(bytes) {
      const hash = createHash('sha256');
      let size = 0;
      for await (const part of bytes) {
        hash.update(part);
        size += part.length;
      }
      const id = hash.digest('hex');
      putContent.run(id, null);
      return { size, chunks: [id] };
    },
    has: (content) => content.chunks.every((id) => getContent.get(id) !== undefined),
    async *read(content: StoredContent) {
      for (const id of content.chunks) {
        const bytes = getContent.get(id)?.bytes;
        if (!bytes) throw new KlosetError('internal', 'A scratch snapshot keeps no media.');
        yield new Uint8Array(bytes);
      }
    },
    step(step) {
      if (step.type === 'leave') {
        folder = folder.slice(0, folder.lastIndexOf('/'));
        return;
      }
      const path = `${folder}/${step.name}`;
      if (step.type === 'file') {
        put({ ...(step satisfies FileEntry), path });
        return;
      }
      put({
        type: 'directory',
        path,
        modified: step.modified,
        ...(step.object === undefined ? {} : { object: step.object }),
      });
      folder = path;
    },
    entry,
    list,
    walk,
  };
}
