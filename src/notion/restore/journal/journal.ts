/**
 * The journal of one restore into Notion: every step, every request before and after it is sent, the ids the restore
 * created, and everything that did not come back exactly. It lies on disk, so that memory does not grow with the snapshot
 * and a killed restore resumes. Its tables belong to the classes in `tables/`; the database is private to this folder.
 */
import { existsSync } from 'node:fs';
import type { Database } from '../../../database.ts';
import { isBrokenDatabase, openDatabase } from '../../../database.ts';
import type { JsonObject } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import { DryObjects } from './dry-objects.ts';
import { journalTables, planTables } from './journal-tables.ts';
import { BlockTable } from './tables/blocks.ts';
import { CommentTable } from './tables/comments.ts';
import { DataSourceTable } from './tables/data-sources.ts';
import { FactTable } from './tables/facts.ts';
import { GapTable } from './tables/gaps.ts';
import type { CreatedRoot, IdKind } from './tables/ids.ts';
import { IdTable } from './tables/ids.ts';
import { InPlaceFacts } from './tables/in-place-facts.ts';
import { LinkedViewTable } from './tables/linked-views.ts';
import { NoteTable } from './tables/notes.ts';
import { ObjectTable } from './tables/objects.ts';
import { PageItemTable } from './tables/page-items.ts';
import { ProgressFacts } from './tables/progress.ts';
import { RelationTable } from './tables/relations.ts';
import { StepQueue } from './tables/steps/step-queue.ts';
import { StepRanks } from './tables/steps/step-ranks.ts';
import { StepTable } from './tables/steps/steps.ts';
import { TargetFacts } from './tables/target-facts.ts';
import { UploadTable } from './tables/uploads.ts';
import { WriteTable } from './tables/writes.ts';

/** Version of the tables and of the values in them. */
const format = '2';

/** Everything one write created, by the originals it stands for, and the new numbers of children. */
export interface Created {
  /** Originals and their copies. */
  readonly ids?: readonly (readonly [original: CompactId, copy: string, kind: IdKind])[];
  /** An original thread of comments and its copy. */
  readonly thread?: readonly [original: CompactId, copy: string];
  /** Objects that stand for no original. */
  readonly extra?: readonly (readonly [id: string, kind: IdKind])[];
  /** The object that lies directly in the destination now. */
  readonly root?: CreatedRoot;
  /** Parents and the numbers of their children now. */
  readonly children?: readonly (readonly [parent: string, count: number])[];
}

/**
 * Single values of a journal: the format; the restore it belongs to; `yes` once everything is planned, and once it is
 * undone; the number of separate cycles of references; the size of the largest file the target takes; `refused` once Notion
 * has refused the groups of status options; `yes` while the last run has found the snapshot damaged.
 */
export type MetaKey =
  | 'format'
  | 'identity'
  | 'prepared'
  | 'undone'
  | 'cycles'
  | 'max file bytes'
  | 'status groups'
  | 'damaged';

/** An open journal. */
export class Journal {
  readonly writes: WriteTable;
  readonly ids: IdTable;
  readonly objects: ObjectTable;
  readonly items: PageItemTable;
  readonly dataSources: DataSourceTable;
  readonly relations: RelationTable;
  readonly linkedViews: LinkedViewTable;
  readonly comments: CommentTable;
  readonly blocks: BlockTable;
  readonly steps: StepTable;
  readonly ranks: StepRanks;
  readonly queue: StepQueue;
  readonly target: TargetFacts;
  readonly inPlace: InPlaceFacts;
  readonly progress: ProgressFacts;
  readonly notes: NoteTable;
  readonly gaps: GapTable;
  readonly uploads: UploadTable;
  readonly #database: Database;
  readonly #prepare: Database['prepare'];

  constructor(database: Database) {
    database.exec(journalTables);
    const prepare = preparedOnce(database);
    this.#database = database;
    this.#prepare = prepare;
    this.writes = new WriteTable(prepare);
    this.ids = new IdTable(prepare);
    this.objects = new ObjectTable(prepare);
    this.items = new PageItemTable(prepare);
    this.dataSources = new DataSourceTable(prepare);
    this.relations = new RelationTable(prepare);
    this.linkedViews = new LinkedViewTable(prepare);
    this.comments = new CommentTable(prepare);
    this.blocks = new BlockTable(prepare);
    this.steps = new StepTable(prepare);
    this.ranks = new StepRanks(prepare);
    this.queue = new StepQueue(prepare);
    const facts = new FactTable(prepare);
    this.target = new TargetFacts(facts);
    this.inPlace = new InPlaceFacts(facts);
    this.progress = new ProgressFacts(facts);
    this.notes = new NoteTable(prepare);
    this.gaps = new GapTable(prepare);
    this.uploads = new UploadTable(prepare);
  }

  meta(key: MetaKey): string | undefined {
    return this.#prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck().get(key);
  }

  setMeta(key: MetaKey, value: string): void {
    this.#prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run(key, value);
  }

  /** Runs `work` in one transaction. */
  atomically<T>(work: () => T): T {
    return this.#database.transaction(work)();
  }

  /** Empties the tables that planning fills: an earlier run may have been killed while it planned. */
  clearPlan(): void {
    for (const table of planTables) this.#database.exec(`DELETE FROM ${table}`);
  }

  /** Records the answer of a write and everything it created, in one transaction. */
  markDone(key: string, kept: JsonObject, created: Created): void {
    this.atomically(() => {
      this.writes.markDone(key, kept);
      for (const [original, copy, kind] of created.ids ?? []) this.ids.map(original, copy, kind);
      if (created.thread !== undefined) this.ids.mapThread(...created.thread);
      for (const [id, kind] of created.extra ?? []) this.ids.addExtra(id, kind);
      if (created.root !== undefined) this.ids.addRoot(created.root);
      for (const [parent, count] of created.children ?? []) this.ids.setChildCount(parent, count);
    });
  }

  /** The objects of a dry run, in tables of their own. */
  dryObjects(): DryObjects {
    return new DryObjects(this.#database, this.#prepare);
  }

  close(): void {
    this.#database.close();
  }
}

/** The database's `prepare`, but for preparing a text only once. A statement must be read to its end before its next use. */
function preparedOnce(database: Database): Database['prepare'] {
  const prepared = new Map<string, ReturnType<Database['prepare']>>();
  const prepare = (sql: string): ReturnType<Database['prepare']> => {
    const known = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, known);
    return known;
  };
  // The same function but for the types of rows, which are the caller's promise in either.
  return prepare as Database['prepare'];
}

/**
 * Opens (or begins) the journal at `path`. `identity` names the snapshot and destination of the restore.
 * @throws KlosetError `usage` when the file is the journal of another restore, `incompatible` when of another version, `integrity`
 * when it is damaged
 */
export function openJournal(path: string, identity: JsonObject): Journal {
  const journal = journalAt(path);
  const given = JSON.stringify(identity);
  try {
    const known = journal.meta('identity');
    if (known === undefined) {
      journal.setMeta('format', format);
      journal.setMeta('identity', given);
    } else checkIdentity(journal, path, known, given);
    return journal;
  } catch (error) {
    journal.close();
    throw damagedJournal(error, path) ?? error;
  }
}

/**
 * Opens the journal of a restore that was begun before.
 * @throws KlosetError `not-found` when `path` holds none, `incompatible` when it is of another version, `integrity` when it is damaged
 */
export function reopenJournal(path: string): Journal {
  if (!existsSync(path)) throw new KlosetError('not-found', `There is no restore journal at ${path}.`);
  const journal = journalAt(path);
  try {
    if (journal.meta('identity') === undefined)
      throw new KlosetError('not-found', `${path} is not the journal of a restore.`);
    checkFormat(journal, path);
    return journal;
  } catch (error) {
    journal.close();
    throw damagedJournal(error, path) ?? error;
  }
}

function journalAt(path: string): Journal {
  try {
    return new Journal(openDatabase(path));
  } catch (error) {
    throw damagedJournal(error, path) ?? error;
  }
}

function damagedJournal(cause: unknown, path: string): KlosetError | undefined {
  const isNoFile = cause instanceof Error && 'code' in cause && cause.code === 'EISDIR';
  if (!isNoFile && !isBrokenDatabase(cause)) return undefined;
  return new KlosetError('integrity', `The restore journal ${path} is damaged.`, {
    hint: 'Move it away to go on without it. What that restore has written is not known then: look at it in Notion.',
    cause,
  });
}

/** @throws KlosetError `incompatible` when the journal is of another version */
function checkFormat(journal: Journal, path: string): void {
  if (journal.meta('format') === format) return;
  throw new KlosetError(
    'incompatible',
    `The restore journal ${path} was written by another version of notion-kloset.`,
    { hint: 'Delete it to start the restore again, or continue with the version that wrote it.' },
  );
}

function checkIdentity(journal: Journal, path: string, known: string, given: string): void {
  checkFormat(journal, path);
  if (known !== given)
    throw new KlosetError('usage', `The journal ${path} belongs to another restore: ${known}.`, {
      hint: 'Name another journal file, or repeat the restore it belongs to.',
    });
}
