/**
 * Lists all rows of a data source (or, on old servers, of a database). Notion ends a query after 10,000 rows: the next
 * window begins at the creation time of the last row seen. Archived rows are a query of their own.
 */
import type { JsonObject } from '../../../document/json.ts';
import { isObject, stringAt } from '../../../document/json.ts';
import { apiFailureOf } from '../../api/api.ts';
import { oddObject } from '../../api/odd-answer.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import { idOf } from '../context/notion-object.ts';
import { wholeListed } from '../context/odd-items.ts';
import { isRefusal, reasonOf, statusOf } from '../context/read-api.ts';
import { recordDataSource } from '../context/record-data-source.ts';
import { recordPage, refreshListed } from '../context/record-discovery.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';

const oldestFirst: JsonObject[] = [{ timestamp: 'created_time', direction: 'ascending' }];

export interface RowQuery {
  /** `data_sources/<id>/query` or `databases/<id>/query`. */
  readonly path: string;
  /** Only rows edited at or after this time; null for all. */
  readonly sinceMs: number | null;
}

/** Records every row. @returns why some are missing, one line; undefined when none are. @throws KlosetError when nothing could be listed */
export async function queryRows(context: CrawlContext, query: RowQuery): Promise<string | undefined> {
  const missing = await queryOrSimplify(context, query, {});
  const archived = await queryArchived(context, query);
  return missing ?? archived;
}

async function queryArchived(context: CrawlContext, query: RowQuery): Promise<string | undefined> {
  if (context.refused.has('archived rows')) return undefined;
  try {
    return await queryOrSimplify(context, query, { is_archived: true });
  } catch (error) {
    if (error instanceof EndOfRun || !isRefusal(error)) throw error;
    // 400: the server does not know archived rows at all. 404: it does not know them here.
    if (statusOf(error) === 400) context.refused.add('archived rows', reasonOf(error));
    else context.state.counters.add('archived_rows_not_shown');
    return undefined;
  }
}

/** Asks with sort and filter, and without them when that is refused: some servers know neither. */
async function queryOrSimplify(
  context: CrawlContext,
  query: RowQuery,
  extra: JsonObject,
): Promise<string | undefined> {
  const filter = query.sinceMs === null ? {} : { filter: editedSince(query.sinceMs) };
  const attempts = [{ ...extra, ...filter, sorts: oldestFirst }, extra];
  for (const body of attempts) {
    const progress = { rows: 0 };
    try {
      return await queryWindows(context, query.path, body, progress);
    } catch (error) {
      if (!isRefusal(error) || progress.rows > 0 || body === attempts.at(-1)) throw error;
    }
  }
  return undefined;
}

async function queryWindows(
  context: CrawlContext,
  path: string,
  body: JsonObject,
  progress: { rows: number },
): Promise<string | undefined> {
  let from: string | undefined;
  for (;;) {
    const window = await queryWindow(context, path, withStart(body, from), progress);
    if (window.incomplete === undefined) return undefined;
    // Without an order there is no next window; and more rows made in one minute than one query shows cannot be told apart.
    if (!('sorts' in body) || window.last === undefined || window.last === from) return window.incomplete;
    from = window.last;
  }
}

interface Window {
  /** created_time of the last row listed. */
  readonly last: string | undefined;
  readonly incomplete: string | undefined;
}

async function queryWindow(
  context: CrawlContext,
  path: string,
  body: JsonObject,
  progress: { rows: number },
): Promise<Window> {
  let last: string | undefined;
  let incomplete: string | undefined;
  try {
    for await (const page of context.api.list({ method: 'post', path, body })) {
      const fetchedAt = context.api.now();
      const rows = await wholeListed(context, page.items);
      context.state.transaction(() => {
        for (const row of rows) recordRow(context, row, fetchedAt);
      });
      progress.rows += page.items.length;
      last = stringAt(rows.at(-1), 'created_time') ?? last;
      incomplete = page.incomplete;
    }
  } catch (error) {
    // A listing whose cursors keep expiring resumes from where it was.
    if (last === undefined || !isExpiredCursor(error)) throw error;
    incomplete = reasonOf(error);
  }
  return { last, incomplete };
}

function recordRow(context: CrawlContext, row: JsonObject, fetchedAt: number): void {
  if (row.object === 'data_source') {
    recordDataSource(context, row, 'query');
    return;
  }
  recordPage(context, row, { path: 'query', fetchedAt, isInside: true });
  const id = idOf(row);
  if (id !== undefined && oddObject('page', row) === undefined) refreshListed(context, id, row, fetchedAt);
}

function withStart(body: JsonObject, from: string | undefined): JsonObject {
  if (from === undefined) return body;
  const start = { timestamp: 'created_time', created_time: { on_or_after: from } };
  return { ...body, filter: isObject(body.filter) ? { and: [body.filter, start] } : start };
}

function editedSince(sinceMs: number): JsonObject {
  return {
    timestamp: 'last_edited_time',
    last_edited_time: { on_or_after: new Date(sinceMs).toISOString() },
  };
}

function isExpiredCursor(error: unknown): boolean {
  return statusOf(error) === 400 && (apiFailureOf(error)?.message ?? '').includes('start_cursor');
}
