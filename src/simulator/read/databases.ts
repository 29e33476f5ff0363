/** `GET /databases/{id}`, `GET /data_sources/{id}`, their queries and templates. */
import { failedValidation, validationError } from '../protocol/api-error.ts';
import type { Context, Route } from '../protocol/routes.ts';
import { compileFilter } from '../query/filter.ts';
import { sortPages } from '../query/sort.ts';
import { plainText } from '../render/content.ts';
import { renderDatabase, renderDataSource, visibleSources } from '../render/database.ts';
import { filterProperties } from '../render/filter-properties.ts';
import { renderPage } from '../render/page.ts';
import type { JsonObject } from '../workspace/json.ts';
import type { DataSource, Page } from '../workspace/state.ts';
import { isTrashed, isVisible } from '../workspace/state.ts';
import type { Found } from './listing.ts';
import {
  checkQuery,
  list,
  listingName,
  liveSlice,
  pagingOfBody,
  pagingOfQuery,
  sessionSlice,
} from './listing.ts';
import { deleteAfterListing } from './meddling.ts';
import { visibleDatabase, visibleDataSource } from './objects.ts';

/** A query shows no more rows than this, whatever the cursor. */
export const maxQueryRows = 10_000;

const shared = { effect: 'read', capability: 'read_content' } as const;

export const databaseRoutes: readonly Route[] = [
  { ...shared, method: 'GET', path: '/v1/databases/{database_id}', handle: getDatabase },
  {
    ...shared,
    method: 'GET',
    path: '/v1/data_sources/{data_source_id}',
    since: '2025-09-03',
    handle: getDataSource,
  },
  {
    ...shared,
    method: 'POST',
    path: '/v1/data_sources/{data_source_id}/query',
    since: '2025-09-03',
    handle: query,
  },
  {
    ...shared,
    method: 'GET',
    path: '/v1/data_sources/{data_source_id}/templates',
    since: '2025-09-03',
    handle: listTemplates,
  },
];

function getDatabase(context: Context): JsonObject {
  checkQuery(context, []);
  const database = visibleDatabase(context, context.params.database_id ?? '');
  const sources = visibleSources(context.state, database);
  if (context.version < '2025-09-03' && sources.length > 1) {
    throw validationError('Databases with multiple data sources are not supported in this API version.', {
      error_type: 'multiple_data_sources_for_database',
      database_id: database.id,
      child_data_source_ids: sources.map(({ id }) => id),
      minimum_api_version: '2025-09-03',
    });
  }
  return renderDatabase(context, database);
}

function getDataSource(context: Context): JsonObject {
  checkQuery(context, []);
  return renderDataSource(context, visibleDataSource(context, context.params.data_source_id ?? ''));
}

function query(context: Context): JsonObject {
  const source = visibleDataSource(context, context.params.data_source_id ?? '');
  const paging = pagingOfBody(context, ['filter', 'sorts', 'is_archived', 'result_type']);
  const shown = filterProperties(context, source.schema);
  const { start_cursor: _, page_size: __, ...asked } = context.body;
  const slice = sessionSlice(context, listingName(context, 'query', source.id, asked), paging, () =>
    findRows(context, source),
  );
  const results = slice.items.flatMap((id) => renderRow(context, id, shown));
  const victim = context.state.pages.get(slice.items[context.random.below(slice.items.length || 1)] ?? '');
  if (victim !== undefined) deleteAfterListing(context, victim);
  const answer = list('page_or_data_source', results, slice.nextCursor);
  if (slice.nextCursor !== null || slice.note !== 'capped') return answer;
  return {
    ...answer,
    request_status: { type: 'incomplete', incomplete_reason: 'query_result_limit_reached' },
  };
}

/** Ids of the rows asked for, in order, up to the cap. */
function findRows(context: Context, source: DataSource): Found {
  const { is_archived: isArchived = false, result_type: resultType } = context.body;
  if (typeof isArchived !== 'boolean')
    throw failedValidation('body.is_archived', 'a boolean or `undefined`', isArchived);
  if (resultType !== undefined && resultType !== 'page' && resultType !== 'data_source') {
    throw failedValidation('body.result_type', '`"page"`, `"data_source"`, or `undefined`', resultType);
  }
  const fits = compileFilter(context, source, context.body.filter);
  const pages = resultType === 'data_source' ? [] : rowsOf(context, source, isArchived).filter(fits);
  const sorted = sortPages(context, source, context.body.sorts, pages);
  const ids = [
    ...sorted.map(({ id }) => id),
    ...(resultType === 'page' ? [] : childSources(context, source)),
  ];
  return ids.length > maxQueryRows ? { ids: ids.slice(0, maxQueryRows), note: 'capped' } : { ids };
}

function rowsOf(context: Context, source: DataSource, isArchived: boolean): Page[] {
  return source.rows.flatMap((id) => {
    const page = context.state.pages.get(id);
    if (page === undefined || page.isArchived !== isArchived || page.isTemplate || page.inTrash) return [];
    return context.state.hidden.has(id) ? [] : [page];
  });
}

/** In a wiki, the data sources of databases that lie among its pages. */
function childSources(context: Context, source: DataSource): string[] {
  return source.rows.filter((id) => {
    const child = context.state.dataSources.get(id);
    return child !== undefined && !isTrashed(context.state, child) && isVisible(context.state, child);
  });
}

/** A row may have gone since the listing began. */
function renderRow(context: Context, id: string, shown: readonly string[] | undefined): JsonObject[] {
  const page = context.state.pages.get(id);
  if (page !== undefined) return page.inTrash ? [] : [renderPage(context, page, shown)];
  const source = context.state.dataSources.get(id);
  return source === undefined ? [] : [renderDataSource(context, source)];
}

function listTemplates(context: Context): JsonObject {
  const source = visibleDataSource(context, context.params.data_source_id ?? '');
  const paging = pagingOfQuery(context, ['name']);
  const wanted = context.query.get('name')?.toLowerCase() ?? '';
  const templates = source.templates
    .map(({ id, isDefault }) => {
      const page = context.state.pages.get(id);
      return { id, name: plainText(page?.values.title), is_default: isDefault };
    })
    .filter(({ name }) => name.toLowerCase().includes(wanted));
  const slice = liveSlice(context, listingName(context, 'templates', source.id, wanted), paging, templates);
  return {
    templates: [...slice.items],
    has_more: slice.nextCursor !== null,
    next_cursor: slice.nextCursor,
  };
}
