/** All objects a crawl knows: what they are, how they were discovered and what became of them. */
import type { JsonObject } from '../../../document/json.ts';
import type { DiscoveryPath } from './discovery-paths.ts';
import { bitOf } from './discovery-paths.ts';
import type { Parent } from './parent.ts';
import type { StateDatabase } from './state-database.ts';

/** Beside this file, `placement.ts` owns `place`, `name` and `depth`, and `object-census.ts` reads for the manifest. */
export const objectsTable = `
CREATE TABLE objects (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  discovered_by INTEGER NOT NULL DEFAULT 0,
  listed_object TEXT,
  fetched_at INTEGER NOT NULL DEFAULT 0,
  edited TEXT NOT NULL DEFAULT '',
  newest_edit TEXT NOT NULL DEFAULT '',
  name_stem TEXT NOT NULL DEFAULT '',
  parent_type TEXT NOT NULL DEFAULT '',
  parent_id TEXT NOT NULL DEFAULT '',
  container TEXT,
  template_of TEXT,
  force INTEGER NOT NULL DEFAULT 0,
  refresh INTEGER NOT NULL DEFAULT 0,
  trashed INTEGER NOT NULL DEFAULT 0,
  recently_edited INTEGER NOT NULL DEFAULT 0,
  changed_while_read INTEGER NOT NULL DEFAULT 0,
  gaps INTEGER NOT NULL DEFAULT 0,
  views INTEGER NOT NULL DEFAULT 0,
  sources INTEGER NOT NULL DEFAULT 0,
  absence_reason TEXT,
  place TEXT,
  name TEXT,
  depth INTEGER
);
CREATE INDEX objects_state ON objects (state, kind);
CREATE INDEX objects_parent ON objects (parent_id, state);
CREATE INDEX objects_depth ON objects (depth);
CREATE INDEX objects_place ON objects (place, name);`;

export type ObjectKind = 'page' | 'database';

/**
 * - outside: listed, but not known to lie under the given roots
 * - previous: the previous snapshot holds it; this run has not met it
 * - ready: to be read, its object is in `listedObject`
 * - pending: to be read, its object must be asked for first
 * - reading
 * - read; reused: taken over from the previous snapshot
 * - failed: could not be read (see the errors); absent: not there; linked: a view of a database elsewhere
 */
export type ObjectState =
  | 'outside'
  | 'previous'
  | 'ready'
  | 'pending'
  | 'reading'
  | 'read'
  | 'reused'
  | 'failed'
  | 'absent'
  | 'linked';

/** The reason why an object is not in the snapshot. */
export type AbsenceReason = 'trashed' | 'not-visible' | 'vanished' | 'outside';

export interface ObjectRow {
  readonly id: string;
  readonly kind: ObjectKind;
  readonly state: ObjectState;
  /** Bits of discovery paths. */
  readonly discoveredBy: number;
  /** The object as a listing gave it, as JSON; dropped once it was read. */
  readonly listedObject: string | null;
  /** The time at which `listedObject` arrived, in milliseconds. */
  readonly fetchedAt: number;
  /** last_edited_time of what was stored. */
  readonly edited: string;
  /** The newest last_edited_time any listing showed. */
  readonly newestEdit: string;
  readonly parentType: Parent['type'];
  readonly parentId: string;
  /** The page whose blocks show it. */
  readonly container: string | null;
  /** The data source it is a template of. */
  readonly templateOf: string | null;
  /** 1: read it even when its time has not changed. */
  readonly force: number;
  readonly trashed: number;
  /** 1: names in the schema of its data source changed, so its page object is taken anew even when it is unchanged. */
  readonly refresh: number;
}

/** An object at its discovery; the rest has defaults. */
export interface NewObject {
  readonly id: string;
  readonly kind: ObjectKind;
  readonly state: ObjectState;
  readonly edited?: string;
  readonly nameStem?: string;
  readonly container?: string;
  readonly templateOf?: string;
  readonly force?: boolean;
}

export interface ListedFacts {
  readonly fetchedAt: number;
  readonly newestEdit: string;
  readonly nameStem: string;
  readonly parent: Parent;
  readonly isTrashed: boolean;
}

/** The facts of an object that was read. */
export interface ReadFacts {
  readonly edited: string;
  readonly nameStem: string;
  readonly parent: Parent;
  readonly isTrashed: boolean;
  readonly gaps: number;
}

export interface PageFacts extends ReadFacts {
  readonly isRecentlyEdited: boolean;
  readonly hasChanged: boolean;
}

export interface DatabaseFacts extends ReadFacts {
  readonly views: number;
  readonly sources: number;
}

/** The objects that may be read by now: those that must be asked for wait until no listing can show them for less. */
export interface Readiness {
  readonly databases: boolean;
  readonly unlisted: boolean;
}

const columns = `id, kind, state, discovered_by AS discoveredBy, listed_object AS listedObject, fetched_at AS fetchedAt,
  edited, newest_edit AS newestEdit, parent_type AS parentType, parent_id AS parentId, container,
  template_of AS templateOf, force, trashed, refresh`;

const batchSize = 1_000;

export class Objects {
  readonly #statements;

  constructor(database: StateDatabase) {
    this.#statements = statementsOf(database);
  }

  get(id: string): ObjectRow | undefined {
    return this.#statements.get.get(id);
  }

  /** Adds it unless it is there. */
  add(object: NewObject): void {
    const { id, kind, state, edited = '', nameStem = '', container, templateOf, force = false } = object;
    const { add } = this.#statements;
    add.run(id, kind, state, edited, nameStem, container ?? null, templateOf ?? null, force ? 1 : 0);
  }

  addPath(id: string, path: DiscoveryPath): void {
    this.#statements.addPath.run(bitOf(path), id);
  }

  /** Keeps an object as a listing gave it. */
  keepListed(id: string, listed: JsonObject, facts: ListedFacts): void {
    const { fetchedAt, newestEdit, nameStem, parent, isTrashed } = facts;
    this.#statements.keepListed.run(
      JSON.stringify(listed),
      fetchedAt,
      newestEdit,
      nameStem,
      parent.type,
      parent.id,
      isTrashed ? 1 : 0,
      id,
    );
  }

  setState(id: string, state: ObjectState): void {
    this.#statements.setState.run(state, id);
  }

  /** Has the page objects of pages in `parent` that are or may be taken over be taken anew. */
  requestRefresh(parent: string): void {
    this.#statements.requestRefresh.run(parent);
  }

  /** Has those be read that `requestRefresh` named and no query has shown since. */
  readUnlistedRefreshes(parent: string): void {
    this.#statements.readUnlistedRefreshes.run(parent);
  }

  /** Moves all objects in a state to another. */
  moveAll(from: ObjectState, to: ObjectState): void {
    this.#statements.moveAll.run(to, from);
  }

  /** Corrects what an object is: what only pointed at it may have taken it for something else. */
  setKind(id: string, kind: ObjectKind): void {
    this.#statements.setKind.run(kind, id);
  }

  setContainer(id: string, container: string): void {
    this.#statements.setContainer.run(container, id);
  }

  setParentId(id: string, parentId: string): void {
    this.#statements.setParentId.run(parentId, id);
  }

  setTemplateOf(id: string, source: string): void {
    this.#statements.setTemplateOf.run(source, id);
  }

  markAbsent(id: string, reason: AbsenceReason): void {
    this.#statements.markAbsent.run(reason, id);
  }

  markPageRead(id: string, facts: PageFacts): void {
    const { edited, nameStem, parent, isTrashed, isRecentlyEdited, hasChanged, gaps } = facts;
    this.#statements.markPageRead.run(
      edited,
      edited,
      nameStem,
      parent.type,
      parent.id,
      isTrashed ? 1 : 0,
      isRecentlyEdited ? 1 : 0,
      hasChanged ? 1 : 0,
      gaps,
      id,
    );
  }

  markDatabaseRead(id: string, facts: DatabaseFacts): void {
    const { edited, nameStem, parent, isTrashed, gaps, views, sources } = facts;
    this.#statements.markDatabaseRead.run(
      edited,
      edited,
      nameStem,
      parent.type,
      parent.id,
      isTrashed ? 1 : 0,
      gaps,
      views,
      sources,
      id,
    );
  }

  /** Marks an object whose earlier copy is kept: the next run reads it again. */
  markIncomplete(id: string): void {
    this.#statements.markIncomplete.run(id);
  }

  hasGaps(id: string): boolean {
    return (this.#statements.gaps.get(id)?.gaps ?? 0) > 0;
  }

  /** Takes over the copy of the previous snapshot, with its name and place. */
  takeOver(id: string, nameStem: string): void {
    this.#statements.takeOver.run(nameStem, id);
  }

  /** A page whose content is that of the previous snapshot and whose document was written again. */
  markRewritten(id: string, edited: string): void {
    this.#statements.markRewritten.run(edited, id);
  }

  /** Has the pages that changed while they were read be read again. */
  rereadChanged(): void {
    this.#statements.rereadChanged.run();
  }

  /** Ids of pages that were edited after they were read, or while. */
  changedPages(): string[] {
    return this.#statements.changedPages.all().map(({ id }) => id);
  }

  markChangedWhileRead(id: string): void {
    this.#statements.markChangedWhileRead.run(id);
  }

  /** Has everything that an interrupted run was reading, or failed to read, be read again. */
  requeueInterrupted(): void {
    this.#statements.requeueInterrupted.run();
  }

  /** Ids of objects in `state` that say they lie in `parent`. */
  inParent(parent: string, state: ObjectState): string[] {
    return this.#statements.inParent.all(parent, state).map(({ id }) => id);
  }

  /** Objects in a block of a page whose walk did not show them. */
  insideBlocks(): { readonly id: string; readonly block: string }[] {
    return this.#statements.insideBlocks.all();
  }

  /** Ids of the longest unedited objects of the previous snapshot, last edited before the time `before`. */
  oldestPrevious(before: string, limit: number): string[] {
    return this.#statements.oldestPrevious.all(before, limit).map(({ id }) => id);
  }

  /** Ids of objects of a kind and state by the thousand, so that few are held at once. */
  *batches(kind: ObjectKind, state: ObjectState, size = batchSize): Generator<string[]> {
    const { after } = this.#statements;
    for (let ids = idsOf(after.all(kind, state, '', size)); ids.length > 0; ) {
      yield ids;
      ids = idsOf(after.all(kind, state, ids.at(-1) ?? '', size));
    }
  }

  /** The objects that are to be read, or are being read. */
  unread(): { readonly id: string; readonly kind: ObjectKind }[] {
    return this.#statements.unread.all();
  }

  /** True when some object was discovered by `path`. */
  isAnyDiscoveredBy(path: DiscoveryPath): boolean {
    return this.#statements.discoveredBy.get(bitOf(path)) !== undefined;
  }

  /** Takes the next object to read and marks it; undefined when there is none now. */
  claim(readiness: Readiness): ObjectRow | undefined {
    const row = this.#next(readiness);
    if (row !== undefined) this.setState(row.id, 'reading');
    return row;
  }

  #next({ databases, unlisted }: Readiness): ObjectRow | undefined {
    const { next } = this.#statements;
    return (
      (databases ? next.get('pending', 'database') : undefined) ??
      next.get('ready', 'page') ??
      (unlisted ? next.get('pending', 'page') : undefined)
    );
  }

  count(...states: ObjectState[]): number {
    const { count } = this.#statements;
    return states.reduce((sum, state) => sum + (count.get(state)?.n ?? 0), 0);
  }
}

interface Id {
  readonly id: string;
}

function idsOf(rows: readonly Id[]): string[] {
  return rows.map(({ id }) => id);
}

type PageFactValues = [
  string,
  string,
  string,
  Parent['type'],
  string,
  number,
  number,
  number,
  number,
  string,
];
type DatabaseFactValues = [
  string,
  string,
  string,
  Parent['type'],
  string,
  number,
  number,
  number,
  number,
  string,
];

function statementsOf(database: StateDatabase) {
  return {
    get: database.prepare<[string], ObjectRow>(`SELECT ${columns} FROM objects WHERE id = ?`),
    add: database.prepare<
      [string, ObjectKind, ObjectState, string, string, string | null, string | null, number]
    >(
      `INSERT OR IGNORE INTO objects (id, kind, state, edited, name_stem, container, template_of, force)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    addPath: database.prepare<[number, string]>(
      'UPDATE objects SET discovered_by = discovered_by | ? WHERE id = ?',
    ),
    keepListed: database.prepare<[string, number, string, string, Parent['type'], string, number, string]>(
      `UPDATE objects SET listed_object = ?, fetched_at = ?, newest_edit = ?, name_stem = ?, parent_type = ?,
       parent_id = ?, trashed = ? WHERE id = ?`,
    ),
    setState: database.prepare<[ObjectState, string]>('UPDATE objects SET state = ? WHERE id = ?'),
    moveAll: database.prepare<[ObjectState, ObjectState]>('UPDATE objects SET state = ? WHERE state = ?'),
    requestRefresh: database.prepare<[string]>(
      `UPDATE objects SET refresh = 1 WHERE parent_id = ? AND kind = 'page' AND state IN ('previous', 'reused', 'ready', 'pending')`,
    ),
    readUnlistedRefreshes: database.prepare<[string]>(
      `UPDATE objects SET state = CASE WHEN listed_object IS NULL THEN 'pending' ELSE 'ready' END
       WHERE parent_id = ? AND refresh = 1 AND state IN ('previous', 'reused')`,
    ),
    setKind: database.prepare<[ObjectKind, string]>('UPDATE objects SET kind = ? WHERE id = ?'),
    setContainer: database.prepare<[string, string]>('UPDATE objects SET container = ? WHERE id = ?'),
    setParentId: database.prepare<[string, string]>('UPDATE objects SET parent_id = ? WHERE id = ?'),
    setTemplateOf: database.prepare<[string, string]>('UPDATE objects SET template_of = ? WHERE id = ?'),
    markAbsent: database.prepare<[AbsenceReason, string]>(
      `UPDATE objects SET state = 'absent', absence_reason = ?, listed_object = NULL WHERE id = ?`,
    ),
    markPageRead: database.prepare<PageFactValues>(
      `UPDATE objects SET state = 'read', listed_object = NULL, edited = ?, newest_edit = max(newest_edit, ?),
       name_stem = ?, parent_type = ?, parent_id = ?, trashed = ?, recently_edited = ?, changed_while_read = ?,
       gaps = ?, absence_reason = NULL WHERE id = ?`,
    ),
    markDatabaseRead: database.prepare<DatabaseFactValues>(
      `UPDATE objects SET state = 'read', listed_object = NULL, edited = ?, newest_edit = max(newest_edit, ?),
       name_stem = ?, parent_type = ?, parent_id = ?, trashed = ?, gaps = ?, views = ?, sources = ?,
       absence_reason = NULL WHERE id = ?`,
    ),
    markIncomplete: database.prepare<[string]>(
      'UPDATE objects SET gaps = 1, listed_object = NULL WHERE id = ?',
    ),
    gaps: database.prepare<[string], { gaps: number }>('SELECT gaps FROM objects WHERE id = ?'),
    takeOver: database.prepare<[string, string]>(
      `UPDATE objects SET state = 'reused', name_stem = ?, parent_type = '', parent_id = '' WHERE id = ?`,
    ),
    markRewritten: database.prepare<[string, string]>(
      `UPDATE objects SET state = 'read', edited = ? WHERE id = ?`,
    ),
    rereadChanged: database.prepare<[]>(
      `UPDATE objects SET state = 'pending', force = 1
       WHERE kind = 'page' AND state = 'read' AND changed_while_read = 1`,
    ),
    changedPages: database.prepare<[], Id>(
      `SELECT id FROM objects WHERE kind = 'page' AND edited <> ''
       AND (state IN ('ready', 'pending') OR (state = 'read' AND changed_while_read = 1))`,
    ),
    markChangedWhileRead: database.prepare<[string]>(
      `UPDATE objects SET state = 'read', changed_while_read = 1, listed_object = NULL WHERE id = ?`,
    ),
    requeueInterrupted: database.prepare<[]>(
      `UPDATE objects SET state = CASE WHEN listed_object IS NOT NULL AND kind = 'page' THEN 'ready' ELSE 'pending' END
       WHERE state IN ('reading', 'failed')`,
    ),
    inParent: database.prepare<[string, ObjectState], Id>(
      'SELECT id FROM objects WHERE parent_id = ? AND state = ?',
    ),
    insideBlocks: database.prepare<[], { id: string; block: string }>(
      `SELECT id, parent_id AS block FROM objects
       WHERE parent_type = 'block' AND container IS NULL AND place IS NULL AND state IN ('read', 'reused')`,
    ),
    oldestPrevious: database.prepare<[string, number], Id>(
      `SELECT id FROM objects WHERE state = 'previous' AND edited <> '' AND edited < ? ORDER BY edited LIMIT ?`,
    ),
    after: database.prepare<[ObjectKind, ObjectState, string, number], Id>(
      'SELECT id FROM objects WHERE kind = ? AND state = ? AND id > ? ORDER BY id LIMIT ?',
    ),
    unread: database.prepare<[], { id: string; kind: ObjectKind }>(
      `SELECT id, kind FROM objects WHERE state IN ('ready', 'pending', 'reading')`,
    ),
    discoveredBy: database.prepare<[number], unknown>(
      'SELECT 1 FROM objects WHERE discovered_by & ? <> 0 LIMIT 1',
    ),
    next: database.prepare<[ObjectState, ObjectKind], ObjectRow>(
      `SELECT ${columns} FROM objects WHERE state = ? AND kind = ? LIMIT 1`,
    ),
    count: database.prepare<[ObjectState], { n: number }>(
      'SELECT COUNT(*) AS n FROM objects WHERE state = ?',
    ),
  };
}
