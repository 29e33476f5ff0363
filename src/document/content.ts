/**
 * The contract between the side that reads and writes Notion (`src/notion`), the side that stores bytes (`src/store`)
 * and the operations that join them. Neither side imports the other; both use these types.
 */
import type { JsonObject } from './json.ts';

/** Bytes in a store: their size and the blobs that hold them, in order. Opaque to all but the store. */
export interface StoredContent {
  readonly size: number;
  /** Blob ids, 64 hex digits each. */
  readonly chunks: readonly string[];
}

/** The destination of a crawl's bytes. Equal bytes are stored once. */
export interface ContentSink {
  writeDocument(bytes: Uint8Array): Promise<StoredContent>;
  /** Reads `bytes` to its end in windows; never holds the whole. */
  writeMedia(bytes: AsyncIterable<Uint8Array>): Promise<StoredContent>;
  /** True when every blob of `content` can be read back. A crawl resumed after a crash asks this. */
  has(content: StoredContent): boolean;
  read(content: StoredContent): AsyncIterable<Uint8Array>;
}

/** The Notion object a directory stands for. */
export interface ObjectInfo {
  /** 32 lower-case hex digits. */
  readonly id: string;
  readonly kind: 'page' | 'database';
  /** last_edited_time as the API gave it; empty when unknown. */
  readonly edited: string;
}

export interface FileEntry {
  readonly type: 'file';
  readonly name: string;
  /** ISO time shown by `ls` and set on restored files. */
  readonly modified: string;
  readonly content: StoredContent;
  /** For hosted media: the identity of the remote file (URL without query), so an unchanged one is not fetched again. */
  readonly source?: string;
}

/** A virtual tree as a depth-first sequence. `enter`/`leave` nest; names are unique within a directory. */
export type TreeStep =
  | { readonly type: 'enter'; readonly name: string; readonly modified: string; readonly object?: ObjectInfo }
  | FileEntry
  | { readonly type: 'leave' };

/** One object as the previous snapshot holds it. */
export interface PreviousObject extends ObjectInfo {
  /** Path of its directory. */
  readonly path: string;
  /** Id of the nearest object above it, or null at the root. */
  readonly parentId: string | null;
  /** Its document (`page.json` or `database.json`) and its media (`files/…`), names relative to its directory. */
  readonly files: readonly FileEntry[];
}

/** The last good snapshot of the same source, for incremental runs. Backed by disk: iterate, do not collect. */
export interface PreviousSnapshot {
  readonly id: string;
  readonly time: string;
  readonly manifest: JsonObject;
  object(id: string): PreviousObject | undefined;
  objects(): Iterable<PreviousObject>;
  /** Files that belong to no object: `workspace.json` and `files/…` at the root. Without it they are fetched again. */
  rootFiles?(): readonly FileEntry[];
}

/** A path of a snapshot with what lies there. */
export type WalkedEntry =
  | {
      readonly type: 'directory';
      readonly path: string;
      readonly modified: string;
      readonly object?: ObjectInfo;
      /** Its own listing. Two directories of one store with equal listings have equal contents, all the way down. */
      readonly listing?: StoredContent;
    }
  | (FileEntry & { readonly path: string });

/** Reads one snapshot. Every byte it gives has been authenticated. Paths are absolute and `/`-separated. */
export interface SnapshotReader {
  readonly id: string;
  /** The entry at `path`; undefined when there is none. */
  entry(path: string): Promise<WalkedEntry | undefined>;
  /**
   * Direct children of the directory at `path`, by name.
   * @param listing that of the directory, where an entry told it: it need not be found from the root then
   */
  list(path: string, listing?: StoredContent): AsyncIterable<WalkedEntry>;
  /** `path` and everything below, depth first, parents before children. */
  walk(path: string): AsyncIterable<WalkedEntry>;
  /** The bytes belong to the caller. */
  read(content: StoredContent): AsyncIterable<Uint8Array>;
  /** Tells that `content` is read soon, after those told before: it may be fetched ahead. */
  expect?(content: StoredContent): void;
  /** Tells that nothing more of what was told is read for now. */
  leave?(): void;
}
