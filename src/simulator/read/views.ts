/** `GET /views…` and view queries, whose results are kept for a quarter of an hour. */
import { notFound, validationError } from '../protocol/api-error.ts';
import type { Context, Route } from '../protocol/routes.ts';
import { uuid } from '../protocol/routes.ts';
import { compileFilter } from '../query/filter.ts';
import { sortPages } from '../query/sort.ts';
import { exactTime } from '../render/content.ts';
import { renderView } from '../render/other.ts';
import type { JsonObject } from '../workspace/json.ts';
import { isJsonObject } from '../workspace/json.ts';
import type { View } from '../workspace/state.ts';
import { isTrashed, isVisible } from '../workspace/state.ts';
import { maxQueryRows } from './databases.ts';
import { checkQuery, list, listingName, liveSlice, pagingOfBody, pagingOfQuery } from './listing.ts';
import { botOf, visibleDatabase, visibleDataSource, visibleView } from './objects.ts';

const shared = { effect: 'read', capability: 'read_content', since: '2025-09-03' } as const;
const keptMs = 15 * 60_000;

export const viewRoutes: readonly Route[] = [
  { ...shared, method: 'GET', path: '/v1/views', handle: listViews },
  { ...shared, method: 'GET', path: '/v1/views/{view_id}', handle: getView },
  { ...shared, method: 'POST', path: '/v1/views/{view_id}/queries', handle: createQuery },
  { ...shared, method: 'GET', path: '/v1/views/{view_id}/queries/{query_id}', handle: getQuery },
  { ...shared, method: 'DELETE', path: '/v1/views/{view_id}/queries/{query_id}', handle: deleteQuery },
];

/** Bare references; by data source, also the views of databases elsewhere that show it. */
function listViews(context: Context): JsonObject {
  const paging = pagingOfQuery(context, ['database_id', 'data_source_id']);
  const databaseId = context.query.get('database_id');
  const sourceId = context.query.get('data_source_id');
  if ((databaseId === null) === (sourceId === null)) {
    throw validationError(
      'query failed validation: exactly one of query.database_id or query.data_source_id should be defined.',
    );
  }
  const all = databaseId === null ? viewsOfSource(context, sourceId) : viewsOfDatabase(context, databaseId);
  const isShort = context.faults.rates.widgetsUnlisted > 0;
  const views = isShort ? all.filter(({ dashboardViewId }) => dashboardViewId === null) : all;
  const slice = liveSlice(context, listingName(context, 'views', databaseId, sourceId), paging, views);
  return list(
    'view',
    slice.items.map(({ id }) => ({ object: 'view', id })),
    slice.nextCursor,
  );
}

function viewsOfDatabase(context: Context, id: string): View[] {
  const database = visibleDatabase(context, uuid('query.database_id', id));
  return database.views.flatMap((viewId) => context.state.views.get(viewId) ?? []);
}

function viewsOfSource(context: Context, id: string | null): View[] {
  const source = visibleDataSource(context, uuid('query.data_source_id', id));
  return [...context.state.views.values()].filter((view) => {
    const database = context.state.databases.get(view.databaseId);
    if (view.dataSourceId !== source.id || database === undefined) return false;
    return isVisible(context.state, database) && !isTrashed(context.state, database);
  });
}

function getView(context: Context): JsonObject {
  checkQuery(context, []);
  const view = visibleView(context, context.params.view_id ?? '');
  if (context.faults.strikesAt('viewRefused', view.id))
    throw validationError(`View type ${view.type} is not supported via the API.`);
  return renderView(context, view);
}

interface KeptQuery {
  readonly viewId: string;
  readonly ids: readonly string[];
  readonly expiresTime: number;
}

/** Results by query id, per workspace. */
const keptQueries = new WeakMap<Context['state'], Map<string, KeptQuery>>();

function queriesOf(context: Context): Map<string, KeptQuery> {
  const queries = keptQueries.get(context.state) ?? new Map<string, KeptQuery>();
  keptQueries.set(context.state, queries);
  return queries;
}

function createQuery(context: Context): JsonObject {
  const view = visibleView(context, context.params.view_id ?? '');
  const { size } = pagingOfBody(context);
  const id = context.state.random.uuid();
  const expiresTime = context.clock.now() + keptMs;
  const ids = queryView(context, view);
  queriesOf(context).set(id, { viewId: view.id, ids, expiresTime });
  const slice = liveSlice(
    context,
    listingName(context, 'view_query', id),
    { size, cursor: undefined },
    references(ids),
  );
  return {
    object: 'view_query',
    id,
    view_id: view.id,
    expires_at: exactTime(expiresTime),
    total_count: ids.length,
    results: slice.items.map((item) => ({ ...item })),
    next_cursor: slice.nextCursor,
    has_more: slice.nextCursor !== null,
  };
}

function queryView(context: Context, view: View): string[] {
  if (view.dataSourceId === null) throw validationError('Dashboard views cannot be queried.');
  const source = visibleDataSource(context, view.dataSourceId);
  const fits = compileFilter(
    context,
    source,
    isJsonObject(view.filter) ? view.filter : undefined,
    'view.filter',
  );
  const rows = source.rows.flatMap((id) => context.state.pages.get(id) ?? []);
  const pages = rows.filter((page) => !page.inTrash && !page.isArchived && fits(page));
  const sorts = Array.isArray(view.sorts) ? view.sorts : undefined;
  return sortPages(context, source, sorts, pages)
    .slice(0, maxQueryRows)
    .map(({ id }) => id);
}

function getQuery(context: Context): JsonObject {
  const query = keptQuery(context);
  const name = listingName(context, 'view_query', context.params.query_id ?? '');
  const slice = liveSlice(context, name, pagingOfQuery(context), references(query.ids));
  return list(
    'page',
    slice.items.map((item) => ({ ...item })),
    slice.nextCursor,
  );
}

function deleteQuery(context: Context): JsonObject {
  keptQuery(context);
  const id = context.params.query_id ?? '';
  queriesOf(context).delete(id);
  return { object: 'view_query', id, deleted: true };
}

function keptQuery(context: Context): KeptQuery {
  const id = context.params.query_id ?? '';
  const view = visibleView(context, context.params.view_id ?? '');
  const query = queriesOf(context).get(id);
  if (query === undefined || query.viewId !== view.id || query.expiresTime <= context.clock.now()) {
    throw notFound('view', id, botOf(context));
  }
  return query;
}

function references(ids: readonly string[]): { object: 'page'; id: string }[] {
  return ids.map((id) => ({ object: 'page', id }));
}
