/** The snapshots of an open store as this machine sees them: headers compared with what it trusts, blobs found through its cache. */
import { join } from 'node:path';
import { KlosetError } from '../../errors.ts';
import type { HeaderLoss } from '../access/pins/header-loss.ts';
import type { ReadingParts } from '../access/store-parts.ts';
import { syncIndex, syncPacks } from '../cache/index-sync.ts';
import { LocalCache } from '../cache/local-cache.ts';
import type { PackId, SnapshotId } from '../format/ids.ts';
import type { BlobSource } from '../packs/content-reader.ts';
import { ContentReader } from '../packs/content-reader.ts';
import { PackReader } from '../packs/pack-reader.ts';
import type { ComparedHeaders } from './all-headers.ts';
import { compareHeaders, newerFormat } from './all-headers.ts';
import { firstUseLines } from './first-use.ts';
import type { ListedHeader, SnapshotSummary } from './snapshot-list.ts';
import { snapshotsOf } from './snapshot-list.ts';
import { TreeReader } from './tree-reader.ts';

/** The snapshots of a store, newest first. With a loss there may have been newer ones. */
export interface SnapshotSurvey {
  readonly snapshots: SnapshotSummary[];
  readonly loss: HeaderLoss | undefined;
  /** Ids of headers that are gone, or cannot be read, and that somebody accepted as lost on this machine. */
  readonly accepted: readonly SnapshotId[];
}

export class SnapshotAccess {
  readonly cache: LocalCache;
  readonly blobs: BlobSource;
  readonly #parts: ReadingParts;

  constructor(parts: ReadingParts) {
    const { backend, cacheFolder, context } = parts;
    this.#parts = parts;
    this.cache = new LocalCache(join(cacheFolder, context.storeId), backend.location);
    this.blobs = new ContentReader(context, (id) => this.cache.index.locations(id), new PackReader(backend));
  }

  /** Reads every header, compares them with what this machine has seen, and remembers them. */
  async headers(): Promise<ComparedHeaders> {
    const compared = await compareHeaders(this.#parts, this.cache.database);
    if (this.#parts.trust.isFirstUse) this.#tellFirstUse(compared.headers);
    await this.#parts.trust.save();
    return compared;
  }

  /** Every snapshot that can be listed, newest first, and what is lost beside them. */
  async survey(): Promise<SnapshotSurvey> {
    return await this.cache.guard(async () => {
      const { headers, loss } = await this.headers();
      const readable = new Set(headers.flatMap(({ id, header }) => (header === undefined ? [] : [id])));
      const accepted = this.#parts.trust.missed.filter((id) => !readable.has(id));
      return { snapshots: snapshotsOf(headers, this.#parts.clock.now()), loss, accepted };
    });
  }

  #tellFirstUse(headers: readonly ListedHeader[]): void {
    const { backend, config, clock, monitor } = this.#parts;
    const snapshots = snapshotsOf(headers, clock.now());
    for (const message of firstUseLines(config, snapshots, backend.location))
      monitor.report({ type: 'notice', message });
  }

  /** Brings the local index up to the deltas of the store. */
  async syncIndex(): Promise<void> {
    await syncIndex({ ...this.#parts, index: this.cache.index });
  }

  /** The packfiles of the store by id, with their sizes; the local index learns which are gone. */
  async syncPacks(): Promise<ReadonlyMap<PackId, number>> {
    return await syncPacks({ ...this.#parts, index: this.cache.index });
  }

  /** @throws KlosetError integrity when the snapshot is damaged or its signer is not trusted, incompatible */
  reader({ id, header, problem, isIncompatible }: SnapshotSummary): TreeReader {
    if (header !== undefined && problem === undefined) return new TreeReader(id, header, this.blobs);
    if (isIncompatible === true) throw newerFormat(problem ?? '');
    throw new KlosetError('integrity', problem ?? `Snapshot ${id.slice(0, 12)}… cannot be read.`, {
      hint: 'Run `notion-kloset check`.',
    });
  }

  close(): void {
    this.cache.close();
  }
}
