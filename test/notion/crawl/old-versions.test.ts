import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/document/json.ts';
import { arrayAt, objectAt } from '../../../src/document/json.ts';
import type { ApiRequest } from '../../../src/notion/api/api.ts';
import { crawl } from '../../../src/notion/crawl/crawl.ts';
import { fakeContext, listOf, numberId, refusal } from './fake-context.ts';
import { MemorySink, MemorySnapshot } from './memory-snapshot.ts';

const time = '2022-03-01T10:00:00.000Z';
const common = { created_time: time, last_edited_time: time, archived: false };
const title = (text: string) => [{ type: 'text', text: { content: text }, plain_text: text }];

const home: JsonObject = {
  object: 'page',
  id: numberId(1),
  ...common,
  parent: { type: 'workspace', workspace: true },
  properties: { title: { id: 'title', type: 'title', title: title('Home') } },
};
const table: JsonObject = {
  object: 'database',
  id: numberId(2),
  ...common,
  parent: { type: 'page_id', page_id: numberId(1) },
  title: title('Table'),
  properties: { Name: { id: 'title', name: 'Name', type: 'title', title: {} } },
};
const row: JsonObject = {
  object: 'page',
  id: numberId(3),
  ...common,
  parent: { type: 'database_id', database_id: numberId(2) },
  properties: { Name: { id: 'title', type: 'title', title: title('Row') } },
};
const trashedRow: JsonObject = { ...row, id: numberId(4), archived: true };

/** A server of version 2022-06-28: databases are tables, and everything newer is an invalid request URL. */
function answer(request: ApiRequest): JsonObject {
  const { path } = request;
  if (path === 'search') return listOf([home, table, row, trashedRow], request);
  if (path === `databases/${dashed(2)}/query`) {
    if (request.body?.is_archived !== undefined) throw refusal(400);
    return listOf([row], request);
  }
  if (path === `blocks/${dashed(1)}/children`) {
    return listOf(
      [{ object: 'block', id: numberId(2), type: 'child_database', has_children: false, child_database: {} }],
      request,
    );
  }
  if (/^blocks\/.*\/children$/.test(path) || path === 'users') return listOf([], request);
  if (path === 'users/me') return { object: 'user', id: numberId(9), type: 'bot', bot: {} };
  throw refusal(400, 'invalid_request_url', 'Invalid request URL.');
}

function dashed(n: number): string {
  return numberId(n).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

describe('a crawl of a server of 2022', () => {
  it('takes databases as the tables they were, with their rows, and asks for nothing newer twice', async () => {
    const sink = new MemorySink();
    const context = fakeContext(answer, { sink });
    const crawled = await crawl(context.options);
    const snapshot = new MemorySnapshot(sink, crawled.steps(), crawled.manifest);
    crawled.discard();
    expect([...snapshot.all.values()].map(({ path }) => path)).toEqual([
      '/Home~00000001',
      '/Home~00000001/Table~00000002',
      '/Home~00000001/Table~00000002/Row~00000003',
    ]);
    const document = snapshot.document(numberId(2));
    expect(document.database).toEqual(table);
    expect(arrayAt(document, 'data_sources')).toEqual([]);
    expect(crawled.complete).toBe(true);
    expect(crawled.summary).toMatchObject({ pages: 1, databases: 1, rows: 1, errors: 0 });
    const refused = objectAt(objectAt(crawled.manifest, 'blind_spots'), 'refused') ?? {};
    expect(Object.keys(refused).sort()).toEqual(['archived rows', 'custom_emojis', 'views']);
    const endpoints = context.requests.map(({ path }) => path);
    expect(endpoints.filter((path) => path === 'databases/2')).toEqual([]);
    expect(endpoints.filter((path) => path === 'views')).toHaveLength(1);
  });
});
