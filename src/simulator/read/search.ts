/** `POST /search`: titles of pages and data sources, by an index that may hide and lag. */
import { failedValidation, notPresent } from '../protocol/api-error.ts';
import type { Context, Route } from '../protocol/routes.ts';
import { isChosen, plainText } from '../render/content.ts';
import { renderDataSource } from '../render/database.ts';
import { pageTitle, renderPage } from '../render/page.ts';
import type { JsonObject } from '../workspace/json.ts';
import { isJsonObject } from '../workspace/json.ts';
import { shuffled } from '../workspace/random.ts';
import type { DataSource, Page } from '../workspace/state.ts';
import { isTrashed, isVisible } from '../workspace/state.ts';
import type { Found } from './listing.ts';
import { list, listingName, pagingOfBody, sessionSlice } from './listing.ts';

export const searchRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/search', effect: 'read', capability: 'read_content', handle: search },
];

interface Wanted {
  readonly query: string;
  readonly kind: 'page' | 'data_source' | undefined;
  readonly inTrash: boolean;
  readonly order: 'ascending' | 'descending' | 'relevance';
}

function search(context: Context): JsonObject {
  const paging = pagingOfBody(context, ['query', 'sort', 'filter']);
  const { start_cursor: _, page_size: __, ...asked } = context.body;
  const wanted = parseBody(context.body, context.version);
  const slice = sessionSlice(context, listingName(context, 'search', asked), paging, () =>
    find(context, wanted),
  );
  return list(
    'page_or_data_source',
    slice.items.flatMap((id) => render(context, wanted, id)),
    slice.nextCursor,
  );
}

function parseBody(body: JsonObject, version: string): Wanted {
  const { query = '', sort, filter } = body;
  if (typeof query !== 'string') throw failedValidation('body.query', 'a string or `undefined`', query);
  return { query: query.toLowerCase(), ...parseFilter(filter, version), order: parseSort(sort) };
}

function parseFilter(
  filter: JsonObject[string] | undefined,
  version: string,
): Pick<Wanted, 'kind' | 'inTrash'> {
  if (filter === undefined) return { kind: undefined, inTrash: false };
  if (!isJsonObject(filter)) throw failedValidation('body.filter', 'an object or `undefined`', filter);
  const { property, value, in_trash: inTrash = false, ...rest } = filter;
  for (const [name, member] of Object.entries(rest)) throw notPresent(`body.filter.${name}`, member);
  if (typeof inTrash !== 'boolean')
    throw failedValidation('body.filter.in_trash', 'a boolean or `undefined`', inTrash);
  if (property === undefined && value === undefined) return { kind: undefined, inTrash };
  if (property !== 'object') throw failedValidation('body.filter.property', '`"object"`', property ?? null);
  if (version < '2025-09-03' && value === 'database') return { kind: 'data_source', inTrash };
  if (value !== 'page' && value !== 'data_source') {
    throw failedValidation('body.filter.value', '`"page"` or `"data_source"`', value ?? null);
  }
  return { kind: value, inTrash };
}

function parseSort(sort: JsonObject[string] | undefined): Wanted['order'] {
  if (sort === undefined) return 'descending';
  if (!isJsonObject(sort)) throw failedValidation('body.sort', 'an object or `undefined`', sort);
  if (sort.property === 'relevance') return 'relevance';
  if (sort.timestamp !== 'last_edited_time') {
    throw failedValidation('body.sort.timestamp', '`"last_edited_time"`', sort.timestamp ?? null);
  }
  if (sort.direction !== 'ascending' && sort.direction !== 'descending') {
    throw failedValidation('body.sort.direction', '`"ascending"` or `"descending"`', sort.direction ?? null);
  }
  return sort.direction;
}

function find(context: Context, wanted: Wanted): Found {
  const hits: { readonly id: string; readonly time: number }[] = [];
  const consider = (object: Page | DataSource, title: string) => {
    if (!title.toLowerCase().includes(wanted.query) || !isIndexed(context, object)) return;
    if (isTrashed(context.state, object) !== wanted.inTrash || !isVisible(context.state, object)) return;
    hits.push({ id: object.id, time: indexedTime(context, object) });
  };
  if (wanted.kind !== 'data_source') {
    for (const page of context.state.pages.values()) if (!page.isTemplate) consider(page, pageTitle(page));
  }
  if (wanted.kind !== 'page') {
    for (const source of context.state.dataSources.values()) consider(source, plainText(source.title));
  }
  const mixed = shuffled(hits, context.random);
  if (wanted.order !== 'relevance') {
    const sign = wanted.order === 'ascending' ? 1 : -1;
    mixed.sort((a, b) => sign * (a.time - b.time));
  }
  return { ids: mixed.map(({ id }) => id) };
}

/** False for what the index hides or has not seen yet. Directly shared pages are always there. */
function isIndexed(context: Context, object: Page | DataSource): boolean {
  const { searchLagMs } = context.faults.rates;
  if (context.state.shared.has(object.id)) return true;
  if (searchLagMs > 0 && object.createdTime > context.clock.now() - searchLagMs) return false;
  return !isChosen(context, 'searchHides', object.id);
}

/** The minute by which the index sorts: an edit it has not seen yet does not count. */
function indexedTime(context: Context, object: Page | DataSource): number {
  const seenUntil = context.clock.now() - context.faults.rates.searchLagMs;
  return Math.floor((object.editedTime > seenUntil ? object.createdTime : object.editedTime) / 60_000);
}

/** An object may have gone since the listing began. */
function render(context: Context, wanted: Wanted, id: string): JsonObject[] {
  const object = context.state.pages.get(id) ?? context.state.dataSources.get(id);
  if (object === undefined || isTrashed(context.state, object) !== wanted.inTrash) return [];
  return [object.kind === 'page' ? renderPage(context, object) : renderDataSource(context, object)];
}
