/** The snapshots that incremental runs build upon. A file of objects that this machine lacks is created from the tree. */
import { join } from 'node:path';
import type { PreviousSnapshot } from '../../document/content.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import type { ReadingParts } from '../access/store-parts.ts';
import { ObjectCache, ObjectCacheWriter } from '../cache/object-cache.ts';
import { claimSpoolFolder } from '../cache/spool-folder.ts';
import type { SnapshotId } from '../format/ids.ts';
import { collectObjects, readManifest, readRootFiles, StoredPreviousSnapshot } from './previous-snapshot.ts';
import type { SnapshotAccess } from './snapshot-access.ts';
import type { SnapshotSummary } from './snapshot-list.ts';
import type { TreeReader } from './tree-reader.ts';

export class PreviousSnapshots {
  readonly #parts: ReadingParts;
  readonly #snapshots: SnapshotAccess;
  readonly #open: ObjectCache[] = [];

  constructor(parts: ReadingParts, snapshots: SnapshotAccess) {
    this.#parts = parts;
    this.#snapshots = snapshots;
  }

  /** The newest good snapshot of the source, or the one named; null when it cannot be read. */
  async find(sourceKey: string, id?: SnapshotId): Promise<PreviousSnapshot | null> {
    const found = (await this.#snapshots.survey()).snapshots.find(
      (each) =>
        each.problem === undefined &&
        each.header?.source === sourceKey &&
        (id === undefined || each.id === id),
    );
    return found === undefined ? null : await this.#snapshots.cache.guard(() => this.#readOrNone(found));
  }

  close(): void {
    for (const objects of this.#open) objects.close();
  }

  async #readOrNone(snapshot: SnapshotSummary): Promise<PreviousSnapshot | null> {
    await this.#snapshots.syncIndex();
    await this.#snapshots.syncPacks();
    try {
      return await this.#read(this.#snapshots.reader(snapshot));
    } catch (error) {
      if (!isKlosetError(error, 'integrity')) throw error;
      const message = `The last snapshot cannot be used, so everything is read again: ${error.message}`;
      this.#parts.monitor.report({ type: 'warning', message });
      return null;
    }
  }

  async #read(reader: TreeReader): Promise<PreviousSnapshot> {
    const { cache } = this.#snapshots;
    const manifest = await readManifest(reader);
    const objects = ObjectCache.open(this.#parts.context, cache.objectsFile(reader.id), reader.id);
    const found = objects ?? (await this.#collectObjects(reader));
    this.#open.push(found);
    return new StoredPreviousSnapshot(
      { id: reader.id, time: reader.header.time, manifest, rootFiles: await readRootFiles(reader) },
      found,
      cache.index,
    );
  }

  async #collectObjects(reader: TreeReader): Promise<ObjectCache> {
    const { context, monitor } = this.#parts;
    const { cache } = this.#snapshots;
    monitor.report({ type: 'phase', phase: 'reading the last snapshot' });
    const folder = claimSpoolFolder(cache.spoolRoot);
    const path = cache.objectsFile(reader.id);
    const writer = new ObjectCacheWriter(context, join(folder.path, 'objects.sqlite'));
    try {
      await collectObjects(reader, writer);
      writer.finish(reader.id, path);
    } finally {
      writer.discard();
      folder.remove();
    }
    const objects = ObjectCache.open(context, path, reader.id);
    if (objects !== undefined) return objects;
    throw new KlosetError('internal', `${path} cannot be read though it was just written.`);
  }
}
