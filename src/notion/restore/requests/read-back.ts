/** Reads the target back, to find the objects that a write created whose answer never came. */
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import { plainText } from '../../../document/rich-text.ts';
import { pageTitle } from '../../../document/title.ts';
import type { NotionApi } from '../../api/api.ts';
import { list } from '../../api/listing.ts';
import type { Journal } from '../journal/journal.ts';

/** The children of a page or block, in order. */
export function listChildren(api: NotionApi, parent: string): AsyncIterable<JsonObject> {
  return list(api, { method: 'get', path: `blocks/${parent}/children`, effect: 'read' });
}

/** The ids of a listing, in order. */
export async function idsOf(items: AsyncIterable<JsonObject>): Promise<string[]> {
  const ids: string[] = [];
  for await (const item of items) ids.push(stringAt(item, 'id') ?? '');
  return ids;
}

/** The views of a database: only their ids. */
export function listViews(api: NotionApi, database: string): AsyncIterable<JsonObject> {
  return list(api, { method: 'get', path: 'views', query: { database_id: database }, effect: 'read' });
}

/**
 * The newest child page or database of `parent` that the journal does not know. Where others write too (in the
 * destination), its title must be `title`.
 */
export async function findNewChild(
  api: NotionApi,
  journal: Journal,
  wanted: {
    readonly parent: string;
    readonly type: 'child_page' | 'child_database';
    readonly title?: string;
  },
): Promise<string | undefined> {
  let found: string | undefined;
  for await (const block of listChildren(api, wanted.parent)) {
    const id = stringAt(block, 'id') ?? '';
    if (block.type !== wanted.type || journal.ids.isKnown(id)) continue;
    const title = stringAt(objectAt(block, wanted.type), 'title');
    if (wanted.title === undefined || title === wanted.title) found = id;
  }
  return found;
}

/** The newest page or database in the workspace's root that the journal does not know; search lags behind. */
export async function findNewRoot(
  api: NotionApi,
  journal: Journal,
  wanted: { readonly title: string; readonly since: number },
): Promise<string | undefined> {
  const answer = await api.request({
    method: 'post',
    path: 'search',
    body: {
      query: wanted.title,
      filter: { property: 'object', value: 'page' },
      sort: { timestamp: 'last_edited_time', direction: 'descending' },
    },
    effect: 'read',
  });
  for (const page of arrayAt(answer, 'results')) {
    const id = stringAt(page, 'id') ?? '';
    const isFresh = Date.parse(stringAt(page, 'created_time') ?? '') >= wanted.since - minuteMs;
    if (isObject(page) && objectAt(page, 'parent')?.workspace === true && isFresh && !journal.ids.isKnown(id))
      return id;
  }
  return undefined;
}

/** Times of pages are floored to the minute. */
const minuteMs = 60_000;

/**
 * The newest row of a data source that the journal does not know. Where others write too (in the destination), its title
 * must be `title`.
 */
export async function findNewRow(
  api: NotionApi,
  journal: Journal,
  { source, since, title }: { readonly source: string; readonly since: number; readonly title?: string },
): Promise<string | undefined> {
  const rows = list(api, {
    method: 'post',
    path: `data_sources/${source}/query`,
    body: { sorts: [{ timestamp: 'created_time', direction: 'descending' }] },
    effect: 'read',
  });
  for await (const row of rows) {
    const id = stringAt(row, 'id') ?? '';
    const isTitled = title === undefined || pageTitle(row) === title;
    if (row.object === 'page' && isTitled && !journal.ids.isKnown(id)) return id;
    if (Date.parse(stringAt(row, 'created_time') ?? '') < since - 2 * minuteMs) return undefined;
  }
  return undefined;
}

/** The data source of a database that the journal does not know. */
export async function findNewSource(
  api: NotionApi,
  journal: Journal,
  database: string,
): Promise<string | undefined> {
  const answer = await api.request({ method: 'get', path: `databases/${database}`, effect: 'read' });
  return sourceIdsOf(answer).find((id) => !journal.ids.isKnown(id));
}

/** The ids of a database's data sources. */
export function sourceIdsOf(database: JsonObject): string[] {
  return arrayAt(database, 'data_sources').map((source) => stringAt(source, 'id') ?? '');
}

/** The view of a database that the journal does not know. */
export async function findNewView(
  api: NotionApi,
  journal: Journal,
  database: string,
): Promise<string | undefined> {
  for await (const view of listViews(api, database)) {
    const id = stringAt(view, 'id') ?? '';
    if (!journal.ids.isKnown(id)) return id;
  }
  return undefined;
}

/** The newest comment on a page or block that the journal does not know and whose text begins with `head`. */
export async function findNewComment(
  api: NotionApi,
  journal: Journal,
  block: string,
  head: string,
): Promise<JsonObject | undefined> {
  let found: JsonObject | undefined;
  const comments = list(api, { method: 'get', path: 'comments', query: { block_id: block }, effect: 'read' });
  for await (const comment of comments) {
    const isOurs =
      !journal.ids.isKnown(stringAt(comment, 'id') ?? '') && plainText(comment.rich_text).startsWith(head);
    if (isOurs) found = comment;
  }
  return found;
}

/** The position of appended blocks among the children of their parent. */
export type Position =
  | { readonly type: 'end' }
  | { readonly type: 'start' }
  | { readonly type: 'after'; readonly id: string };

/**
 * The ids of `count` blocks appended to `parent`, which had `before` children; undefined when they are not there.
 * Only this restore writes there, one request at a time, so their number suffices to find them.
 */
export async function findAppended(
  api: NotionApi,
  wanted: {
    readonly parent: string;
    readonly before: number;
    readonly count: number;
    readonly position: Position;
  },
): Promise<string[] | undefined> {
  const ids = await idsOf(listChildren(api, wanted.parent));
  if (ids.length < wanted.before + wanted.count) return undefined;
  if (wanted.position.type === 'start') return ids.slice(0, wanted.count);
  if (wanted.position.type === 'end') return ids.slice(-wanted.count);
  const { id } = wanted.position;
  const anchor = ids.indexOf(id);
  return anchor === -1 ? undefined : ids.slice(anchor + 1, anchor + 1 + wanted.count);
}
