/** Lists as the API pages them: size checks, cursors, and the list envelope. */
import { failedValidation, invalidCursor, notPresent } from '../protocol/api-error.ts';
import type { Context } from '../protocol/routes.ts';
import type { Json, JsonObject } from '../workspace/json.ts';

const maxPageSize = 100;

/** Paging of a listing request. */
export interface Paging {
  readonly size: number;
  readonly cursor: string | undefined;
}

/** Paging from the URL; every parameter not in `known` is refused. @throws ApiError */
export function pagingOfQuery(context: Context, known: readonly string[] = []): Paging {
  checkQuery(context, ['page_size', 'start_cursor', ...known]);
  const size = context.query.get('page_size');
  if (size !== null && !/^\d+$/.test(size)) {
    throw failedValidation('query.page_size', 'a number or `undefined`', size);
  }
  return paging(
    context,
    'query',
    size === null ? undefined : Number(size),
    context.query.get('start_cursor') ?? undefined,
  );
}

/** Paging from the body; every member not in `known` is refused. @throws ApiError */
export function pagingOfBody(context: Context, known: readonly string[] = []): Paging {
  checkQuery(context, ['filter_properties', 'filter_properties[]']);
  for (const [name, value] of Object.entries(context.body)) {
    if (name !== 'page_size' && name !== 'start_cursor' && !known.includes(name))
      throw notPresent(`body.${name}`, value);
  }
  const { page_size: size, start_cursor: cursor } = context.body;
  if (size !== undefined && (typeof size !== 'number' || !Number.isInteger(size))) {
    throw failedValidation('body.page_size', 'a number or `undefined`', size);
  }
  if (cursor !== undefined && cursor !== null && typeof cursor !== 'string') {
    throw failedValidation('body.start_cursor', 'a string or `undefined`', cursor);
  }
  return paging(context, 'body', size, cursor ?? undefined);
}

/** Refuses URL parameters nobody knows. @throws ApiError */
export function checkQuery(context: Context, known: readonly string[]): void {
  for (const [name, value] of context.query)
    if (!known.includes(name)) throw notPresent(`query.${name}`, value);
}

function paging(
  context: Context,
  part: string,
  size: number | undefined,
  cursor: string | undefined,
): Paging {
  const wanted = size ?? maxPageSize;
  if (wanted > maxPageSize) throw failedValidation(`${part}.page_size`, `≤ \`${maxPageSize}\``, wanted);
  if (wanted < 1) throw failedValidation(`${part}.page_size`, '≥ `1`', wanted);
  const isShort = wanted > 1 && context.faults.strikes('shortPage');
  return { size: isShort ? 1 + context.faults.random.below(wanted - 1) : wanted, cursor };
}

/** One page of a listing, with the cursor of the next. */
export interface Slice<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
  /** Note kept with the listing's first page. */
  readonly note?: string | undefined;
}

/**
 * A listing looked at anew for each page: what is added or removed meanwhile shows. A cursor names the item the next
 * page begins with, and dies with it.
 */
export function liveSlice<T extends { readonly id: string }>(
  context: Context,
  listing: string,
  paging: Paging,
  items: readonly T[],
): Slice<T> {
  let from = 0;
  if (paging.cursor !== undefined) {
    const session = context.sessions.resume(listing, paging.cursor);
    if (session.note === endsEarly) return { items: [], nextCursor: null };
    from = items.findIndex(({ id }) => id === session.ids[0]);
    if (from < 0) throw invalidCursor(paging.cursor);
  } else if (items.length > 0 && context.faults.strikesAt('listEndsEarly', listing)) {
    return firstHalf(context, listing, paging, items);
  }
  const next = items[from + paging.size];
  return {
    items: items.slice(from, from + paging.size),
    nextCursor: next === undefined ? null : context.sessions.keep(listing, [next.id], 0),
  };
}

/** The note of a cursor after which nothing comes, though the listing is not over. */
const endsEarly = 'ends early';

/** Half of the first page, with a cursor that leads to an empty one (see the fault `listEndsEarly`). */
function firstHalf<T>(context: Context, listing: string, paging: Paging, items: readonly T[]): Slice<T> {
  const shown = Math.min(paging.size, Math.floor(items.length / 2));
  return { items: items.slice(0, shown), nextCursor: context.sessions.keep(listing, [], 0, endsEarly) };
}

/** Ids a session-scoped listing found at its start. */
export interface Found {
  readonly ids: readonly string[];
  readonly note?: string;
}

/** A listing found once and kept for its session, which may end at any time (see the fault `cursorInvalidated`). */
export function sessionSlice(
  context: Context,
  listing: string,
  paging: Paging,
  find: () => Found,
): Slice<string> {
  const { cursor, size } = paging;
  if (cursor !== undefined && context.faults.strikes('cursorInvalidated')) context.sessions.forget(cursor);
  const session =
    cursor === undefined ? { at: 0, note: undefined, ...find() } : context.sessions.resume(listing, cursor);
  if (session.note === endsEarly) return { items: [], nextCursor: null };
  if (cursor === undefined && session.ids.length > 0 && context.faults.strikesAt('listEndsEarly', listing)) {
    return firstHalf(context, listing, paging, session.ids);
  }
  const end = session.at + size;
  return {
    items: session.ids.slice(session.at, end),
    nextCursor:
      end < session.ids.length ? context.sessions.keep(listing, session.ids, end, session.note) : null,
    note: session.note,
  };
}

/** The list envelope. */
export function list(type: string, results: Json[], nextCursor: string | null): JsonObject {
  return {
    object: 'list',
    results,
    next_cursor: nextCursor,
    has_more: nextCursor !== null,
    type,
    [type]: {},
  };
}

/** Names a listing: two requests with the same name may share cursors. */
export function listingName(context: Context, ...parts: readonly Json[]): string {
  return JSON.stringify([context.version, ...parts]);
}
