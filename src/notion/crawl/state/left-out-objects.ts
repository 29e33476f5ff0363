/**
 * The objects that the selection does not choose, and those of which nobody can tell yet: columns `state` and `left_by` of
 * the objects.
 */

import type { StateDatabase } from './database/state-database.ts';
import { bitOf } from './discovery-paths.ts';
import type { ObjectKind, ObjectState } from './objects.ts';
import type { Parent } from './parent.ts';

export interface LeftOutObject {
  readonly id: string;
  readonly kind: ObjectKind;
  readonly parentId: string;
  /** The exclude that names the object itself; null for what lies below another one, and for what nothing includes. */
  readonly by: string | null;
}

const batchSize = 1_000;

/** States of objects that are, or may be, in the snapshot. */
const inSnapshot = `('read', 'reused', 'previous')`;

export class LeftOutObjects {
  readonly #statements;

  constructor(database: StateDatabase) {
    this.#statements = statementsOf(database);
  }

  /** Leaves an object out, whatever was known of it. */
  leaveOut(id: string, by: string | undefined): void {
    this.#statements.leaveOut.run(by ?? null, id);
  }

  /** Has it be decided later. */
  postpone(id: string): void {
    this.#statements.setState.run('undecided', id);
  }

  /** Puts an undecided object among those to be read. */
  choose(id: string): void {
    this.#statements.choose.run(id);
  }

  isLeftOut(id: string): boolean {
    return this.#statements.isLeftOut.get(id) !== undefined;
  }

  /** Keeps the name and the parent of an object, as far as they are not known yet. */
  learn(id: string, { name, parent }: { readonly name?: string; readonly parent?: Parent }): void {
    if (name !== undefined) this.#statements.learnName.run(name, id);
    if (parent !== undefined) this.#statements.learnParent.run(parent.type, parent.id, id);
  }

  /** Ids of objects nobody could decide about, by id. */
  undecided(): Iterable<string> {
    return idsAfter(this.#statements.undecidedAfter);
  }

  /** Ids of objects that are or may be in the snapshot, by id. */
  carried(): Iterable<string> {
    return idsAfter(this.#statements.carriedAfter);
  }

  /** Ids of all objects that are there, by id. */
  known(): Iterable<string> {
    return idsAfter(this.#statements.knownAfter);
  }

  /**
   * The objects left out, by id.
   * @param isListed leave away those that only an earlier run knew of: everything was listed, and nothing showed them
   */
  *all(isListed: boolean): Generator<LeftOutObject> {
    const { leftOutAfter } = this.#statements;
    const only = isListed ? bitOf('previous') : 0;
    for (let last = ''; ; ) {
      const rows = leftOutAfter.all(last, only);
      yield* rows;
      const end = rows.at(-1);
      if (end === undefined) return;
      last = end.id;
    }
  }
}

/** Ids that a statement gives after an id, batch by batch. */
function* idsAfter(statement: { all(after: string): Id[] }): Iterable<string> {
  for (let rows = statement.all(''); rows.length > 0; rows = statement.all(rows.at(-1)?.id ?? ''))
    for (const { id } of rows) yield id;
}

interface Id {
  readonly id: string;
}

function statementsOf(database: StateDatabase) {
  return {
    leaveOut: database.prepare<[string | null, string]>(
      `UPDATE objects SET state = 'left-out', left_by = ?, place = NULL, gaps = 0, changed_while_read = 0 WHERE id = ?`,
    ),
    setState: database.prepare<[ObjectState, string]>('UPDATE objects SET state = ? WHERE id = ?'),
    choose: database.prepare<[string]>(
      `UPDATE objects SET state = CASE WHEN listed_object IS NOT NULL AND kind = 'page' THEN 'ready' ELSE 'pending' END
       WHERE id = ? AND state = 'undecided'`,
    ),
    isLeftOut: database.prepare<[string], Id>(`SELECT id FROM objects WHERE id = ? AND state = 'left-out'`),
    learnName: database.prepare<[string, string]>(
      `UPDATE objects SET name_stem = ? WHERE id = ? AND name_stem = ''`,
    ),
    learnParent: database.prepare<[Parent['type'], string, string]>(
      `UPDATE objects SET parent_type = ?, parent_id = ? WHERE id = ? AND parent_type = ''`,
    ),
    undecidedAfter: database.prepare<[string], Id>(
      `SELECT id FROM objects WHERE state = 'undecided' AND id > ? ORDER BY id LIMIT ${batchSize}`,
    ),
    carriedAfter: database.prepare<[string], Id>(
      `SELECT id FROM objects WHERE state IN ${inSnapshot} AND id > ? ORDER BY id LIMIT ${batchSize}`,
    ),
    knownAfter: database.prepare<[string], Id>(
      `SELECT id FROM objects WHERE (state IN ${inSnapshot} OR state = 'left-out') AND name_stem <> '' AND id > ?
       ORDER BY id LIMIT ${batchSize}`,
    ),
    leftOutAfter: database.prepare<[string, number], LeftOutObject>(
      `SELECT id, kind, CASE WHEN container <> '' THEN container ELSE parent_id END AS parentId, left_by AS by FROM objects
       WHERE state = 'left-out' AND id > ? AND discovered_by <> ? ORDER BY id LIMIT ${batchSize}`,
    ),
  };
}
