/**
 * Brings back blob by blob what no whole packfile gives: copies of a store have packfiles of their own. A damaged packfile
 * goes only when everything in it that a snapshot needs lies somewhere else, each blob verified; otherwise it stays.
 */
import { removeUnlessKept } from '../../backend/object-lock.ts';
import { isKlosetError } from '../../errors.ts';
import type { StoreParts } from '../access/store-parts.ts';
import type { UnreadablePaths } from '../check/unreadable-paths.ts';
import { findUnreadablePaths } from '../check/unreadable-paths.ts';
import { openBlob } from '../format/blob.ts';
import type { PackedBlob } from '../format/blob-location.ts';
import type { BlobContent, BlobId, DeltaId, PackId } from '../format/ids.ts';
import { deltaName } from '../format/index-delta.ts';
import { decodePack, packName } from '../format/packfile.ts';
import { decodeListing } from '../format/tree.ts';
import type { UsageScan } from '../maintenance/usage-scan.ts';
import type { BlobSource } from '../packs/content-reader.ts';
import { readContent } from '../packs/content-reader.ts';
import { removeDeltas, writeDeltas } from '../packs/index-rewrite.ts';
import { PackReader } from '../packs/pack-reader.ts';
import { SealedPackWriter } from '../packs/sealed-pack-writer.ts';
import type { ListedHeader } from '../snapshots/listed-header.ts';
import type { SnapshotSummary } from '../snapshots/snapshot-list.ts';
import { snapshotsOf } from '../snapshots/snapshot-list.ts';
import type { HealNotes } from './heal-notes.ts';
import { soundOrNone } from './heal-notes.ts';

/** A copy of the store to take blobs from. */
export interface BlobGiver {
  readonly parts: StoreParts;
  readonly scan: UsageScan;
}

export interface Damage {
  readonly packs: ReadonlySet<PackId>;
  readonly deltas: readonly DeltaId[];
}

/** The readable part of one damaged packfile. */
interface Remains {
  /** Undefined when neither the packfile nor the index says what lies in it. */
  readonly blobs: readonly PackedBlob[] | undefined;
  readonly good: ReadonlyMap<BlobId, Uint8Array>;
}

export class HealBlobs {
  taken = 0;
  readonly #parts: StoreParts;
  readonly #scan: UsageScan;
  readonly #giver: BlobGiver | undefined;
  readonly #givenPacks: PackReader | undefined;
  readonly #damage: Damage;
  readonly #notes: HealNotes;
  readonly #writer: SealedPackWriter;
  /** Good blobs of damaged packfiles, with the packfile. */
  readonly #salvage = new Map<BlobId, PackId>();
  readonly #written = new Set<BlobId>();
  readonly #lost = new Set<BlobId>();
  readonly #listings = new Set<string>();
  /** False when not everything that snapshots need is known. */
  #isSurveyed = true;

  /** `scan` has read the index of the store, `giver` that of the copy. */
  constructor(
    parts: StoreParts,
    scan: UsageScan,
    giver: BlobGiver | undefined,
    damage: Damage,
    notes: HealNotes,
  ) {
    this.#parts = parts;
    this.#scan = scan;
    this.#giver = giver;
    this.#givenPacks = giver === undefined ? undefined : new PackReader(giver.parts.backend);
    this.#damage = damage;
    this.#notes = notes;
    this.#writer = new SealedPackWriter(parts);
  }

  /** Returns the paths that stay unreadable. */
  async run(headers: readonly ListedHeader[], assertHeld: () => Promise<void>): Promise<UnreadablePaths[]> {
    for (const id of this.#damage.packs)
      for (const blobId of (await this.#remainsOf(id)).good.keys()) this.#salvage.set(blobId, id);
    const snapshots = snapshotsOf(headers, this.#parts.clock.now()).filter(
      ({ header, problem }) => header !== undefined && problem === undefined,
    );
    for (const [done, snapshot] of snapshots.entries()) {
      const progress = { done, total: snapshots.length };
      this.#parts.monitor.report({ type: 'progress', phase: 'looking for lost data', ...progress });
      if (snapshot.header !== undefined) await this.#healTree(snapshot.header.root);
    }
    if (headers.some(({ header }) => header === undefined)) this.#isSurveyed = false;
    const gone = await this.#resolved();
    await this.#writer.flush();
    await this.#rewriteIndex(gone, assertHeld);
    for (const id of this.#damage.packs)
      if (!gone.has(id))
        this.#notes.remains(
          packName(id),
          'The packfile is damaged or missing, and the copy has not all of it.',
        );
    return this.#lost.size === 0 ? [] : await this.#losses(snapshots);
  }

  async #remainsOf(id: PackId): Promise<Remains> {
    const indexed = this.#scan.index.blobsOf(id)?.blobs;
    const bytes = await soundOrNone(() => this.#parts.backend.read(packName(id)));
    if (bytes === undefined) return { blobs: indexed, good: new Map() };
    const own = await soundOrNone(async () => decodePack(this.#parts.context, bytes, packName(id)));
    const blobs = own ?? indexed;
    const good = new Map<BlobId, Uint8Array>();
    for (const blob of blobs ?? []) {
      const sealed = bytes.subarray(blob.offset, blob.offset + blob.sealedBytes);
      const isGood = await soundOrNone(async () => openBlob(this.#parts.context, blob.type, blob.id, sealed));
      if (isGood !== undefined) good.set(blob.id, sealed);
    }
    return { blobs, good };
  }

  /** Takes what is missing of a tree, listings first: they say what lies below. */
  async #healTree(root: BlobContent): Promise<void> {
    const open = [root];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const key = next.chunks.join();
      if (this.#listings.has(key)) continue;
      this.#listings.add(key);
      for (const id of next.chunks) await this.#heal(id);
      try {
        const listing = readContent(this.#blobs, next, 'tree');
        for await (const { type, content } of decodeListing(listing, 'A listing')) {
          if (type === 'directory') open.push(content);
          else for (const id of content.chunks) await this.#heal(id);
        }
      } catch (error) {
        if (!isKlosetError(error, 'integrity')) throw error;
        this.#isSurveyed = false;
      }
    }
  }

  async #heal(id: BlobId): Promise<void> {
    if (this.#written.has(id) || this.#lost.has(id) || this.#salvage.has(id) || this.#isSafe(id)) return;
    if (await this.#take(id)) this.taken += 1;
    else this.#lost.add(id);
  }

  /** True when the blob lies in a packfile that is not damaged. */
  #isSafe(id: BlobId): boolean {
    return this.#scan.index.locations(id).some(({ packId }) => !this.#damage.packs.has(packId));
  }

  async #take(id: BlobId): Promise<boolean> {
    for (const location of this.#giver?.scan.index.locations(id) ?? []) {
      const isTaken = await soundOrNone(async () => {
        const sealed = await this.#givenPacks?.readSealed(location);
        if (sealed === undefined) return undefined;
        await this.#writer.add(location, sealed);
        return true;
      });
      if (isTaken === undefined) continue;
      this.#written.add(id);
      return true;
    }
    return false;
  }

  /** Blobs from wherever they can be read now. */
  get #blobs(): BlobSource {
    return {
      blob: async (id, use) => {
        const own = await soundOrNone(() => this.#scan.blobs.blob(id, use));
        if (own !== undefined) return own;
        if (this.#giver !== undefined) return await this.#giver.scan.blobs.blob(id, use);
        return await this.#scan.blobs.blob(id, use);
      },
    };
  }

  /** Damaged packfiles that nothing needs any more, once the good blobs in them are written anew. */
  async #resolved(): Promise<Set<PackId>> {
    const gone = new Set<PackId>();
    if (!this.#isSurveyed || this.#parts.backend.isAppendOnly === true) return gone;
    for (const id of this.#damage.packs) {
      const { blobs, good } = await this.#remainsOf(id);
      const isNeeded =
        blobs === undefined ? this.#lost.size > 0 : blobs.some((blob) => this.#lost.has(blob.id));
      if (isNeeded) continue;
      gone.add(id);
      for (const blob of blobs ?? []) {
        const sealed = good.get(blob.id);
        if (sealed === undefined || this.#written.has(blob.id) || this.#isSafe(blob.id)) continue;
        await this.#writer.add(blob, sealed);
        this.#written.add(blob.id);
      }
    }
    return gone;
  }

  /** New deltas for everything that is whole, then the old ones go, then the damaged packfiles. */
  async #rewriteIndex(gone: ReadonlySet<PackId>, assertHeld: () => Promise<void>): Promise<void> {
    const { deltas: damagedDeltas } = this.#damage;
    const orphans = [...this.#scan.unindexed].flatMap(([id, pack]) =>
      pack === undefined || gone.has(id) ? [] : [id],
    );
    if (gone.size === 0 && damagedDeltas.length === 0 && orphans.length === 0) return;
    if (this.#parts.backend.isAppendOnly === true) return await this.#indexOrphans(orphans);
    const old = gone.size === 0 ? { deltas: [], packs: new Set<PackId>() } : this.#scan.deltasToReplace(gone);
    const kept = [...old.packs].filter((id) => !gone.has(id));
    const fresh = await writeDeltas(this.#parts, this.#scan.packs([...kept, ...orphans]));
    await assertHeld();
    await removeDeltas(
      this.#parts,
      [...old.deltas, ...damagedDeltas].filter((id) => !fresh.includes(id)),
    );
    this.#notes.dropped.push(...damagedDeltas.map(deltaName));
    const left = await removeUnlessKept(this.#parts.backend, [...gone].map(packName));
    for (const id of gone)
      if (this.#scan.present.has(id) && !left.names.includes(packName(id)))
        this.#notes.dropped.push(packName(id));
  }

  async #indexOrphans(orphans: readonly PackId[]): Promise<void> {
    await writeDeltas(this.#parts, this.#scan.packs(orphans));
    for (const id of this.#damage.deltas)
      this.#notes.remains(deltaName(id), 'It is damaged, and the place is used append-only.');
  }

  async #losses(snapshots: readonly SnapshotSummary[]): Promise<UnreadablePaths[]> {
    const losses: UnreadablePaths[] = [];
    for (const snapshot of snapshots) {
      const found = await findUnreadablePaths(this.#blobs, snapshot, (id) => !this.#lost.has(id));
      if (found !== undefined) losses.push(found);
    }
    return losses;
  }
}
