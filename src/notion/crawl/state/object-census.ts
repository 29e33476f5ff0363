/** Counts and lists of objects for the manifest, to be taken once everything has its place. */

import type { StateDatabase } from './database/state-database.ts';
import type { DiscoveryPath } from './discovery-paths.ts';
import { bitOf } from './discovery-paths.ts';
import type { AbsenceReason, ObjectKind } from './objects.ts';

export interface ObjectCounts {
  /** Pages that are neither rows nor templates. */
  readonly pages: number;
  readonly databases: number;
  readonly rows: number;
  readonly templates: number;
  /** Pages taken over from the previous snapshot. */
  readonly reused: number;
  readonly changedWhileRead: number;
}

/** Objects of a kind that the same set of paths led to. */
export interface DiscoveredObjects {
  readonly kind: ObjectKind;
  readonly discoveredBy: number;
  readonly n: number;
}

export interface AbsentObject {
  readonly id: string;
  readonly kind: ObjectKind;
  readonly reason: AbsenceReason;
  readonly discoveredBy: number;
}

/** Pages that the next run reads again for one reason. */
export type RereadReason = 'recently-edited' | 'changed-while-read' | 'gaps';

/** Rows lie in a database, or say that they do when it is not visible. */
const isRow = `(place IN (SELECT id FROM objects WHERE kind = 'database') OR parent_type IN ('database', 'data_source'))`;

/** A page shows another that could not be read, and nothing else would have that one be asked for again. */
const showsUnread = `id IN (SELECT shown.container FROM objects AS shown JOIN errors ON errors.owner = shown.id
  WHERE errors.kind = 'page' AND errors.what = 'page')`;

const rereadConditions: { readonly [reason in RereadReason]: string } = {
  'recently-edited': 'recently_edited = 1',
  'changed-while-read': 'changed_while_read = 1',
  gaps: `gaps > 0 OR state = 'failed' OR ${showsUnread}`,
};

export class ObjectCensus {
  readonly #database: StateDatabase;

  /** Each statement runs once in a crawl, so none is prepared ahead. */
  constructor(database: StateDatabase) {
    this.#database = database;
  }

  counts(): ObjectCounts {
    const rows = this.#count(`kind = 'page' AND template_of IS NULL AND ${isRow}`);
    const templates = this.#count(`kind = 'page' AND template_of IS NOT NULL`);
    return {
      pages: this.#count(`kind = 'page'`) - rows - templates,
      databases: this.#count(`kind = 'database'`),
      rows,
      templates,
      reused: this.#count(`state = 'reused' AND kind = 'page'`),
      changedWhileRead: this.#count('changed_while_read = 1'),
    };
  }

  /** Sums of what the documents of all placed objects hold, by name. */
  holdings(): { [name: string]: number } {
    const rows = this.#database
      .prepare<[], { name: string; n: number }>(
        `SELECT tally.key AS name, SUM(tally.value) AS n FROM objects, json_each(objects.tallies) AS tally
         WHERE place IS NOT NULL GROUP BY tally.key ORDER BY tally.key`,
      )
      .all();
    return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
  }

  /** Ids of the placed objects of a kind whose content is that of the previous snapshot. */
  *carried(kind: ObjectKind): Generator<string> {
    const after = this.#database.prepare<[ObjectKind, string], { id: string }>(
      `SELECT id FROM objects WHERE kind = ? AND place IS NOT NULL AND (state = 'reused' OR carried = 1) AND id > ?
       ORDER BY id LIMIT 1000`,
    );
    for (let rows = after.all(kind, ''); rows.length > 0; rows = after.all(kind, rows.at(-1)?.id ?? ''))
      for (const { id } of rows) yield id;
  }

  /** The number of placed objects by kind and set of discovery paths. */
  byDiscovery(): DiscoveredObjects[] {
    return this.#database
      .prepare<[], DiscoveredObjects>(
        `SELECT kind, discovered_by AS discoveredBy, COUNT(*) AS n FROM objects WHERE place IS NOT NULL
         GROUP BY kind, discovered_by ORDER BY kind, discovered_by`,
      )
      .all();
  }

  /** Ids of placed pages, templates and trash aside, that none of these paths led to. */
  pagesNotFoundBy(paths: readonly DiscoveryPath[], limit: number): string[] {
    const bits = paths.reduce((sum, path) => sum | bitOf(path), 0);
    return this.#ids(
      this.#database
        .prepare<[number, number], { id: string }>(
          `SELECT id FROM objects WHERE place IS NOT NULL AND kind = 'page' AND template_of IS NULL AND trashed = 0
         AND discovered_by & ? = 0 ORDER BY id LIMIT ?`,
        )
        .all(bits, limit),
    );
  }

  /** The newest last_edited_time met; undefined when there is none. */
  newestEdit(): string | undefined {
    const newest = this.#database
      .prepare<[], { newest: string | null }>(
        'SELECT max(max(newest_edit, edited)) AS newest FROM objects WHERE place IS NOT NULL',
      )
      .get()?.newest;
    return newest == null || newest === '' ? undefined : newest;
  }

  /** Ids of pages to be read again by the next run. */
  pagesToReread(reason: RereadReason, limit: number): string[] {
    return this.#ids(
      this.#database
        .prepare<[number], { id: string }>(
          `SELECT id FROM objects WHERE kind = 'page' AND (${rereadConditions[reason]})
         AND state IN ('read', 'reused', 'failed') ORDER BY id LIMIT ?`,
        )
        .all(limit),
    );
  }

  failedDatabases(limit: number): string[] {
    return this.#ids(
      this.#database
        .prepare<[number], { id: string }>(
          `SELECT id FROM objects WHERE kind = 'database' AND state = 'failed' ORDER BY id LIMIT ?`,
        )
        .all(limit),
    );
  }

  absentByReason(): { readonly reason: AbsenceReason; readonly n: number }[] {
    return this.#database
      .prepare<[], { reason: AbsenceReason; n: number }>(
        `SELECT absence_reason AS reason, COUNT(*) AS n FROM objects
         WHERE state = 'absent' AND absence_reason IS NOT NULL GROUP BY absence_reason ORDER BY absence_reason`,
      )
      .all();
  }

  absent(limit: number): AbsentObject[] {
    return this.#database
      .prepare<[number], AbsentObject>(
        `SELECT id, kind, absence_reason AS reason, discovered_by AS discoveredBy FROM objects
         WHERE state = 'absent' AND absence_reason IS NOT NULL ORDER BY id LIMIT ?`,
      )
      .all(limit);
  }

  #count(condition: string): number {
    return (
      this.#database
        .prepare<[], { n: number }>(
          `SELECT COUNT(*) AS n FROM objects WHERE place IS NOT NULL AND ${condition}`,
        )
        .get()?.n ?? 0
    );
  }

  #ids(rows: readonly { readonly id: string }[]): string[] {
    return rows.map(({ id }) => id);
  }
}
