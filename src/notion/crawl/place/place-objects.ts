/**
 * Decides where every object of the snapshot lies: in the object Notion names as its parent, in the page whose blocks
 * show it, at the root, or under /_orphans when nothing above it is in the snapshot. All in SQLite: workspaces are large.
 */

import type { Run } from '../state/context.ts';
import { bitOf } from '../state/discovery-paths.ts';
import { directoryName } from '../state/names.ts';

/** Directories under the root; their names cannot be an object's, which all have a `~`. */
export const orphans = '_orphans';
export const trash = '_trash';

/** Where an object is placed when it is not in another one. */
export const rootPlace = '/';
export const orphanPlace = `/${orphans}`;
export const trashPlace = `/${trash}`;
/** Templates lie in a directory of their own inside their database. */
export const templatePlace = (database: string): string => `${database}/_templates`;

/** Stores allow a thousand; deeper chains are broken here and go on under /_orphans. */
const deepest = 400;

/** Rows taken from a table at once. */
const atOnce = 1_000;

const inSnapshot = `state IN ('done', 'reused')`;

/** Fills `placed`, `name` and `depth` of every object of the snapshot; those outside given roots become absent. */
export function placeObjects(run: Run): void {
  run.state.transaction(() => {
    run.state.database.exec('UPDATE objects SET placed = NULL, depth = NULL, name = NULL');
    placeByParent(run);
    while (leaveOutside(run)) placeByParent(run);
    placeTemplates(run);
    placeTrash(run);
    level(run);
    run.state.database.exec(
      `UPDATE objects SET placed = NULL WHERE placed IS NOT NULL AND NOT (${inSnapshot})`,
    );
    nameObjects(run);
  });
}

function placeByParent(run: Run): void {
  const { database } = run.state;
  const some = database.prepare<[string], ParentRow>(
    `SELECT id, ways, parent_type, parent_id, container FROM objects WHERE ${inSnapshot} AND id > ? ORDER BY id LIMIT ${atOnce}`,
  );
  const place = database.prepare('UPDATE objects SET placed = ? WHERE id = ?');
  const isKept = database.prepare<[string], { id: string }>(
    `SELECT id FROM objects WHERE id = ? AND ${inSnapshot}`,
  );
  const kept = (id: string): boolean => id !== '' && isKept.get(id) !== undefined;
  for (let rows = some.all(''); rows.length > 0; rows = some.all(rows.at(-1)?.id ?? '')) {
    for (const row of rows) place.run(placeOf(run, row, kept), row.id);
  }
}

/** With given roots, what lies in nothing that was read has moved away from under them. @returns true when there was such */
function leaveOutside(run: Run): boolean {
  if (run.plan.isWhole) return false;
  const leave = run.state.prepare(
    `UPDATE objects SET state = 'absent', fate = 'outside', placed = NULL WHERE placed = ? AND ${inSnapshot}`,
  );
  return leave.run(orphanPlace).changes > 0;
}

interface ParentRow {
  readonly id: string;
  readonly ways: number;
  readonly parent_type: string;
  readonly parent_id: string;
  readonly container: string | null;
}

function placeOf(run: Run, row: ParentRow, isKept: (id: string) => boolean): string {
  if (!run.plan.isWhole && (row.ways & bitOf('root')) !== 0) return rootPlace;
  if (row.parent_type === 'workspace') return run.plan.isWhole ? rootPlace : orphanPlace;
  const previous = run.options.previous?.object(row.id);
  // An object nothing was heard of lies where it lay.
  if (row.parent_type === '' && previous?.parentId === null && !previous.path.startsWith(`/${orphans}/`))
    return rootPlace;
  const named = row.parent_type === 'data_source' ? ownerOfSource(run, row.parent_id) : row.parent_id;
  // Where it lay before tells where it lies now only when nothing else does.
  const isUntold = row.parent_type === 'block' || row.parent_type === 'unknown' || row.parent_type === '';
  const above = [isUntold ? '' : named, row.container ?? '', isUntold ? (previous?.parentId ?? '') : ''];
  return above.find((id) => id !== row.id && isKept(id)) ?? orphanPlace;
}

function ownerOfSource(run: Run, id: string): string {
  return (
    run.state
      .prepare<[string], { database: string }>('SELECT database FROM data_sources WHERE id = ?')
      .get(id)?.database ?? ''
  );
}

function placeTemplates(run: Run): void {
  const templates = run.state
    .prepare<[], { id: string; placed: string; owner: string | null }>(
      `SELECT o.id, o.placed, s.database AS owner FROM objects o LEFT JOIN data_sources s ON s.id = o.template_of
       WHERE o.${inSnapshot} AND o.template_of IS NOT NULL`,
    )
    .all();
  const place = run.state.prepare('UPDATE objects SET placed = ? WHERE id = ?');
  const isKept = run.state.prepare<[string], { id: string }>(
    `SELECT id FROM objects WHERE id = ? AND ${inSnapshot}`,
  );
  for (const { id, placed, owner } of templates) {
    const database = [owner ?? '', placed].find((each) => isKept.get(each) !== undefined);
    if (database !== undefined) place.run(templatePlace(database), id);
  }
}

/** A trashed object lies in its trashed parent, or else in /_trash, wherever it came from; a root stays at the root. */
function placeTrash(run: Run): void {
  run.state
    .prepare(
      `UPDATE objects SET placed = ? WHERE trashed = 1 AND ${inSnapshot} AND (ways & ?) = 0
       AND NOT EXISTS (SELECT 1 FROM objects above WHERE above.id = objects.placed AND above.trashed = 1 AND above.${inSnapshot})`,
    )
    .run(trashPlace, bitOf('root'));
}

/**
 * Numbers every object by its distance from the root. What cannot be reached from there (parents that lie in each
 * other, chains too deep) is hung under /_orphans, in an order that is always the same.
 */
function level(run: Run): void {
  const { database } = run.state;
  database
    .prepare(`UPDATE objects SET depth = 0 WHERE ${inSnapshot} AND placed IN (?, ?, ?)`)
    .run(rootPlace, orphanPlace, trashPlace);
  const below = database.prepare(
    'UPDATE objects SET depth = ? WHERE depth IS NULL AND placed IN (SELECT id FROM objects WHERE depth = ?)',
  );
  const templates = database.prepare(
    `UPDATE objects SET depth = ? WHERE depth IS NULL AND placed IN
     (SELECT id || '/_templates' FROM objects WHERE depth = ? AND kind = 'database')`,
  );
  const deepen = (depth: number): boolean =>
    below.run(depth + 1, depth).changes + templates.run(depth + 1, depth).changes > 0;
  const firstUnreached = database.prepare<[], { id: string }>(
    `SELECT id FROM objects WHERE depth IS NULL AND ${inSnapshot}
     ORDER BY placed IN (SELECT id FROM objects WHERE depth = ${deepest}) DESC, id LIMIT 1`,
  );
  const hang = database.prepare('UPDATE objects SET placed = ?, depth = 0 WHERE id = ?');
  for (;;) {
    for (let depth = 0; depth < deepest && deepen(depth); depth += 1);
    const left = firstUnreached.get();
    if (left === undefined) return;
    hang.run(orphanPlace, left.id);
    // Levels begin anew for what hangs below it: equal depths elsewhere have no unreached children left.
  }
}

function nameObjects(run: Run): void {
  const { database } = run.state;
  database.function('directory_name', { deterministic: true }, (stem, id, digits) =>
    directoryName(String(stem), String(id), Number(digits)),
  );
  database.exec(`UPDATE objects SET name = directory_name(stem, id, 8) WHERE placed IS NOT NULL`);
  for (const digits of [16, 32]) {
    database
      .prepare(
        `UPDATE objects SET name = directory_name(stem, id, ?) WHERE placed IS NOT NULL AND (placed, name) IN
         (SELECT placed, name FROM objects WHERE placed IS NOT NULL GROUP BY placed, name HAVING COUNT(*) > 1)`,
      )
      .run(digits);
  }
}
