/**
 * Copies snapshots into a store of another key: contents are opened with the one key and sealed with the other, and
 * headers are signed anew by this machine's identity, each with the header it stands for, as that one's signer signed it.
 * A snapshot is known by the id of its first header, so nothing is copied twice, by whatever way it came.
 */
import { join } from 'node:path';
import { createAddressed } from '../../backend/verified-write.ts';
import { isKlosetError, messageOf } from '../../errors.ts';
import type { StoreParts } from '../access/store-parts.ts';
import { LocalCache } from '../cache/local-cache.ts';
import type { SpoolFolder } from '../cache/spool-folder.ts';
import { claimSpoolFolder } from '../cache/spool-folder.ts';
import { hexOf } from '../crypto/hex.ts';
import type { HeaderOrigin } from '../format/header-origin.ts';
import type { SnapshotId } from '../format/ids.ts';
import type { MarkHeader, SnapshotHeader } from '../format/snapshot-header.ts';
import { decodeSignedHeader, encodeHeader, headerIdOf, headerName } from '../format/snapshot-header.ts';
import type { UsageScan } from '../maintenance/usage-scan.ts';
import { writeDeltas } from '../packs/index-rewrite.ts';
import { PackReader } from '../packs/pack-reader.ts';
import { PackWriter } from '../packs/pack-writer.ts';
import { resumeSpools } from '../packs/resume-uploads.ts';
import { allHeaders } from '../snapshots/all-headers.ts';
import type { ChainLink } from '../snapshots/chain.ts';
import { chainOf } from '../snapshots/chain.ts';
import { writableParents } from '../snapshots/heads.ts';
import type { ListedHeader } from '../snapshots/listed-header.ts';
import { requireChosen } from './chosen-snapshots.ts';
import { FirstIds } from './first-ids.ts';
import { suspectPacks } from './heal.ts';
import { ResealContents } from './reseal-contents.ts';
import { ResealedIds } from './resealed-ids.ts';
import type { SyncOptions, SyncReport } from './sync-options.ts';

const tool = 'notion-kloset sync';

export interface ResealParts {
  readonly source: StoreParts;
  readonly target: StoreParts;
  readonly from: UsageScan;
  readonly to: UsageScan;
}

/**
 * Copies what the target neither has nor removed. The caller holds a lock on each of the two.
 * @throws KlosetError credentials when this identity may not sign at the target, not-found, usage, unavailable
 */
export async function resealSnapshots(
  parts: ResealParts,
  options: SyncOptions,
  assertHeld: () => Promise<void>,
): Promise<SyncReport> {
  const { target, source, to, from } = parts;
  target.trust.requireOwnSigner(target.identity.signer.publicKey);
  await target.identity.unlock();
  await from.readIndex();
  await to.readIndex();
  // What lies in damaged packfiles counts as absent, so it is sealed again.
  if (options.heal === true) to.index.setLost(await suspectPacks(target, to));
  await writeDeltas(
    target,
    [...to.unindexed.values()].flatMap((pack) => pack ?? []),
  );
  const cache = new LocalCache(join(target.cacheFolder, target.context.storeId), target.backend.location);
  const spools = claimSpoolFolder(cache.spoolRoot);
  const packs = new PackWriter({ ...target, index: to.index, spoolFolder: spools.path });
  try {
    await resumeSpools(packs, cache.spoolRoot, to.present, target.monitor);
    const known = new FirstIds(await allHeaders(source), await allHeaders(target));
    return await new Reseal(parts, options, packs, known).run(assertHeld);
  } catch (error) {
    await packs.abandon();
    throw error;
  } finally {
    giveBack(spools);
  }
}

/** Blobs that were not uploaded wait for the next run. */
function giveBack(spools: SpoolFolder): void {
  if (spools.spools().length === 0) spools.remove();
  else spools.release();
}

class Reseal {
  readonly #source: StoreParts;
  readonly #target: StoreParts;
  readonly #packs: PackWriter;
  readonly #contents: ResealContents;
  readonly #ids: FirstIds;
  readonly #options: SyncOptions;

  constructor(
    { source, target, from, to }: ResealParts,
    options: SyncOptions,
    packs: PackWriter,
    ids: FirstIds,
  ) {
    this.#source = source;
    this.#target = target;
    this.#packs = packs;
    this.#ids = ids;
    this.#options = options;
    this.#contents = new ResealContents(
      {
        context: source.context,
        index: from.index,
        blobs: from.blobs,
        packs: new PackReader(source.backend),
      },
      { blobs: to.blobs, packs, chunkSizes: target.config.chunkSizes.document },
      new ResealedIds(to.database),
    );
  }

  async run(assertHeld: () => Promise<void>): Promise<SyncReport> {
    const ordered = chainOf(this.#ids.source, Number.POSITIVE_INFINITY).map(({ listed }) => listed);
    const chosen = this.#chosen(ordered);
    await this.#learn(ordered, chosen);
    const resealed: { id: SnapshotId; from: SnapshotId }[] = [];
    const failed: { id: SnapshotId; problem: string }[] = [];
    let done = 0;
    for (const { id, header, problem } of ordered) {
      if (problem !== undefined) continue;
      if (header.kind === 'mark') await this.#copyMark(id, header, assertHeld);
      if (header.kind !== 'snapshot' || !chosen.has(id)) continue;
      const progress = { done: done++, total: chosen.size, bytes: this.#packs.stats.bytesAdded };
      this.#source.monitor.report({ type: 'progress', phase: 'copying snapshots', ...progress });
      try {
        const copy = await this.#copySnapshot(id, header, assertHeld);
        if (copy !== undefined) resealed.push({ id: copy, from: id });
      } catch (error) {
        if (!isKlosetError(error, 'integrity')) throw error;
        failed.push({ id, problem: messageOf(error) });
      }
    }
    await this.#packs.flush();
    await allHeaders(this.#target);
    await this.#target.trust.save();
    const { blobsNew, bytesAdded } = this.#packs.stats;
    const copied = resealed.map(({ id }) => id);
    return { copied, resealed, failed, blobsCopied: blobsNew, bytesCopied: bytesAdded };
  }

  /** Ids of the snapshots to copy. To heal, also of those that the target has. */
  #chosen(ordered: readonly ChainLink['listed'][]): Set<SnapshotId> {
    const { snapshots, heal } = this.#options;
    for (const id of snapshots ?? []) requireChosen(this.#ids.source, this.#ids.isRemoved(id), id);
    const isChosen = ({ id, header, problem }: ListedHeader): boolean => {
      if (header?.kind !== 'snapshot' || problem !== undefined || this.#ids.isRemoved(id)) return false;
      if (this.#ids.atTarget(id) !== undefined) return heal === true;
      return snapshots === undefined || snapshots.includes(id);
    };
    return new Set(ordered.filter(isChosen).map(({ id }) => id));
  }

  /** Of each source the newest snapshot that both stores have tells what need not be read again. */
  async #learn(ordered: readonly ChainLink['listed'][], chosen: ReadonlySet<SnapshotId>): Promise<void> {
    const wanted = new Set(
      ordered.flatMap(({ id, header }) =>
        header.kind === 'snapshot' && chosen.has(id) ? [header.source] : [],
      ),
    );
    for (const { id, header, problem } of [...ordered].reverse()) {
      if (header.kind !== 'snapshot' || problem !== undefined || !wanted.has(header.source)) continue;
      const there = this.#ids.targetHeader(id);
      if (there?.kind !== 'snapshot') continue;
      await this.#contents.learn(header.root, there.root);
      wanted.delete(header.source);
    }
  }

  /** Contents first, then the header. Undefined when the target had the snapshot: then only what it had lost was sealed. */
  async #copySnapshot(
    id: SnapshotId,
    header: SnapshotHeader,
    assertHeld: () => Promise<void>,
  ): Promise<SnapshotId | undefined> {
    const before = this.#packs.stats.bytesAdded;
    const root = await this.#contents.listing(header.root);
    await this.#packs.flush();
    if (this.#ids.atTarget(id) !== undefined) return undefined;
    await assertHeld();
    return await this.#write(id, { ...header, root, addedBytes: this.#packs.stats.bytesAdded - before });
  }

  async #copyMark(id: SnapshotId, header: MarkHeader, assertHeld: () => Promise<void>): Promise<void> {
    const snapshot = this.#ids.atTarget(header.snapshot);
    if (snapshot === undefined || this.#ids.atTarget(id) !== undefined) return;
    if (this.#ids.isRemoved(header.snapshot)) return;
    await assertHeld();
    await this.#write(id, { ...header, snapshot });
  }

  /** Signs and writes a header that stands for `original` of the source. Returns its id. */
  async #write(original: SnapshotId, own: SnapshotHeader | MarkHeader): Promise<SnapshotId> {
    const { backend, context, identity } = this.#target;
    const mapped = this.#ids.parentsAtTarget(original);
    const parents = mapped.length === 0 && own.kind === 'mark' ? [own.snapshot] : mapped;
    const author = { tool, host: this.#options.host };
    const header = {
      ...own,
      parents: await writableParents(this.#target, parents, author),
      signer: hexOf(identity.publicKey),
      origin: own.origin ?? (await this.#originOf(original)),
    };
    const file = encodeHeader(context, header, identity);
    const id = headerIdOf(file);
    await createAddressed(backend, headerName(id), file);
    this.#ids.add(original, id, header);
    return id;
  }

  async #originOf(id: SnapshotId): Promise<HeaderOrigin> {
    const { backend, context } = this.#source;
    const file = await backend.read(headerName(id));
    const { header, text, signature } = decodeSignedHeader(context, file, `Snapshot ${id.slice(0, 12)}…`);
    return { id, storeId: context.storeId, text, signature, signer: header.signer };
  }
}
