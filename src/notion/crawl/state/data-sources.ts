/** The data sources a crawl knows: which database each belongs to, and its object where a listing gave it. */
import type { JsonObject } from '../../../document/json.ts';
import { isObject } from '../../../document/json.ts';
import type { Run } from './context.ts';
import type { Way } from './discovery-paths.ts';
import { bitOf } from './discovery-paths.ts';
import { editedOf, idOf, isTrashed } from './notion-object.ts';
import { databaseOf } from './parent.ts';
import { sightDatabase, sightReference } from './record-discovery.ts';

/** A data source that a listing showed or that was asked for; its database is then read too. */
export function sightDataSource(run: Run, source: JsonObject, way: Way): void {
  const id = idOf(source);
  if (id === undefined || (isTrashed(source) && !run.trash.isKept)) return;
  const isNews = keepDataSource(run, source, way);
  const database = databaseOf(source) ?? id;
  const known = run.objects.get(database);
  if (!run.plan.isWhole && (known === undefined || known.state === 'seen')) return;
  sightDatabase(run, database, way);
  // Its schema changed after its database had been read.
  if (isNews && known?.state === 'done') run.objects.setState(database, 'wanted');
}

/** Keeps the object of a data source; true when it is newer than what was kept. */
export function keepDataSource(run: Run, source: JsonObject, way: Way): boolean {
  const { prepare } = run.state;
  const id = idOf(source) ?? '';
  const seen = editedOf(source);
  const known = prepare<[string], { seen: string; object: string | null }>(
    'SELECT seen, object FROM data_sources WHERE id = ?',
  ).get(id);
  const isNews = known === undefined || known.object === null || seen > known.seen;
  const add = prepare('INSERT OR IGNORE INTO data_sources (id, database) VALUES (?, ?)');
  add.run(id, databaseOf(source) ?? id);
  if (isNews) {
    prepare('UPDATE data_sources SET database = ?, object = ?, seen = ? WHERE id = ?').run(
      databaseOf(source) ?? id,
      JSON.stringify(source),
      seen,
      id,
    );
  }
  prepare('UPDATE data_sources SET ways = ways | ? WHERE id = ?').run(bitOf(way), id);
  return isNews;
}

/** Notes that a data source belongs to `database`, as the previous snapshot says. */
export function noteOwner(run: Run, id: string, database: string): void {
  run.state
    .prepare(
      `INSERT INTO data_sources (id, database) VALUES (?, ?)
       ON CONFLICT (id) DO UPDATE SET database = excluded.database WHERE database = ''`,
    )
    .run(id, database);
}

/** Something points at a data source: it is asked for later, unless it is known by then. */
export function sightSourceReference(run: Run, id: string, way: Way): void {
  const known = ownerOf(run, id);
  if (known !== undefined) sightReference(run, known, 'database', way);
  else if (run.plan.isWhole) {
    run.state
      .prepare(`INSERT OR IGNORE INTO data_sources (id, database, ways) VALUES (?, '', ?)`)
      .run(id, bitOf(way));
  }
}

/** The database a data source belongs to, as far as it is known. */
export function ownerOf(run: Run, id: string): string | undefined {
  const row = run.state
    .prepare<[string], { database: string }>('SELECT database FROM data_sources WHERE id = ?')
    .get(id);
  return row === undefined || row.database === '' ? undefined : row.database;
}

/** Ids of the data sources known to belong to a database. */
export function sourcesOf(run: Run, database: string): string[] {
  return run.state
    .prepare<[string], { id: string }>('SELECT id FROM data_sources WHERE database = ? ORDER BY id')
    .all(database)
    .map(({ id }) => id);
}

/** The object of a data source as a listing or request of this run gave it. */
export function keptSource(run: Run, id: string): JsonObject | undefined {
  const row = run.state
    .prepare<[string], { object: string | null }>('SELECT object FROM data_sources WHERE id = ?')
    .get(id);
  const parsed: unknown = JSON.parse(row?.object ?? 'null');
  return isObject(parsed) ? parsed : undefined;
}

/** Ids of data sources that were only pointed at so far. */
export function strayReferences(run: Run): string[] {
  return run.state
    .prepare<[], { id: string }>(`SELECT id FROM data_sources WHERE database = ''`)
    .all()
    .map(({ id }) => id);
}

/** Notes that a data source pointed at is not visible. */
export function forgetSource(run: Run, id: string): void {
  run.state.prepare('DELETE FROM data_sources WHERE id = ?').run(id);
}
