/**
 * The checkpoint of a crawl: one SQLite file that knows every object, what became of it and where its bytes lie. Each
 * table has an owner in this folder. Memory does not grow with the workspace, and a killed crawl resumes where it was.
 */
import { rmSync } from 'node:fs';
import type { Database } from '../../../database.ts';
import { openDatabase } from '../../../database.ts';
import { Counters, countersTable } from './counters.ts';
import { CrawlErrors, errorsTable } from './crawl-errors.ts';
import { CrawlProgress, progressTable } from './crawl-progress.ts';
import { CustomEmojis, customEmojisTable } from './custom-emojis.ts';
import { DataSources, dataSourcesTable } from './data-sources.ts';
import { StateDatabase } from './database/state-database.ts';
import { Entries, entriesTables } from './entries.ts';
import { FetchedMedia, fetchedMediaTable } from './fetched-media.ts';
import { LeftOutObjects } from './left-out-objects.ts';
import { LinkedDatabases, linkedDatabasesTable } from './linked-databases.ts';
import { ObjectCensus } from './object-census.ts';
import { ObjectQueue } from './object-queue.ts';
import { Objects, objectsTable } from './objects.ts';
import { Placement } from './placement.ts';
import { Relations, relationsTables } from './relations.ts';
import { Users, usersTable } from './users.ts';

/** Raised whenever the tables change: a checkpoint of another layout is dropped. */
const layout = 6;

/** The crawl the file belongs to. */
const identityTable = 'CREATE TABLE identity (layout INTEGER NOT NULL, fingerprint TEXT NOT NULL);';

const tables = [
  identityTable,
  progressTable,
  countersTable,
  errorsTable,
  objectsTable,
  dataSourcesTable,
  relationsTables,
  entriesTables,
  fetchedMediaTable,
  usersTable,
  customEmojisTable,
  linkedDatabasesTable,
];

export class CrawlState {
  /** True when the file held an unfinished crawl with the same fingerprint. */
  readonly isResumed: boolean;
  readonly objects: Objects;
  readonly queue: ObjectQueue;
  readonly census: ObjectCensus;
  readonly placement: Placement;
  readonly dataSources: DataSources;
  readonly relations: Relations;
  readonly entries: Entries;
  readonly media: FetchedMedia;
  readonly users: Users;
  readonly emojis: CustomEmojis;
  readonly linked: LinkedDatabases;
  readonly leftOut: LeftOutObjects;
  readonly errors: CrawlErrors;
  readonly counters: Counters;
  readonly progress: CrawlProgress;
  readonly #database: StateDatabase;
  readonly #file: string;

  constructor(database: StateDatabase, file: string, isResumed: boolean) {
    this.#database = database;
    this.#file = file;
    this.isResumed = isResumed;
    this.objects = new Objects(database);
    this.queue = new ObjectQueue(database);
    this.census = new ObjectCensus(database);
    this.placement = new Placement(database);
    this.dataSources = new DataSources(database);
    this.relations = new Relations(database);
    this.entries = new Entries(database);
    this.media = new FetchedMedia(database);
    this.users = new Users(database);
    this.emojis = new CustomEmojis(database);
    this.linked = new LinkedDatabases(database);
    this.leftOut = new LeftOutObjects(database);
    this.errors = new CrawlErrors(database);
    this.counters = new Counters(database);
    this.progress = new CrawlProgress(database);
  }

  /** Everything `work` writes becomes visible together. */
  transaction<T>(work: () => T): T {
    return this.#database.transaction(work);
  }

  close(): void {
    this.#database.close();
  }

  /** Closes the file and removes it. */
  remove(): void {
    this.close();
    removeFiles(this.#file);
  }
}

/**
 * Opens the checkpoint at `file`. One of another layout or `fingerprint` (other roots, settings, previous snapshot)
 * is dropped, and so is a file that is not a database.
 */
export function openCrawlState(file: string, fingerprint: string): CrawlState {
  const found = openExisting(file, fingerprint);
  if (found !== undefined) return new CrawlState(new StateDatabase(found), file, true);
  removeFiles(file);
  const database = openDatabase(file);
  database.transaction(() => {
    database.exec(tables.join('\n'));
    database.prepare('INSERT INTO identity VALUES (?, ?)').run(layout, fingerprint);
  })();
  return new CrawlState(new StateDatabase(database), file, false);
}

function openExisting(file: string, fingerprint: string): Database | undefined {
  let database: Database | undefined;
  try {
    database = openDatabase(file);
    const identity = database
      .prepare<[], { layout: number; fingerprint: string }>('SELECT layout, fingerprint FROM identity')
      .get();
    if (identity?.layout === layout && identity.fingerprint === fingerprint) return database;
  } catch {
    // Not a database, or not one of ours: it is derived, so it is created anew.
  }
  database?.close();
  return undefined;
}

function removeFiles(file: string): void {
  if (file === ':memory:') return;
  for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
}
