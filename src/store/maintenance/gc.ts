/**
 * Garbage collection: frees data that no snapshot references. It holds the exclusive lock, so no backup counts on what it
 * removes; and a packfile is removed only when it was unreachable for the whole grace period, so that a
 * machine whose clock is wrong, or that slept with its lock expired, finds what it was using.
 *
 * 1. Scan: mark the blobs that snapshots reach, and find the packfiles that hold them.
 * 2. Repack: copy needed blobs out of small and mostly-dead packfiles.
 * 3. Mark: note which packfiles hold nothing needed now.
 * 4. Sweep: packfiles marked long enough leave the index, then the store. With them go the entries of packfiles that are
 *    gone and that nobody needs, and deltas that others make superfluous: old ones that somebody put back.
 *
 * A crash at any point leaves blobs twice, or packfiles that no index names; the next run resumes from there.
 */
import { requireRemovable } from '../../backend/backend.ts';
import { removeUnlessKept } from '../../backend/object-lock.ts';
import type { KlosetError } from '../../errors.ts';
import { isKlosetError, messageOf } from '../../errors.ts';
import type { StoreParts } from '../access/store-parts.ts';
import type { BlobId, PackId } from '../format/ids.ts';
import type { IndexedPack } from '../format/index-delta.ts';
import { packName } from '../format/packfile.ts';
import { headerName } from '../format/snapshot-header.ts';
import type { HeldLock, LockOptions } from '../locks/locks.ts';
import { withLockToApply } from '../locks/locks.ts';
import { ContentReader } from '../packs/content-reader.ts';
import { removeDeltas, writeDeltas } from '../packs/index-rewrite.ts';
import { PackReader } from '../packs/pack-reader.ts';
import { SealedPackWriter } from '../packs/sealed-pack-writer.ts';
import { allHeaders, removedIn } from '../snapshots/all-headers.ts';
import type { SnapshotSummary } from '../snapshots/snapshot-list.ts';
import { snapshotsOf } from '../snapshots/snapshot-list.ts';
import { marksFile, readMarks, writeMarks } from './gc-marks.ts';
import type { GcRules } from './gc-plan.ts';
import { defaultGcRules, expired, markDead, planGc } from './gc-plan.ts';
import type { KeptData } from './kept-data.ts';
import { keptData, renewKept } from './kept-data.ts';
import { removedButPresent } from './removal.ts';
import { repackInto } from './repack.ts';
import type { UsageScan } from './usage-scan.ts';
import { withUsageScan } from './usage-scan.ts';

export interface GcOptions {
  /** Without it nothing is changed, and the report says what would be. */
  readonly apply?: boolean;
  readonly rules?: Partial<GcRules>;
  readonly lock?: LockOptions;
}

/** Sizes are bytes of packfiles. */
export interface GcReport {
  readonly snapshots: number;
  readonly packs: number;
  readonly packBytes: number;
  /** Of these, needed by snapshots. */
  readonly liveBytes: number;
  /** Packfiles that hold nothing needed and wait for their grace period to end. */
  readonly waitingPacks: number;
  readonly waitingBytes: number;
  readonly sweptPacks: number;
  readonly sweptBytes: number;
  /** Of those that wait, packfiles whose grace period is over and that the server keeps yet (object lock). */
  readonly keptPacks: number;
  readonly keptBytes: number;
  /** The time at which the last of them may be removed, in ISO 8601; null when there is none. */
  readonly keptUntil: string | null;
  /** Objects that are needed and were kept on. */
  readonly renewed: number;
  readonly repackedPacks: number;
  /** Written by repacking. */
  readonly newPacks: number;
  readonly newBytes: number;
  /** Index deltas replaced by fewer. */
  readonly mergedDeltas: number;
  /** Blobs that snapshots name and no packfile holds. Above 0 the store needs repair. */
  readonly missingBlobs: number;
}

/**
 * @throws KlosetError locked, integrity when a snapshot or a listing cannot be read, temporary when a full place has nothing that
 * can be removed now, unavailable
 */
export async function collectGarbage(parts: StoreParts, options: GcOptions = {}): Promise<GcReport> {
  if (options.apply) requireRemovable(parts.backend);
  const lock = { command: 'maintenance', ...options.lock };
  return await withLockToApply(parts, options.apply ?? false, lock, (held) =>
    withUsageScan(parts, (scan) => new GarbageCollection(parts, scan, held, options).run()),
  );
}

interface Repacked {
  /** Packfiles of which nothing is needed any more. */
  readonly emptied: readonly PackId[];
  readonly written: readonly IndexedPack[];
  /** The error that ended it early. */
  readonly refusal?: KlosetError | undefined;
}

class GarbageCollection {
  readonly #parts: StoreParts;
  readonly #scan: UsageScan;
  readonly #lock: HeldLock;
  readonly #rules: GcRules;
  readonly #isApplied: boolean;
  readonly #nowMs: number;

  constructor(parts: StoreParts, scan: UsageScan, lock: HeldLock, options: GcOptions) {
    this.#parts = parts;
    this.#scan = scan;
    this.#lock = lock;
    this.#rules = { ...defaultGcRules, ...options.rules };
    this.#isApplied = options.apply ?? false;
    this.#nowMs = parts.clock.now();
  }

  async run(): Promise<GcReport> {
    const snapshots = await this.#scanSnapshots();
    const path = marksFile(this.#parts.cacheFolder, this.#parts.context.storeId);
    const oldMarks = readMarks(path);
    const packs = this.#scan.choosePacks(this.#order(new Set(oldMarks.keys())));
    const missingBlobs = this.#scan.countMissing();
    const plan = planGc(packs, this.#rules);
    const repacked: Repacked = this.#isApplied
      ? await this.#repack(plan.repack)
      : { emptied: plan.repack, written: [] };
    const dead = [...plan.dead, ...repacked.emptied, ...(missingBlobs > 0 ? [] : this.#unreadablePacks())];
    const marks = markDead(dead, oldMarks, this.#nowMs);
    const sweepable = await this.#sweepable(expired(marks, this.#rules.graceMs, this.#nowMs));
    const kept = await keptData(this.#parts, this.#scan, sweepable);
    const packsToDelete = new Set([...sweepable].filter((id) => !kept.packs.has(id)));
    if (repacked.refusal !== undefined && packsToDelete.size === 0) {
      // The grace period begins now, whatever room there is.
      writeMarks(path, marks);
      throw repacked.refusal;
    }
    if (repacked.refusal !== undefined)
      this.#warn(
        `Packfiles are removed, but none is repacked, which needs room: ${repacked.refusal.message}`,
      );
    // Where a blob is missed, what the index says of lost packfiles may help to repair the store.
    const gone = missingBlobs > 0 ? [] : this.#scan.gonePacks();
    const mergedDeltas = this.#isApplied ? await this.#sweep(packsToDelete, gone, kept) : 0;
    for (const id of packsToDelete) marks.delete(id);
    if (this.#isApplied) writeMarks(path, marks);
    const renewed = this.#isApplied ? await this.#renew(marks) : 0;
    const size = (ids: Iterable<PackId>) => sum([...ids].map((id) => this.#scan.present.get(id) ?? 0));
    return {
      snapshots,
      packs: this.#scan.present.size,
      packBytes: size(this.#scan.present.keys()),
      liveBytes: sum(packs.map(({ liveBytes }) => liveBytes)),
      waitingPacks: marks.size,
      waitingBytes: size(marks.keys()),
      sweptPacks: packsToDelete.size,
      sweptBytes: size(packsToDelete),
      keptPacks: kept.packs.size,
      keptBytes: size(kept.packs),
      keptUntil: kept.untilMs === undefined ? null : new Date(kept.untilMs).toISOString(),
      renewed,
      repackedPacks: repacked.emptied.length,
      newPacks: repacked.written.length,
      newBytes: sum(repacked.written.map(({ sizeBytes }) => sizeBytes)),
      mergedDeltas,
      missingBlobs,
    };
  }

  async #scanSnapshots(): Promise<number> {
    const { monitor } = this.#parts;
    monitor.report({ type: 'phase', phase: 'reading the index' });
    await this.#scan.readIndex();
    const snapshots = await this.#listSnapshots();
    for (const [done, snapshot] of snapshots.entries()) {
      monitor.report({ type: 'progress', phase: 'finding reachable blobs', done, total: snapshots.length });
      await this.#scan.markReachable(snapshot);
    }
    return snapshots.length;
  }

  /**
   * Packfiles to keep blobs in, best first: not those that are on their way out, nor those that are worth repacking (a run that was
   * interrupted may have done so), large before small.
   */
  #order(marked: ReadonlySet<PackId>): PackId[] {
    const { present, unindexed } = this.#scan;
    const shares = this.#scan.neededShares();
    const readable = [...present].filter(([id]) => !(unindexed.has(id) && unindexed.get(id) === undefined));
    const isMostlyDead = (id: PackId) => (shares.get(id) ?? 0) < this.#rules.repackBelow;
    const last = (id: PackId) => (marked.has(id) ? 2 : isMostlyDead(id) ? 1 : 0);
    readable.sort(([a, aSize], [b, bSize]) => last(a) - last(b) || bSize - aSize || (a < b ? -1 : 1));
    return readable.map(([id]) => id);
  }

  /** Packfiles that nobody can read and no index names: torn leftovers, when no blob is missed. */
  #unreadablePacks(): PackId[] {
    return [...this.#scan.unindexed].filter(([, pack]) => pack === undefined).map(([id]) => id);
  }

  /**
   * A refusal for now is given back: a full place needs first of all that what is not needed goes. What was written until then
   * and not named is named by the next run.
   */
  async #repack(ids: readonly PackId[]): Promise<Repacked> {
    const writer = new SealedPackWriter(this.#parts);
    let refusal: KlosetError | undefined;
    const emptied = await repackInto(writer, this.#parts, this.#scan, ids).catch((error: unknown) => {
      if (!isKlosetError(error, 'temporary')) throw error;
      // Ends a run that was interrupted, which has the same code.
      this.#parts.monitor.report({ type: 'progress', phase: 'repacking', done: 0, total: ids.length });
      refusal = error;
      return [];
    });
    this.#scan.addWritten(writer.deltas);
    for (const { id, sizeBytes } of writer.written) this.#scan.present.set(id, sizeBytes);
    return { emptied, written: writer.written, refusal };
  }

  /** Of `packsToDelete`, those whose needed blobs can all be read elsewhere: a damaged copy must not outlive a good one. */
  async #sweepable(packsToDelete: ReadonlySet<PackId>): Promise<Set<PackId>> {
    const { backend, context } = this.#parts;
    const elsewhere = (id: BlobId) =>
      this.#scan.index.locations(id).filter(({ packId }) => !packsToDelete.has(packId));
    const blobs = new ContentReader(context, elsewhere, new PackReader(backend));
    const sweepable = new Set<PackId>();
    for (const id of this.#isApplied ? packsToDelete : []) {
      try {
        for (const blob of this.#scan.reachableBlobs(id))
          await blobs.blob(blob.id, blob.type === 'tree' ? 'tree' : 'file');
        sweepable.add(id);
      } catch (error) {
        if (!isKlosetError(error, 'integrity')) throw error;
        this.#warn(`Packfile ${id.slice(0, 12)}… is kept: ${messageOf(error)}`);
      }
    }
    return this.#isApplied ? sweepable : new Set(packsToDelete);
  }

  /** Takes `packsToDelete` out of the index, then out of the store; `gone` are there no more. Returns how many deltas went. */
  async #sweep(packsToDelete: ReadonlySet<PackId>, gone: readonly PackId[], kept: KeptData): Promise<number> {
    const { backend } = this.#parts;
    const leaving = new Set([...packsToDelete, ...gone]);
    const old = this.#scan.deltasToReplace(leaving, kept.deltas);
    const staying = [...old.packs].filter((id) => !leaving.has(id));
    const orphans = [...this.#scan.unindexed].filter(
      ([id, pack]) => pack !== undefined && !packsToDelete.has(id),
    );
    await this.#lock.assertHeld();
    const fresh = await writeDeltas(
      this.#parts,
      this.#scan.packs([...staying, ...orphans.map(([id]) => id)]),
    );
    await this.#lock.assertHeld();
    await removeUnlessKept(backend, (await removedButPresent(this.#parts)).map(headerName));
    await removeDeltas(
      this.#parts,
      old.deltas.filter((id) => !fresh.includes(id)),
    );
    for (const id of packsToDelete) await backend.remove(packName(id));
    return old.deltas.length;
  }

  /** Keeps on what is needed: packfiles that hold something, and headers but of removed snapshots. */
  async #renew(dead: ReadonlyMap<PackId, number>): Promise<number> {
    if (this.#parts.config.objectLockDays === undefined) return 0;
    const headers = await allHeaders(this.#parts);
    const removed = new Set(removedIn(headers));
    return await renewKept(this.#parts, {
      packs: new Set([...this.#scan.present.keys()].filter((id) => !dead.has(id))),
      headers: new Set(headers.map(({ id }) => id).filter((id) => !removed.has(id))),
    });
  }

  async #listSnapshots(): Promise<SnapshotSummary[]> {
    const snapshots = snapshotsOf(await allHeaders(this.#parts), this.#parts.clock.now());
    await this.#parts.trust.save();
    return snapshots;
  }

  #warn(message: string): void {
    this.#parts.monitor.report({ type: 'warning', message });
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
