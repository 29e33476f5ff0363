/**
 * Maintenance: frees what no snapshot needs any more. It holds the exclusive lock, so no backup counts on what it
 * removes; and a packfile is removed only when it was found unneeded the whole grace period through, so that a
 * machine whose clock is wrong, or that slept with its lock expired, finds what it was using.
 *
 * 1. Survey: which blobs the snapshots need, which packfiles hold them.
 * 2. Repack: copy needed blobs out of small and mostly-dead packfiles.
 * 3. Mark: note which packfiles hold nothing needed now.
 * 4. Sweep: packfiles marked long enough leave the index, then the store.
 *
 * A crash at any point leaves blobs twice, or packfiles that no index names; the next run goes on from there.
 */
import { requireRemovable } from '../../backend/backend.ts';
import { isKlosetError, messageOf } from '../../errors.ts';
import type { StoreParts } from '../access/store-parts.ts';
import type { BlobId, PackId } from '../format/ids.ts';
import type { IndexedPack } from '../format/index-delta.ts';
import { packName } from '../format/packfile.ts';
import { headerName } from '../format/snapshot-header.ts';
import type { HeldLock, LockOptions } from '../locks/locks.ts';
import { withLock } from '../locks/locks.ts';
import { ContentReader } from '../packs/content-reader.ts';
import { removeDeltas, writeDeltas } from '../packs/index-rewrite.ts';
import { PackReader } from '../packs/pack-reader.ts';
import { SealedPackWriter } from '../packs/sealed-pack-writer.ts';
import { allHeaders } from '../snapshots/all-headers.ts';
import type { SnapshotSummary } from '../snapshots/snapshot-list.ts';
import { snapshotsOf } from '../snapshots/snapshot-list.ts';
import { marksFile, readMarks, writeMarks } from './gc-marks.ts';
import type { GcRules } from './gc-plan.ts';
import { defaultGcRules, expired, markDead, planGc } from './gc-plan.ts';
import { removedButPresent } from './removal.ts';
import { repackInto } from './repack.ts';
import type { Survey } from './usage-scan.ts';
import { withSurvey } from './usage-scan.ts';

export interface MaintenanceOptions {
  /** Without it nothing is changed, and the report says what would be. */
  readonly apply?: boolean;
  readonly rules?: Partial<GcRules>;
  readonly lock?: LockOptions;
}

/** Sizes are bytes of packfiles. */
export interface MaintenanceReport {
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
  readonly repackedPacks: number;
  /** Written by repacking. */
  readonly newPacks: number;
  readonly newBytes: number;
  /** Index deltas replaced by fewer. */
  readonly mergedDeltas: number;
  /** Blobs that snapshots name and no packfile holds. Above 0 the store needs repair. */
  readonly missingBlobs: number;
}

/** @throws KlosetError locked, integrity when a snapshot or a listing cannot be read, unavailable */
export async function maintain(
  parts: StoreParts,
  options: MaintenanceOptions = {},
): Promise<MaintenanceReport> {
  if (options.apply) requireRemovable(parts.backend);
  const lock = { command: 'maintenance', ...options.lock };
  return await withLock(parts, options.apply ? 'exclusive' : 'shared', lock, (held) =>
    withSurvey(parts, (survey) => new Maintenance(parts, survey, held, options).run()),
  );
}

class Maintenance {
  readonly #parts: StoreParts;
  readonly #survey: Survey;
  readonly #lock: HeldLock;
  readonly #rules: GcRules;
  readonly #isApplied: boolean;
  readonly #nowMs: number;

  constructor(parts: StoreParts, survey: Survey, lock: HeldLock, options: MaintenanceOptions) {
    this.#parts = parts;
    this.#survey = survey;
    this.#lock = lock;
    this.#rules = { ...defaultGcRules, ...options.rules };
    this.#isApplied = options.apply ?? false;
    this.#nowMs = parts.clock.now();
  }

  async run(): Promise<MaintenanceReport> {
    const snapshots = await this.#surveySnapshots();
    const path = marksFile(this.#parts.cacheFolder, this.#parts.context.storeId);
    const oldMarks = readMarks(path);
    const packs = this.#survey.place(this.#order(new Set(oldMarks.keys())));
    const missingBlobs = this.#survey.countMissing();
    const plan = planGc(packs, this.#rules);
    const repacked = this.#isApplied
      ? await this.#repack(plan.repack)
      : { emptied: plan.repack, written: [] };
    const dead = [...plan.dead, ...repacked.emptied, ...(missingBlobs > 0 ? [] : this.#unreadablePacks())];
    const marks = markDead(dead, oldMarks, this.#nowMs);
    const doomed = await this.#sweepable(expired(marks, this.#rules.graceMs, this.#nowMs));
    const mergedDeltas = this.#isApplied ? await this.#sweep(doomed) : 0;
    for (const id of doomed) marks.delete(id);
    if (this.#isApplied) writeMarks(path, marks);
    const size = (ids: Iterable<PackId>) => sum([...ids].map((id) => this.#survey.present.get(id) ?? 0));
    return {
      snapshots,
      packs: this.#survey.present.size,
      packBytes: size(this.#survey.present.keys()),
      liveBytes: sum(packs.map(({ liveBytes }) => liveBytes)),
      waitingPacks: marks.size,
      waitingBytes: size(marks.keys()),
      sweptPacks: doomed.size,
      sweptBytes: size(doomed),
      repackedPacks: repacked.emptied.length,
      newPacks: repacked.written.length,
      newBytes: sum(repacked.written.map(({ sizeBytes }) => sizeBytes)),
      mergedDeltas,
      missingBlobs,
    };
  }

  async #surveySnapshots(): Promise<number> {
    const { monitor } = this.#parts;
    monitor.report({ type: 'phase', phase: 'reading the index' });
    await this.#survey.readIndex();
    const snapshots = await this.#listSnapshots();
    for (const [done, snapshot] of snapshots.entries()) {
      monitor.report({ type: 'progress', phase: 'finding what is needed', done, total: snapshots.length });
      await this.#survey.need(snapshot);
    }
    return snapshots.length;
  }

  /** Packfiles to keep blobs in, best first: not those that are on their way out, large before small. */
  #order(marked: ReadonlySet<PackId>): PackId[] {
    const { present, unindexed } = this.#survey;
    const readable = [...present].filter(([id]) => !(unindexed.has(id) && unindexed.get(id) === undefined));
    const last = (id: PackId) => (marked.has(id) ? 1 : 0);
    readable.sort(([a, aSize], [b, bSize]) => last(a) - last(b) || bSize - aSize || (a < b ? -1 : 1));
    return readable.map(([id]) => id);
  }

  /** Packfiles that nobody can read and no index names: torn leftovers, when no blob is missed. */
  #unreadablePacks(): PackId[] {
    return [...this.#survey.unindexed].filter(([, pack]) => pack === undefined).map(([id]) => id);
  }

  async #repack(ids: readonly PackId[]): Promise<{ emptied: PackId[]; written: readonly IndexedPack[] }> {
    const writer = new SealedPackWriter(this.#parts);
    const emptied = await repackInto(writer, this.#parts, this.#survey, ids);
    writer.written.forEach((pack, at) => {
      this.#survey.take(writer.deltas[at], pack);
      this.#survey.present.set(pack.id, pack.sizeBytes);
    });
    return { emptied, written: writer.written };
  }

  /** Of `doomed`, those whose needed blobs can all be read elsewhere: a damaged copy must not outlive a good one. */
  async #sweepable(doomed: ReadonlySet<PackId>): Promise<Set<PackId>> {
    const { backend, context } = this.#parts;
    const elsewhere = (id: BlobId) =>
      this.#survey.index.locations(id).filter(({ packId }) => !doomed.has(packId));
    const blobs = new ContentReader(context, elsewhere, new PackReader(backend));
    const sweepable = new Set<PackId>();
    for (const id of this.#isApplied ? doomed : []) {
      try {
        for (const blob of this.#survey.neededBlobs(id))
          await blobs.blob(blob.id, blob.type === 'tree' ? 'tree' : 'file');
        sweepable.add(id);
      } catch (error) {
        if (!isKlosetError(error, 'integrity')) throw error;
        this.#warn(`Packfile ${id.slice(0, 12)}… is kept: ${messageOf(error)}`);
      }
    }
    return this.#isApplied ? sweepable : new Set(doomed);
  }

  /** Takes `doomed` out of the index, then out of the store. Returns how many deltas went. */
  async #sweep(doomed: ReadonlySet<PackId>): Promise<number> {
    const { backend } = this.#parts;
    const old = this.#survey.deltasToReplace(doomed);
    const kept = [...old.packs].filter((id) => !doomed.has(id));
    const adopted = [...this.#survey.unindexed].filter(([id, pack]) => pack !== undefined && !doomed.has(id));
    await this.#lock.assertHeld();
    const fresh = await writeDeltas(this.#parts, this.#survey.packs([...kept, ...adopted.map(([id]) => id)]));
    await this.#lock.assertHeld();
    for (const id of await removedButPresent(this.#parts)) await backend.remove(headerName(id));
    await removeDeltas(
      this.#parts,
      old.deltas.filter((id) => !fresh.includes(id)),
    );
    for (const id of doomed) await backend.remove(packName(id));
    return old.deltas.length;
  }

  async #listSnapshots(): Promise<SnapshotSummary[]> {
    const snapshots = snapshotsOf(await allHeaders(this.#parts));
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
