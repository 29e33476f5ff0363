/** The objects of a crawl by state: those to read next, those read already, and those whose state changes together. */

import type { StateDatabase } from './database/state-database.ts';
import type { ObjectKind, ObjectRow, ObjectState } from './objects.ts';
import { objectColumns } from './objects.ts';

/** The objects that may be read by now: those that must be asked for wait until no listing can show them for less. */
export interface Readiness {
  readonly databases: boolean;
  readonly unlisted: boolean;
}

const batchSize = 1_000;

/** Pages that are or may be taken over. Comments of trashed ones cannot be read. */
const isCarriedPage = `kind = 'page' AND trashed = 0
  AND (state IN ('previous', 'reused') OR (state = 'read' AND carried = 1))`;

export class ObjectQueue {
  readonly #statements;

  constructor(database: StateDatabase) {
    this.#statements = statementsOf(database);
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

  /** Has the pages that changed while they were read be read again. */
  rereadChanged(): void {
    this.#statements.rereadChanged.run();
  }

  /** Ids of pages that were edited after they were read, or while. */
  changedPages(): string[] {
    return this.#statements.changedPages.all().map(({ id }) => id);
  }

  /** Has everything that an interrupted run was reading, or failed to read, be read again. */
  requeueInterrupted(): void {
    this.#statements.requeueInterrupted.run();
  }

  /** Ids of objects of a kind and state by the thousand, so that few are held at once. */
  *batches(kind: ObjectKind, state: ObjectState, size = batchSize): Generator<string[]> {
    const { after } = this.#statements;
    for (let ids = idsOf(after.all(kind, state, '', size)); ids.length > 0; ) {
      yield ids;
      ids = idsOf(after.all(kind, state, ids.at(-1) ?? '', size));
    }
  }

  /** True for a page that is or may be taken over. */
  isCarried(id: string): boolean {
    return this.#statements.isCarried.get(id) !== undefined;
  }

  /** Ids of pages whose comments are those of the previous snapshot, after `id`, by id. */
  carriedPages(after: string, limit: number): string[] {
    return idsOf(this.#statements.carried.all(after, limit));
  }

  /** The same, of pages with places that have or had comments. */
  discussedPages(after: string, limit: number): string[] {
    return idsOf(this.#statements.discussed.all(after, limit));
  }

  /** The same, of pages edited at `since` or later, the last edited first. */
  recentPages(since: string, limit: number): string[] {
    return idsOf(this.#statements.recent.all(since, limit));
  }

  /** The objects that are to be read, or are being read. */
  unread(): { readonly id: string; readonly kind: ObjectKind }[] {
    return this.#statements.unread.all();
  }

  /** Takes the next object to read and marks it; undefined when there is none now. */
  claim(readiness: Readiness): ObjectRow | undefined {
    const row = this.#next(readiness);
    if (row !== undefined) this.#statements.setState.run('reading', row.id);
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

function statementsOf(database: StateDatabase) {
  return {
    setState: database.prepare<[ObjectState, string]>('UPDATE objects SET state = ? WHERE id = ?'),
    requestRefresh: database.prepare<[string]>(
      `UPDATE objects SET refresh = 1 WHERE parent_id = ? AND kind = 'page' AND state IN ('previous', 'reused', 'ready', 'pending')`,
    ),
    readUnlistedRefreshes: database.prepare<[string]>(
      `UPDATE objects SET state = CASE WHEN listed_object IS NULL THEN 'pending' ELSE 'ready' END
       WHERE parent_id = ? AND refresh = 1 AND state IN ('previous', 'reused')`,
    ),
    moveAll: database.prepare<[ObjectState, ObjectState]>('UPDATE objects SET state = ? WHERE state = ?'),
    rereadChanged: database.prepare<[]>(
      `UPDATE objects SET state = 'pending', force = 1
       WHERE kind = 'page' AND state = 'read' AND changed_while_read = 1`,
    ),
    changedPages: database.prepare<[], Id>(
      `SELECT id FROM objects WHERE kind = 'page' AND edited <> ''
       AND (state IN ('ready', 'pending') OR (state = 'read' AND changed_while_read = 1))`,
    ),
    requeueInterrupted: database.prepare<[]>(
      `UPDATE objects SET state = CASE WHEN listed_object IS NOT NULL AND kind = 'page' THEN 'ready' ELSE 'pending' END
       WHERE state IN ('reading', 'failed')`,
    ),
    after: database.prepare<[ObjectKind, ObjectState, string, number], Id>(
      'SELECT id FROM objects WHERE kind = ? AND state = ? AND id > ? ORDER BY id LIMIT ?',
    ),
    carried: database.prepare<[string, number], Id>(
      `SELECT id FROM objects WHERE ${isCarriedPage} AND id > ? ORDER BY id LIMIT ?`,
    ),
    isCarried: database.prepare<[string], Id>(`SELECT id FROM objects WHERE ${isCarriedPage} AND id = ?`),
    discussed: database.prepare<[string, number], Id>(
      `SELECT id FROM objects WHERE ${isCarriedPage} AND discussed <> '[]' AND id > ? ORDER BY id LIMIT ?`,
    ),
    recent: database.prepare<[string, number], Id>(
      `SELECT id FROM objects WHERE ${isCarriedPage} AND edited >= ? ORDER BY edited DESC, id LIMIT ?`,
    ),
    unread: database.prepare<[], { id: string; kind: ObjectKind }>(
      `SELECT id, kind FROM objects WHERE state IN ('ready', 'pending', 'reading', 'undecided')`,
    ),
    next: database.prepare<[ObjectState, ObjectKind], ObjectRow>(
      `SELECT ${objectColumns} FROM objects WHERE state = ? AND kind = ? LIMIT 1`,
    ),
    count: database.prepare<[ObjectState], { n: number }>(
      'SELECT COUNT(*) AS n FROM objects WHERE state = ?',
    ),
  };
}
