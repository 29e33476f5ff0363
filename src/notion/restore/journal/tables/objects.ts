/** The `object` table: the pages and databases of a restore, as the survey found them in the snapshot. */
import type { Database } from '../../../../database.ts';
import type { CompactId } from '../../../../document/notion-id.ts';

/** A page or database of the restore. */
export interface RestoredObject {
  readonly id: CompactId;
  readonly kind: 'page' | 'database';
  /** Its directory in the snapshot. */
  readonly path: string;
  /** The nearest object above it that is restored too; null at the top. */
  readonly parent: CompactId | null;
  /** The data source whose row it is, if that is restored too. */
  readonly source: CompactId | null;
  readonly isTemplate: boolean;
  /** True for a database that only shows data sources of others. */
  readonly isLinked: boolean;
  /** True for a page or database that is locked or archived once everything else is written. */
  readonly isLocked: boolean;
  /** Number of blocks sent in the request that creates the page. */
  readonly blocksWithPage: number;
}

interface Row extends Omit<RestoredObject, 'isTemplate' | 'isLinked' | 'isLocked'> {
  readonly seq: number;
  readonly template: number;
  readonly linked: number;
  readonly locked: number;
}

const columns =
  'id, seq, kind, path, parent, source, template, linked, locked, blocks_with_page AS blocksWithPage';

export class ObjectTable {
  readonly #prepare: Database['prepare'];

  constructor(prepare: Database['prepare']) {
    this.#prepare = prepare;
  }

  /** Adds an object; `seq` is its place in the order of the snapshot. */
  add(object: Pick<RestoredObject, 'id' | 'kind' | 'path' | 'parent'>, seq: number): void {
    this.#prepare('INSERT OR IGNORE INTO object (id, seq, kind, path, parent) VALUES (?, ?, ?, ?, ?)').run(
      object.id,
      seq,
      object.kind,
      object.path,
      object.parent,
    );
  }

  describePage(
    id: CompactId,
    { source, isTemplate, isLocked }: Pick<RestoredObject, 'source' | 'isTemplate' | 'isLocked'>,
  ): void {
    this.#prepare('UPDATE object SET source = ?, template = ?, locked = ? WHERE id = ?').run(
      source,
      isTemplate ? 1 : 0,
      isLocked ? 1 : 0,
      id,
    );
  }

  describeDatabase(
    id: CompactId,
    { isLinked, isLocked }: Pick<RestoredObject, 'isLinked' | 'isLocked'>,
  ): void {
    this.#prepare('UPDATE object SET linked = ?, locked = ? WHERE id = ?').run(
      isLinked ? 1 : 0,
      isLocked ? 1 : 0,
      id,
    );
  }

  setBlocksWithPage(id: CompactId, count: number): void {
    this.#prepare('UPDATE object SET blocks_with_page = ? WHERE id = ?').run(count, id);
  }

  /** Turns rows whose data source is not restored into ordinary pages. */
  dropUnknownSources(): void {
    this.#prepare(
      'UPDATE object SET source = NULL WHERE source IS NOT NULL AND source NOT IN (SELECT id FROM source)',
    ).run();
  }

  get(id: string): RestoredObject | undefined {
    const row = this.#prepare<[string], Row>(`SELECT ${columns} FROM object WHERE id = ?`).get(id);
    return row === undefined ? undefined : objectOf(row);
  }

  has(id: string): boolean {
    return this.#prepare('SELECT id FROM object WHERE id = ?').get(id) !== undefined;
  }

  /** Every object, parents first. Read in portions, so that the journal may be written meanwhile. */
  *all(): Iterable<RestoredObject> {
    for (let after = -1; ; ) {
      const rows = this.#prepare<[number], Row>(
        `SELECT ${columns} FROM object WHERE seq > ? ORDER BY seq LIMIT 500`,
      ).all(after);
      yield* rows.map(objectOf);
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.seq;
    }
  }

  /** The page an object is created on: the nearest one above it; undefined for the destination. */
  pageAbove({ parent }: RestoredObject): CompactId | undefined {
    for (let above = parent; above !== null; ) {
      const object = this.get(above);
      if (object === undefined) return undefined;
      if (object.kind === 'page') return object.id;
      above = object.parent;
    }
    return undefined;
  }

  childrenOf(parent: CompactId): CompactId[] {
    return this.#prepare<[string], CompactId>('SELECT id FROM object WHERE parent = ?').pluck().all(parent);
  }

  /** Children of `parent` that are not rows, in their order. */
  childrenOutsideSources(parent: CompactId): CompactId[] {
    return this.#prepare<[string], CompactId>(
      'SELECT id FROM object WHERE parent = ? AND source IS NULL ORDER BY seq',
    )
      .pluck()
      .all(parent);
  }

  /** Numbers of objects by kind; rows are counted apart from pages. */
  counts(): { readonly pages: number; readonly rows: number; readonly databases: number } {
    const row = this.#prepare<[], { pages: number | null; rows: number | null; databases: number | null }>(
      `SELECT sum(kind = 'page' AND source IS NULL) AS pages, sum(kind = 'page' AND source IS NOT NULL) AS rows,
        sum(kind = 'database') AS databases FROM object`,
    ).get();
    return { pages: row?.pages ?? 0, rows: row?.rows ?? 0, databases: row?.databases ?? 0 };
  }
}

function objectOf({ seq: _, template, linked, locked, ...object }: Row): RestoredObject {
  return { ...object, isTemplate: template === 1, isLinked: linked === 1, isLocked: locked === 1 };
}
