/** Reads one database whole: its data sources with schema and templates, its views, its rows; and writes its document. */
import type { DatabaseDocument, Gap } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt } from '../../../document/json.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import type { Run } from '../state/context.ts';
import { previousOf } from '../state/context.ts';
import { keepDataSource, keptSource, noteOwner, sourcesOf } from '../state/data-sources.ts';
import { bitOf, listingBits } from '../state/discovery-paths.ts';
import { isFatal } from '../state/end-of-run.ts';
import { stemOf } from '../state/names.ts';
import { editedOf, idOf, isTrashed, titleOf } from '../state/notion-object.ts';
import type { ObjectRow } from '../state/objects.ts';
import { databaseOf, parentOf } from '../state/parent.ts';
import { isRefusal, reasonOf } from '../state/read-api.ts';
import { loseObject, sightParent, sightReference } from '../state/record-discovery.ts';
import { addSource, collectReferences, noReferences } from '../state/references.ts';
import { saveEntries, saveGaps, saveReferences, saveTallies, writeDocument } from './finish-object.ts';
import { keepStoredMedia } from './keep-stored-media.ts';
import { tallyUnknown, tallyUnknownView } from './known-types.ts';
import { ObjectFiles } from './object-files.ts';
import { readPreviousDocument } from './previous-document.ts';
import { queryRows } from './query-rows.ts';
import { readTemplates } from './read-templates.ts';
import { readViews } from './read-views.ts';

/** Reads the database of `row`, or finds that it is gone or only a view of another. @throws only what ends the run */
export async function readDatabase(run: Run, row: ObjectRow): Promise<void> {
  try {
    const found = await findDatabase(run, row);
    if (found !== undefined) await readFound(run, row, found.database, found.gaps);
  } catch (error) {
    if (isFatal(error)) throw error;
    fail(run, row, reasonOf(error));
  }
}

interface FoundDatabase {
  /** Null when only data sources of it are visible. */
  readonly database: JsonObject | null;
  readonly gaps: Gap[];
}

async function findDatabase(run: Run, row: ObjectRow): Promise<FoundDatabase | undefined> {
  let database: JsonObject;
  try {
    const listed: unknown = JSON.parse(row.listed ?? 'null');
    database = isObject(listed) ? listed : await run.ask.get(`databases/${dashedId(row.id)}`);
  } catch (error) {
    if (isFatal(error) || !isRefusal(error)) throw error;
    return withoutContainer(run, row, reasonOf(error));
  }
  if (!isTrashed(database) || run.trash.isKept) return { database, gaps: [] };
  settle(run, () => loseObject(run, row.id, 'trashed'));
  return undefined;
}

/**
 * The database itself cannot be read. Its data sources may still be visible. A block that shows a linked view of a
 * database elsewhere reads as a database too, but no such database exists.
 */
function withoutContainer(run: Run, row: ObjectRow, reason: string): FoundDatabase | undefined {
  const isRoot = (row.ways & bitOf('root')) !== 0;
  if (isRoot || sourcesOf(run, row.id).some((id) => keptSource(run, id) !== undefined)) {
    return { database: null, gaps: [{ what: 'database', id: row.id, reason }] };
  }
  const isNew = previousOf(run, row.id) === undefined;
  if (row.container !== null && isNew) settle(run, () => link(run, row, reason));
  else if ((row.ways & listingBits) === 0) settle(run, () => loseObject(run, row.id, 'not-visible'));
  else fail(run, row, reason);
  return undefined;
}

function link(run: Run, row: ObjectRow, reason: string): void {
  run.objects.setState(row.id, 'linked');
  noteLinked(run, row, reason);
}

function noteLinked(run: Run, row: ObjectRow, reason: string): void {
  run.state.prepare('INSERT OR REPLACE INTO linked VALUES (?, ?, ?)').run(row.id, row.container, reason);
}

async function readFound(run: Run, row: ObjectRow, database: JsonObject | null, gaps: Gap[]): Promise<void> {
  const { id } = row;
  const files = new ObjectFiles(run, id);
  if (database !== null) {
    await files.collect(database, () => run.ask.get(`databases/${dashedId(id)}`));
  }
  const isFlat = database === null ? sourcesOf(run, id).length === 0 : isFlatDatabase(database);
  const sources = isFlat ? { own: [], foreign: [] } : await readSources(run, id, database, files, gaps);
  const isLinked = sources.own.length === 0 && sources.foreign.length > 0;
  const [views, templates] = await Promise.all([
    readViews(run, id, isFlat, gaps),
    Promise.all(sources.own.map((source) => readTemplates(run, source, gaps))),
    readRows(run, id, isFlat, sources.own, gaps),
  ]);
  gaps.push(...files.gaps);
  // A root that cannot be read and has no rows either is not there at all.
  if (database === null && isFlat && gaps.some(({ what }) => what === 'rows')) {
    return fail(run, row, gaps[0]?.reason ?? 'it is not visible');
  }
  const dataSources = sources.own.map((source, index) => ({ ...source, templates: templates[index] ?? [] }));
  const document: DatabaseDocument = {
    kind: 'database',
    format: 1,
    database,
    data_sources: dataSources,
    views,
    ...(gaps.length === 0 ? {} : { gaps }),
  };
  const edited = editedOf(database ?? sources.own[0] ?? {});
  const references = noReferences();
  collectReferences([database, ...sources.own, ...views], references);
  for (const view of views) addSource(view, 'view', references);
  const written = await writeDocument(run, id, 'database.json', { ...document }, files, edited);
  run.state.transaction(() => {
    saveEntries(run, written);
    run.state.clearErrors(id);
    saveGaps(run, id, gaps);
    saveReferences(run, references);
    for (const owner of sources.foreign) sightReference(run, owner, 'database', 'view');
    if (isLinked) noteLinked(run, row, 'a linked view of databases elsewhere');
    const tallies = new Map<string, number>();
    for (const object of [database ?? {}, ...sources.own]) tallyUnknown(object, tallies);
    for (const view of views) tallyUnknownView(view, tallies);
    saveTallies(run, tallies);
    saveRead(run, id, database ?? sources.own[0] ?? {}, {
      edited,
      gaps: gaps.length,
      views: views.length,
      sources: isFlat ? 1 : sources.own.length,
    });
  });
}

/** Before 2025-09-03 a database is a table itself: it has properties, and no data sources. */
function isFlatDatabase(database: JsonObject): boolean {
  return !Array.isArray(database.data_sources) && isObject(database.properties);
}

interface Sources {
  readonly own: JsonObject[];
  /** Databases whose data sources are shown here. */
  readonly foreign: string[];
}

async function readSources(
  run: Run,
  id: string,
  database: JsonObject | null,
  files: ObjectFiles,
  gaps: Gap[],
): Promise<Sources> {
  const named = arrayAt(database, 'data_sources').flatMap((each) =>
    isObject(each) ? (idOf(each) ?? []) : [],
  );
  const ids = [...new Set([...named, ...sourcesOf(run, id)])];
  const before = await previousSources(run, id, files);
  const own: JsonObject[] = [];
  const foreign = new Set<string>();
  for (const sourceId of ids) {
    const source = await readSource(run, sourceId, before.get(sourceId), gaps);
    if (source === undefined) continue;
    const owner = databaseOf(source);
    if (owner !== undefined && owner !== id && named.includes(sourceId)) foreign.add(owner);
    else {
      await files.collect(source, () => run.ask.get(`data_sources/${dashedId(sourceId)}`));
      own.push(source);
    }
  }
  return { own, foreign: [...foreign] };
}

/** The object of a data source: from a listing, from the previous snapshot when none was due to show it, or asked for. */
async function readSource(
  run: Run,
  id: string,
  before: JsonObject | undefined,
  gaps: Gap[],
): Promise<JsonObject | undefined> {
  const kept = keptSource(run, id);
  if (kept !== undefined) return kept;
  if (before !== undefined && run.listing.sinceMs !== null) return before;
  try {
    const source = await run.ask.get(`data_sources/${dashedId(id)}`);
    run.state.transaction(() => keepDataSource(run, source, 'walk'));
    return source;
  } catch (error) {
    if (isFatal(error)) throw error;
    gaps.push({ what: 'data source', id, reason: reasonOf(error) });
    return undefined;
  }
}

/** Data sources as the previous document has them, by id; their media are taken over. */
async function previousSources(run: Run, id: string, files: ObjectFiles): Promise<Map<string, JsonObject>> {
  const sources = new Map<string, JsonObject>();
  if (run.listing.sinceMs === null) return sources;
  const document = await readPreviousDocument(run, id);
  for (const source of arrayAt(document, 'data_sources')) {
    const sourceId = isObject(source) ? idOf(source) : undefined;
    if (!isObject(source) || sourceId === undefined) continue;
    const { templates, ...own } = source;
    sources.set(sourceId, own);
    noteOwner(run, sourceId, databaseOf(own) ?? id);
  }
  keepStoredMedia(run, id, document ?? null, files);
  return sources;
}

async function readRows(
  run: Run,
  id: string,
  isFlat: boolean,
  sources: readonly JsonObject[],
  gaps: Gap[],
): Promise<void> {
  const wasKnown = previousOf(run, id) !== undefined;
  const sinceMs = wasKnown ? run.listing.sinceMs : null;
  const paths = isFlat
    ? [`databases/${dashedId(id)}/query`]
    : sources.map((source) => `data_sources/${dashedId(idOf(source) ?? '')}/query`);
  for (const path of paths) {
    try {
      const missing = await queryRows(run, { path, sinceMs });
      if (missing !== undefined)
        gaps.push({ what: 'rows', id: compactId(path.split('/')[1] ?? ''), reason: missing });
    } catch (error) {
      if (isFatal(error)) throw error;
      gaps.push({ what: 'rows', id: compactId(path.split('/')[1] ?? ''), reason: reasonOf(error) });
    }
  }
}

interface ReadFacts {
  readonly edited: string;
  readonly gaps: number;
  readonly views: number;
  readonly sources: number;
}

function saveRead(
  run: Run,
  id: string,
  object: JsonObject,
  { edited, gaps, views, sources }: ReadFacts,
): void {
  const parent = parentOf(parentHolder(object));
  run.state
    .prepare(
      `UPDATE objects SET state = 'done', listed = NULL, edited = ?, seen = max(seen, ?), stem = ?, parent_type = ?,
       parent_id = ?, trashed = ?, gaps = ?, views = ?, sources = ?, fate = NULL WHERE id = ?`,
    )
    .run(
      edited,
      edited,
      stemOf(titleOf(object)),
      parent.type,
      parent.id,
      isTrashed(object) ? 1 : 0,
      gaps,
      views,
      sources,
      id,
    );
  sightParent(run, parent);
}

/** A lone data source says in `database_parent` where its database lies. */
function parentHolder(object: JsonObject): JsonObject {
  const parent = objectAt(object, 'database_parent');
  return object.object === 'data_source' && parent !== undefined ? { parent } : object;
}

function settle(run: Run, change: () => void): void {
  run.state.transaction(() => {
    change();
    saveTallies(run, new Map());
  });
}

function fail(run: Run, row: ObjectRow, reason: string): void {
  const previous = previousOf(run, row.id);
  const isKept = previous?.files.every((file) => run.options.sink.has(file.content)) === true;
  settle(run, () => {
    run.objects.setState(row.id, isKept ? 'reused' : 'failed');
    run.state.clearErrors(row.id);
    const what = isKept ? 'database, kept as it was in the previous snapshot' : 'database';
    run.state.addError({ owner: row.id, kind: 'database', what, id: row.id, reason });
  });
  run.options.monitor.report({ type: 'warning', message: `database ${row.id}: ${reason}` });
}
