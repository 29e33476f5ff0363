/**
 * The places of objects in the snapshot's tree: columns `place`, `name` and `depth` of the objects. A place is the id
 * of the object something lies in, or one of the places below.
 */

import type { StateDatabase } from './database/state-database.ts';
import type { DiscoveryPath } from './discovery-paths.ts';
import { bitOf } from './discovery-paths.ts';
import type { ObjectKind, ObjectState } from './objects.ts';
import type { Parent } from './parent.ts';

/** Directories under the root; their names cannot be an object's, which all have a `~`. */
export const orphans = '_orphans';
export const trash = '_trash';

/** The places of objects that do not lie in another one. */
export const rootPlace = '/';
export const orphanPlace = `/${orphans}`;
export const trashPlace = `/${trash}`;
/** Templates lie in a directory of their own inside their database. */
export const templatePlace = (database: string): string => `${database}/_templates`;

/** An object of the snapshot and what says where it lies. */
export interface UnplacedObject {
  readonly id: string;
  readonly discoveredBy: number;
  readonly parentType: Parent['type'];
  readonly parentId: string;
  readonly container: string | null;
}

export interface PlacedTemplate {
  readonly id: string;
  readonly place: string;
  /** The database its data source belongs to. */
  readonly owner: string | null;
}

export interface PlacedChild {
  readonly id: string;
  readonly kind: ObjectKind;
  readonly state: ObjectState;
  readonly name: string;
  readonly edited: string;
}

const inSnapshot = `state IN ('read', 'reused')`;

/** Objects without a depth below those of a depth, and templates in databases of a depth. */
const childrenAt = 'depth IS NULL AND place IN (SELECT id FROM objects WHERE depth = ?)';
const templatesAt = `depth IS NULL AND place IN
  (SELECT id || '/_templates' FROM objects WHERE depth = ? AND kind = 'database')`;

/** Rows taken from the table at once. */
const batchSize = 1_000;

export class Placement {
  readonly #database: StateDatabase;
  readonly #statements;

  constructor(database: StateDatabase) {
    this.#database = database;
    this.#statements = statementsOf(database);
  }

  /** Forgets all places, names and depths. */
  clear(): void {
    this.#statements.clear.run();
  }

  /** Every object of the snapshot, by id. */
  *objects(): Generator<UnplacedObject> {
    const { objectsAfter } = this.#statements;
    for (let rows = objectsAfter.all(''); rows.length > 0; rows = objectsAfter.all(rows.at(-1)?.id ?? '')) {
      yield* rows;
    }
  }

  isInSnapshot(id: string): boolean {
    return id !== '' && this.#statements.isInSnapshot.get(id) !== undefined;
  }

  setPlace(id: string, place: string): void {
    this.#statements.setPlace.run(place, id);
  }

  /** Makes absent what lies in `place`, as outside of the given roots. @returns how many objects */
  leaveOut(place: string): number {
    return this.#statements.leaveOut.run(place);
  }

  templates(): PlacedTemplate[] {
    return this.#statements.templates.all();
  }

  /** Moves trashed objects to /_trash, apart from those in a trashed object and those found by `except`. */
  placeTrashed(except: DiscoveryPath): void {
    this.#statements.placeTrashed.run(trashPlace, bitOf(except));
  }

  /** Takes the places of objects that are not in the snapshot. */
  clearOthers(): void {
    this.#statements.clearOthers.run();
  }

  /** Gives what lies in no other object the depth 0. */
  startDepths(): void {
    this.#statements.startDepths.run(rootPlace, orphanPlace, trashPlace);
  }

  /** Gives what lies in objects of `depth` the next one; false when there is none. */
  deepen(depth: number): boolean {
    const { deepen, deepenTemplates } = this.#statements;
    return deepen.run(depth + 1, depth) + deepenTemplates.run(depth + 1, depth) > 0;
  }

  /** The first object without a depth: one below an object of depth `maxDepth`, or else the first by id. */
  firstUnreached(maxDepth: number): string | undefined {
    return this.#statements.firstUnreached.get(maxDepth)?.id;
  }

  /** Puts an object at the top of `place`. */
  detach(id: string, place: string): void {
    this.#statements.detach.run(place, id);
  }

  /** Names every placed object by `nameOf`, with as many digits of its id as tell it from its siblings. */
  nameAll(nameOf: (stem: string, id: string, digits: number) => string): void {
    this.#database.define('directory_name', (stem, id, digits) =>
      nameOf(String(stem), String(id), Number(digits)),
    );
    // Prepared here, for the function has to be known by then.
    this.#database
      .prepare<[]>('UPDATE objects SET name = directory_name(name_stem, id, 8) WHERE place IS NOT NULL')
      .run();
    const lengthen = this.#database.prepare<[number]>(
      `UPDATE objects SET name = directory_name(name_stem, id, ?) WHERE place IS NOT NULL AND (place, name) IN
       (SELECT place, name FROM objects WHERE place IS NOT NULL GROUP BY place, name HAVING COUNT(*) > 1)`,
    );
    for (const digits of [16, 32]) lengthen.run(digits);
  }

  /** The objects in a place whose names come after `afterName`, by name. */
  childrenIn(place: string, afterName: string, limit: number): PlacedChild[] {
    return this.#statements.children.all(place, afterName, limit);
  }

  hasChildren(place: string): boolean {
    return this.#statements.anyChild.get(place) !== undefined;
  }

  /** Ids of placed objects that are taken over from the previous snapshot. */
  *reused(): Generator<string> {
    const { reusedAfter } = this.#statements;
    for (let rows = reusedAfter.all(''); rows.length > 0; rows = reusedAfter.all(rows.at(-1)?.id ?? '')) {
      for (const { id } of rows) yield id;
    }
  }
}

interface Id {
  readonly id: string;
}

function statementsOf(database: StateDatabase) {
  return {
    clear: database.prepare<[]>('UPDATE objects SET place = NULL, depth = NULL, name = NULL'),
    objectsAfter: database.prepare<[string], UnplacedObject>(
      `SELECT id, discovered_by AS discoveredBy, parent_type AS parentType, parent_id AS parentId, container
       FROM objects WHERE ${inSnapshot} AND id > ? ORDER BY id LIMIT ${batchSize}`,
    ),
    isInSnapshot: database.prepare<[string], Id>(`SELECT id FROM objects WHERE id = ? AND ${inSnapshot}`),
    setPlace: database.prepare<[string, string]>('UPDATE objects SET place = ? WHERE id = ?'),
    leaveOut: database.prepare<[string]>(
      `UPDATE objects SET state = 'absent', absence_reason = 'outside', place = NULL WHERE place = ? AND ${inSnapshot}`,
    ),
    templates: database.prepare<[], PlacedTemplate>(
      `SELECT o.id, o.place, s.database AS owner FROM objects o LEFT JOIN data_sources s ON s.id = o.template_of
       WHERE o.${inSnapshot} AND o.template_of IS NOT NULL`,
    ),
    placeTrashed: database.prepare<[string, number]>(
      `UPDATE objects SET place = ? WHERE trashed = 1 AND ${inSnapshot} AND (discovered_by & ?) = 0
       AND NOT EXISTS (SELECT 1 FROM objects above WHERE above.id = objects.place AND above.trashed = 1 AND above.${inSnapshot})`,
    ),
    clearOthers: database.prepare<[]>(
      `UPDATE objects SET place = NULL WHERE place IS NOT NULL AND NOT (${inSnapshot})`,
    ),
    startDepths: database.prepare<[string, string, string]>(
      `UPDATE objects SET depth = 0 WHERE ${inSnapshot} AND place IN (?, ?, ?)`,
    ),
    deepen: database.prepare<[number, number]>(`UPDATE objects SET depth = ? WHERE ${childrenAt}`),
    deepenTemplates: database.prepare<[number, number]>(`UPDATE objects SET depth = ? WHERE ${templatesAt}`),
    firstUnreached: database.prepare<[number], Id>(
      `SELECT id FROM objects WHERE depth IS NULL AND ${inSnapshot}
       ORDER BY place IN (SELECT id FROM objects WHERE depth = ?) DESC, id LIMIT 1`,
    ),
    detach: database.prepare<[string, string]>('UPDATE objects SET place = ?, depth = 0 WHERE id = ?'),
    children: database.prepare<[string, string, number], PlacedChild>(
      'SELECT id, kind, state, name, edited FROM objects WHERE place = ? AND name > ? ORDER BY name LIMIT ?',
    ),
    anyChild: database.prepare<[string], unknown>('SELECT 1 FROM objects WHERE place = ? LIMIT 1'),
    reusedAfter: database.prepare<[string], Id>(
      `SELECT id FROM objects WHERE state = 'reused' AND place IS NOT NULL AND id > ? ORDER BY id LIMIT ${batchSize}`,
    ),
  };
}
