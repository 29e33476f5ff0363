/**
 * Writes packfiles from blobs that are sealed already: repacking and copying between stores of the same key need no
 * sealing anew. One packfile of each kind is held in memory until it is full. One index delta names several of them, because
 * each object costs a request; a run that ends before that leaves packfiles that the next one names.
 */
import { KlosetError } from '../../errors.ts';
import { openBlob } from '../format/blob.ts';
import type { PackedBlob } from '../format/blob-location.ts';
import { maxBlobsInPack } from '../format/blob-location.ts';
import type { DeltaId } from '../format/ids.ts';
import type { IndexedPack } from '../format/index-delta.ts';
import { encodePackTail, packIdOf, packTargetBytes } from '../format/packfile.ts';
import type { PackKind, PackTarget } from './write-pack.ts';
import { isWorthDelta, packKindOf, writeDelta, writePackfile } from './write-pack.ts';

export interface SealedPackWriterParts extends PackTarget {
  /** A packfile is closed at this many bytes; tests make it small. */
  readonly packBytes?: number;
}

/** An index delta and the packfiles that it names. */
export interface NamingDelta {
  readonly id: DeltaId;
  readonly packs: readonly IndexedPack[];
}

/** A packfile being filled. */
interface OpenPack {
  readonly blobs: PackedBlob[];
  readonly sealed: Uint8Array[];
  bytes: number;
}

export class SealedPackWriter {
  /** Packfiles that are in the store. After `flush` all of them are named. */
  readonly written: IndexedPack[] = [];
  /** The deltas that name them. */
  readonly deltas: NamingDelta[] = [];
  #unnamed: IndexedPack[] = [];
  readonly #parts: SealedPackWriterParts;
  readonly #open: Readonly<Record<PackKind, OpenPack>> = { content: emptyPack(), tree: emptyPack() };

  constructor(parts: SealedPackWriterParts) {
    this.#parts = parts;
  }

  /** Takes over a blob after making sure that it is what its id says. @throws KlosetError integrity */
  async add(blob: PackedBlob, sealed: Uint8Array): Promise<void> {
    const { id, type } = blob;
    if (openBlob(this.#parts.context, type, id, sealed).length !== blob.plainBytes) {
      throw new KlosetError('integrity', `Blob ${id.slice(0, 12)}… is not as long as its index says.`);
    }
    const pack = this.#open[packKindOf(type)];
    pack.blobs.push({ ...blob, offset: pack.bytes });
    // A Buffer's own `slice` would keep the whole packfile it lies in.
    pack.sealed.push(new Uint8Array(sealed));
    pack.bytes += sealed.length;
    const { packBytes = packTargetBytes } = this.#parts;
    if (pack.bytes >= packBytes || pack.blobs.length >= maxBlobsInPack) await this.#close(pack);
  }

  /** Writes what is left, and names it. */
  async flush(): Promise<void> {
    for (const pack of Object.values(this.#open)) if (pack.blobs.length > 0) await this.#close(pack);
    await this.#name();
  }

  async #close(open: OpenPack): Promise<void> {
    const blobs = open.blobs.splice(0);
    const bytes = Buffer.concat([...open.sealed.splice(0), encodePackTail(this.#parts.context, blobs)]);
    open.bytes = 0;
    const pack = { id: packIdOf(bytes), sizeBytes: bytes.length, blobs };
    await writePackfile(this.#parts, pack, bytes);
    this.written.push(pack);
    this.#unnamed.push(pack);
    if (isWorthDelta(this.#unnamed)) await this.#name();
  }

  async #name(): Promise<void> {
    const packs = this.#unnamed;
    if (packs.length === 0) return;
    const { id } = await writeDelta(this.#parts, packs);
    this.#unnamed = [];
    this.deltas.push({ id, packs });
  }
}

function emptyPack(): OpenPack {
  return { blobs: [], sealed: [], bytes: 0 };
}
