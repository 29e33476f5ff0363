/** One backup as it is written: contents first, then the tree bottom-up, then the signed header that makes it a snapshot. */
import { createHash } from 'node:crypto';
import type { Backend } from '../../backend/backend.ts';
import { createAddressed } from '../../backend/verified-write.ts';
import type { ContentSink, StoredContent, TreeStep } from '../../document/content.ts';
import { KlosetError } from '../../errors.ts';
import { Turns } from '../../turns.ts';
import type { ObjectCacheWriter } from '../cache/object-cache.ts';
import { hexOf } from '../crypto/hex.ts';
import type { BlobType, SealContext } from '../format/blob.ts';
import type { ChunkSizes } from '../format/chunk-sizes.ts';
import type { BlobContent, BlobId, SnapshotId } from '../format/ids.ts';
import { blobContent } from '../format/ids.ts';
import type { SigningKey, SnapshotHeader } from '../format/snapshot-header.ts';
import { encodeHeader, headerIdOf, headerName } from '../format/snapshot-header.ts';
import { chunks, chunksOf } from '../packs/chunker.ts';
import type { BlobSource, ContentUse } from '../packs/content-reader.ts';
import { readContent } from '../packs/content-reader.ts';
import type { PackWriter, WriteStats } from '../packs/pack-writer.ts';
import type { HeaderAuthor } from './heads.ts';
import { markedState } from './marks.ts';
import type { SnapshotSummary } from './snapshot-list.ts';
import { TreeBuilder } from './tree-builder.ts';

/** The caller's part of the header; the rest follows from the contents. */
export interface SnapshotDetails {
  /** Start of the work, ISO 8601 in UTC with milliseconds. */
  readonly time: string;
  readonly durationMs: number;
  readonly source: string;
  readonly name: string;
  readonly description: string;
  readonly host: string;
  readonly tags: readonly string[];
  /** Program and version. */
  readonly tool: string;
  readonly complete: boolean;
  readonly errors: number;
  /** Whole numbers by name, beside `files` and `directories`, which are counted here. */
  readonly counts: Readonly<Record<string, number>>;
}

/** A snapshot that this process has written: its header is known. */
export type CommittedSnapshot = SnapshotSummary & { readonly header: SnapshotHeader };

/** Writes one snapshot. It exists once `commit` has resolved; until then nothing of it is visible. */
export interface SnapshotWriter extends ContentSink {
  /** Takes the tree, depth first. The root is open from the start. */
  step(step: TreeStep): Promise<void>;
  commit(details: SnapshotDetails): Promise<SnapshotSummary>;
  /** Lets go without a snapshot; the next run finds again what was stored. Harmless after `commit`. */
  abandon(): Promise<void>;
  readonly stats: Readonly<WriteStats>;
}

export interface SnapshotWriterParts {
  readonly context: SealContext;
  readonly backend: Backend;
  readonly chunkSizes: { readonly document: ChunkSizes; readonly media: ChunkSizes };
  readonly packs: PackWriter;
  /** Blobs that are in the store already. */
  readonly blobs: BlobSource;
  readonly objects: ObjectCacheWriter;
  readonly signer: SigningKey;
  /** Ids of the headers that the new one must name. */
  readonly heads: (author: HeaderAuthor) => Promise<SnapshotId[]>;
  /** Called once, when the header is in the store; `file` is what was written. */
  readonly committed: (snapshot: CommittedSnapshot, file: Uint8Array) => Promise<void>;
  /** Called once, however the work ended: gives back locks and folders. */
  readonly release: (isCommitted: boolean) => Promise<void>;
}

export class StoreSnapshotWriter implements SnapshotWriter {
  readonly #parts: SnapshotWriterParts;
  readonly #tree: TreeBuilder;
  readonly #blobs: BlobSource;
  readonly #turns = new Turns();
  #depth = 0;
  #manifest: BlobContent | undefined;
  #isOver = false;

  constructor(parts: SnapshotWriterParts) {
    this.#parts = parts;
    this.#blobs = { blob: async (id, use) => parts.packs.read(id, use) ?? (await parts.blobs.blob(id, use)) };
    this.#tree = new TreeBuilder({
      writeListing: (bytes) => this.#writeChunks('tree', chunks(bytes, parts.chunkSizes.document)),
      onObject: (object) => parts.objects.add(object),
    });
  }

  get stats(): Readonly<WriteStats> {
    return this.#parts.packs.stats;
  }

  writeDocument(bytes: Uint8Array): Promise<StoredContent> {
    return this.#writeChunks('document', chunksOf(bytes, this.#parts.chunkSizes.document));
  }

  writeMedia(bytes: AsyncIterable<Uint8Array>): Promise<StoredContent> {
    return this.#writeChunks('media', chunks(bytes, this.#parts.chunkSizes.media));
  }

  has(content: StoredContent): boolean {
    return blobContent(content).chunks.every((id) => this.#parts.packs.has(id));
  }

  read(content: StoredContent): AsyncIterable<Uint8Array> {
    return this.#read(blobContent(content), 'file');
  }

  async step(step: TreeStep): Promise<void> {
    if (step.type === 'enter') this.#depth += 1;
    if (step.type === 'leave') this.#depth -= 1;
    if (step.type === 'file') this.#checkFile(step.name, step.content);
    await this.#tree.step(step);
  }

  async commit(details: SnapshotDetails): Promise<SnapshotSummary> {
    if (this.#isOver) throw new KlosetError('internal', 'This snapshot was committed or abandoned before.');
    const root = await this.#tree.finish();
    const manifest = await this.#manifestDigest();
    await this.#parts.packs.flush();
    const header = await this.#header(details, root, manifest);
    const { snapshot, file } = await this.#writeHeader(header);
    this.#isOver = true;
    await this.#parts.committed(snapshot, file);
    await this.#parts.release(true);
    return snapshot;
  }

  async abandon(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#parts.packs.abandon();
    await this.#parts.release(false);
  }

  async #header(
    details: SnapshotDetails,
    root: BlobContent,
    manifest: string | null,
  ): Promise<SnapshotHeader> {
    const { files, directories, contentBytes } = this.#tree.totals;
    return {
      kind: 'snapshot',
      ...details,
      counts: { ...details.counts, files, directories },
      contentBytes,
      addedBytes: this.stats.bytesAdded,
      manifest,
      root,
      parents: await this.#parts.heads(details),
      signer: hexOf(this.#parts.signer.publicKey),
    };
  }

  async #writeHeader(
    header: SnapshotHeader,
  ): Promise<{ readonly snapshot: CommittedSnapshot; readonly file: Uint8Array }> {
    const { context, signer, backend, packs } = this.#parts;
    const file = encodeHeader(context, header, signer);
    const id = headerIdOf(file);
    await createAddressed(backend, headerName(id), file);
    packs.stats.bytesAdded += file.length;
    return { snapshot: { id, sizeBytes: file.length, header, ...markedState(header) }, file };
  }

  async #writeChunks(
    type: BlobType,
    parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<BlobContent> {
    const ids: BlobId[] = [];
    let size = 0;
    for await (const chunk of parts) {
      ids.push(await this.#parts.packs.put(type, chunk));
      size += chunk.length;
      // Packfiles are uploaded meanwhile.
      await this.#turns.after(chunk.length);
    }
    return { size, chunks: ids };
  }

  /** A snapshot must never name bytes that are not there: contents of the previous one may have been lost. */
  #checkFile(name: string, content: StoredContent): void {
    if (this.#depth === 0 && name === 'manifest.json') this.#manifest = blobContent(content);
    if (this.has(content)) return;
    throw new KlosetError('integrity', `The content of ${JSON.stringify(name)} is not in the store.`, {
      hint: 'Run `notion-kloset backup --full`.',
    });
  }

  async #manifestDigest(): Promise<string | null> {
    if (this.#manifest === undefined) return null;
    const hash = createHash('sha256');
    for await (const bytes of this.#read(this.#manifest, 'file')) hash.update(bytes);
    return hash.digest('hex');
  }

  #read(content: BlobContent, use: ContentUse): AsyncIterable<Uint8Array> {
    return readContent(this.#blobs, content, use);
  }
}
