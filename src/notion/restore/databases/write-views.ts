/**
 * Gives a database its views, in their order. Notion makes a table view with every data source: those become the first
 * table views that fit, and what is left of them goes. Widgets of dashboards follow once their dashboards are there.
 */

import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import type { RestoredObject } from '../journal/objects.ts';
import { findNewView, listViews } from '../requests/read-back.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { readDatabase } from '../requests/snapshot-documents.ts';
import { mapProperties } from './create-database.ts';
import { schemaOf } from './schema-levels.ts';
import { viewReferences } from './view-filters.ts';
import type { ViewBody } from './view-payload.ts';
import { namesProperties, viewBody } from './view-payload.ts';

/** A view Notion made, with the (new) data source it shows. */
interface DefaultView {
  readonly id: string;
  readonly source: string;
}

/** A view to be made. */
export interface Wanted {
  readonly id: string;
  readonly view: JsonObject;
  readonly body: ViewBody;
  /** New id of the data source it shows. */
  readonly source: string;
}

/** Carries out a `views` step. @throws KlosetError `incomplete` when the database was not made */
export async function writeViews(context: RestoreContext, object: RestoredObject): Promise<void> {
  const { journal } = context;
  const database = journal.newId(object.id);
  if (database === undefined) throw new KlosetError('incomplete', 'Its database was not restored.');
  const document = await readDatabase(context.snapshot, object.path);
  const own = document.views.filter((view) => isOwn(view, object.id));
  if (own.length === 0) return;
  const first = compactId(stringAt(document.data_sources[0], 'id') ?? '');
  const wanted = await wantedViews(context, object, own, first);
  const tabs = wanted.filter(({ view }) => stringAt(view, 'dashboard_view_id') === undefined);
  const [only] = tabs;
  if (tabs.length === 1 && document.data_sources.length === 1 && only !== undefined && isDefault(only))
    return;
  const defaults = await defaultViews(context, object.id, database, document.data_sources.length);
  const used = await writeTabs(context, database, tabs, defaults);
  for (const { id } of defaults) if (!used.has(id) && tabs.length > 0) await deleteView(context, id);
  await writeWidgets(context, database, wanted);
}

function isOwn(view: JsonObject, database: string): boolean {
  return compactId(stringAt(objectAt(view, 'parent'), 'database_id') ?? database) === database;
}

/** What Notion makes by itself. */
function isDefault({ view, body }: Wanted): boolean {
  return (
    body.type === 'table' &&
    view.configuration === null &&
    Object.keys(body.body).length === 1 &&
    body.body.name === 'Default view'
  );
}

/** The views that can be made, in order. `first` is the data source dashboards are made on. */
export async function wantedViews(
  context: RestoreContext,
  object: RestoredObject,
  views: readonly JsonObject[],
  first: string,
): Promise<Wanted[]> {
  const { journal, target } = context;
  const wanted: Wanted[] = [];
  for (const view of views) {
    await target.learn(viewReferences(view));
    const shown = stringAt(view, 'data_source_id');
    const source = shown === undefined ? first : compactId(shown);
    const fresh = await context.target.sourceId(source);
    const conversion = target.conversion(object.path);
    const id = compactId(stringAt(view, 'id') ?? '');
    if (fresh === undefined) {
      conversion.note(
        'lost',
        `view ${stringAt(view, 'type')}`,
        id,
        'the data source it shows cannot be seen',
      );
      continue;
    }
    if (namesProperties(view)) await learnProperties(context, source, fresh);
    const body = viewBody(view, {
      conversion,
      schema: schemaOf(journal, source),
      propertyId: (property) => journal.newPropertyId(source, property),
    });
    if (body !== undefined) wanted.push({ id, view, body, source: fresh });
  }
  return wanted;
}

/** Views name properties by ids, which creating a database does not tell. */
async function learnProperties(
  { api, journal }: RestoreContext,
  source: string,
  fresh: string,
): Promise<void> {
  if (schemaOf(journal, source).length === 0 || journal.newPropertyId(source, 'title') !== undefined) return;
  const answer = await api.request({ method: 'get', path: `data_sources/${fresh}`, effect: 'read' });
  mapProperties(journal, source, answer);
}

/** The views Notion made with the data sources; found once, before ours are among them. */
async function defaultViews(
  { api, journal }: RestoreContext,
  old: string,
  database: string,
  sources: number,
): Promise<DefaultView[]> {
  const known = journal.seen('default views', old);
  if (known !== undefined) return parsedDefaults(known);
  const found: DefaultView[] = [];
  for await (const { id } of listViews(api, database)) {
    if (typeof id !== 'string' || journal.isKnown(id)) continue;
    // With one data source there is no question which it shows.
    const view =
      sources === 1 ? undefined : await api.request({ method: 'get', path: `views/${id}`, effect: 'read' });
    found.push({ id, source: stringAt(view, 'data_source_id') ?? '' });
    journal.markExisting(id);
  }
  journal.setSeen('default views', old, JSON.stringify(found));
  return found;
}

function parsedDefaults(text: string): DefaultView[] {
  const value: unknown = JSON.parse(text);
  const items = Array.isArray(value) ? value.filter(isObject) : [];
  return items.map((item) => ({ id: stringAt(item, 'id') ?? '', source: stringAt(item, 'source') ?? '' }));
}

/** Makes the views in order. Returns the ids of Notion's that became ours. */
async function writeTabs(
  context: RestoreContext,
  database: string,
  tabs: readonly Wanted[],
  defaults: readonly DefaultView[],
): Promise<Set<string>> {
  const places = matchDefaults(tabs, defaults);
  let before: string | undefined;
  for (const [index, wanted] of tabs.entries()) {
    const ready = places.get(index);
    if (ready !== undefined) {
      await changeView(context, ready, wanted);
      before = ready;
      continue;
    }
    const position = before === undefined ? { type: 'start' } : { type: 'after_view', view_id: before };
    before = await createView(context, database, wanted, { database_id: database, position });
  }
  return new Set(places.values());
}

/** Which of Notion's views becomes which of ours: tables of the same data source, in order. */
function matchDefaults(tabs: readonly Wanted[], defaults: readonly DefaultView[]): Map<number, string> {
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

async function changeView({ writer }: RestoreContext, id: string, wanted: Wanted): Promise<void> {
  await writer.write({
    key: `view ${wanted.id}`,
    request: () => ({ method: 'patch', path: `views/${id}`, body: wanted.body.body, effect: 'write' }),
    keep: () => ({ id }),
    made: () => ({ ids: [[wanted.id, id, 'view']] }),
  });
}

/** Makes a view at `home` and returns its id. */
export async function createView(
  context: RestoreContext,
  database: string,
  wanted: Wanted,
  home: JsonObject,
): Promise<string> {
  const kept = await context.writer.write({
    key: `view ${wanted.id}`,
    request: () => ({
      method: 'post',
      path: 'views',
      body: { data_source_id: wanted.source, type: wanted.body.type, ...wanted.body.body, ...home },
      effect: 'write',
    }),
    keep: (answer) => ({ id: stringAt(answer, 'id') ?? '' }),
    committed: (additional) => {
      const id = stringAt(additional, 'committed_resource_id');
      return id === undefined ? undefined : { id };
    },
    find: async () => {
      const id = await findNewView(context.api, context.journal, database);
      return id === undefined ? undefined : { id };
    },
    made: ({ id }) => ({ ids: [[wanted.id, typeof id === 'string' ? id : '', 'view']] }),
  });
  return stringAt(kept, 'id') ?? '';
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
  database: string,
  wanted: readonly Wanted[],
): Promise<void> {
  for (const { id, view } of wanted) {
    if (view.type !== 'dashboard') continue;
    const dashboard = context.journal.newId(id);
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
        await createView(context, database, widget, { view_id: dashboard, placement });
        isFirst = false;
      }
      if (!isFirst) rows += 1;
    }
  }
}
