/**
 * Writes packfiles from blobs that are sealed already: repacking and copying between stores of the same key need no
 * sealing anew. One packfile of each kind is held in memory until it is full.
 */
import type { Backend } from '../../backend/backend.ts';
import { createWhole } from '../../backend/verified-write.ts';
import { KlosetError } from '../../errors.ts';
import type { SealContext } from '../format/blob.ts';
import { openBlob } from '../format/blob.ts';
import type { PackedBlob } from '../format/blob-location.ts';
import { mostBlobsInPack } from '../format/blob-location.ts';
import type { DeltaId } from '../format/ids.ts';
import type { IndexedPack } from '../format/index-delta.ts';
import { deltaIdOf, deltaName, encodeIndexDelta } from '../format/index-delta.ts';
import { encodePackTail, packIdOf, packName, packTargetBytes } from '../format/packfile.ts';

export interface SealedPackWriterParts {
  readonly backend: Backend;
  readonly context: SealContext;
  /** A packfile is closed at this many bytes; tests make it small. */
  readonly packBytes?: number;
}

interface Lane {
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
  /** Trees have packfiles of their own, as in backups. */
  readonly #lanes = { content: newLane(), tree: newLane() };

  constructor(parts: SealedPackWriterParts) {
    this.#parts = parts;
  }

  /** Takes over a blob after making sure that it is what its id says. @throws KlosetError integrity */
  async add(blob: PackedBlob, sealed: Uint8Array): Promise<void> {
    const { id, type } = blob;
    if (openBlob(this.#parts.context, type, id, sealed).length !== blob.plainBytes) {
      throw new KlosetError('integrity', `Blob ${id.slice(0, 12)}… is not as long as its index says.`);
    }
    const lane = this.#lanes[type === 'tree' ? 'tree' : 'content'];
    lane.blobs.push({ ...blob, offset: lane.bytes });
    // A Buffer's own `slice` would keep the whole packfile it lies in.
    lane.sealed.push(new Uint8Array(sealed));
    lane.bytes += sealed.length;
    const { packBytes = packTargetBytes } = this.#parts;
    if (lane.bytes >= packBytes || lane.blobs.length >= mostBlobsInPack) await this.#close(lane);
  }

  /** Writes what is left. */
  async flush(): Promise<void> {
    for (const lane of Object.values(this.#lanes)) if (lane.blobs.length > 0) await this.#close(lane);
  }

  async #close(lane: Lane): Promise<void> {
    const { backend, context } = this.#parts;
    const blobs = lane.blobs.splice(0);
    const bytes = Buffer.concat([...lane.sealed.splice(0), encodePackTail(context, blobs)]);
    lane.bytes = 0;
    const pack = { id: packIdOf(bytes), sizeBytes: bytes.length, blobs };
    await createWhole(backend, packName(pack.id), bytes);
    const delta = encodeIndexDelta(context, [pack]);
    const deltaId = deltaIdOf(delta);
    await createWhole(backend, deltaName(deltaId), delta);
    this.written.push(pack);
    this.deltas.push(deltaId);
  }
}

function newLane(): Lane {
  return { blobs: [], sealed: [], bytes: 0 };
}
