/**
 * Lists all rows of a data source (or, on old servers, of a database). Notion ends a query after 10,000 rows: the next
 * window begins at the creation time of the last row seen. Archived rows are a query of their own.
 */
import type { JsonObject } from '../../../document/json.ts';
import { isObject, stringAt } from '../../../document/json.ts';
import { apiFailureOf } from '../../api/api.ts';
import type { Run } from '../state/context.ts';
import { sightDataSource } from '../state/data-sources.ts';
import { isFatal } from '../state/end-of-run.ts';
import { isRefusal, reasonOf, statusOf } from '../state/read-api.ts';
import { sightPage } from '../state/record-discovery.ts';

const oldestFirst: JsonObject[] = [{ timestamp: 'created_time', direction: 'ascending' }];

export interface RowQuery {
  /** `data_sources/<id>/query` or `databases/<id>/query`. */
  readonly path: string;
  /** Only rows edited at or after this time; null for all. */
  readonly sinceMs: number | null;
}

/** Sights every row. @returns why some are missing, one line; undefined when none are. @throws KlosetError when nothing could be listed */
export async function queryRows(run: Run, query: RowQuery): Promise<string | undefined> {
  const missing = await queryTolerant(run, query, {});
  const archived = await queryArchived(run, query);
  return missing ?? archived;
}

async function queryArchived(run: Run, query: RowQuery): Promise<string | undefined> {
  if (run.refused.has('archived rows')) return undefined;
  try {
    return await queryTolerant(run, query, { is_archived: true });
  } catch (error) {
    if (isFatal(error) || !isRefusal(error)) throw error;
    // 400: the server does not know archived rows at all. 404: it does not know them here.
    if (statusOf(error) === 400) run.refused.set('archived rows', reasonOf(error));
    else run.state.count('archived_rows_not_shown');
    return undefined;
  }
}

/** Asks with sort and filter, and when that is refused without: some servers know neither. */
async function queryTolerant(run: Run, query: RowQuery, extra: JsonObject): Promise<string | undefined> {
  const filter = query.sinceMs === null ? {} : { filter: editedSince(query.sinceMs) };
  const attempts = [{ ...extra, ...filter, sorts: oldestFirst }, extra];
  for (const body of attempts) {
    const progress = { rows: 0 };
    try {
      return await queryWindows(run, query.path, body, progress);
    } catch (error) {
      if (!isRefusal(error) || progress.rows > 0 || body === attempts.at(-1)) throw error;
    }
  }
  return undefined;
}

async function queryWindows(
  run: Run,
  path: string,
  body: JsonObject,
  progress: { rows: number },
): Promise<string | undefined> {
  let from: string | undefined;
  for (;;) {
    const window = await queryWindow(run, path, withStart(body, from), progress);
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
  run: Run,
  path: string,
  body: JsonObject,
  progress: { rows: number },
): Promise<Window> {
  let last: string | undefined;
  let incomplete: string | undefined;
  try {
    for await (const page of run.ask.list({ method: 'post', path, body })) {
      const taken = run.ask.now();
      run.state.transaction(() => {
        for (const row of page.items) sightRow(run, row, taken);
      });
      progress.rows += page.items.length;
      last = stringAt(page.items.at(-1), 'created_time') ?? last;
      incomplete = page.incomplete;
    }
  } catch (error) {
    // A listing whose cursors keep dying goes on from where it was.
    if (last === undefined || !isDeadCursor(error)) throw error;
    incomplete = reasonOf(error);
  }
  return { last, incomplete };
}

function sightRow(run: Run, row: JsonObject, taken: number): void {
  if (row.object === 'data_source') sightDataSource(run, row, 'query');
  else sightPage(run, row, 'query', taken, true);
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

function isDeadCursor(error: unknown): boolean {
  return statusOf(error) === 400 && (apiFailureOf(error)?.message ?? '').includes('start_cursor');
}
