/** The folder of one store on this machine: index tables, objects of the last snapshots, spools. All of it is derived, or taken over by the next run. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../../database.ts';
import { isBrokenDatabase } from '../../database.ts';
import { hexOf } from '../crypto/hex.ts';
import { sha256 } from '../crypto/primitives.ts';
import { BlobIndex } from './blob-index.ts';
import { openCacheDatabase } from './cache-database.ts';
import { createFolder, isUnusablePlace, localError } from './local-errors.ts';
import { removeObjectCache } from './object-cache.ts';

const objectsSuffix = '.sqlite';

export class LocalCache {
  readonly spoolRoot: string;
  readonly #indexFile: string;
  readonly #objectsFolder: string;
  #open: { readonly database: Database; readonly index: BlobIndex } | undefined;

  /** `location` keeps copies of one store at several places apart: what lies where differs between them. */
  constructor(folder: string, location: string) {
    this.#indexFile = join(
      folder,
      `index-${hexOf(sha256(Buffer.from(location, 'utf8'))).slice(0, 16)}.sqlite`,
    );
    this.#objectsFolder = join(folder, 'objects');
    this.spoolRoot = join(folder, 'spool');
  }

  get database(): Database {
    return this.#opened().database;
  }

  get index(): BlobIndex {
    return this.#opened().index;
  }

  /** The file of the objects of a snapshot, present or not. */
  objectsFile(snapshotId: string): string {
    createFolder(this.#objectsFolder);
    return join(this.#objectsFolder, snapshotId + objectsSuffix);
  }

  /** Removes the objects of these snapshots. */
  removeObjects(snapshotIds: ReadonlySet<string>): void {
    for (const name of readdirSync(this.#objectsFolder)) {
      const isTheirs = snapshotIds.has(name.slice(0, -objectsSuffix.length));
      if (name.endsWith(objectsSuffix) && isTheirs) removeObjectCache(join(this.#objectsFolder, name));
    }
  }

  close(): void {
    this.#open?.database.close();
    this.#open = undefined;
  }

  /**
   * Does `work` on the tables. When they turn out broken they are removed, so that the next run creates them again.
   * @throws KlosetError temporary when the tables were broken or the disk is full, unavailable when it cannot be used
   */
  async guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isBrokenDatabase(error)) {
        this.close();
        for (const suffix of ['', '-wal', '-shm']) rmSync(this.#indexFile + suffix, { force: true });
      }
      throw localError(error, this.#indexFile);
    }
  }

  /** The tables in their file; in memory where the folder cannot be written, because reading needs no more. */
  #openDatabase(): Database {
    try {
      return openCacheDatabase(this.#indexFile);
    } catch (error) {
      if (!isUnusablePlace(error)) throw error;
      return openCacheDatabase(':memory:');
    }
  }

  #opened() {
    if (this.#open === undefined) {
      const database = this.#openDatabase();
      this.#open = { database, index: new BlobIndex(database) };
    }
    return this.#open;
  }
}
