/** Reads one database whole: its data sources with schema and templates, its views, its rows; and writes its document. */
import { canonicalBytes } from '../../../document/canonical.ts';
import type { DatabaseDocument, Gap } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt } from '../../../document/json.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import { titleOf } from '../../../document/title.ts';
import { stripVolatile } from '../../../document/volatile.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import type { Tallies } from '../context/known-types.ts';
import { tallyUnknown, tallyUnknownView } from '../context/known-types.ts';
import { nameStemOf } from '../context/names.ts';
import { editedOf, idOf, isTrashed } from '../context/notion-object.ts';
import { isRefusal, reasonOf } from '../context/read-api.ts';
import { keepDataSource, learnRelations } from '../context/record-data-source.ts';
import { keepListed, markAbsent, recordParent, recordReference } from '../context/record-discovery.ts';
import { addSource, collectReferences, noReferences } from '../context/references.ts';
import { isUnsupported } from '../state/crawl-errors.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';
import { bitOf, listingBits } from '../state/discovery-paths.ts';
import type { ObjectRow } from '../state/objects.ts';
import { databaseOf, parentOf } from '../state/parent.ts';
import { keepStoredMedia } from './keep-stored-media.ts';
import type { OnlyMediaLeft } from './object-files.ts';
import { ObjectFiles } from './object-files.ts';
import { readPreviousDocument } from './previous-document.ts';
import { queryRows } from './query-rows.ts';
import { readTemplates } from './read-templates.ts';
import { readViews } from './read-views.ts';
import { saveChange, saveGaps, saveReferences, saveTallies, writeDocument } from './write-document.ts';

/** Reads the database of `row`, or finds that it is gone or only a view of another. @throws only what ends the run */
export async function readDatabase(
  context: CrawlContext,
  row: ObjectRow,
  onlyMediaLeft?: OnlyMediaLeft,
): Promise<void> {
  if (!context.selected.admit(row.id, { isAsked: row.listedObject !== null })) return;
  try {
    const found = await findDatabase(context, row);
    if (found !== undefined && isChosen(context, row, found))
      await readFound(context, row, found, onlyMediaLeft);
  } catch (error) {
    if (error instanceof EndOfRun) throw error;
    fail(context, row, reasonOf(error));
  }
}

/** Decides by the database itself, before anything in it is read. */
function isChosen(
  context: CrawlContext,
  { id, listedObject }: ObjectRow,
  { database }: FoundDatabase,
): boolean {
  if (!context.selected.isOn || listedObject !== null) return true;
  const { dataSources, leftOut } = context.state;
  return context.state.transaction(() => {
    const sources = dataSources.inDatabase(id).map((each) => dataSources.objectOf(each));
    const holder = database ?? sources.find((source) => source !== undefined) ?? {};
    if (database !== null) keepListed(context, id, database, context.api.now());
    else leftOut.learn(id, { name: nameStemOf(titleOf(holder)), parent: parentOf(parentHolder(holder)) });
    recordParent(context, parentOf(parentHolder(holder)));
    return context.selected.admit(id, { isAsked: true });
  });
}

interface FoundDatabase {
  /** Null when only data sources of it are visible. */
  readonly database: JsonObject | null;
  readonly gaps: Gap[];
}

async function findDatabase(context: CrawlContext, row: ObjectRow): Promise<FoundDatabase | undefined> {
  let database: JsonObject;
  try {
    const listed: unknown = JSON.parse(row.listedObject ?? 'null');
    database = isObject(listed) ? listed : await context.api.get(`databases/${dashedId(row.id)}`);
  } catch (error) {
    if (error instanceof EndOfRun || !isRefusal(error)) throw error;
    return withoutContainer(context, row, reasonOf(error));
  }
  if (!isTrashed(database) || context.trash.isOn) return { database, gaps: [] };
  saveChange(context, () => markAbsent(context, row.id, 'trashed'));
  return undefined;
}

/**
 * The database itself cannot be read. Its data sources may still be visible. A block that shows a linked view of a
 * database elsewhere reads as a database too, but no such database exists.
 */
function withoutContainer(context: CrawlContext, row: ObjectRow, reason: string): FoundDatabase | undefined {
  const { dataSources } = context.state;
  const isRoot = (row.discoveredBy & bitOf('root')) !== 0;
  if (isRoot || dataSources.inDatabase(row.id).some((id) => dataSources.objectOf(id) !== undefined)) {
    return { database: null, gaps: [{ what: 'database', id: row.id, reason }] };
  }
  const isNew = context.previous.get(row.id) === undefined;
  if (row.container !== null && isNew) saveChange(context, () => link(context, row, reason));
  else if ((row.discoveredBy & listingBits) === 0)
    saveChange(context, () => markAbsent(context, row.id, 'not-visible'));
  else fail(context, row, reason);
  return undefined;
}

function link(context: CrawlContext, { id, container }: ObjectRow, reason: string): void {
  context.state.objects.setState(id, 'linked');
  context.state.linked.add({ id, container, reason });
}

async function readFound(
  context: CrawlContext,
  row: ObjectRow,
  { database, gaps }: FoundDatabase,
  onlyMediaLeft?: OnlyMediaLeft,
): Promise<void> {
  const { id } = row;
  const files = new ObjectFiles(context, id, onlyMediaLeft);
  if (database !== null) {
    await files.collect(database, () => context.api.get(`databases/${dashedId(id)}`));
  }
  const isFlat =
    database === null ? context.state.dataSources.inDatabase(id).length === 0 : isFlatDatabase(database);
  const sources = isFlat ? { own: [], foreign: [] } : await readSources(context, id, database, files, gaps);
  const isLinked = sources.own.length === 0 && sources.foreign.length > 0;
  const [views, templates] = await Promise.all([
    readViews(context, id, isFlat, gaps),
    Promise.all(sources.own.map((source) => readTemplates(context, source, gaps))),
    readRows(context, id, isFlat, isFlat ? [database ?? {}] : sources.own, gaps),
  ]);
  await files.fetched();
  gaps.push(...files.gaps);
  // A root that cannot be read and has no rows either is not there at all.
  if (database === null && isFlat && gaps.some(({ what }) => what === 'rows')) {
    return fail(context, row, gaps[0]?.reason ?? 'it is not visible');
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
  const written = await writeDocument(context, id, 'database.json', { ...document }, files, edited);
  context.state.transaction(() => {
    context.state.entries.save(written);
    context.state.errors.clear(id);
    saveGaps(context, id, gaps);
    saveReferences(context, references);
    for (const owner of sources.foreign) recordReference(context, owner, 'database', 'view');
    const { linked } = context.state;
    if (isLinked)
      linked.add({ id, container: row.container, reason: 'a linked view of databases elsewhere' });
    const tallies: Tallies = new Map();
    for (const object of [database ?? {}, ...sources.own]) tallyUnknown(object, tallies);
    for (const view of views) tallyUnknownView(view, tallies);
    saveTallies(context, new Map());
    const unread = gaps.filter(({ reason }) => !isUnsupported(reason)).length;
    saveRead(context, id, database ?? sources.own[0] ?? {}, unread);
    const counts = { views: views.length, data_sources: isFlat ? 1 : sources.own.length };
    context.state.objects.setHoldings(id, {
      tallies: { ...Object.fromEntries(tallies), ...counts },
      discussed: [],
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
  context: CrawlContext,
  id: string,
  database: JsonObject | null,
  files: ObjectFiles,
  gaps: Gap[],
): Promise<Sources> {
  const listed = arrayAt(database, 'data_sources');
  const named = listed.flatMap((each) => (isObject(each) ? (idOf(each) ?? []) : []));
  if (named.length < listed.length)
    gaps.push({ what: 'data source', id, reason: 'a data source of the database came without its id' });
  const ids = [...new Set([...named, ...context.state.dataSources.inDatabase(id)])];
  const before = await previousSources(context, id, files);
  const own: JsonObject[] = [];
  const foreign = new Set<string>();
  for (const sourceId of ids) {
    const source = await readSource(context, sourceId, before.get(sourceId), gaps);
    if (source === undefined) continue;
    const owner = databaseOf(source);
    if (owner !== undefined && owner !== id && named.includes(sourceId)) foreign.add(owner);
    else {
      await files.collect(source, () => context.api.get(`data_sources/${dashedId(sourceId)}`));
      own.push(source);
    }
  }
  return { own, foreign: [...foreign] };
}

/** The object of a data source: from a listing, from the previous snapshot when none was due to show it, or asked for. */
async function readSource(
  context: CrawlContext,
  id: string,
  before: JsonObject | undefined,
  gaps: Gap[],
): Promise<JsonObject | undefined> {
  const kept = context.state.dataSources.objectOf(id);
  if (kept !== undefined) return kept;
  if (before !== undefined && !context.listing.isFull) return before;
  try {
    const source = await context.api.get(`data_sources/${dashedId(id)}`);
    context.state.transaction(() => keepDataSource(context, source, 'walk'));
    return source;
  } catch (error) {
    if (error instanceof EndOfRun) throw error;
    gaps.push({ what: 'data source', id, reason: reasonOf(error) });
    return undefined;
  }
}

/** Data sources as the previous document has them, by id; their media are taken over. */
async function previousSources(
  context: CrawlContext,
  id: string,
  files: ObjectFiles,
): Promise<Map<string, JsonObject>> {
  const sources = new Map<string, JsonObject>();
  if (context.listing.isFull) return sources;
  const document = await readPreviousDocument(context, id);
  for (const source of arrayAt(document, 'data_sources')) {
    const sourceId = isObject(source) ? idOf(source) : undefined;
    if (!isObject(source) || sourceId === undefined) continue;
    const { templates, ...own } = source;
    sources.set(sourceId, own);
    context.state.dataSources.setOwner(sourceId, databaseOf(own) ?? id);
    learnRelations(context, own);
  }
  keepStoredMedia(context, id, document ?? null, files);
  return sources;
}

async function readRows(
  context: CrawlContext,
  id: string,
  isFlat: boolean,
  sources: readonly JsonObject[],
  gaps: Gap[],
): Promise<void> {
  const wasKnown = context.previous.get(id) !== undefined;
  // Unchanged rows have the names of properties and options in them: under new names all of them are listed.
  const hasNewNames = wasKnown && (await hasSchemaChanged(context, id, sources));
  const sinceMs = wasKnown && !hasNewNames ? context.listing.sinceMs : null;
  if (hasNewNames) context.state.queue.requestRefresh(id);
  const paths = isFlat
    ? [`databases/${dashedId(id)}/query`]
    : sources.map((source) => `data_sources/${dashedId(idOf(source) ?? '')}/query`);
  for (const path of paths) {
    try {
      const missing = await queryRows(context, { path, sinceMs });
      if (missing !== undefined)
        gaps.push({ what: 'rows', id: compactId(path.split('/')[1] ?? ''), reason: missing });
    } catch (error) {
      if (error instanceof EndOfRun) throw error;
      gaps.push({ what: 'rows', id: compactId(path.split('/')[1] ?? ''), reason: reasonOf(error) });
    }
  }
  if (hasNewNames) context.state.queue.readUnlistedRefreshes(id);
}

/** True when a schema differs from the one in the previous snapshot. `holders` are the objects that have the schemas. */
async function hasSchemaChanged(
  context: CrawlContext,
  id: string,
  holders: readonly JsonObject[],
): Promise<boolean> {
  if (context.plan.force || !context.plan.coversSame) return false;
  const document = await readPreviousDocument(context, id);
  if (document === undefined) return true;
  const before = [document.database ?? null, ...arrayAt(document, 'data_sources')].filter(isObject);
  return holders.some((holder) => {
    const known = before.find((each) => idOf(each) === idOf(holder));
    return known !== undefined && schemaOf(known) !== schemaOf(holder);
  });
}

function schemaOf(holder: JsonObject): string {
  return Buffer.from(canonicalBytes(stripVolatile(objectAt(holder, 'properties') ?? {}))).toString('utf8');
}

function saveRead(context: CrawlContext, id: string, object: JsonObject, gaps: number): void {
  const parent = parentOf(parentHolder(object));
  context.state.objects.markDatabaseRead(id, {
    gaps,
    edited: editedOf(object),
    nameStem: nameStemOf(titleOf(object)),
    parent,
    isTrashed: isTrashed(object),
  });
  recordParent(context, parent);
}

/** A lone data source says in `database_parent` where its database lies. */
function parentHolder(object: JsonObject): JsonObject {
  const parent = objectAt(object, 'database_parent');
  return object.object === 'data_source' && parent !== undefined ? { parent } : object;
}

function fail(context: CrawlContext, { id, container }: ObjectRow, reason: string): void {
  const { objects, errors } = context.state;
  const previous = context.previous.get(id);
  const isKept = previous !== undefined && context.sink.hasAll(previous.files);
  const isLimit = isUnsupported(reason);
  saveChange(context, () => {
    if (isKept || !isLimit) objects.setState(id, isKept ? 'reused' : 'failed');
    else markAbsent(context, id, 'not-visible');
    errors.clearErrors(id);
    const what = isKept ? 'database, kept as it was in the previous snapshot' : 'database';
    const owner = isKept || !isLimit ? id : (container ?? '');
    errors.add({ owner, kind: 'database', what, id, reason });
  });
  if (isLimit) return;
  context.options.monitor.report({ type: 'warning', message: `database ${id}: ${reason}` });
}
