/** Checks the trees of snapshots: listings, names, sizes, and that every blob they name can be read. */
import { createHash } from 'node:crypto';
import { KlosetError, messageOf } from '../../errors.ts';
import type { BlobLocation } from '../cache/blob-index.ts';
import type { BlobContent, BlobId, SnapshotId } from '../format/ids.ts';
import type { DirectoryEntry, TreeEntry, TreeFile } from '../format/tree.ts';
import { decodeListing, maxTreeDepth } from '../format/tree.ts';
import type { BlobSource, ContentUse } from '../packs/content-reader.ts';
import { checkUse, isUsableAs, readContent } from '../packs/content-reader.ts';
import type { TreeReader } from '../snapshots/tree-reader.ts';
import type { Findings } from './check-findings.ts';

export interface TreeCheckParts {
  readonly blobs: BlobSource;
  readonly findings: Findings;
  /** Every place where the index says the blob lies. */
  readonly locations: (id: BlobId) => readonly BlobLocation[];
  /** The damaged object that keeps a blob from being read at a place; undefined when none is known. */
  readonly blame: (location: BlobLocation) => string | undefined;
  /** Reads the content of every file too, not only whether it is there. */
  readonly readFiles: boolean;
}

export interface TreeCheckTotals {
  files: number;
  directories: number;
}

interface OpenListing {
  readonly path: string;
  readonly entries: AsyncGenerator<TreeEntry>;
  readonly key: string;
  /** Number of problems known when it was opened. */
  readonly problems: number;
  /** False when an earlier snapshot has it, too. */
  readonly isFirst: boolean;
}

export class TreeCheck {
  readonly totals: TreeCheckTotals = { files: 0, directories: 0 };
  readonly #parts: TreeCheckParts;
  /** Listings that are whole with everything below: snapshots share most of theirs. */
  readonly #whole = new Set<string>();
  /** Listings with something damaged below; each snapshot that has one is named, so each goes through them once. */
  readonly #damaged = new Set<string>();
  readonly #walked = new Set<string>();
  #walkedOf: SnapshotId | undefined;
  #problems = 0;

  constructor(parts: TreeCheckParts) {
    this.#parts = parts;
  }

  /** Checks the directory `entry`, which lies at `path` of the snapshot, and everything below. */
  async directory(snapshotId: SnapshotId, path: string, entry: DirectoryEntry): Promise<void> {
    /** The directories between here and the one being read; listings are read as they are needed. */
    const open: OpenListing[] = [];
    this.#enter(open, snapshotId, path, entry.content);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const next = await this.#next(snapshotId, top);
      if (next === undefined) {
        this.#leave(top);
        open.pop();
        continue;
      }
      const below = `${top.path === '/' ? '' : top.path}/${next.name}`;
      if (next.type === 'directory') this.#enter(open, snapshotId, below, next.content);
      else await this.#checkFile(snapshotId, below, next, top.isFirst);
    }
  }

  #enter(open: OpenListing[], snapshotId: SnapshotId, path: string, content: BlobContent): void {
    const key = `${content.size} ${digestOf(content)}`;
    if (this.#whole.has(key) || this.#wasWalked(snapshotId, key)) return;
    if (open.length > maxTreeDepth) {
      this.#add(`snapshots/${snapshotId}`, `Its tree is too deep at ${path}.`);
      return;
    }
    const problems = this.#problems;
    if (!this.#checkChunks(snapshotId, path, content, 'tree')) return;
    const isFirst = !this.#damaged.has(key);
    if (isFirst) this.totals.directories += 1;
    const bytes = readContent(this.#parts.blobs, content, 'tree');
    const entries = decodeListing(bytes, `The listing of ${path}`);
    open.push({ path, entries, key, problems, isFirst });
  }

  #leave({ key, problems }: OpenListing): void {
    if (this.#problems === problems) this.#whole.add(key);
    else this.#damaged.add(key);
  }

  /** True when this snapshot has been through the listing, at this path or another. */
  #wasWalked(snapshotId: SnapshotId, key: string): boolean {
    if (this.#walkedOf !== snapshotId) this.#walked.clear();
    this.#walkedOf = snapshotId;
    if (this.#walked.has(key)) return true;
    this.#walked.add(key);
    return false;
  }

  /** The next entry of a listing; undefined at its end, or where it cannot be read on. */
  async #next(snapshotId: SnapshotId, { path, entries }: OpenListing): Promise<TreeEntry | undefined> {
    try {
      const next = await entries.next();
      return next.done ? undefined : next.value;
    } catch (error) {
      this.#report(snapshotId, path, error);
      return undefined;
    }
  }

  /** Checks one file. */
  async file(snapshotId: SnapshotId, path: string, entry: TreeFile): Promise<void> {
    await this.#checkFile(snapshotId, path, entry, true);
  }

  async #checkFile(
    snapshotId: SnapshotId,
    path: string,
    { content }: TreeFile,
    isFirst: boolean,
  ): Promise<void> {
    if (isFirst) this.totals.files += 1;
    const isPresent = this.#checkChunks(snapshotId, path, content, 'file');
    if (isPresent && this.#parts.readFiles) await this.#read(snapshotId, path, content);
  }

  /** Compares `/manifest.json` with the digest that the header signs. */
  async manifest(reader: TreeReader): Promise<void> {
    try {
      const digest = await this.#manifestDigest(reader);
      if (digest === reader.header.manifest) return;
      const problem = 'Its manifest is not the one that the header signs.';
      this.#parts.findings.add('damaged', `snapshots/${reader.id}`, problem);
    } catch (error) {
      // What is wrong with the blobs was found when the tree was walked.
      if (!(error instanceof KlosetError)) throw error;
    }
  }

  async #manifestDigest(reader: TreeReader): Promise<string | null> {
    const entry = await reader.treeEntry('/manifest.json');
    if (entry?.type !== 'file') return null;
    const hash = createHash('sha256');
    for await (const bytes of reader.read(entry.content)) hash.update(bytes);
    return hash.digest('hex');
  }

  async #read(snapshotId: SnapshotId, path: string, content: BlobContent): Promise<void> {
    try {
      for await (const _ of readContent(this.#parts.blobs, content, 'file'));
    } catch (error) {
      this.#report(snapshotId, path, error);
    }
  }

  #add(object: string, problem: string): void {
    this.#problems += 1;
    this.#parts.findings.add('damaged', object, problem);
  }

  #report(snapshotId: SnapshotId, path: string, error: unknown): void {
    this.#problems += 1;
    const object = `${snapshotId.slice(0, 12)}:${path}`;
    this.#parts.findings.addError(object, error);
    this.#parts.findings.affect(object, object);
  }

  /** True when every chunk lies somewhere, is of the right type, and their sizes make up the content's. */
  #checkChunks(snapshotId: SnapshotId, path: string, content: BlobContent, use: ContentUse): boolean {
    const where = `${snapshotId.slice(0, 12)}:${path}`;
    let left = content.size;
    let isPresent = true;
    for (const id of content.chunks) {
      const location = this.#place(id, where, use);
      isPresent &&= location !== undefined;
      left -= location?.plainBytes ?? 0;
      if (location !== undefined && !this.#fits(location, where, use)) return false;
    }
    if (!isPresent || left === 0) return isPresent;
    this.#add(where, 'Its size is not the sum of its chunks.');
    return false;
  }

  #fits(location: BlobLocation, where: string, use: ContentUse): boolean {
    try {
      checkUse(location.id, location.type, use);
      return true;
    } catch (error) {
      this.#add(where, messageOf(error));
      return false;
    }
  }

  /**
   * A place where the blob can be read, one of the right type if there is any; when there is none, the path is put
   * down to whatever is to blame.
   */
  #place(id: BlobId, where: string, use: ContentUse): BlobLocation | undefined {
    const { findings, locations, blame } = this.#parts;
    const places = locations(id);
    const good = places.filter((location) => blame(location) === undefined);
    const [best = good[0]] = good.filter(({ type }) => isUsableAs(type, use));
    if (best !== undefined) return best;
    this.#problems += 1;
    if (places.length === 0) {
      findings.add('missing', `blob ${id}`, 'No index delta says where this blob lies.');
      findings.affect(`blob ${id}`, where);
    }
    for (const location of places) findings.affect(blame(location) ?? '', where);
    return undefined;
  }
}

function digestOf(content: BlobContent): string {
  const hash = createHash('sha256');
  for (const id of content.chunks) hash.update(id);
  return hash.digest('base64');
}
