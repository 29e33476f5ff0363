import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/document/json.ts';
import { objectAt, stringAt } from '../../../../src/document/json.ts';
import type { ApiRequest } from '../../../../src/notion/api/api.ts';
import { queryRows } from '../../../../src/notion/crawl/read/query-rows.ts';
import { condition, fakeContext, listOf, numberId, refusal } from '../fake-context.ts';

/** Notion's is 10,000; nothing but the answers tells. */
const cap = 1_000;
const path = 'data_sources/d/query';

/** Rows made one after the other, so many a minute. */
function rows(count: number, perMinute: number): JsonObject[] {
  return Array.from({ length: count }, (_, index) => ({
    object: 'page',
    id: numberId(index + 1),
    created_time: new Date(Date.UTC(2024, 0, 1) + Math.floor(index / perMinute) * 60_000).toISOString(),
    last_edited_time: '2025-01-01T00:00:00.000Z',
    parent: { type: 'data_source_id', data_source_id: 'd', database_id: numberId(0xdb) },
    properties: { Name: { id: 'title', type: 'title', title: [] } },
  }));
}

/** Answers a query as Notion does: in the order asked for, from the time asked for, and so many rows at most. */
function query(all: readonly JsonObject[], request: ApiRequest): JsonObject {
  const from = stringAt(objectAt(condition(request, 'created_time'), 'created_time'), 'on_or_after') ?? '';
  const found = all.filter((row) => String(row.created_time) >= from);
  const answer = listOf(found.slice(0, cap), request);
  const isCapped = answer.has_more === false && found.length > cap;
  return isCapped
    ? { ...answer, request_status: { type: 'incomplete', incomplete_reason: 'query_result_limit_reached' } }
    : answer;
}

const archived = (request: ApiRequest): boolean => request.body?.is_archived === true;

describe('listing the rows of a data source', () => {
  it('goes beyond the cap of one query by windows of their creation time, each row once', async () => {
    const all = rows(2_530, 7);
    const context = fakeContext((request) => (archived(request) ? listOf([], request) : query(all, request)));
    expect(await queryRows(context, { path, sinceMs: null })).toBeUndefined();
    expect(context.state.queue.count('ready')).toBe(2_530);
    // Two windows begin with rows already seen: at most a request more for each.
    expect(context.requests.filter((request) => !archived(request)).length).toBeLessThanOrEqual(26 + 3);
    for (const request of context.requests) {
      expect(request.body?.sorts).toEqual([{ timestamp: 'created_time', direction: 'ascending' }]);
    }
  });

  it('says what is missing when more rows than that were made in one minute', async () => {
    const all = rows(1_200, 1_200);
    const context = fakeContext((request) => (archived(request) ? listOf([], request) : query(all, request)));
    expect(await queryRows(context, { path, sinceMs: null })).toMatch(/limit/);
    expect(context.state.queue.count('ready')).toBe(cap);
  });

  it('asks for archived rows too, and keeps both conditions when it lists since a time', async () => {
    const [live, old] = [rows(3, 1).slice(0, 2), rows(3, 1).slice(2)];
    const context = fakeContext((request) => listOf(archived(request) ? old : live, request));
    await queryRows(context, { path, sinceMs: Date.UTC(2025, 5, 1) });
    expect(context.state.queue.count('ready')).toBe(3);
    for (const request of context.requests) {
      expect(condition(request, 'last_edited_time')).toMatchObject({
        last_edited_time: { on_or_after: '2025-06-01T00:00:00.000Z' },
      });
    }
  });

  it('asks once more without sort and filter when they are refused', async () => {
    const context = fakeContext((request) => {
      if (request.body?.sorts !== undefined || archived(request)) throw refusal(400);
      return listOf(rows(150, 1), request);
    });
    expect(await queryRows(context, { path, sinceMs: 5 })).toBeUndefined();
    expect(context.state.queue.count('ready')).toBe(150);
    expect(context.refused.has('archived rows')).toBe(true);
    await queryRows(context, { path, sinceMs: null });
    expect(context.requests.filter(archived)).toHaveLength(2);
  });

  it('goes on from the last row when its cursors keep dying', async () => {
    const all = rows(1_000, 3);
    const context = fakeContext((request) => {
      if (archived(request)) return listOf([], request);
      if (Number(request.body?.start_cursor ?? 0) >= 300) {
        throw refusal(400, 'validation_error', 'The start_cursor provided is invalid: x');
      }
      return query(all, request);
    });
    expect(await queryRows(context, { path, sinceMs: null })).toBeUndefined();
    expect(context.state.queue.count('ready')).toBe(1_000);
  });

  it('fails when the rows cannot be listed at all', async () => {
    const context = fakeContext(() => {
      throw refusal(404, 'object_not_found');
    });
    await expect(queryRows(context, { path, sinceMs: null })).rejects.toThrow('refused');
  });
});
