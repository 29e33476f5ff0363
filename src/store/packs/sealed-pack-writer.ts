/**
 * Writes packfiles from blobs that are sealed already: repacking and copying between stores of the same key need no
 * sealing anew. One packfile of each kind is held in memory until it is full.
 */
import { KlosetError } from '../../errors.ts';
import { openBlob } from '../format/blob.ts';
import type { PackedBlob } from '../format/blob-location.ts';
import { maxBlobsInPack } from '../format/blob-location.ts';
import type { DeltaId } from '../format/ids.ts';
import type { IndexedPack } from '../format/index-delta.ts';
import { encodePackTail, packIdOf, packTargetBytes } from '../format/packfile.ts';
import type { PackKind, PackTarget } from './write-pack.ts';
import { packKindOf, writePack } from './write-pack.ts';

export interface SealedPackWriterParts extends PackTarget {
  /** A packfile is closed at this many bytes; tests make it small. */
  readonly packBytes?: number;
}

/** A packfile being filled. */
interface OpenPack {
  readonly blobs: PackedBlob[];
  readonly sealed: Uint8Array[];
  bytes: number;
}

export class SealedPackWriter {
  /** Packfiles that are in the store with their deltas. */
  readonly written: IndexedPack[] = [];
  /** Ids of the deltas that name them. */
  readonly deltas: DeltaId[] = [];
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

  /** Writes what is left. */
  async flush(): Promise<void> {
    for (const pack of Object.values(this.#open)) if (pack.blobs.length > 0) await this.#close(pack);
  }

  async #close(open: OpenPack): Promise<void> {
    const blobs = open.blobs.splice(0);
    const bytes = Buffer.concat([...open.sealed.splice(0), encodePackTail(this.#parts.context, blobs)]);
    open.bytes = 0;
    const pack = { id: packIdOf(bytes), sizeBytes: bytes.length, blobs };
    const delta = await writePack(this.#parts, pack, bytes);
    this.written.push(pack);
    this.deltas.push(delta.id);
  }
}

function emptyPack(): OpenPack {
  return { blobs: [], sealed: [], bytes: 0 };
}
