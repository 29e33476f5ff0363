import { describe, expect, it } from 'vitest';
import type { Capability } from '../../src/simulator/protocol/routes.ts';
import { capabilitiesWithout, defaultCapabilities } from '../../src/simulator/server.ts';
import { addPage, createState, richText } from '../../src/simulator/workspace/state.ts';
import type { Send } from './workspace.ts';
import { arrayOf, everything, smallWorkspace, withSimulator } from './workspace.ts';

describe('the gate', () => {
  it('refuses a wrong token, a missing version and an unknown one', () =>
    withSimulator({}, async (_, send) => {
      const wrong = await send('GET', 'users/me', undefined, { authorization: 'Bearer nobody' });
      expect(wrong).toMatchObject({
        status: 401,
        body: { code: 'unauthorized', object: 'error', status: 401 },
      });
      expect(wrong.headers.get('x-notion-request-id')).toBe(wrong.body.request_id);
      const future = await send('GET', 'users/me', undefined, { 'notion-version': '2031-01-01' });
      expect(future).toMatchObject({ status: 400, body: { code: 'validation_error' } });
      const none = await send('GET', 'users/me', undefined, { 'notion-version': '' });
      expect(none.status).toBe(400);
    }));

  it('knows no data sources in the version before them', () => {
    const { state, source } = smallWorkspace();
    return withSimulator({ state }, async (_, send) => {
      const path = `data_sources/${source.id}/query`;
      const reply = await send('POST', path, {}, { 'notion-version': '2022-06-28' });
      expect(reply).toMatchObject({
        status: 400,
        body: { code: 'invalid_request_url', message: 'Invalid request URL.' },
      });
    });
  });

  it('tells a malformed id from a missing object', () =>
    withSimulator({}, async (_, send) => {
      expect((await send('GET', 'blocks/foo-bar')).body.message).toBe(
        'path failed validation: path.block_id should be a valid uuid, instead was `"foo-bar"`.',
      );
      expect((await send('GET', 'pages/12345678-1234-1234-1234-123456789abc')).status).toBe(400);
      const missing = await send('GET', 'pages/12345ea0c1e4808c95d2c6b376c4fe2f');
      expect(missing).toMatchObject({ status: 404, body: { code: 'object_not_found' } });
      expect(missing.body.message).toContain('12345ea0-c1e4-808c-95d2-c6b376c4fe2f');
    }));

  it('refuses what the connection has no capability for', () =>
    withSimulator({ capabilities: ['read_content'] }, async (_, send) => {
      expect(await send('GET', 'users')).toMatchObject({
        status: 403,
        body: { code: 'restricted_resource' },
      });
      expect((await send('GET', 'users/me')).status).toBe(200);
    }));

  it('keeps a new connection from comments, with 403 or with 404 all the time', async () => {
    const { state, home } = smallWorkspace();
    const requests = async (send: Send) => [
      await send('GET', `comments?block_id=${home.id}`),
      await send('POST', 'comments', {
        parent: { page_id: home.id },
        rich_text: [{ text: { content: 'x' } }],
      }),
    ];
    const capabilities = defaultCapabilities;
    await withSimulator({ state, capabilities }, async (_, send) => {
      for (const reply of await requests(send)) {
        expect(reply).toMatchObject({
          status: 403,
          body: { code: 'restricted_resource', message: 'Insufficient permissions for this endpoint.' },
        });
      }
      expect((await send('GET', 'users')).status).toBe(200);
    });
    await withSimulator({ state, capabilities, commentRefusal: 404 }, async (_, send) => {
      for (const reply of await requests(send)) {
        expect(reply).toMatchObject({ status: 404, body: { code: 'object_not_found' } });
        expect(reply.body.message).toContain(`Could not find block with ID: ${home.id}`);
      }
    });
  });

  it('refuses to insert, to update, and to show people, each without its capability', async () => {
    const { state, home } = smallWorkspace();
    const page = { parent: { page_id: home.id }, properties: {} };
    const statuses = (missing: readonly Capability[]) =>
      withSimulator({ state, capabilities: capabilitiesWithout(...missing) }, async (_, send) => [
        (await send('POST', 'pages', page)).status,
        (await send('PATCH', `blocks/${home.id}/children`, { children: [{ divider: {} }] })).status,
        (await send('PATCH', `pages/${home.id}`, { is_locked: false })).status,
        (await send('GET', 'users')).status,
      ]);
    expect(await statuses(['insert_content'])).toEqual([403, 403, 200, 200]);
    expect(await statuses(['update_content'])).toEqual([200, 200, 403, 200]);
    expect(await statuses(['read_users'])).toEqual([200, 200, 200, 403]);
  });

  it('says what time it is for Notion in every answer, whatever the client thinks', () =>
    withSimulator({ notionAheadMs: -300_000 }, async ({ clock, notionClock, state }, send) => {
      const { headers } = await send('GET', 'users/me');
      expect(headers.get('date')).toBe(new Date(clock.now() - 300_000).toUTCString());
      notionClock.aheadMs = 60_000;
      expect((await send('GET', 'nowhere')).headers.get('date')).toBe('Mon, 01 Jun 2026 09:01:00 GMT');
      const page = addPage(state, { parent: { type: 'workspace', id: '' } });
      state.shared.add(page.id);
      const edited = await send('PATCH', `pages/${page.id}`, { is_locked: true });
      expect(edited.body.last_edited_time).toBe('2026-06-01T09:01:00.000Z');
    }));

  it('refuses broken JSON and bodies that are too large', () =>
    withSimulator({}, async (simulator, send) => {
      const broken = await fetch(`${simulator.url}/v1/search`, {
        method: 'POST',
        headers: { authorization: `Bearer ${simulator.token}`, 'notion-version': '2026-03-11' },
        body: '{"query":',
      });
      expect(await broken.json()).toMatchObject({ status: 400, code: 'invalid_json' });
      expect((await send('POST', 'search', { query: 'x'.repeat(600_000) })).status).toBe(413);
    }));
});

describe('listings', () => {
  it('page through children with cursors of their own', () => {
    const { state, home } = smallWorkspace();
    return withSimulator({ state }, async (_, send) => {
      const first = await send('GET', `blocks/${home.id}/children?page_size=2`);
      expect(arrayOf(first.body.results).map(({ type }) => type)).toEqual(['paragraph', 'child_page']);
      const rest = await send('GET', `blocks/${home.id}/children?start_cursor=${first.body.next_cursor}`);
      expect(rest.body).toMatchObject({ has_more: false, next_cursor: null, type: 'block', block: {} });
      expect(arrayOf(rest.body.results).map(({ type }) => type)).toEqual(['child_database']);
      const foreign = await send('GET', `users?start_cursor=${first.body.next_cursor}`);
      expect(foreign).toMatchObject({ status: 400, body: { code: 'validation_error' } });
      expect(foreign.body.message).toContain('start_cursor');
    });
  });

  it('check the page size', () =>
    withSimulator({}, async (_, send) => {
      expect((await send('GET', 'users?page_size=101')).status).toBe(400);
      expect((await send('POST', 'search', { page_size: 0 })).status).toBe(400);
      expect((await send('POST', 'search', { page_size: '5' })).status).toBe(400);
      expect((await send('POST', 'search', { surprise: 1 })).body.message).toContain(
        'body.surprise should be not present',
      );
    }));

  it('promise no order of unsorted rows', () => {
    const { state, source } = smallWorkspace();
    return withSimulator({ state }, async (_, send) => {
      const orders = new Set<string>();
      for (let turn = 0; turn < 10; turn += 1) {
        const rows = await everything(send, 'POST', `data_sources/${source.id}/query`, { page_size: 2 });
        expect(new Set(rows.map(({ id }) => id)).size).toBe(5);
        orders.add(rows.map(({ id }) => id).join());
      }
      expect(orders.size).toBeGreaterThan(1);
    });
  });

  it('show a database only to search as its data source, and find pages by title', () => {
    const { state, source } = smallWorkspace();
    return withSimulator({ state }, async (_, send) => {
      const all = await everything(send, 'POST', 'search');
      expect(all.map(({ object }) => object).sort()).toEqual(
        [...Array(7).fill('page'), 'data_source'].sort(),
      );
      const found = await everything(send, 'POST', 'search', { query: 'tasks' });
      expect(found.map(({ id }) => id)).toEqual([source.id]);
    });
  });
});

describe('the budget', () => {
  it('turns requests away until the window is over, and logs the impatient', () =>
    withSimulator({ requestsPerMinute: 2 }, async ({ clock, log, budget }, send) => {
      expect((await send('GET', 'users/me')).status).toBe(200);
      expect((await send('GET', 'users/me')).status).toBe(200);
      clock.advance(20_000);
      const refused = await send('GET', 'users/me');
      expect(refused).toMatchObject({
        status: 429,
        body: { additional_data: { retry_after: '40', rate_limit_reason: 'public_api_request_rate_limit' } },
      });
      expect(refused.headers.get('retry-after')).toBe('40');
      clock.advance(39_000);
      expect((await send('GET', 'users/me')).status).toBe(429);
      clock.advance(1_000);
      expect((await send('GET', 'users/me')).status).toBe(200);
      expect(log.map(({ ignoredRetryAfter }) => ignoredRetryAfter)).toEqual([
        false,
        false,
        false,
        true,
        false,
      ]);
      expect(budget).toMatchObject({ admitted: 3, rejected: 2 });
    }));
});

describe('the 10,000-row cap', () => {
  it('ends a query as incomplete', () => {
    const { state, source } = smallWorkspace();
    for (let number = 0; number < 10_000; number += 1) {
      addPage(state, { parent: { type: 'data_source_id', id: source.id }, values: { title: richText('r') } });
    }
    return withSimulator({ state }, async (_, send) => {
      const last = await lastPage(send, source.id);
      expect(last.seen).toBe(10_000);
      expect(last.status).toEqual({ type: 'incomplete', incomplete_reason: 'query_result_limit_reached' });
    });
  });

  async function lastPage(send: Parameters<Parameters<typeof withSimulator>[1]>[1], id: string) {
    let seen = 0;
    let cursor: unknown = null;
    for (;;) {
      const body = typeof cursor === 'string' ? { start_cursor: cursor } : {};
      const reply = await send('POST', `data_sources/${id}/query?filter_properties=title`, body);
      seen += arrayOf(reply.body.results).length;
      if (reply.body.has_more === false) return { seen, status: reply.body.request_status };
      expect(reply.body.request_status).toBeUndefined();
      cursor = reply.body.next_cursor;
    }
  }
});

describe('an empty workspace', () => {
  it('answers an empty search', () =>
    withSimulator({ state: createState() }, async (_, send) => {
      expect((await send('POST', 'search', {})).body).toMatchObject({
        object: 'list',
        results: [],
        has_more: false,
      });
    }));
});
