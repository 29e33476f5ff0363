/** `GET /pages/{id}` and single properties of a page. */
import { notFound } from '../protocol/api-error.ts';
import type { Context, Route } from '../protocol/routes.ts';
import { filterProperties } from '../render/filter-properties.ts';
import { renderPage } from '../render/page.ts';
import { rolledUp, rollupFunction } from '../render/rollup.ts';
import { encodedId, isUnknown, schemaOf } from '../render/schema.ts';
import { fullValue } from '../render/values.ts';
import type { Json, JsonObject } from '../workspace/json.ts';
import type { Page, PropertySchema } from '../workspace/state.ts';
import { checkQuery, listingName, pagingOfQuery, sessionSlice } from './listing.ts';
import { botOf, visiblePage } from './objects.ts';

export const pageRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/pages/{page_id}',
    effect: 'read',
    capability: 'read_content',
    handle: getPage,
  },
  {
    method: 'GET',
    path: '/v1/pages/{page_id}/properties/{property_id}',
    effect: 'read',
    capability: 'read_content',
    handle: getProperty,
  },
];

function getPage(context: Context): JsonObject {
  checkQuery(context, ['filter_properties', 'filter_properties[]']);
  const page = visiblePage(context, context.params.page_id ?? '');
  return renderPage(context, page, filterProperties(context, schemaOf(context.state, page)));
}

function getProperty(context: Context): JsonObject {
  const page = visiblePage(context, context.params.page_id ?? '');
  const wanted = context.params.property_id ?? '';
  const property = schemaOf(context.state, page).find(({ id }) => id === wanted || encodedId(id) === wanted);
  if (property === undefined) throw notFound('property', wanted, botOf(context));
  const id = encodedId(property.id);
  if (isUnknown(context, property)) return { object: 'property_item', type: 'telepathy', id, telepathy: {} };
  const listed = listedItems(context, page, property);
  if (listed !== undefined) return propertyList(context, page, property, listed);
  pagingOfQuery(context);
  return {
    object: 'property_item',
    type: property.type,
    id,
    [property.type]: fullValue(context, page, property),
  };
}

/** The items of a property that reads as a list; undefined for one that reads as a single value. */
function listedItems(context: Context, page: Page, property: PropertySchema): JsonObject[] | undefined {
  if (property.type === 'rollup') return rollupItems(context, page, property);
  if (!['title', 'rich_text', 'people', 'relation'].includes(property.type)) return undefined;
  const value = fullValue(context, page, property);
  return (Array.isArray(value) ? value : []).map((item) => propertyItem(property, property.type, item));
}

function rollupItems(context: Context, page: Page, property: PropertySchema): JsonObject[] {
  const showsValues = rollupFunction(property) === 'show_original';
  return rolledUp(context.state, page, property).map(({ page: row, target }) =>
    showsValues
      ? propertyItem(property, target.type, fullValue(context, row, target))
      : propertyItem(property, 'relation', { id: row.id }),
  );
}

function propertyItem(property: PropertySchema, type: string, value: Json): JsonObject {
  return { object: 'property_item', type, id: encodedId(property.id), [type]: value };
}

function propertyList(
  context: Context,
  page: Page,
  property: PropertySchema,
  items: readonly JsonObject[],
): JsonObject {
  const paging = pagingOfQuery(context);
  const positions = items.map((_, index) => String(index));
  const slice = sessionSlice(context, listingName(context, 'property', page.id, property.id), paging, () => ({
    ids: positions,
  }));
  const id = encodedId(property.id);
  const nextUrl = `${context.origin}/v1/pages/${page.id}/properties/${id}?start_cursor=${slice.nextCursor}`;
  return {
    object: 'list',
    results: slice.items.flatMap((position) => items[Number(position)] ?? []),
    next_cursor: slice.nextCursor,
    has_more: slice.nextCursor !== null,
    type: 'property_item',
    property_item: {
      id,
      next_url: slice.nextCursor === null ? null : nextUrl,
      type: property.type,
      [property.type]:
        property.type === 'rollup' ? rollupSummary(context, page, property, slice.nextCursor) : {},
    },
  };
}

/** A rollup is final on the last page only. */
function rollupSummary(
  context: Context,
  page: Page,
  property: PropertySchema,
  nextCursor: string | null,
): Json {
  if (nextCursor !== null) return { type: 'incomplete', incomplete: {}, function: rollupFunction(property) };
  const value = fullValue(context, page, property);
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value.type !== 'array')
    return value;
  return { ...value, array: [] };
}
