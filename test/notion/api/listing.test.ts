import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/document/json.ts';
import { isKlosetError, KlosetError } from '../../../src/errors.ts';
import type { ApiRequest, NotionApi } from '../../../src/notion/api/api.ts';
import { apiFailureOf } from '../../../src/notion/api/api.ts';
import type { ListPage } from '../../../src/notion/api/listing.ts';
import { list, listPages } from '../../../src/notion/api/listing.ts';
import { HastyClock } from '../virtual-clock.ts';

const children: ApiRequest = { method: 'get', path: 'blocks/1/children', effect: 'read' };
const search: ApiRequest = { method: 'post', path: 'search', body: { query: 'x' }, effect: 'read' };

/** Answers requests one after the other; an Error is thrown. */
function apiOf(answers: readonly (JsonObject | Error)[]): NotionApi & { readonly asked: ApiRequest[] } {
  const asked: ApiRequest[] = [];
  return {
    asked,
    clock: new HastyClock(),
    requestsSpent: 0,
    request: async (request) => {
      const answer = answers[asked.length] ?? new Error(`unexpected request ${asked.length}`);
      asked.push(request);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    sendFilePart: () => Promise.reject(new Error('no uploads here')),
  };
}

function page(ids: readonly string[], next?: string | null, more: JsonObject = {}): JsonObject {
  const results = ids.map((id) => ({ object: 'block', id }));
  return { object: 'list', results, has_more: next !== undefined, next_cursor: next ?? null, ...more };
}

function deadCursor(): KlosetError {
  return new KlosetError('internal', 'refused', {
    cause: {
      type: 'api-failure',
      status: 400,
      code: 'validation_error',
      message: 'The start_cursor provided is invalid: x',
      additionalData: null,
    },
  });
}

async function idsOf(items: AsyncIterable<JsonObject>): Promise<unknown[]> {
  const ids = [];
  for await (const item of items) ids.push(item.id);
  return ids;
}

async function pagesOf(api: NotionApi, request = children): Promise<ListPage[]> {
  const pages = [];
  for await (const one of listPages(api, request)) pages.push(one);
  return pages;
}

/** A page of a list that does not say whether more follows. */
function silent(ids: readonly string[], cursor?: string): JsonObject {
  const { has_more: _, ...rest } = page(ids, cursor ?? null);
  return { ...rest, next_cursor: cursor ?? null };
}

describe('a listing', () => {
  it('follows cursors to the end, in the query of a GET', async () => {
    const api = apiOf([page(['a', 'b'], 'c1'), page(['c'], 'c2'), page(['d'])]);
    expect(await idsOf(list(api, children))).toEqual(['a', 'b', 'c', 'd']);
    expect(api.asked.map((request) => request.query)).toEqual([
      { page_size: 100 },
      { page_size: 100, start_cursor: 'c1' },
      { page_size: 100, start_cursor: 'c2' },
    ]);
  });

  it('carries the cursor of a POST in its body, beside what was there', async () => {
    const api = apiOf([page(['a'], 'c1'), page(['b'])]);
    await idsOf(list(api, search));
    expect(api.asked[1]?.body).toEqual({ query: 'x', page_size: 100, start_cursor: 'c1' });
    expect(api.asked[1]?.query).toBeUndefined();
  });

  it('goes on over short and empty pages', async () => {
    const api = apiOf([page([], 'c1'), page(['a'], 'c2'), page([], 'c3'), page(['b'])]);
    expect(await idsOf(list(api, children))).toEqual(['a', 'b']);
  });

  it('reads templates, which lie under another key', async () => {
    const api = apiOf([{ templates: [{ id: 't' }], has_more: false, next_cursor: null }]);
    expect(await idsOf(list(api, children, { itemsIn: 'templates' }))).toEqual(['t']);
  });

  it('gives an item that moved between pages once', async () => {
    const api = apiOf([page(['a', 'b'], 'c1'), page(['b', 'c'])]);
    expect(await idsOf(list(api, children))).toEqual(['a', 'b', 'c']);
  });

  it('gives every property item, although they share one id', async () => {
    const item = { object: 'property_item', id: 'abc' };
    const api = apiOf([
      { results: [item, item], has_more: true, next_cursor: 'c1' },
      { results: [item], has_more: false },
    ]);
    expect(await idsOf(list(api, children))).toHaveLength(3);
  });

  it('starts again when its cursor dies, and gives nothing twice', async () => {
    const api = apiOf([page(['a', 'b'], 'c1'), deadCursor(), page(['b', 'a'], 'd1'), page(['c'])]);
    expect(await idsOf(list(api, children))).toEqual(['a', 'b', 'c']);
    expect(api.asked[2]?.query).toEqual({ page_size: 100 });
  });

  it('starts again by place where items have no id of their own', async () => {
    const items = ['1', '2', '3'].map((name) => ({ object: 'property_item', id: 'abc', name }));
    const api = apiOf([
      { results: items.slice(0, 2), has_more: true, next_cursor: 'c1' },
      deadCursor(),
      { results: items, has_more: false },
    ]);
    const names = [];
    for await (const item of list(api, children)) names.push(item.name);
    expect(names).toEqual(['1', '2', '3']);
  });

  it('gives up on a cursor that dies again and again', async () => {
    const round = () => [page(['a'], 'c1'), deadCursor()];
    const api = apiOf(Array.from({ length: 20 }, round).flat());
    await expect(idsOf(list(api, children))).rejects.toSatisfy(
      (error) => apiFailureOf(error)?.status === 400,
    );
    expect(api.asked).toHaveLength(12);
  });

  it('passes on a refusal of the first page, whatever it names', async () => {
    await expect(idsOf(list(apiOf([deadCursor()]), children))).rejects.toThrow('refused');
  });

  it.each<[string, JsonObject[]]>([
    ['has_more without a cursor, twice', [page(['a'], null), page(['a'], null)]],
    [
      'a cursor that comes twice, in two readings',
      [page(['a'], 'c1'), page(['b'], 'c1'), page(['a'], 'c1'), page(['b'], 'c1')],
    ],
    [
      'an empty page where more was promised, in two readings',
      [page(['a'], 'c1'), page([]), page(['a'], 'c2'), page([])],
    ],
    [
      'the row cap',
      [
        page(['a'], undefined, {
          request_status: { type: 'incomplete', incomplete_reason: 'query_result_limit_reached' },
        }),
      ],
    ],
    ['no word on whether more follows', [silent(['a']), silent(['a'])]],
  ])('with %s gives what there is and then says it is cut short', async (_name, answers) => {
    const found: unknown[] = [];
    const reading = (async () => {
      for await (const item of list(apiOf(answers), children)) found.push(item.id);
    })();
    await expect(reading).rejects.toSatisfy((error) => isKlosetError(error, 'incomplete'));
    expect(found[0]).toBe('a');
  });

  it.each<[string, JsonObject[]]>([
    ['whose cursor was missing once', [page(['a'], null), page(['a', 'b'])]],
    ['that did not say once whether more follows', [silent(['a']), page(['a', 'b'])]],
    ['that was none once', [{ object: 'list' }, page(['a', 'b'])]],
    ['that gives a cursor without saying that more follows', [silent(['a'], 'c1'), page(['b'])]],
    ['that ended with an empty page once', [page(['a'], 'c1'), page([]), page(['a'], 'c2'), page(['b'])]],
  ])('reads a list %s again, and gives each item once', async (_name, answers) => {
    expect(await idsOf(list(apiOf(answers), children))).toEqual(['a', 'b']);
  });

  it('tells page by page why it ends early', async () => {
    const status = { type: 'incomplete', incomplete_reason: 'query_result_limit_reached' };
    const pages = await pagesOf(
      apiOf([page(['a'], 'c1'), page(['b'], undefined, { request_status: status })]),
    );
    expect(pages.map((one) => one.incomplete)).toEqual([undefined, 'query_result_limit_reached']);
    expect(pages[1]?.requestStatus).toEqual(status);
  });

  it('ends when pages bring nothing new for ever', async () => {
    const endless = Array.from({ length: 1_000 }, (_unused, turn) => page(['a'], `c${turn}`));
    const pages = await pagesOf(apiOf(endless));
    expect(pages.length).toBeLessThan(300);
    expect(pages.at(-1)?.incomplete).toMatch(/without a new item/);
  });

  it.each<[string, JsonObject]>([
    ['no results', { object: 'list' }],
    ['results that are no array', { results: { 0: 'a' } }],
    ['results that hold no objects', { results: ['a'] }],
  ])('never passes %s as an empty list', async (_name, answer) => {
    await expect(idsOf(list(apiOf([answer, answer]), children))).rejects.toSatisfy(
      (error) => isKlosetError(error, 'unavailable') && apiFailureOf(error)?.code === 'not-a-list',
    );
  });
});
