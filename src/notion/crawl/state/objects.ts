/** All objects a crawl knows: what they are, how they were discovered and what became of them. */
import type { JsonObject } from '../../../document/json.ts';
import type { StateDatabase } from './database/state-database.ts';
import type { DiscoveryPath } from './discovery-paths.ts';
import { bitOf } from './discovery-paths.ts';
import type { Parent } from './parent.ts';

/**
 * Beside this file, `placement.ts` owns `place`, `name` and `depth`, `object-queue.ts` moves objects from state to state,
 * and `object-census.ts` reads for the manifest. `tallies` and `discussed` are JSON.
 */
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
  left_by TEXT,
  carried INTEGER NOT NULL DEFAULT 0,
  tallies TEXT NOT NULL DEFAULT '{}',
  discussed TEXT NOT NULL DEFAULT '[]',
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
 * - left-out: not chosen by the selection; undecided: to be read, should it be chosen, which nobody can tell yet
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
  | 'linked'
  | 'left-out'
  | 'undecided';

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
  /** The first part of its name in the tree; empty while it is not known. */
  readonly nameStem: string;
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
  /** True when its blocks are those of the previous snapshot. */
  readonly isCarried: boolean;
}

/** The contents of an object in numbers, and the places in it that have or had comments. */
export interface Holdings {
  /** Whole numbers by name: blocks, comments, views, types nobody knows … */
  readonly tallies: { readonly [name: string]: number };
  /** Ids of the page itself and of blocks; `all` when they are too many to list. */
  readonly discussed: readonly string[] | 'all';
}

export const objectColumns = `id, kind, state, discovered_by AS discoveredBy, listed_object AS listedObject, fetched_at AS fetchedAt,
  edited, newest_edit AS newestEdit, name_stem AS nameStem, parent_type AS parentType, parent_id AS parentId, container,
  template_of AS templateOf, force, trashed, refresh`;

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
    const { edited, nameStem, parent, isTrashed, isRecentlyEdited, hasChanged, isCarried, gaps } = facts;
    this.#statements.markPageRead.run(
      edited,
      edited,
      nameStem,
      parent.type,
      parent.id,
      isTrashed ? 1 : 0,
      isRecentlyEdited ? 1 : 0,
      hasChanged ? 1 : 0,
      isCarried ? 1 : 0,
      gaps,
      id,
    );
  }

  markDatabaseRead(id: string, facts: ReadFacts): void {
    const { edited, nameStem, parent, isTrashed, gaps } = facts;
    this.#statements.markDatabaseRead.run(
      edited,
      edited,
      nameStem,
      parent.type,
      parent.id,
      isTrashed ? 1 : 0,
      gaps,
      id,
    );
  }

  /** Records what the object's document holds. */
  setHoldings(id: string, { tallies, discussed }: Holdings): void {
    this.#statements.setHoldings.run(JSON.stringify(tallies), JSON.stringify(discussed), id);
  }

  /** The contents of the object's document, as far as they were recorded. */
  holdingsOf(id: string): Holdings {
    const row = this.#statements.holdings.get(id);
    return { tallies: JSON.parse(row?.tallies ?? '{}'), discussed: JSON.parse(row?.discussed ?? '[]') };
  }

  /** Marks an object whose earlier copy is kept: the next run reads it again. */
  markIncomplete(id: string): void {
    this.#statements.markIncomplete.run(id);
  }

  hasGaps(id: string): boolean {
    return (this.#statements.gaps.get(id)?.gaps ?? 0) > 0;
  }

  /** Has a page be read anew, whatever its time says. */
  requireReading(id: string): void {
    this.#statements.requireReading.run(id);
  }

  /** Takes over the copy of the previous snapshot, with its name and place. */
  takeOver(id: string, nameStem: string): void {
    this.#statements.takeOver.run(nameStem, id);
  }

  /** A page whose content is that of the previous snapshot and whose document was written again. */
  markRewritten(id: string, edited: string): void {
    this.#statements.markRewritten.run(edited, id);
  }

  markChangedWhileRead(id: string): void {
    this.#statements.markChangedWhileRead.run(id);
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

  /** True when some object was discovered by `path`. */
  isAnyDiscoveredBy(path: DiscoveryPath): boolean {
    return this.#statements.discoveredBy.get(bitOf(path)) !== undefined;
  }
}

interface Id {
  readonly id: string;
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
  number,
  string,
];
type DatabaseFactValues = [string, string, string, Parent['type'], string, number, number, string];

function statementsOf(database: StateDatabase) {
  return {
    get: database.prepare<[string], ObjectRow>(`SELECT ${objectColumns} FROM objects WHERE id = ?`),
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
       carried = ?, gaps = ?, absence_reason = NULL WHERE id = ?`,
    ),
    markDatabaseRead: database.prepare<DatabaseFactValues>(
      `UPDATE objects SET state = 'read', listed_object = NULL, edited = ?, newest_edit = max(newest_edit, ?),
       name_stem = ?, parent_type = ?, parent_id = ?, trashed = ?, gaps = ?,
       absence_reason = NULL WHERE id = ?`,
    ),
    setHoldings: database.prepare<[string, string, string]>(
      'UPDATE objects SET tallies = ?, discussed = ? WHERE id = ?',
    ),
    holdings: database.prepare<[string], { tallies: string; discussed: string }>(
      'SELECT tallies, discussed FROM objects WHERE id = ?',
    ),
    markIncomplete: database.prepare<[string]>(
      'UPDATE objects SET gaps = 1, listed_object = NULL WHERE id = ?',
    ),
    requireReading: database.prepare<[string]>(
      `UPDATE objects SET state = 'pending', force = 1 WHERE id = ?`,
    ),
    gaps: database.prepare<[string], { gaps: number }>('SELECT gaps FROM objects WHERE id = ?'),
    takeOver: database.prepare<[string, string]>(
      `UPDATE objects SET state = 'reused', name_stem = ?, parent_type = '', parent_id = '' WHERE id = ?`,
    ),
    markRewritten: database.prepare<[string, string]>(
      `UPDATE objects SET state = 'read', carried = 1, edited = ? WHERE id = ?`,
    ),
    markChangedWhileRead: database.prepare<[string]>(
      `UPDATE objects SET state = 'read', changed_while_read = 1, listed_object = NULL WHERE id = ?`,
    ),
    inParent: database.prepare<[string, ObjectState], Id>(
      'SELECT id FROM objects WHERE parent_id = ? AND state = ?',
    ),
    insideBlocks: database.prepare<[], { id: string; block: string }>(
      `SELECT id, parent_id AS block FROM objects
       WHERE parent_type = 'block' AND container IS NULL AND place IS NULL AND state IN ('read', 'reused', 'undecided')`,
    ),
    oldestPrevious: database.prepare<[string, number], Id>(
      `SELECT id FROM objects WHERE state = 'previous' AND edited <> '' AND edited < ? ORDER BY edited LIMIT ?`,
    ),
    discoveredBy: database.prepare<[number], unknown>(
      'SELECT 1 FROM objects WHERE discovered_by & ? <> 0 LIMIT 1',
    ),
  };
}
