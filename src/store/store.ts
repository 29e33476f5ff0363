/** A store that is open: its snapshots are listed, read and written from here. */
import { join } from 'node:path';
import type { Backend } from '../backend/backend.ts';
import type { Clock } from '../clock.ts';
import type { PreviousSnapshot } from '../document/content.ts';
import { isKlosetError, KlosetError, messageOf } from '../errors.ts';
import type { Monitor } from '../monitor.ts';
import type { Identity } from './access/identity.ts';
import type { Trust } from './access/trust.ts';
import { headsOf } from './access/trust.ts';
import { syncIndex, syncPacks } from './cache/index-sync.ts';
import { LocalCache } from './cache/local-cache.ts';
import { ObjectCache, ObjectCacheWriter } from './cache/object-cache.ts';
import type { SpoolFolder } from './cache/spool-folder.ts';
import { claimSpoolFolder } from './cache/spool-folder.ts';
import type { CheckOptions, CheckReport } from './check/check.ts';
import { checkStore } from './check/check.ts';
import type { StoreKeys } from './crypto/keys.ts';
import type { SealContext } from './format/blob.ts';
import type { StoreConfig } from './format/config.ts';
import type { LockOptions } from './locks/locks.ts';
import type { OwnedLock } from './locks/owned-lock.ts';
import { holdLock } from './locks/owned-lock.ts';
import { ContentReader } from './packs/content-reader.ts';
import { PackReader } from './packs/pack-reader.ts';
import { PackWriter } from './packs/pack-writer.ts';
import { takeOverSpools } from './packs/resume-uploads.ts';
import {
  collectObjects,
  readManifest,
  readRootFiles,
  StoredPreviousSnapshot,
} from './snapshots/previous-snapshot.ts';
import type { ListedHeader, SnapshotSummary } from './snapshots/snapshot-list.ts';
import {
  findSnapshot,
  newestOfEachSource,
  readHeaders,
  seenHeaders,
  snapshotsOf,
  unreadableIds,
} from './snapshots/snapshot-list.ts';
import type { SnapshotWriter } from './snapshots/snapshot-writer.ts';
import { StoreSnapshotWriter } from './snapshots/snapshot-writer.ts';
import { TreeReader } from './snapshots/tree-reader.ts';

/** What an open store is made of. */
export interface StoreParts {
  readonly backend: Backend;
  readonly config: StoreConfig;
  /** SHA-256 of CONFIG as it was read. */
  readonly configDigest: string;
  readonly keys: StoreKeys;
  readonly masterKey: Uint8Array;
  readonly identity: Identity;
  readonly trust: Trust;
  readonly cacheFolder: string;
  readonly clock: Clock;
  readonly monitor: Monitor;
  readonly packBytes?: number;
}

export class Store {
  readonly id: string;
  readonly config: StoreConfig;
  /** For what works on the store as a whole: check, key changes, maintenance. */
  readonly parts: StoreParts;
  readonly context: SealContext;
  readonly #cache: LocalCache;
  readonly #blobs: ContentReader;
  readonly #openWriters = new Set<SnapshotWriter>();
  readonly #openObjects: ObjectCache[] = [];

  constructor(parts: StoreParts) {
    this.parts = parts;
    this.config = parts.config;
    this.id = parts.config.storeId;
    this.context = { storeId: this.id, keys: parts.keys };
    this.#cache = new LocalCache(join(parts.cacheFolder, this.id), parts.backend.location);
    this.#blobs = new ContentReader(
      this.context,
      (id) => this.#cache.index.locations(id),
      new PackReader(parts.backend),
    );
  }

  /**
   * Every snapshot, newest first; unreadable or badly signed ones have a `problem`.
   * @throws KlosetError integrity when the store was set back or a snapshot vanished
   */
  async listSnapshots(): Promise<SnapshotSummary[]> {
    return await this.#cache.guard(async () => snapshotsOf(await this.#headers()));
  }

  /** The snapshot whose id begins with `prefix`, or the newest good one for `latest`. @throws KlosetError not-found, usage */
  async resolveSnapshot(prefix: string): Promise<SnapshotSummary> {
    return findSnapshot(await this.listSnapshots(), prefix);
  }

  /** @throws KlosetError not-found, integrity when the snapshot is damaged or its signer is not trusted */
  async openSnapshot(id: string): Promise<TreeReader> {
    const found = (await this.listSnapshots()).find((snapshot) => snapshot.id === id);
    if (found === undefined) throw new KlosetError('not-found', `The store has no snapshot ${id}.`);
    await this.#cache.guard(() => syncIndex(this.#syncOptions()));
    return this.#reader(found);
  }

  /** The newest good snapshot of the source, for an incremental run; null when there is none that can be read. */
  async previous(sourceKey: string): Promise<PreviousSnapshot | null> {
    const snapshots = await this.listSnapshots();
    const found = snapshots.find(
      ({ header, problem }) => problem === undefined && header?.source === sourceKey,
    );
    return found === undefined ? null : await this.#cache.guard(() => this.#previousOrNone(found));
  }

  /**
   * Begins a snapshot under a shared lock. What an earlier run that died had stored is taken over first.
   * @throws KlosetError locked, credentials when this machine's identity is not among the store's signers
   */
  async beginSnapshot(options: LockOptions = {}): Promise<SnapshotWriter> {
    const { identity, trust } = this.parts;
    trust.requireOwnSigner(identity.signer.publicKey);
    const lock = await holdLock({ ...this.parts, context: this.context }, 'shared', {
      command: 'backup',
      ...options,
    });
    try {
      return await this.#cache.guard(() => this.#begin(lock));
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Checks the store; what it finds damaged, the next backup writes anew. See check.ts. */
  async check(options: CheckOptions = {}): Promise<CheckReport> {
    const bad: { readonly blobId: string; readonly packId: string }[] = [];
    const onBadBlob = (blobId: string, packId: string) => void bad.push({ blobId, packId });
    const report = await checkStore({ ...this.parts, context: this.context, onBadBlob }, options);
    if (bad.length > 0) await this.#cache.guard(() => this.#forget(bad));
    return report;
  }

  /** Lets go of files and locks; writers that were neither committed nor abandoned are abandoned. */
  async close(): Promise<void> {
    for (const writer of this.#openWriters) await writer.abandon();
    for (const objects of this.#openObjects) objects.close();
    this.#cache.close();
  }

  async #begin(lock: OwnedLock): Promise<SnapshotWriter> {
    const spools = claimSpoolFolder(this.#cache.spoolRoot);
    const packs = new PackWriter({ ...this.#syncOptions(), ...this.parts, spoolFolder: spools.path });
    const writer = this.#writer(packs, spools, lock);
    this.#openWriters.add(writer);
    try {
      await this.#headers();
      await syncIndex(this.#syncOptions());
      const present = await syncPacks(this.#syncOptions());
      await takeOverSpools(packs, this.#cache.spoolRoot, present, this.parts.monitor);
      return writer;
    } catch (error) {
      await writer.abandon();
      throw error;
    }
  }

  async #forget(bad: readonly { readonly blobId: string; readonly packId: string }[]): Promise<void> {
    await syncIndex(this.#syncOptions());
    for (const { blobId, packId } of bad) this.#cache.index.forgetBlob(blobId, packId);
  }

  #writer(packs: PackWriter, spools: SpoolFolder, lock: OwnedLock): SnapshotWriter {
    const objects = new ObjectCacheWriter(this.context, join(spools.path, 'objects.sqlite'));
    const writer: SnapshotWriter = new StoreSnapshotWriter({
      context: this.context,
      backend: this.parts.backend,
      chunkSizes: this.config.chunkSizes,
      packs,
      blobs: this.#blobs,
      objects,
      signer: this.parts.identity,
      heads: async () => {
        // The last moment at which a lost lock can still stop the work.
        await lock.assertHeld();
        return headsOf(seenHeaders(await this.#goodHeaders()));
      },
      committed: (snapshot) => this.#committed(snapshot, objects),
      release: async (isCommitted) => {
        this.#openWriters.delete(writer);
        objects.discard();
        if (isCommitted || spools.spools().length === 0) spools.remove();
        else spools.release();
        await lock.release();
      },
    });
    return writer;
  }

  /** The snapshot stands whatever goes wrong here: what is kept on this machine can be made again. */
  async #committed({ id }: SnapshotSummary, objects: ObjectCacheWriter): Promise<void> {
    try {
      objects.finish(id, this.#cache.objectsFile(id));
      this.#cache.keepObjects(newestOfEachSource(snapshotsOf(await this.#headers())));
    } catch (error) {
      const message = `The snapshot is complete, but this machine could not note it: ${messageOf(error)}`;
      this.parts.monitor.report({ type: 'warning', message });
    }
  }

  async #previousOrNone(snapshot: SnapshotSummary): Promise<PreviousSnapshot | null> {
    await syncIndex(this.#syncOptions());
    await syncPacks(this.#syncOptions());
    try {
      return await this.#previous(this.#reader(snapshot));
    } catch (error) {
      if (!isKlosetError(error, 'integrity')) throw error;
      const message = `The last snapshot cannot be built upon, so everything is read anew: ${error.message}`;
      this.parts.monitor.report({ type: 'warning', message });
      return null;
    }
  }

  async #previous(reader: TreeReader): Promise<PreviousSnapshot> {
    const manifest = await readManifest(reader);
    const objects = ObjectCache.open(this.context, this.#cache.objectsFile(reader.id), reader.id);
    const found = objects ?? (await this.#collectObjects(reader));
    this.#openObjects.push(found);
    return new StoredPreviousSnapshot(
      { id: reader.id, time: reader.header.time, manifest, rootFiles: await readRootFiles(reader) },
      found,
      this.#cache.index,
    );
  }

  /** Makes the file of objects that this machine does not have, or no longer. */
  async #collectObjects(reader: TreeReader): Promise<ObjectCache> {
    this.parts.monitor.report({ type: 'phase', phase: 'reading the last snapshot' });
    const folder = claimSpoolFolder(this.#cache.spoolRoot);
    const path = this.#cache.objectsFile(reader.id);
    const writer = new ObjectCacheWriter(this.context, join(folder.path, 'objects.sqlite'));
    try {
      await collectObjects(reader, writer);
      writer.finish(reader.id, path);
    } finally {
      writer.discard();
      folder.remove();
    }
    const objects = ObjectCache.open(this.context, path, reader.id);
    if (objects === undefined)
      throw new KlosetError('internal', `${path} cannot be read though it was just written.`);
    return objects;
  }

  #reader({ id, header, problem }: SnapshotSummary): TreeReader {
    if (header !== undefined && problem === undefined) return new TreeReader(id, header, this.#blobs);
    throw new KlosetError('integrity', problem ?? `Snapshot ${id.slice(0, 12)}… cannot be read.`, {
      hint: 'Run `notion-kloset check`.',
    });
  }

  /** Reads every header, compares them with what this machine has seen, and remembers them. */
  async #headers(): Promise<ListedHeader[]> {
    const { trust } = this.parts;
    const headers = await readHeaders({
      ...this.#syncOptions(),
      database: this.#cache.database,
      doubt: (signer) => trust.signerProblem(signer),
    });
    trust.checkHeaders(seenHeaders(headers), unreadableIds(headers));
    await trust.save();
    return headers;
  }

  async #goodHeaders(): Promise<ListedHeader[]> {
    return (await this.#headers()).filter(({ problem }) => problem === undefined);
  }

  #syncOptions() {
    const { backend, monitor } = this.parts;
    return { context: this.context, backend, monitor, index: this.#cache.index };
  }
}
