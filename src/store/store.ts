/** A store that is open for reading: its snapshots are listed, opened and checked from here. It cannot change the store. */
import { join } from 'node:path';
import type { PreviousSnapshot } from '../document/content.ts';
import { KlosetError } from '../errors.ts';
import type { DamagedSlot } from './access/key-slots.ts';
import { listKeySlots } from './access/key-slots.ts';
import type { ReadingParts } from './access/store-parts.ts';
import { DerivedFile } from './cache/derived-file.ts';
import type { CheckOptions, CheckReport } from './check/check.ts';
import { hexOf } from './crypto/hex.ts';
import { sha256 } from './crypto/primitives.ts';
import type { Revocation, StoreConfig } from './format/config.ts';
import type { BlobId, PackId, SnapshotId } from './format/ids.ts';
import type { KeySlot } from './format/key-slot.ts';
import type { Inspection } from './inspection/inspection.ts';
import { locksPrefix } from './locks/listed-locks.ts';
import { takesTurnsAt } from './locks/place-notes.ts';
import type { PreviousSnapshots } from './snapshots/previous-snapshots.ts';
import type { SnapshotAccess, SnapshotSurvey } from './snapshots/snapshot-access.ts';
import type { SnapshotSummary } from './snapshots/snapshot-list.ts';
import { findSnapshot } from './snapshots/snapshot-list.ts';
import type { TreeReader } from './snapshots/tree-reader.ts';

export class Store {
  readonly id: string;
  /** The place where it lies, as people are shown it. */
  readonly location: string;
  readonly config: StoreConfig;
  readonly #parts: ReadingParts;
  readonly #snapshots: SnapshotAccess;
  /** Loaded by those who back up. */
  readonly #previous: () => Promise<PreviousSnapshots>;

  constructor(parts: ReadingParts, snapshots: SnapshotAccess, previous: () => Promise<PreviousSnapshots>) {
    this.id = parts.config.storeId;
    this.location = parts.backend.location;
    this.config = parts.config;
    this.#parts = parts;
    this.#snapshots = snapshots;
    this.#previous = previous;
  }

  /** The signers that were revoked, as this machine knows it of every place of the store. */
  get revocations(): readonly Revocation[] {
    return this.#parts.trust.revocations;
  }

  /** True when the place cannot refuse to overwrite, as far as this machine knows: writers take turns there. */
  get takesTurns(): boolean {
    const { backend, cacheFolder } = this.#parts;
    return takesTurnsAt({ backend, cacheFolder, storeId: this.id });
  }

  /**
   * Every snapshot, newest first, as the first look of this command found them and with those that it has added;
   * unreadable or badly signed ones have a `problem`.
   * @throws KlosetError integrity when the store was rolled back, a snapshot vanished, or the newest cannot be read
   */
  async listSnapshots(): Promise<SnapshotSummary[]> {
    const { snapshots, loss } = await this.surveySnapshots();
    if (loss !== undefined) throw loss.error;
    return snapshots;
  }

  /** Forgets what was listed since the store was opened: whoever asks next is told what it holds then. */
  lookAgain(): void {
    this.#snapshots.lookAgain();
  }

  /** The same with what is lost, for those who tell of it and go on: there may have been newer snapshots. */
  async surveySnapshots(): Promise<SnapshotSurvey> {
    return await this.#snapshots.survey();
  }

  /** The snapshot whose id begins with `prefix`, or the newest good one for `latest`. @throws KlosetError not-found, usage */
  async resolveSnapshot(prefix: string): Promise<SnapshotSummary> {
    return findSnapshot(await this.listSnapshots(), prefix);
  }

  /** @throws KlosetError not-found, integrity when the snapshot is damaged or its signer is not trusted */
  async openSnapshot(id: string): Promise<TreeReader> {
    return (await this.snapshotOpener())(id);
  }

  /** Opens many snapshots: the headers and the index are read once. What it returns throws as `openSnapshot` does. */
  async snapshotOpener(): Promise<(id: string) => TreeReader> {
    const { snapshots } = await this.surveySnapshots();
    const byId = new Map<string, SnapshotSummary>(snapshots.map((snapshot) => [snapshot.id, snapshot]));
    await this.#snapshots.cache.guard(() => this.#snapshots.syncIndex());
    return (id) => {
      const found = byId.get(id);
      if (found === undefined) throw new KlosetError('not-found', `The store has no snapshot ${id}.`);
      return this.#snapshots.reader(found);
    };
  }

  /** The newest good snapshot of the source, or the one named, for an incremental run; null when it cannot be read. */
  async previous(sourceKey: string, id?: SnapshotId): Promise<PreviousSnapshot | null> {
    return await (await this.#previous()).find(sourceKey, id);
  }

  /** Checks the store; what it finds damaged, the next backup writes anew. See check.ts. */
  async check(options: CheckOptions = {}): Promise<CheckReport> {
    const bad: { readonly blobId: BlobId; readonly packId: PackId }[] = [];
    const onBadBlob = (blobId: BlobId, packId: PackId) => void bad.push({ blobId, packId });
    const { checkStore } = await import('./check/check.ts');
    const report = await checkStore({ ...this.#parts, onBadBlob }, options);
    if (bad.length > 0) await this.#snapshots.cache.guard(() => this.#forget(bad));
    return report;
  }

  /**
   * Compares the store with a witness line, before anything of it is remembered.
   * @throws KlosetError integrity when it is another store or an older state, usage when the line is not a witness
   */
  async compareWitness(line: string): Promise<void> {
    const { compareWitness } = await import('./snapshots/witnessing.ts');
    await compareWitness(this.#parts, line);
  }

  /** The key slots that count, as they stand in clear text; nothing of them is authenticated. */
  async listKeySlots(): Promise<(KeySlot | DamagedSlot)[]> {
    return await listKeySlots(this.#parts.backend, this.id);
  }

  /** A sealed file of this machine for something derived from the store's contents. */
  derivedFile(name: string): DerivedFile {
    const { cacheFolder, context } = this.#parts;
    return new DerivedFile(join(cacheFolder, context.storeId), context, name);
  }

  /** Its parts one by one. See inspection.ts. */
  async inspect(): Promise<Inspection> {
    const { Inspection: Inspecting } = await import('./inspection/inspection.ts');
    await this.#snapshots.cache.guard(() => this.#snapshots.syncIndex());
    return new Inspecting(this.#parts, this.#snapshots.cache.index);
  }

  /**
   * A digest over name and size of everything that lies there, locks aside: another one as soon as something is added, removed
   * or cut. Nothing is read. @throws KlosetError unavailable
   */
  async listedState(): Promise<string> {
    const { backend } = this.#parts;
    const lines: string[] = [];
    for await (const { name, sizeBytes } of backend.list(''))
      if (!name.startsWith(locksPrefix)) lines.push(`${sizeBytes} ${name}`);
    if (backend.listSpecial !== undefined)
      for await (const name of backend.listSpecial()) lines.push(`special ${name}`);
    return hexOf(sha256(Buffer.from(lines.sort().join('\n'), 'utf8')));
  }

  /** Size of the store. @throws KlosetError unavailable */
  async usage(): Promise<{ readonly packs: number; readonly bytes: number }> {
    const usage = { packs: 0, bytes: 0 };
    for await (const { name, sizeBytes } of this.#parts.backend.list('')) {
      if (name.startsWith('packs/')) usage.packs += 1;
      usage.bytes += sizeBytes;
    }
    return usage;
  }

  async #forget(bad: readonly { readonly blobId: BlobId; readonly packId: PackId }[]): Promise<void> {
    await this.#snapshots.syncIndex();
    for (const { blobId, packId } of bad) this.#snapshots.cache.index.forgetBlob(blobId, packId);
  }
}
