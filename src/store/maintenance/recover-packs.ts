/**
 * Repairs a store that lost bytes. Damaged packfiles are taken apart blob by blob: what still opens moves to new
 * ones, the rest is given up. Damaged index deltas are replaced by what the packfiles say. Afterwards the index
 * names only what can be read, so the next backup stores again what it meets of the rest, and old snapshots that
 * share it are whole again.
 */
import { requireRemovable } from '../../backend/backend.ts';
import { removeUnlessKept } from '../../backend/object-lock.ts';
import { isKlosetError } from '../../errors.ts';
import type { StoreParts } from '../access/store-parts.ts';
import type { UnreadablePaths } from '../check/unreadable-paths.ts';
import { findUnreadablePaths } from '../check/unreadable-paths.ts';
import { openBlob } from '../format/blob.ts';
import type { PackedBlob } from '../format/blob-location.ts';
import type { BlobId, DeltaId, PackId } from '../format/ids.ts';
import { decodePack, maxPackBytes, packIdOf, packName } from '../format/packfile.ts';
import type { LockOptions } from '../locks/locks.ts';
import { withLockToApply } from '../locks/locks.ts';
import { removeDeltas, writeDeltas } from '../packs/index-rewrite.ts';
import { SealedPackWriter } from '../packs/sealed-pack-writer.ts';
import { compareAllHeaders } from '../snapshots/all-headers.ts';
import { snapshotsOf } from '../snapshots/snapshot-list.ts';
import type { UsageScan } from './usage-scan.ts';
import { withUsageScan } from './usage-scan.ts';

export interface RecoverPacksOptions {
  /** Without it nothing is changed, and the report says what would be. */
  readonly apply?: boolean;
  readonly lock?: LockOptions;
}

export interface RecoverPacksReport {
  readonly packs: number;
  readonly damagedPacks: readonly PackId[];
  /** Named by the index and not in the store. */
  readonly missingPacks: readonly PackId[];
  readonly damagedDeltas: readonly DeltaId[];
  /** Blobs that moved out of damaged packfiles. */
  readonly savedBlobs: number;
  /** Blobs in damaged packfiles that do not open. */
  readonly lostBlobs: number;
  /** Paths that stay unreadable afterwards, by snapshot. */
  readonly losses: readonly UnreadablePaths[];
}

/** Reads every byte of every packfile. @throws KlosetError locked, unavailable */
export async function recoverPacks(
  parts: StoreParts,
  options: RecoverPacksOptions = {},
): Promise<RecoverPacksReport> {
  if (options.apply) requireRemovable(parts.backend);
  const lock = { command: 'repair', ...options.lock };
  return await withLockToApply(parts, options.apply ?? false, lock, (held) =>
    withUsageScan(parts, (scan) =>
      new PackRecovery(parts, scan, options.apply ?? false).run(() => held.assertHeld()),
    ),
  );
}

class PackRecovery {
  readonly #parts: StoreParts;
  readonly #scan: UsageScan;
  readonly #isApplied: boolean;
  readonly #writer: SealedPackWriter;
  readonly #damagedDeltas: DeltaId[] = [];
  readonly #damagedPacks = new Set<PackId>();
  readonly #saved = new Set<BlobId>();
  readonly #lost = new Set<BlobId>();

  constructor(parts: StoreParts, scan: UsageScan, isApplied: boolean) {
    this.#parts = parts;
    this.#scan = scan;
    this.#isApplied = isApplied;
    this.#writer = new SealedPackWriter(parts);
  }

  async run(assertHeld: () => Promise<void>): Promise<RecoverPacksReport> {
    await this.#scan.readIndex((id) => void this.#damagedDeltas.push(id));
    const missing = this.#scan.gonePacks();
    await this.#checkPacks();
    await this.#writer.flush();
    await assertHeld();
    if (this.#isApplied) await this.#rewriteIndex(new Set([...this.#damagedPacks, ...missing]), assertHeld);
    const losses = await this.#findUnreadablePaths();
    return {
      packs: this.#scan.present.size,
      damagedPacks: [...this.#damagedPacks],
      missingPacks: missing,
      damagedDeltas: this.#damagedDeltas,
      savedBlobs: this.#saved.size,
      lostBlobs: [...this.#lost].filter((id) => !this.#saved.has(id)).length,
      losses,
    };
  }

  async #checkPacks(): Promise<void> {
    let done = 0;
    for (const [id, sizeBytes] of this.#scan.present) {
      const total = this.#scan.present.size;
      this.#parts.monitor.report({ type: 'progress', phase: 'reading packfiles', done: done++, total });
      await this.#checkPack(id, sizeBytes);
    }
  }

  async #checkPack(id: PackId, sizeBytes: number): Promise<void> {
    if (sizeBytes > maxPackBytes) return void this.#damagedPacks.add(id);
    const bytes = await this.#parts.backend.read(packName(id));
    const own = this.#ownIndex(id, bytes);
    if (packIdOf(bytes) === id && own !== undefined) return;
    this.#damagedPacks.add(id);
    for (const blob of own ?? this.#scan.index.blobsOf(id)?.blobs ?? []) await this.#save(blob, bytes);
  }

  #ownIndex(id: PackId, bytes: Uint8Array): PackedBlob[] | undefined {
    try {
      return decodePack(this.#parts.context, bytes, `Packfile ${id.slice(0, 12)}…`);
    } catch (error) {
      if (isKlosetError(error, 'integrity')) return undefined;
      throw error;
    }
  }

  async #save(blob: PackedBlob, pack: Uint8Array): Promise<void> {
    const sealed = pack.subarray(blob.offset, blob.offset + blob.sealedBytes);
    try {
      if (this.#saved.has(blob.id)) return;
      if (this.#isApplied) await this.#writer.add(blob, sealed);
      else openBlob(this.#parts.context, blob.type, blob.id, sealed);
      this.#saved.add(blob.id);
    } catch (error) {
      if (!isKlosetError(error, 'integrity')) throw error;
      this.#lost.add(blob.id);
    }
  }

  /** New deltas for everything that is whole, then the old ones go, then the damaged packfiles. */
  async #rewriteIndex(gone: ReadonlySet<PackId>, assertHeld: () => Promise<void>): Promise<void> {
    const old = this.#scan.deltasToReplace(gone);
    const kept = [...old.packs].filter((id) => !gone.has(id));
    const orphans = [...this.#scan.unindexed.keys()].filter((id) => !gone.has(id));
    const fresh = await writeDeltas(this.#parts, this.#scan.packs([...kept, ...orphans]));
    await assertHeld();
    const deltasToRemove = [...old.deltas, ...this.#damagedDeltas].filter((id) => !fresh.includes(id));
    await removeDeltas(this.#parts, deltasToRemove);
    await removeUnlessKept(this.#parts.backend, [...this.#damagedPacks].map(packName));
  }

  /** Looks at the store as it is, or would be, without what is damaged. */
  async #findUnreadablePaths(): Promise<UnreadablePaths[]> {
    this.#scan.addWritten(this.#writer.deltas);
    const isWhole = ({ packId }: { readonly packId: PackId }) => !this.#damagedPacks.has(packId);
    const isReadable = (id: BlobId) => this.#saved.has(id) || this.#scan.index.locations(id).some(isWhole);
    const losses: UnreadablePaths[] = [];
    const { headers } = await compareAllHeaders(this.#parts);
    for (const snapshot of snapshotsOf(headers, this.#parts.clock.now())) {
      const found = await findUnreadablePaths(this.#scan.blobs, snapshot, isReadable);
      if (found !== undefined) losses.push(found);
    }
    await this.#parts.trust.save();
    return losses;
  }
}
