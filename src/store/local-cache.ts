/** The folder of one store on this machine: index tables, objects of the last snapshots, spools. All of it is derived or salvaged. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../database.ts';
import { BlobIndex } from './blob-index.ts';
import { hexOf } from './byte-reader.ts';
import { openCacheDatabase } from './cache-database.ts';
import { removeObjectCache } from './object-cache.ts';
import { sha256 } from './primitives.ts';

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

  /** Where the objects of a snapshot lie, or would. */
  objectsFile(snapshotId: string): string {
    mkdirSync(this.#objectsFolder, { recursive: true, mode: 0o700 });
    return join(this.#objectsFolder, snapshotId + objectsSuffix);
  }

  /** Removes the objects of all other snapshots. */
  keepObjects(snapshotIds: ReadonlySet<string>): void {
    for (const name of readdirSync(this.#objectsFolder)) {
      const isKept = snapshotIds.has(name.slice(0, -objectsSuffix.length));
      if (name.endsWith(objectsSuffix) && !isKept) removeObjectCache(join(this.#objectsFolder, name));
    }
  }

  close(): void {
    this.#open?.database.close();
    this.#open = undefined;
  }

  #opened() {
    if (this.#open === undefined) {
      const database = openCacheDatabase(this.#indexFile);
      this.#open = { database, index: new BlobIndex(database) };
    }
    return this.#open;
  }
}
