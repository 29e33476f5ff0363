/** The pages and databases of a restore, as the survey found them in the snapshot. */
import type { Journal } from './journal.ts';

/** An object of the restore, in the order of the snapshot. */
export interface SurveyedObject {
  readonly id: string;
  readonly kind: 'page' | 'database';
  /** Its directory in the snapshot. */
  readonly path: string;
  /** The nearest object above it that is restored too; null at the top. */
  readonly parent: string | null;
  /** The data source whose row it is, if that is restored too. */
  readonly source: string | null;
  readonly template: number;
  /** 1 for a database that only shows data sources of others. */
  readonly linked: number;
}

/** Every object, parents first. Read in portions, so that steps may be written meanwhile. */
export function* objectsIn(journal: Journal): Iterable<SurveyedObject> {
  const portion = journal.prepare<[number], SurveyedObject & { seq: number }>(
    'SELECT id, seq, kind, path, parent, source, template, linked FROM object WHERE seq > ? ORDER BY seq LIMIT 500',
  );
  for (let after = -1; ; ) {
    const rows = portion.all(after);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}

/** An object with what its steps need of the journal. */
export interface RestoredObject extends SurveyedObject {
  /** How many blocks travel with the page. */
  readonly carry: number;
}

/** The object of a step. */
export function objectOf(journal: Journal, id: string): RestoredObject | undefined {
  return journal
    .prepare<[string], RestoredObject>(
      'SELECT id, kind, path, parent, source, template, linked, carry FROM object WHERE id = ?',
    )
    .get(id);
}

/** The page an object is made on: the nearest one above it; undefined for the destination. */
export function homeOf(journal: Journal, object: RestoredObject): string | undefined {
  let { parent } = object;
  while (parent !== null) {
    const above = objectOf(journal, parent);
    if (above === undefined) return undefined;
    if (above.kind === 'page') return above.id;
    parent = above.parent;
  }
  return undefined;
}
