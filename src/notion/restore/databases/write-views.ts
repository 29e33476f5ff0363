/**
 * Gives a database its views, in their order. Notion creates a table view with every data source: those become the first
 * table views that fit, and the others are deleted. Widgets of dashboards follow once their dashboards exist.
 */

import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { DefaultView } from '../journal/tables/progress.ts';
import { listViews } from '../requests/read-back.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { readDatabase } from '../snapshot/snapshot-documents.ts';
import { mapProperties } from './map-properties.ts';
import type { WritableView } from './send-view.ts';
import { changeView, createViewInParts } from './send-view.ts';
import { viewReferences } from './view-filters.ts';
import { namesProperties, viewBody } from './view-payload.ts';

/** Executes a `views` step. @throws KlosetError `incomplete` when the database was not restored */
export async function writeViews(context: RestoreContext, object: RestoredObject): Promise<void> {
  const { journal } = context;
  const database = journal.ids.copyOf(object.id);
  if (database === undefined) throw new KlosetError('incomplete', 'Its database was not restored.');
  const document = await readDatabase(context.snapshot, object.path);
  const own = document.views.filter((view) => isOwn(view, object.id));
  if (own.length === 0) return;
  const first = compactId(stringAt(document.data_sources[0], 'id') ?? '');
  const wanted = await writableViews(context, object, own, first);
  const tabs = wanted.filter(({ view }) => stringAt(view, 'dashboard_view_id') === undefined);
  const [only] = tabs;
  if (tabs.length === 1 && document.data_sources.length === 1 && only !== undefined && isDefault(only))
    return;
  const defaults = await defaultViews(context, object.id, database, document.data_sources.length);
  const used = await writeTabs(context, object, { database, tabs, defaults });
  // Without any other view Notion keeps its own.
  for (const { id } of defaults) if (!used.has(id) && used.size > 0) await deleteView(context, id);
  await writeWidgets(context, object, database, wanted);
}

function isOwn(view: JsonObject, database: CompactId): boolean {
  return compactId(stringAt(objectAt(view, 'parent'), 'database_id') ?? database) === database;
}

/** True for a view like the one Notion creates by itself. */
function isDefault({ view, body }: WritableView): boolean {
  return (
    body.type === 'table' &&
    view.configuration === null &&
    Object.keys(body.body).length === 1 &&
    body.body.name === 'Default view'
  );
}

/** The views that can be created, in order. `first` is the data source dashboards are created on. */
export async function writableViews(
  context: RestoreContext,
  object: RestoredObject,
  views: readonly JsonObject[],
  first: CompactId | undefined,
): Promise<WritableView[]> {
  const { journal, target } = context;
  const wanted: WritableView[] = [];
  for (const view of views) {
    await target.resolve(viewReferences(view));
    const shown = stringAt(view, 'data_source_id');
    const source = shown === undefined ? first : compactId(shown);
    const copy = source === undefined ? undefined : await context.target.sourceId(source);
    const conversion = target.conversion(object.path);
    const id = compactId(stringAt(view, 'id') ?? '');
    if (source === undefined || copy === undefined) {
      conversion.note(
        'lost',
        `view ${stringAt(view, 'type')}`,
        id,
        'the data source it shows cannot be seen',
      );
      continue;
    }
    if (namesProperties(view)) await recordProperties(context, source, copy);
    const body = viewBody(view, {
      conversion,
      schema: journal.dataSources.schemaOf(source),
      propertyId: (property) => journal.ids.copyOfProperty(source, property),
    });
    if (body !== undefined) wanted.push({ id, view, body, source: copy });
  }
  return wanted;
}

/** Views name properties by ids, which the answer to creating a database does not hold. */
async function recordProperties(
  { api, journal }: RestoreContext,
  source: CompactId,
  copy: string,
): Promise<void> {
  if (
    journal.dataSources.schemaOf(source).length === 0 ||
    journal.ids.copyOfProperty(source, 'title') !== undefined
  )
    return;
  const answer = await api.request({ method: 'get', path: `data_sources/${copy}`, effect: 'read' });
  mapProperties(journal, source, answer);
}

/** The views Notion created with the data sources; listed once, before ours are among them. */
async function defaultViews(
  { api, journal }: RestoreContext,
  old: CompactId,
  database: string,
  sources: number,
): Promise<readonly DefaultView[]> {
  const known = journal.progress.defaultViews(old);
  if (known !== undefined) return known;
  const found: DefaultView[] = [];
  for await (const { id } of listViews(api, database)) {
    if (typeof id !== 'string' || journal.ids.isKnown(id)) continue;
    // With one data source there is no question which it shows.
    const view =
      sources === 1 ? undefined : await api.request({ method: 'get', path: `views/${id}`, effect: 'read' });
    found.push({ id, source: stringAt(view, 'data_source_id') ?? '' });
    journal.ids.markExisting(id);
  }
  journal.progress.setDefaultViews(old, found);
  return found;
}

interface Tabs {
  /** The database's new id. */
  readonly database: string;
  readonly tabs: readonly WritableView[];
  readonly defaults: readonly DefaultView[];
}

/** Creates the views in order, or changes Notion's. Returns the ids of all that are ours now. */
async function writeTabs(
  context: RestoreContext,
  object: RestoredObject,
  { database, tabs, defaults }: Tabs,
): Promise<Set<string>> {
  const places = matchDefaults(tabs, defaults);
  const used = new Set<string>();
  let before: string | undefined;
  for (const [index, wanted] of tabs.entries()) {
    const ready = places.get(index);
    const position = before === undefined ? { type: 'start' } : { type: 'after_view', view_id: before };
    const home = { database_id: database, position };
    const written =
      ready === undefined
        ? await createViewInParts(context, object, database, wanted, home)
        : await changeView(context, object, ready, wanted);
    if (written === undefined) continue;
    used.add(written);
    before = written;
  }
  return used;
}

/** Assigns Notion's views to ours by index: tables of the same data source, in order. */
function matchDefaults(tabs: readonly WritableView[], defaults: readonly DefaultView[]): Map<number, string> {
  const places = new Map<number, string>();
  let from = 0;
  for (const { id, source } of defaults) {
    const index = tabs.findIndex(
      (wanted, place) =>
        place >= from &&
        wanted.body.type === 'table' &&
        !wanted.body.sortsByTime &&
        (source === '' || compactId(source) === compactId(wanted.source)),
    );
    if (index === -1) continue;
    places.set(index, id);
    from = index + 1;
  }
  return places;
}

async function deleteView({ writer, api }: RestoreContext, id: string): Promise<void> {
  await writer.write({
    key: `delete view ${id}`,
    request: () => ({ method: 'delete', path: `views/${id}`, effect: 'write' }),
    keep: () => ({ id }),
    find: async () => {
      try {
        await api.request({ method: 'get', path: `views/${id}`, effect: 'read' });
        return undefined;
      } catch {
        return { id };
      }
    },
  });
}

/** Widgets, row by row as their dashboards show them. */
async function writeWidgets(
  context: RestoreContext,
  object: RestoredObject,
  database: string,
  wanted: readonly WritableView[],
): Promise<void> {
  for (const { id, view } of wanted) {
    if (view.type !== 'dashboard') continue;
    const dashboard = context.journal.ids.copyOf(id);
    if (dashboard === undefined) continue;
    let rows = 0;
    for (const row of arrayAt(view.configuration, 'rows')) {
      let isFirst = true;
      for (const cell of arrayAt(row, 'widgets')) {
        const widget = wanted.find(
          (candidate) => candidate.id === compactId(stringAt(cell, 'view_id') ?? ''),
        );
        if (widget === undefined) continue;
        const placement = isFirst ? { type: 'new_row' } : { type: 'existing_row', row_index: rows };
        const home = { view_id: dashboard, placement };
        if ((await createViewInParts(context, object, database, widget, home)) !== undefined) isFirst = false;
      }
      if (!isFirst) rows += 1;
    }
  }
}
