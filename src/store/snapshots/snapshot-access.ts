/**
 * The snapshots of an open store as this machine sees them: headers compared with what it trusts, blobs found through its cache.
 *
 * Each folder is listed once for a command, because a list is the dearest request of a store on another machine. What was
 * listed stays good enough because
 *
 * - a writer lists under its lock: while that is held nobody removes packfiles or deltas, and what others add meanwhile is only
 *   not reused. Another machine's new header is not named as a parent; then the chain has two heads, which the next one joins;
 * - the index is listed after the headers, never before: every blob of a snapshot that was listed is in it;
 * - what this command writes itself is added, or the lists are forgotten (`lookAgain`), as they are by whoever runs on and on.
 *
 * Whoever removes something (removal, garbage collection) or judges the store (check) does not use these lists but its own.
 */
import { join } from 'node:path';
import { KlosetError } from '../../errors.ts';
import type { HeaderLoss } from '../access/pins/header-loss.ts';
import { below } from '../access/pins/header-loss.ts';
import type { ReadingParts } from '../access/store-parts.ts';
import type { BlobIndex, BlobLocation } from '../cache/blob-index.ts';
import type { FreshIndex } from '../cache/fresh-index.ts';
import { keepHeader } from '../cache/header-cache.ts';
import { syncIndex, syncPacks } from '../cache/index-sync.ts';
import { LocalCache } from '../cache/local-cache.ts';
import type { BlobId, PackId, SnapshotId } from '../format/ids.ts';
import type { BlobSource } from '../packs/content-reader.ts';
import { ContentReader } from '../packs/content-reader.ts';
import { PackReader } from '../packs/pack-reader.ts';
import type { ComparedHeaders } from './all-headers.ts';
import { compareHeaders, newerFormat, noteHeaders } from './all-headers.ts';
import { removedIn, seenHeaders, unreadableIds } from './listed-header.ts';
import type { ListedHeader, SnapshotSummary } from './snapshot-list.ts';
import { snapshotsOf } from './snapshot-list.ts';
import { TreeReader } from './tree-reader.ts';

/** The snapshots of a store, newest first. With a loss there may have been newer ones. */
export interface SnapshotSurvey {
  readonly snapshots: SnapshotSummary[];
  readonly loss: HeaderLoss | undefined;
  /** Ids of headers that are gone, or cannot be read, and that somebody accepted as lost on this machine. */
  readonly accepted: readonly SnapshotId[];
  /** Ids of headers that cannot be read and may be of a newer backup than this one of its source: it does not stand on them. */
  mayBeNewer(id: SnapshotId): SnapshotId[];
}

export class SnapshotAccess {
  readonly cache: LocalCache;
  readonly blobs: BlobSource;
  readonly #parts: ReadingParts;
  #headers: Promise<ComparedHeaders> | undefined;
  /** The tables that know the deltas of the store; others after broken ones were replaced. */
  #syncedIndex: BlobIndex | undefined;
  #freshIndex: FreshIndex | undefined;
  #packs: { readonly index: BlobIndex; readonly present: ReadonlyMap<PackId, number> } | undefined;

  constructor(parts: ReadingParts) {
    const { backend, cacheFolder, context } = parts;
    this.#parts = parts;
    this.cache = new LocalCache(join(cacheFolder, context.storeId), backend.location);
    const locations = (id: BlobId) => this.cache.index.locations(id);
    this.blobs = new ContentReader(context, locations, new PackReader(backend), {
      places: (id, known) => this.#furtherPlaces(id, known),
      isAt: (place) => this.cache.index.correct(place),
    });
  }

  /** Places that the store itself gives: the tables of this machine may be wrong, and a blob counts as lost only after that. */
  async #furtherPlaces(id: BlobId, known: readonly BlobLocation[]): Promise<readonly BlobLocation[]> {
    const { FreshIndex } = await import('../cache/fresh-index.ts');
    this.#freshIndex ??= new FreshIndex(this.#parts);
    const others = await this.#freshIndex.others(id, known);
    // What lies in a packfile that was cut is written anew, and not built upon.
    return others.filter(({ packId }) => !this.cache.index.isLost(packId));
  }

  /** Every header, compared with what this machine has seen, and remembered. Read once for a command. */
  headers(): Promise<ComparedHeaders> {
    if (this.#headers === undefined) {
      // An older index may lack blobs of what is listed now.
      this.#syncedIndex = undefined;
      const headers = this.#readHeaders();
      headers.catch(() => {
        if (this.#headers === headers) this.#headers = undefined;
      });
      this.#headers = headers;
    }
    return this.#headers;
  }

  async #readHeaders(): Promise<ComparedHeaders> {
    const compared = await compareHeaders(this.#parts, this.cache.database);
    if (this.#parts.trust.isFirstUse) await this.#tellFirstUse(compared.headers);
    await this.#parts.trust.save();
    return compared;
  }

  /** Forgets what was listed: whoever asks next is told what the store holds then. */
  lookAgain(): void {
    this.#headers = undefined;
    this.#syncedIndex = undefined;
    this.#packs = undefined;
    // Not closed: somebody may be reading by it.
    this.#freshIndex = undefined;
  }

  /** Takes in a header that this command has just written, as if it were listed and read again. */
  async addOwn(own: ListedHeader, file: Uint8Array): Promise<void> {
    const listed = this.#headers;
    if (listed === undefined) return;
    keepHeader(this.cache.database, own.id, file);
    const headers = [...(await listed).headers, own];
    const loss = noteHeaders(this.#parts.trust, headers);
    this.#headers = Promise.resolve({ headers, loss });
    await this.#parts.trust.save();
  }

  /** Every snapshot that can be listed, newest first, and what is lost beside them. */
  async survey(): Promise<SnapshotSurvey> {
    return await this.cache.guard(async () => {
      const { headers, loss } = await this.headers();
      const readable = new Set(headers.flatMap(({ id, header }) => (header === undefined ? [] : [id])));
      const accepted = this.#parts.trust.missed.filter((id) => !readable.has(id));
      const settled = new Set([...accepted, ...removedIn(headers)]);
      const damaged = unreadableIds(headers).filter((id) => !settled.has(id));
      const mayBeNewer = (id: SnapshotId): SnapshotId[] => {
        if (damaged.length === 0) return [];
        const seen = seenHeaders(headers);
        const older = below(
          seen,
          seen.filter((each) => each.id === id),
        );
        return damaged.filter((each) => !older.has(each));
      };
      return { snapshots: snapshotsOf(headers, this.#parts.clock.now()), loss, accepted, mayBeNewer };
    });
  }

  async #tellFirstUse(headers: readonly ListedHeader[]): Promise<void> {
    const { firstUseLines } = await import('./first-use.ts');
    const { backend, config, clock, monitor } = this.#parts;
    const snapshots = snapshotsOf(headers, clock.now());
    for (const message of firstUseLines(config, snapshots, backend.location))
      monitor.report({ type: 'notice', message });
  }

  /** Brings the local index up to the deltas of the store. */
  async syncIndex(): Promise<void> {
    const { index } = this.cache;
    if (this.#syncedIndex === index) return;
    await syncIndex({ ...this.#parts, index });
    this.#syncedIndex = index;
  }

  /** The packfiles of the store by id, with their sizes; the local index learns which are gone. */
  async syncPacks(): Promise<ReadonlyMap<PackId, number>> {
    const { index } = this.cache;
    // Compared once: packfiles that this command adds are no longer in an older list, and not lost for all that.
    if (this.#packs?.index !== index)
      this.#packs = { index, present: await syncPacks({ ...this.#parts, index }) };
    return this.#packs.present;
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
    this.#freshIndex?.close();
    this.cache.close();
  }
}
