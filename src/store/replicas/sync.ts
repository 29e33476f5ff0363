/**
 * Copies snapshots from one replica of a store to another. Only blobs the target lacks are copied, sealed as they are and
 * verified on the way; headers are copied byte for byte, so ids and signatures stay. Nothing is ever removed.
 */

import { createVerified } from '../../backend/verified-write.ts';
import { isKlosetError, KlosetError, messageOf } from '../../errors.ts';
import type { StoreParts } from '../access/store-parts.ts';
import type { BlobContent, BlobId, SnapshotId } from '../format/ids.ts';
import type { MarkHeader, SnapshotHeader } from '../format/snapshot-header.ts';
import { headerIdOf, headerName } from '../format/snapshot-header.ts';
import type { LockOptions } from '../locks/locks.ts';
import { withLock } from '../locks/locks.ts';
import { writeRemoval } from '../maintenance/removal.ts';
import { addStatements } from '../maintenance/signers.ts';
import type { UsageScan } from '../maintenance/usage-scan.ts';
import { withUsageScan } from '../maintenance/usage-scan.ts';
import { writeDeltas } from '../packs/index-rewrite.ts';
import { PackReader } from '../packs/pack-reader.ts';
import { SealedPackWriter } from '../packs/sealed-pack-writer.ts';
import { allHeaders, compareAllHeaders, removedIn } from '../snapshots/all-headers.ts';
import { chainOf } from '../snapshots/chain.ts';
import { unreadableIds } from '../snapshots/listed-header.ts';
import { SnapshotAccess } from '../snapshots/snapshot-access.ts';
import type { ListedHeader } from '../snapshots/snapshot-list.ts';

export interface SyncOptions {
  /**
   * Full ids. The snapshots they stand on come with them, for a replica without its past has a broken chain. Without it
   * every snapshot that the target neither has nor removed.
   */
  readonly snapshots?: readonly SnapshotId[];
  /** Leave the past out for good: the target can never take it in later. For exports. */
  readonly alone?: boolean;
  /** Copy also what snapshots that are on both sides have lost at the target. */
  readonly heal?: boolean;
  /** Name of this machine. */
  readonly host: string;
  readonly lock?: LockOptions;
}

export interface SyncReport {
  /** Ids of the snapshots copied, in the order in which they were. */
  readonly copied: readonly SnapshotId[];
  /** Snapshots that could not be read at the source. */
  readonly failed: readonly { readonly id: SnapshotId; readonly problem: string }[];
  readonly blobsCopied: number;
  /** Bytes of new packfiles. */
  readonly bytesCopied: number;
}

const tool = 'notion-kloset sync';

/**
 * Copies snapshots of `source` to `target`, both open, under a shared lock on each.
 * @throws KlosetError usage when the two are not replicas of one store, not-found, locked, integrity, unavailable
 */
export async function syncSnapshots(
  source: StoreParts,
  target: StoreParts,
  options: SyncOptions,
): Promise<SyncReport> {
  checkSameStore(source, target);
  const lock = { command: 'sync', ...options.lock };
  await addStatements(target, source.config, lock);
  return await withLock(source, 'shared', lock, () =>
    withLock(target, 'shared', lock, (held) =>
      withUsageScan(source, (from) =>
        withUsageScan(target, (to) =>
          new Sync(source, target, from, to, options).run(() => held.assertHeld()),
        ),
      ),
    ),
  );
}

interface Chosen {
  readonly id: SnapshotId;
  readonly header: SnapshotHeader | MarkHeader;
}

class Sync {
  readonly #source: StoreParts;
  readonly #target: StoreParts;
  readonly #from: UsageScan;
  readonly #to: UsageScan;
  readonly #options: SyncOptions;
  readonly #packs: PackReader;
  readonly #writer: SealedPackWriter;
  /** The target as its cache on this machine knows it; a check takes damaged blobs out of it. */
  #known: SnapshotAccess | undefined;
  /** Blobs written in this run. */
  readonly #copied = new Set<BlobId>();

  constructor(source: StoreParts, target: StoreParts, from: UsageScan, to: UsageScan, options: SyncOptions) {
    this.#source = source;
    this.#target = target;
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#packs = new PackReader(source.backend);
    this.#writer = new SealedPackWriter(target);
  }

  async run(assertHeld: () => Promise<void>): Promise<SyncReport> {
    if (this.#options.heal === true) this.#known = await knownIndex(this.#target);
    try {
      return await this.#copy(assertHeld);
    } finally {
      this.#known?.close();
    }
  }

  async #copy(assertHeld: () => Promise<void>): Promise<SyncReport> {
    await this.#from.readIndex();
    await this.#to.readIndex();
    await this.#indexLeftovers();
    // What the target lost may be what comes now; whether all is there is judged at the end.
    const { headers: present } = await compareAllHeaders(this.#target);
    const headers = await allHeaders(this.#source);
    const chosen = choose(headers, present, this.#options);
    const common = this.#options.heal === true ? onBothSides(headers, present) : [];
    const failed: { id: SnapshotId; problem: string }[] = [];
    const whole: Chosen[] = [];
    for (const [done, snapshot] of [...common, ...chosen].entries()) {
      this.#report(done, common.length + chosen.length);
      try {
        await this.#copyBlobs(snapshot);
        if (!common.includes(snapshot)) whole.push(snapshot);
      } catch (error) {
        if (!isKlosetError(error, 'integrity')) throw error;
        failed.push({ id: snapshot.id, problem: messageOf(error) });
      }
    }
    await this.#writer.flush();
    await assertHeld();
    await this.#copyHeaders(whole, present);
    return {
      copied: whole.filter(({ header }) => header.kind === 'snapshot').map(({ id }) => id),
      failed,
      blobsCopied: this.#copied.size,
      bytesCopied: this.#writer.written.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0),
    };
  }

  /** Packfiles that an interrupted run left without a delta are counted on from here, so they get one. */
  async #indexLeftovers(): Promise<void> {
    const packs = [...this.#to.unindexed.values()].flatMap((pack) => pack ?? []);
    await writeDeltas(this.#target, packs);
  }

  /** Copies what the target lacks, listings included. The listings are read, and so verified, at the source. */
  async #copyBlobs({ id, header }: Chosen): Promise<void> {
    if (header.kind !== 'snapshot') return;
    for await (const content of this.#from.contents(id, header)) await this.#copyContent(content);
  }

  async #copyContent(content: BlobContent): Promise<void> {
    for (const id of content.chunks) {
      if (this.#copied.has(id) || this.#isAtTarget(id)) continue;
      await this.#copyBlob(id);
      this.#copied.add(id);
    }
  }

  /** True when the target has the blob. To heal, blobs that a check of this machine found damaged do not count. */
  #isAtTarget(id: BlobId): boolean {
    if (this.#to.index.find(id) === undefined) return false;
    return this.#known === undefined || this.#known.cache.index.find(id) !== undefined;
  }

  /** Tries every place where the blob lies. */
  async #copyBlob(id: BlobId): Promise<void> {
    let problem: unknown;
    for (const location of this.#from.index.locations(id)) {
      try {
        return await this.#writer.add(location, await this.#packs.readSealed(location));
      } catch (error) {
        const isDamage = isKlosetError(error, 'integrity') || isKlosetError(error, 'not-found');
        if (!isDamage) throw error;
        problem ??= error;
      }
    }
    throw new KlosetError('integrity', `Blob ${id.slice(0, 12)}… is missing at the source.`, {
      cause: problem,
    });
  }

  /** Writes headers, parents first. Parents that stay behind are named in a header first: the chain must hold. */
  async #copyHeaders(chosen: readonly Chosen[], present: readonly ListedHeader[]): Promise<void> {
    const { backend, trust } = this.#target;
    const accounted = new Set([
      ...present.map(({ id }) => id),
      ...chosen.map(({ id }) => id),
      ...removedIn(present),
    ]);
    const leftOut = [...new Set(chosen.flatMap(({ header }) => header.parents))].filter(
      (id) => !accounted.has(id),
    );
    if (leftOut.length > 0) {
      await writeRemoval(this.#target, present, leftOut, { host: this.#options.host, tool });
    }
    const damaged = new Set(unreadableIds(present));
    for (const { id } of chosen) {
      const file = await this.#headerFile(id);
      if (damaged.has(id)) await backend.remove(headerName(id));
      await createVerified(backend, headerName(id), file);
    }
    await allHeaders(this.#target);
    await trust.save();
  }

  async #headerFile(id: SnapshotId): Promise<Uint8Array> {
    const file = await this.#source.backend.read(headerName(id));
    if (headerIdOf(file) === id) return file;
    throw new KlosetError('integrity', `Snapshot ${id.slice(0, 12)}… changed while it was copied.`);
  }

  #report(done: number, total: number): void {
    const bytes = this.#writer.written.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    this.#source.monitor.report({ type: 'progress', phase: 'copying snapshots', done, total, bytes });
  }
}

async function knownIndex(target: StoreParts): Promise<SnapshotAccess> {
  const access = new SnapshotAccess(target);
  await access.cache.guard(() => access.syncIndex());
  return access;
}

function checkSameStore(source: StoreParts, target: StoreParts): void {
  const isSame =
    source.config.storeId === target.config.storeId && Buffer.from(source.masterKey).equals(target.masterKey);
  if (!isSame) {
    throw new KlosetError(
      'usage',
      'These are two different stores; snapshots can be copied only between replicas of one store.',
      {
        hint: 'Create the other one with `sync to`, in an empty folder.',
      },
    );
  }
}

/** The snapshots to copy, parents before children. A removal at the target is final. */
function choose(
  source: readonly ListedHeader[],
  target: readonly ListedHeader[],
  { snapshots, alone }: SyncOptions,
): Chosen[] {
  const present = new Set(target.flatMap(({ id, header }) => (header === undefined ? [] : [id])));
  const removed = new Set([...removedIn(target), ...removedIn(source)]);
  for (const id of snapshots ?? []) requireSnapshot(source, removed, id);
  const wanted = new Set(snapshots === undefined || alone ? snapshots : withPast(source, snapshots));
  const comesAlong = (mark: MarkHeader) =>
    alone ? wanted.has(mark.snapshot) : mark.parents.every((id) => wanted.has(id) || present.has(id));
  const chosen = chainOf(source, Number.POSITIVE_INFINITY).flatMap(({ listed: { id, header, problem } }) => {
    if (snapshots !== undefined && header.kind === 'mark' && comesAlong(header)) wanted.add(id);
    if (snapshots !== undefined && !wanted.has(id)) return [];
    if (present.has(id) || removed.has(id) || problem !== undefined || header.kind === 'removal') return [];
    if (header.kind === 'mark' && removed.has(header.snapshot)) return [];
    return [{ id, header }];
  });
  return chosen;
}

/** `ids` and everything they stand on. */
function withPast(headers: readonly ListedHeader[], ids: readonly SnapshotId[]): Set<SnapshotId> {
  const byId = new Map(headers.map(({ id, header }) => [id, header]));
  const found = new Set<SnapshotId>();
  const open = [...ids];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(byId.get(next)?.parents ?? []));
  }
  return found;
}

function onBothSides(source: readonly ListedHeader[], target: readonly ListedHeader[]): Chosen[] {
  const present = new Set(target.map(({ id }) => id));
  return source.flatMap(({ id, header, problem }) =>
    present.has(id) && problem === undefined && header?.kind === 'snapshot' ? [{ id, header }] : [],
  );
}

function requireSnapshot(
  source: readonly ListedHeader[],
  removed: ReadonlySet<SnapshotId>,
  id: SnapshotId,
): void {
  const found = source.find((listed) => listed.id === id);
  if (found === undefined) throw new KlosetError('not-found', `The source has no snapshot ${id}.`);
  if (found.problem !== undefined) throw new KlosetError('integrity', found.problem);
  if (removed.has(id)) {
    throw new KlosetError(
      'usage',
      `Snapshot ${id.slice(0, 12)}… was removed on one of the sides, and that is final.`,
      {
        hint: 'Restore it to a folder, or export it.',
      },
    );
  }
}
