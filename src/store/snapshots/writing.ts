/** Begins snapshots under a lock, and ends those that their writers left open. */
import { join } from 'node:path';
import { messageOf } from '../../errors.ts';
import type { WritingParts } from '../access/store-parts.ts';
import { ObjectCacheWriter } from '../cache/object-cache.ts';
import type { SpoolFolder } from '../cache/spool-folder.ts';
import { claimSpoolFolder } from '../cache/spool-folder.ts';
import type { SnapshotId } from '../format/ids.ts';
import type { HeldLock } from '../locks/locks.ts';
import { PackWriter } from '../packs/pack-writer.ts';
import { resumeSpools } from '../packs/resume-uploads.ts';
import type { HeaderAuthor } from './heads.ts';
import { writableHeads } from './heads.ts';
import { removedIn } from './listed-header.ts';
import type { MarkChanges } from './marking.ts';
import { markSnapshot } from './marking.ts';
import type { SnapshotAccess } from './snapshot-access.ts';
import { newestOfEachSource } from './snapshot-list.ts';
import type { CommittedSnapshot, SnapshotWriter } from './snapshot-writer.ts';
import { StoreSnapshotWriter } from './snapshot-writer.ts';

export class SnapshotWriting {
  readonly #parts: WritingParts;
  readonly #snapshots: SnapshotAccess;
  readonly #open = new Set<SnapshotWriter>();

  constructor(parts: WritingParts, snapshots: SnapshotAccess) {
    this.#parts = parts;
    this.#snapshots = snapshots;
  }

  /**
   * Begins a snapshot under a shared `lock`, which must be held until the writer is committed or abandoned. What an
   * earlier run that died had stored is taken over first.
   * @throws KlosetError credentials when this machine's identity is not among the store's signers
   */
  async begin(lock: HeldLock): Promise<SnapshotWriter> {
    this.#parts.trust.requireOwnSigner(this.#parts.identity.signer.publicKey);
    return await this.#snapshots.cache.guard(() => this.#begin(lock));
  }

  /** Notes `changes` to a snapshot for every machine to see. See marking.ts. */
  async mark(
    lock: HeldLock,
    snapshot: SnapshotId,
    changes: MarkChanges,
    author: HeaderAuthor,
  ): Promise<SnapshotId> {
    return await markSnapshot(this.#parts, this.#snapshots, lock, { snapshot, changes, author });
  }

  /** Abandons the writers that were neither committed nor abandoned. */
  async close(): Promise<void> {
    for (const writer of this.#open) await writer.abandon();
  }

  async #begin(lock: HeldLock): Promise<SnapshotWriter> {
    const { cache } = this.#snapshots;
    const spools = claimSpoolFolder(cache.spoolRoot);
    const packs = new PackWriter({ ...this.#parts, index: cache.index, spoolFolder: spools.path });
    const writer = this.#writer(packs, spools, lock);
    this.#open.add(writer);
    try {
      await this.#snapshots.headers();
      await this.#snapshots.syncIndex();
      const present = await this.#snapshots.syncPacks();
      await resumeSpools(packs, cache.spoolRoot, present, this.#parts.monitor);
      return writer;
    } catch (error) {
      await writer.abandon();
      throw error;
    }
  }

  #writer(packs: PackWriter, spools: SpoolFolder, lock: HeldLock): SnapshotWriter {
    const { context, backend, config, identity } = this.#parts;
    const objects = new ObjectCacheWriter(context, join(spools.path, 'objects.sqlite'));
    const writer: SnapshotWriter = new StoreSnapshotWriter({
      context,
      backend,
      chunkSizes: config.chunkSizes,
      packs,
      blobs: this.#snapshots.blobs,
      objects,
      signer: identity,
      heads: async (author) => {
        // The last moment at which a lost lock can still stop the work.
        await lock.assertHeld();
        const { headers } = await this.#snapshots.headers();
        const heads = await writableHeads(this.#parts, headers, author);
        const isListed = new Set(headers.map(({ id }) => id));
        // Headers were written that join many others.
        if (!heads.every((id) => isListed.has(id))) this.#snapshots.lookAgain();
        return heads;
      },
      committed: (snapshot, file) => this.#committed(snapshot, file, objects),
      release: async (isCommitted) => {
        // What it left is in no list of this command.
        if (!isCommitted) this.#snapshots.lookAgain();
        this.#open.delete(writer);
        objects.discard();
        if (isCommitted || spools.spools().length === 0) spools.remove();
        else spools.release();
      },
    });
    return writer;
  }

  /** The snapshot stands whatever goes wrong here: the local cache can be created again. */
  async #committed(
    { id, sizeBytes, header }: CommittedSnapshot,
    file: Uint8Array,
    objects: ObjectCacheWriter,
  ): Promise<void> {
    const { cache } = this.#snapshots;
    try {
      await this.#snapshots.addOwn({ id, sizeBytes, header }, file);
      objects.finish(id, cache.objectsFile(id));
      cache.removeObjects(await this.#superseded());
    } catch (error) {
      const message = `The snapshot is complete, but the local cache could not be updated: ${messageOf(error)}`;
      this.#parts.monitor.report({ type: 'warning', message });
    }
  }

  /** Snapshots upon which no run will build any more. One that another run has just committed is not among them. */
  async #superseded(): Promise<Set<SnapshotId>> {
    const { headers } = await this.#snapshots.headers();
    const { snapshots } = await this.#snapshots.survey();
    const newest = newestOfEachSource(snapshots);
    return new Set([...headers.map(({ id }) => id), ...removedIn(headers)].filter((id) => !newest.has(id)));
  }
}
