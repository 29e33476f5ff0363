/** Paths of a snapshot that can no longer be read. */
import { isKlosetError } from '../../errors.ts';
import type { BlobContent, BlobId, SnapshotId } from '../format/ids.ts';
import type { TreeEntry } from '../format/tree.ts';
import { decodeListing, maxTreeDepth } from '../format/tree.ts';
import type { BlobSource } from '../packs/content-reader.ts';
import { readContent } from '../packs/content-reader.ts';
import type { SnapshotSummary } from '../snapshots/snapshot-list.ts';

/** The unreadable paths of one snapshot. */
export interface UnreadablePaths {
  readonly snapshotId: SnapshotId;
  /** Files, and directories whose listing is lost with everything below; the first thousand. */
  readonly paths: readonly string[];
  /** Number of all unreadable paths. */
  readonly count: number;
  /** The reason why the snapshot as a whole cannot be read. */
  readonly problem?: string;
}

const maxPaths = 1000;

/** Undefined when every blob of the snapshot is `isReadable` and every listing can be read. */
export async function findUnreadablePaths(
  blobs: BlobSource,
  snapshot: SnapshotSummary,
  isReadable: (blobId: BlobId) => boolean,
): Promise<UnreadablePaths | undefined> {
  const { id: snapshotId, header, problem } = snapshot;
  if (header === undefined) {
    return { snapshotId, paths: ['/'], count: 1, problem: problem ?? 'Its header cannot be read.' };
  }
  const walk = new UnreadableWalk(blobs, isReadable);
  await walk.directory('/', header.root);
  return walk.count === 0 ? undefined : { snapshotId, paths: walk.paths, count: walk.count };
}

class UnreadableWalk {
  readonly paths: string[] = [];
  count = 0;
  readonly #blobs: BlobSource;
  readonly #isReadable: (blobId: BlobId) => boolean;

  constructor(blobs: BlobSource, isReadable: (blobId: BlobId) => boolean) {
    this.#blobs = blobs;
    this.#isReadable = isReadable;
  }

  async directory(path: string, content: BlobContent): Promise<void> {
    const open = [{ path, content }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const entry of await this.#listing(next.path, next.content)) {
        const below = `${next.path === '/' ? '' : next.path}/${entry.name}`;
        if (entry.type === 'directory') open.push({ path: below, content: entry.content });
        else if (!entry.content.chunks.every(this.#isReadable)) this.#lose(below);
      }
    }
  }

  async #listing(path: string, content: BlobContent): Promise<TreeEntry[]> {
    const entries: TreeEntry[] = [];
    try {
      if (path.split('/').length > maxTreeDepth + 1) throw new RangeError('deeper than any tree of ours');
      if (!content.chunks.every(this.#isReadable)) throw new RangeError('its blobs are gone');
      for await (const entry of decodeListing(readContent(this.#blobs, content, 'tree'), path))
        entries.push(entry);
      return entries;
    } catch (error) {
      if (!(error instanceof RangeError) && !isKlosetError(error, 'integrity')) throw error;
      this.#lose(path);
      return [];
    }
  }

  #lose(path: string): void {
    this.count += 1;
    if (this.paths.length < maxPaths) this.paths.push(path);
  }
}
