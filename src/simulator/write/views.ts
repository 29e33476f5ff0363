/** Views: create (on a database, as a widget, or as a linked view on a page), change, delete. */
import { validationError } from '../protocol/api-error.ts';
import type { Context } from '../protocol/routes.ts';
import { renderView } from '../render/other.ts';
import type { Json, JsonObject } from '../workspace/json.ts';
import { isJsonObject, objectAt, stringAt } from '../workspace/json.ts';
import type { Database, DataSource, Page, View } from '../workspace/state.ts';
import { addDatabase, addView, moveTo, touch } from '../workspace/state.ts';
import { refuseBlockLimit } from './blocks.ts';
import { configuredTypes, newView, viewChange } from './check/views.ts';
import { dashed, refuseTrashed, seeDatabase, seeDataSource, seePage, seeView } from './create/reach.ts';
import { refuseFilter, refuseQuickFilters, refuseSorts, storeConfiguration } from './create/views.ts';
import { placeAfter } from './place-blocks.ts';
import { acceptBody, refuseAny } from './refuse.ts';

/** `POST /views` */
export function createView(context: Context): JsonObject {
  const { body, state } = context;
  acceptBody(body, newView);
  refuseHomes(body);
  const source = seeDataSource(context, stringAt(body, 'data_source_id') ?? '');
  refuseTrashed(context, source);
  const type = stringAt(body, 'type') ?? '';
  const configuration = newConfiguration(body, type, source);
  refuseRules(context, source, body);
  const home = seeHome(context, body, source);
  const view = addView(state, {
    databaseId: home.database?.id ?? createLinked(context, home, source).id,
    dataSourceId: type === 'dashboard' ? null : source.id,
    dashboardViewId: home.dashboard?.id ?? null,
    name: stringAt(body, 'name') ?? '',
    type,
    filter: body.filter ?? null,
    sorts: body.sorts ?? null,
    quickFilters: body.quick_filters ?? null,
    configuration,
    createdTime: context.clock.now(),
  });
  if (home.dashboard !== undefined) placeWidget(context, home.dashboard, view, body.placement);
  placeView(context, view, body.position);
  context.committed = { resourceId: view.id };
  return renderView(context, view);
}

/** `PATCH /views/{view_id}` */
export function updateView(context: Context): JsonObject {
  const { body, params, state } = context;
  const view = seeView(context, params.view_id ?? '');
  acceptBody(body, viewChange);
  refuseTrashedHome(context, view);
  const source = view.dataSourceId === null ? undefined : seeDataSource(context, view.dataSourceId);
  if (source !== undefined) refuseRules(context, source, body);
  const configuration = changedConfiguration(body, view, source);
  if (typeof body.name === 'string') view.name = body.name;
  if (body.filter !== undefined) view.filter = body.filter;
  if (body.sorts !== undefined) view.sorts = body.sorts;
  if (body.quick_filters !== undefined)
    view.quickFilters = changedFilters(view.quickFilters, body.quick_filters);
  view.configuration = configuration;
  touch(view, context.clock.now(), state.botId);
  context.committed = { resourceId: view.id };
  return renderView(context, view);
}

/** `DELETE /views/{view_id}`: for good. The last view of a database stays. */
export function deleteView(context: Context): JsonObject {
  const { state, params } = context;
  const view = seeView(context, params.view_id ?? '');
  refuseTrashedHome(context, view);
  const database = state.databases.get(view.databaseId);
  if (database !== undefined && view.dashboardViewId === null) {
    const others = database.views.filter(
      (id) => id !== view.id && state.views.get(id)?.dashboardViewId === null,
    );
    if (others.length === 0) throw validationError('Cannot delete the last view of a database.');
  }
  if (database !== undefined) database.views = database.views.filter((id) => id !== view.id);
  state.views.delete(view.id);
  context.committed = { resourceId: view.databaseId };
  return {
    object: 'view',
    id: view.id,
    parent: { type: 'database_id', database_id: view.databaseId },
    type: view.type,
  };
}

const homes = ['database_id', 'view_id', 'create_database'] as const;

function refuseHomes(body: JsonObject): void {
  const named = homes.filter((name) => body[name] !== undefined);
  refuseAny((problems) => {
    if (named.length === 0)
      for (const name of homes) problems.should(`body.${name}`, 'be defined', undefined);
    for (const name of named.slice(1)) problems.should(`body.${name}`, 'be not present', body[name]);
    if (body.position !== undefined && body.database_id === undefined)
      problems.should('body.position', 'be not present', body.position);
    if (body.placement !== undefined && body.view_id === undefined)
      problems.should('body.placement', 'be not present', body.placement);
  });
}

function newConfiguration(body: JsonObject, type: string, source: DataSource): Json {
  const given = body.configuration;
  if (!isJsonObject(given)) {
    if (configuredTypes.includes(type))
      refuseAny((problems) => problems.should('body.configuration', 'be defined', undefined));
    return type === 'dashboard' ? { type, rows: [] } : { type };
  }
  refuseOtherType(given, type);
  return storeConfiguration(given, source);
}

function changedConfiguration(body: JsonObject, view: View, source: DataSource | undefined): Json {
  const given = body.configuration;
  if (!isJsonObject(given) || source === undefined) {
    if (given !== undefined)
      refuseAny((problems) => problems.should('body.configuration', 'be not present', given));
    return view.configuration;
  }
  refuseOtherType(given, view.type);
  const merged = {
    ...(isJsonObject(view.configuration) ? view.configuration : {}),
    ...storeConfiguration(given, source),
  };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

function refuseOtherType(configuration: JsonObject, type: string): void {
  if (configuration.type === type) return;
  refuseAny((problems) =>
    problems.should('body.configuration.type', `be \`${JSON.stringify(type)}\``, configuration.type),
  );
}

function refuseRules(context: Context, source: DataSource, body: JsonObject): void {
  refuseFilter(context, source, body.filter);
  refuseQuickFilters(context, source, body.quick_filters);
  refuseSorts(source, body.sorts);
}

function changedFilters(before: Json, given: Json): Json {
  if (!isJsonObject(given)) return null;
  const merged = { ...(isJsonObject(before) ? before : {}), ...given };
  return Object.fromEntries(Object.entries(merged).filter(([, condition]) => condition !== null));
}

interface Home {
  readonly database: Database | undefined;
  readonly dashboard: View | undefined;
  /** Destination of a linked view, and the block it comes after. */
  readonly page: Page | undefined;
  readonly at: number | undefined;
}

/** Destination of the view. @throws ApiError 404 or 400 */
function seeHome(context: Context, body: JsonObject, source: DataSource): Home {
  const databaseId = stringAt(body, 'database_id');
  if (databaseId !== undefined) {
    const database = seeDatabase(context, databaseId);
    refuseTrashed(context, database);
    if (!database.dataSources.includes(source.id)) {
      throw validationError(
        `Data source with ID ${source.id} does not belong to database with ID ${database.id}.`,
      );
    }
    return { database, dashboard: undefined, page: undefined, at: undefined };
  }
  const viewId = stringAt(body, 'view_id');
  if (viewId !== undefined) {
    const dashboard = seeView(context, viewId);
    refuseTrashedHome(context, dashboard);
    if (dashboard.type !== 'dashboard')
      throw validationError(`View with ID ${dashboard.id} is not a dashboard.`);
    return {
      database: context.state.databases.get(dashboard.databaseId),
      dashboard,
      page: undefined,
      at: undefined,
    };
  }
  const linked = objectAt(body, 'create_database');
  const page = seePage(context, stringAt(objectAt(linked, 'parent'), 'page_id') ?? '');
  refuseTrashed(context, page);
  refuseBlockLimit(context);
  const after = stringAt(objectAt(linked, 'position'), 'block_id');
  const at = after === undefined ? undefined : placeAfter(context, page, after);
  return { database: undefined, dashboard: undefined, page, at };
}

/** A linked view lives in a database of its own that shows data sources of others. */
function createLinked(context: Context, home: Home, source: DataSource): Database {
  const { state, clock } = context;
  const parent = { type: 'page_id', id: home.page?.id ?? '' } as const;
  const database = addDatabase(state, {
    parent,
    isLinked: true,
    isInline: true,
    dataSources: [source.id],
    createdTime: clock.now(),
  });
  if (home.at !== undefined) moveTo(state, database, parent, home.at);
  if (home.page !== undefined) touch(home.page, clock.now(), state.botId);
  return database;
}

function placeView(context: Context, view: View, position: Json | undefined): void {
  const database = context.state.databases.get(view.databaseId);
  if (database === undefined || !isJsonObject(position) || position.type === 'end') return;
  const others = database.views.filter((id) => id !== view.id);
  const after = dashed(stringAt(position, 'view_id') ?? '');
  const at = position.type === 'start' ? 0 : others.indexOf(after) + 1;
  if (position.type === 'after_view' && at === 0) {
    database.views = others;
    context.state.views.delete(view.id);
    throw validationError(`View with ID ${after} does not belong to database with ID ${database.id}.`);
  }
  database.views = [...others.slice(0, at), view.id, ...others.slice(at)];
}

/** A widget gets a row of the dashboard, or a place in one. */
function placeWidget(context: Context, dashboard: View, view: View, placement: Json | undefined): void {
  const rows = isJsonObject(dashboard.configuration)
    ? [...(Array.isArray(dashboard.configuration.rows) ? dashboard.configuration.rows : [])]
    : [];
  const widget = { id: context.state.random.uuid(), view_id: view.id };
  const index =
    isJsonObject(placement) && typeof placement.row_index === 'number' ? placement.row_index : rows.length;
  const row = rows[index];
  if (isJsonObject(placement) && placement.type === 'existing_row' && isJsonObject(row)) {
    rows[index] = { ...row, widgets: [...(Array.isArray(row.widgets) ? row.widgets : []), widget] };
  } else {
    rows.splice(index, 0, { id: context.state.random.uuid(), widgets: [widget] });
  }
  dashboard.configuration = { type: 'dashboard', rows };
}

function refuseTrashedHome(context: Context, view: View): void {
  const database = context.state.databases.get(view.databaseId);
  if (database !== undefined) refuseTrashed(context, database);
}
