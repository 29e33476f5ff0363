/**
 * Puts blobs into a store: equal bytes once, new ones sealed into the spool, full spools uploaded as packfiles. One index
 * delta names several of them, because each object costs a request; until it is written their spools stay.
 */
import { join } from 'node:path';
import { isKlosetError } from '../../errors.ts';
import { letGo } from '../../large-bytes.ts';
import type { BlobIndex } from '../cache/blob-index.ts';
import { hexOf } from '../crypto/hex.ts';
import { randomBytes } from '../crypto/primitives.ts';
import type { BlobType } from '../format/blob.ts';
import { blobIdOf, openBlob, sealedBlobParts } from '../format/blob.ts';
import type { PackedBlob } from '../format/blob-location.ts';
import { blobAreaBytes, packTargetBlobs } from '../format/blob-location.ts';
import type { BlobId, PackId } from '../format/ids.ts';
import type { IndexedPack } from '../format/index-delta.ts';
import { encodePackTail, packTargetBytes } from '../format/packfile.ts';
import type { ContentUse } from './content-reader.ts';
import { checkUse } from './content-reader.ts';
import { PackSpool, readSpool } from './pack-spool.ts';
import type { PackKind, PackTarget, WrittenDelta } from './write-pack.ts';
import { isWorthDelta, packKindOf, writeDelta, writePackfile } from './write-pack.ts';

export interface PackWriterOptions extends PackTarget {
  readonly index: BlobIndex;
  /** Folder of the spools of this writer alone. */
  readonly spoolFolder: string;
  /** A packfile is closed when its blobs reach this many bytes. Default {@link packTargetBytes}; tests make it small. */
  readonly packBytes?: number;
  /** Packfiles that are uploaded at once; two by default. */
  readonly maxUploads?: number;
}

/** Bytes and blobs that a run added to the store, and those that it found there. */
export interface WriteStats {
  /** Bytes of new packfiles, index deltas and headers. */
  bytesAdded: number;
  blobsNew: number;
  blobsReused: number;
  /** Plain bytes that were put, new or not. */
  bytesRead: number;
}

/** Uploads under way at once; each holds a spool of one packfile on the local disk. */
const defaultUploads = 2;

/** A packfile that is in the store and that no delta names yet. */
interface UploadedPack {
  readonly spool: PackSpool;
  readonly pack: IndexedPack;
}

export class PackWriter {
  readonly stats: WriteStats = { bytesAdded: 0, blobsNew: 0, blobsReused: 0, bytesRead: 0 };
  readonly #options: PackWriterOptions;
  readonly #spools = new Map<PackKind, PackSpool>();
  /** Blobs that are in a spool and not yet in the index. */
  readonly #pending = new Map<BlobId, { spool: PackSpool; blob: PackedBlob }>();
  readonly #uploads = new Set<Promise<void>>();
  #unnamed: UploadedPack[] = [];
  #failure: { readonly cause: unknown } | undefined;

  constructor(options: PackWriterOptions) {
    this.#options = options;
  }

  /**
   * The blob id of `plaintext`, which may change once this has resolved. The blob is in the store or in the spool file, from which the
   * next run takes it even after kill -9. @throws KlosetError what an earlier upload failed with
   */
  async put(type: BlobType, plaintext: Uint8Array): Promise<BlobId> {
    await this.#room();
    const id = blobIdOf(this.#options.context, type, plaintext);
    this.stats.bytesRead += plaintext.length;
    if (this.has(id)) {
      this.stats.blobsReused += 1;
    } else {
      this.stats.blobsNew += 1;
      this.#append(type, id, sealedBlobParts(this.#options.context, type, id, plaintext), plaintext.length);
    }
    return id;
  }

  /** True when the blob is in a spool, or in a packfile that is there. */
  has(id: BlobId): boolean {
    return this.#pending.has(id) || this.#options.index.find(id) !== undefined;
  }

  /** The plaintext of a blob that is still in a spool; undefined when it is not. */
  read(id: BlobId, use: ContentUse): Uint8Array | undefined {
    const found = this.#pending.get(id);
    if (found === undefined) return undefined;
    checkUse(id, found.blob.type, use);
    return openBlob(this.#options.context, found.blob.type, id, found.spool.readSealed(found.blob));
  }

  /** Uploads what is in the spools and waits until packfiles and deltas are in the store. */
  async flush(): Promise<void> {
    for (const kind of [...this.#spools.keys()]) {
      await this.#room();
      this.#close(kind);
    }
    await Promise.all(this.#uploads);
    if (this.#failure !== undefined) throw this.#failure.cause;
    await this.#nameUploaded();
  }

  /** Waits for uploads under way and lets go of the files; what is not in the store, or not named there, stays in them. */
  async abandon(): Promise<void> {
    await Promise.all(this.#uploads);
    for (const spool of [...this.#spools.values(), ...this.#unnamed.map(({ spool }) => spool)]) spool.close();
    this.#spools.clear();
    this.#unnamed = [];
  }

  /**
   * Takes over the blobs of a spool that a crashed run left at `path`. Every one is opened first: the file is local
   * and may be torn. `packs` are the packfiles of the store by id, with their sizes.
   */
  async resumeSpool(path: string, packs: ReadonlyMap<PackId, number>): Promise<void> {
    const uploaded = this.#uploadedPack(path, packs);
    if (uploaded !== undefined) {
      return this.#added([uploaded], await writeDelta(this.#options, [uploaded]));
    }
    for (const { blob, sealed } of readSpool(path)) {
      await this.#room();
      if (!this.has(blob.id) && this.#opens(blob, sealed)) {
        this.#append(blob.type, blob.id, [sealed], blob.plainBytes);
      }
    }
  }

  /** The packfile made of the spool at `path`, when it reached the store but its index delta may not have. */
  #uploadedPack(path: string, packs: ReadonlyMap<PackId, number>): IndexedPack | undefined {
    const blobs: PackedBlob[] = [];
    let isNew = false;
    const records = readSpool(path);
    let next = records.next();
    for (; !next.done; next = records.next()) {
      const { blob, sealed } = next.value;
      if (!this.#opens(blob, sealed)) return undefined;
      isNew ||= !this.has(blob.id);
      blobs.push(blob);
    }
    if (next.value === undefined || !isNew) return undefined;
    // A place that cannot write at once may hold only a part of it.
    const sizeBytes = blobAreaBytes(blobs) + encodePackTail(this.#options.context, blobs).length;
    if (packs.get(next.value) !== sizeBytes) return undefined;
    return { id: next.value, sizeBytes, blobs };
  }

  #opens(blob: PackedBlob, sealed: Uint8Array): boolean {
    try {
      return openBlob(this.#options.context, blob.type, blob.id, sealed).length === blob.plainBytes;
    } catch (error) {
      if (isKlosetError(error, 'integrity')) return false;
      throw error;
    }
  }

  #append(type: BlobType, id: BlobId, sealed: readonly Uint8Array[], plainBytes: number): void {
    const kind = packKindOf(type);
    const spool = this.#spools.get(kind) ?? this.#openSpool(kind);
    this.#pending.set(id, { spool, blob: spool.append(type, id, sealed, plainBytes) });
    for (const part of sealed) letGo(part);
    const { packBytes = packTargetBytes } = this.#options;
    if (spool.blobBytes >= packBytes || spool.blobs.length >= packTargetBlobs) this.#close(kind);
  }

  #openSpool(kind: PackKind): PackSpool {
    const spool = new PackSpool(join(this.#options.spoolFolder, `${hexOf(randomBytes(8))}.spool`));
    this.#spools.set(kind, spool);
    return spool;
  }

  /** Ends the spool of `kind` and begins its upload; a failure is kept for the next caller. */
  #close(kind: PackKind): void {
    const spool = this.#spools.get(kind);
    if (spool === undefined) return;
    this.#spools.delete(kind);
    const upload = this.#upload(spool)
      .catch((cause: unknown) => {
        this.#failure ??= { cause };
      })
      .finally(() => this.#uploads.delete(upload));
    this.#uploads.add(upload);
  }

  async #room(): Promise<void> {
    const { maxUploads = defaultUploads } = this.#options;
    while (this.#uploads.size >= maxUploads) await Promise.race(this.#uploads);
    if (this.#failure !== undefined) throw this.#failure.cause;
  }

  async #upload(spool: PackSpool): Promise<void> {
    const tail = encodePackTail(this.#options.context, spool.blobs);
    const pack = { id: spool.finish(tail), sizeBytes: spool.blobBytes + tail.length, blobs: spool.blobs };
    try {
      await writePackfile(this.#options, pack, spool.packfile());
    } catch (error) {
      spool.close();
      throw error;
    }
    this.stats.bytesAdded += pack.sizeBytes;
    this.#unnamed.push({ spool, pack });
    if (isWorthDelta(this.#unnamed.map(({ pack: named }) => named))) await this.#nameUploaded();
  }

  /** Names the uploaded packfiles in one delta, then in the local tables; only then may their spools go. */
  async #nameUploaded(): Promise<void> {
    const uploaded = this.#unnamed;
    if (uploaded.length === 0) return;
    this.#unnamed = [];
    const packs = uploaded.map(({ pack }) => pack);
    try {
      this.#added(packs, await writeDelta(this.#options, packs));
    } catch (error) {
      this.#unnamed.push(...uploaded);
      throw error;
    }
    for (const { spool } of uploaded) {
      for (const blob of spool.blobs) this.#pending.delete(blob.id);
      spool.remove();
    }
  }

  #added(packs: readonly IndexedPack[], delta: WrittenDelta): void {
    this.stats.bytesAdded += delta.sizeBytes;
    this.#options.index.add(delta.id, packs);
  }
}
