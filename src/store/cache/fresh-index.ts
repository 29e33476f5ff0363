/**
 * The index as it lies in the store now, for blobs to which the tables of this machine do not lead: those may be damaged, and
 * name no place in which a check found a blob damaged that was put right since. Read when it is first asked for.
 */
import type { Database } from '../../database.ts';
import type { BlobId } from '../format/ids.ts';
import type { BlobLocation } from './blob-index.ts';
import { BlobIndex } from './blob-index.ts';
import { openCacheDatabase } from './cache-database.ts';
import type { IndexSyncOptions } from './index-sync.ts';
import { takeInDeltas } from './index-sync.ts';

export class FreshIndex {
  readonly #parts: Pick<IndexSyncOptions, 'context' | 'backend'>;
  #database: Database | undefined;
  #index: Promise<BlobIndex> | undefined;

  constructor(parts: Pick<IndexSyncOptions, 'context' | 'backend'>) {
    this.#parts = parts;
  }

  /** Places of the blob besides `known`. @throws KlosetError unavailable */
  async others(id: BlobId, known: readonly BlobLocation[]): Promise<BlobLocation[]> {
    this.#index ??= this.#read();
    return (await this.#index).locations(id).filter((place) => !known.some((each) => isSame(each, place)));
  }

  close(): void {
    this.#database?.close();
  }

  /** Deltas that cannot be read were told when the tables of this machine were brought up to date. */
  async #read(): Promise<BlobIndex> {
    this.#database = openCacheDatabase(':memory:');
    const index = new BlobIndex(this.#database);
    await takeInDeltas({ ...this.#parts, index }, () => undefined);
    return index;
  }
}

function isSame(left: BlobLocation, right: BlobLocation): boolean {
  return (
    left.packId === right.packId &&
    left.offset === right.offset &&
    left.sealedBytes === right.sealedBytes &&
    left.type === right.type
  );
}
