/** The `step` and `dependency` tables: the steps of a restore, with the steps each waits for. */
import type { Database } from '../../../../../database.ts';
import type { CompactId } from '../../../../../document/notion-id.ts';

/**
 * - page: create a page or row, with its first blocks when they need not wait
 * - segment: append consecutive blocks of a page (index: the place of the segment among the page's items)
 * - database, source, schema (index: level): create a database, a further data source, properties that name others
 * - linked: recreate a linked database as a linked view
 * - values: set values that had to wait for other rows
 * - views, comments, lock: as they say; links: blocks that link to comments, which are written last
 * - patch: change an object that still exists back to the snapshot's state (restores in place)
 */
export type StepKind =
  | 'page'
  | 'segment'
  | 'database'
  | 'source'
  | 'schema'
  | 'linked'
  | 'values'
  | 'views'
  | 'comments'
  | 'links'
  | 'lock'
  | 'patch';

/**
 * The reason a step waits for another. A `required` dependency cannot be dropped; the others can, at a price:
 * - content, segment: blocks that refer to the other object, sent with the page or by themselves
 * - values: property values that refer to it
 * - siblingOrder: it stands before the step's object on their page
 * - linked: a linked view shows it
 * - sequence: it comes first in a relation that is written from the other side
 */
export type DependencyKind =
  | 'required'
  | 'content'
  | 'values'
  | 'segment'
  | 'siblingOrder'
  | 'linked'
  | 'sequence';

/** 1 while creations must be ordered, 2 once everything exists, 3 once all comments do, 4 for locks. */
export type Stage = 1 | 2 | 3 | 4;

export interface Step {
  readonly id: number;
  readonly kind: StepKind;
  /** The page, database or data source it is about. */
  readonly object: CompactId;
  readonly index: number;
  /** Steps with the same mutex never run at the same time: Notion refuses parallel writes under one parent. */
  readonly mutex: string;
  readonly stage: Stage;
}

/** The columns of a `Step`. */
export const stepColumns = 'id, stage, kind, object, part AS "index", mutex';

export class StepTable {
  readonly #prepare: Database['prepare'];

  constructor(prepare: Database['prepare']) {
    this.#prepare = prepare;
  }

  get(id: number): Step | undefined {
    return this.#prepare<[number], Step>(`SELECT ${stepColumns} FROM step WHERE id = ?`).get(id);
  }

  find(kind: StepKind, object: CompactId, index = 0): Step | undefined {
    return this.#prepare<[string, string, number], Step>(
      `SELECT ${stepColumns} FROM step WHERE kind = ? AND object = ? AND part = ?`,
    ).get(kind, object, index);
  }

  /** The step of that name; added when it does not exist. */
  ensure(kind: StepKind, object: CompactId, index: number, mutex: string, stage: Stage = 1): Step {
    const known = this.find(kind, object, index);
    if (known !== undefined) return known;
    const { lastInsertRowid } = this.#prepare(
      'INSERT INTO step (stage, kind, object, part, mutex) VALUES (?, ?, ?, ?, ?)',
    ).run(stage, kind, object, index, mutex);
    return { id: Number(lastInsertRowid), kind, object, index, mutex, stage };
  }

  setStage(step: Step, stage: Stage): void {
    this.#prepare('UPDATE step SET stage = ? WHERE id = ?').run(stage, step.id);
  }

  /** Marks every step of an object done but for its `patch` step. */
  skip(object: CompactId): void {
    this.#prepare("UPDATE step SET state = 'done' WHERE object = ? AND kind <> 'patch'").run(object);
  }

  count(kind: StepKind): number {
    return this.#prepare<[string], number>('SELECT count(*) FROM step WHERE kind = ?').pluck().get(kind) ?? 0;
  }

  /** The last level of properties that a data source is given by `schema` steps. */
  maxSchemaLevel(source: CompactId): number | undefined {
    const level = this.#prepare<[string], number | null>(
      "SELECT max(part) FROM step WHERE kind = 'schema' AND object = ?",
    )
      .pluck()
      .get(source);
    return level ?? undefined;
  }

  /** Number of data sources of a database that `schema` steps give properties. */
  schemaSourceCount(database: CompactId): number {
    return (
      this.#prepare<[string], number>(
        "SELECT count(DISTINCT object) FROM step WHERE kind = 'schema' AND object IN (SELECT id FROM source WHERE owner = ?)",
      )
        .pluck()
        .get(database) ?? 0
    );
  }

  /** Lets `step` wait for `needs`. */
  addDependency(step: Step, needs: Step | undefined, kind: DependencyKind = 'required'): void {
    if (needs === undefined) return;
    this.#prepare('INSERT OR IGNORE INTO dependency (step, needs, kind) VALUES (?, ?, ?)').run(
      step.id,
      needs.id,
      kind,
    );
  }

  /** Ids of the steps that `step` waits for with dependencies of this kind. */
  dependenciesOf(step: Step, kind: DependencyKind): number[] {
    return this.#prepare<[number, string], number>('SELECT needs FROM dependency WHERE step = ? AND kind = ?')
      .pluck()
      .all(step.id, kind);
  }

  /** Drops every dependency of this kind that `step` has. */
  dropDependencies(step: Step, kind: DependencyKind): void {
    this.#prepare('DELETE FROM dependency WHERE step = ? AND kind = ?').run(step.id, kind);
  }

  /** Lets no step wait for `step` merely to keep the order of siblings. Returns the steps that did. */
  dropSiblingOrder(step: Step): number[] {
    const waiters = this.#prepare<[number], number>(
      "SELECT step FROM dependency WHERE needs = ? AND kind = 'siblingOrder'",
    )
      .pluck()
      .all(step.id);
    this.#prepare("DELETE FROM dependency WHERE needs = ? AND kind = 'siblingOrder'").run(step.id);
    return waiters;
  }
}
