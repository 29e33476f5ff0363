/**
 * Copies snapshots from one replica of a store to another. Only blobs the target lacks are copied, sealed as they are and
 * verified on the way; headers are copied byte for byte, so ids and signatures stay. Nothing is ever removed.
 */

import { removeUnlessKept } from '../../backend/object-lock.ts';
import { createAddressed } from '../../backend/verified-write.ts';
import { isKlosetError, KlosetError, messageOf } from '../../errors.ts';
import type { StoreParts } from '../access/store-parts.ts';
import type { BlobContent, BlobId, SnapshotId } from '../format/ids.ts';
import { headerIdOf, headerName } from '../format/snapshot-header.ts';
import { writeRemoval } from '../maintenance/removal.ts';
import type { UsageScan } from '../maintenance/usage-scan.ts';
import { writeDeltas } from '../packs/index-rewrite.ts';
import { PackReader } from '../packs/pack-reader.ts';
import { SealedPackWriter } from '../packs/sealed-pack-writer.ts';
import { allHeaders, compareAllHeaders, removedIn } from '../snapshots/all-headers.ts';
import { unreadableIds } from '../snapshots/listed-header.ts';
import type { ListedHeader } from '../snapshots/snapshot-list.ts';
import type { Chosen } from './chosen-snapshots.ts';
import { choose } from './chosen-snapshots.ts';
import type { SyncOptions, SyncReport } from './sync-options.ts';

const tool = 'notion-kloset sync';

export class SnapshotCopy {
  readonly #source: StoreParts;
  readonly #target: StoreParts;
  readonly #from: UsageScan;
  readonly #to: UsageScan;
  readonly #options: SyncOptions;
  readonly #packs: PackReader;
  readonly #writer: SealedPackWriter;
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
    await this.#from.readIndex();
    await this.#to.readIndex();
    await this.#indexLeftovers();
    // What the target lost may be what comes now; whether all is there is judged at the end.
    const { headers: present } = await compareAllHeaders(this.#target);
    const headers = await allHeaders(this.#source);
    const chosen = choose(headers, present, this.#options);
    const blocked = this.#unreadableAtSource(headers, present);
    const failed: { id: SnapshotId; problem: string }[] = [];
    const whole: Chosen[] = [];
    for (const [done, snapshot] of chosen.entries()) {
      this.#report(done, chosen.length);
      const problem = standsOn(snapshot, blocked) ?? (await this.#problemOfCopy(snapshot));
      if (problem === undefined) whole.push(snapshot);
      else {
        failed.push({ id: snapshot.id, problem });
        if (this.#options.alone !== true) blocked.add(snapshot.id);
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

  /**
   * Ids of headers that the source cannot read now, and the target neither has nor removed. What stands on them waits: it
   * could come only with a removal that names them, and a removal is final.
   */
  #unreadableAtSource(headers: readonly ListedHeader[], present: readonly ListedHeader[]): Set<SnapshotId> {
    if (this.#options.alone === true) return new Set();
    const there = present.flatMap(({ id, header }) => (header === undefined ? [] : [id]));
    const accounted = new Set([...there, ...removedIn(present), ...removedIn(headers)]);
    const doubtful = headers.filter(({ problem, isRevoked }) => problem !== undefined && isRevoked !== true);
    return new Set(doubtful.map(({ id }) => id).filter((id) => !accounted.has(id)));
  }

  /** Copies the contents. Returns the reason why that failed; undefined when all is there. */
  async #problemOfCopy(snapshot: Chosen): Promise<string | undefined> {
    try {
      await this.#copyBlobs(snapshot);
      return undefined;
    } catch (error) {
      if (!isKlosetError(error, 'integrity')) throw error;
      return messageOf(error);
    }
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
      if (this.#copied.has(id) || this.#to.index.find(id) !== undefined) continue;
      await this.#copyBlob(id);
      this.#copied.add(id);
    }
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
      trust.requireOwnSigner(this.#target.identity.signer.publicKey);
      await writeRemoval(this.#target, present, leftOut, { host: this.#options.host, tool });
    }
    const damaged = new Set(unreadableIds(present));
    for (const { id } of chosen) {
      const file = await this.#headerFile(id);
      const name = headerName(id);
      const kept = await removeUnlessKept(backend, damaged.has(id) ? [name] : []);
      // The server keeps the damaged version below the good one until its date.
      if (kept.names.length > 0) await backend.replace(name, file);
      else await createAddressed(backend, name, file);
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

/** The reason why a snapshot waits for one of `blocked`; undefined when it does not. */
function standsOn({ header }: Chosen, blocked: ReadonlySet<SnapshotId>): string | undefined {
  const below = header.parents.find((id) => blocked.has(id));
  return below === undefined
    ? undefined
    : `It stands on ${below.slice(0, 12)}…, which cannot be read at the source. Heal that one, or remove it there.`;
}
