import { describe, expect, it } from 'vitest';
import type { FaultRates } from '../../../src/simulator/conditions/faults.ts';
import type { JsonObject } from '../../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../../src/simulator/workspace/json.ts';
import { addBlock, addPage, addView, richText } from '../../../src/simulator/workspace/state.ts';
import type { Send } from '../workspace.ts';
import { everything, smallWorkspace, someTime, withSimulator } from '../workspace.ts';

const statuses = async (send: Send, count: number) => {
  const seen: number[] = [];
  for (let turn = 0; turn < count; turn += 1) seen.push((await send('GET', 'users/me')).status);
  return seen;
};

describe('faults of whole requests', () => {
  it('come in bursts of 429 with Retry-After', () =>
    withSimulator({ faults: { rateLimited: 1, burstLength: 3 } }, async ({ faults, log }, send) => {
      const first = await send('GET', 'users/me');
      faults.rates.rateLimited = 0;
      expect(Number(first.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(first.body.additional_data).toMatchObject({
        rate_limit_reason: expect.stringMatching(/^public_api_(space_request|endpoint)_rate_limit$/),
      });
      expect(await statuses(send, 3)).toEqual([429, 429, 200]);
      expect(log).toHaveLength(4);
    }));

  it('may block the connection for good', () =>
    withSimulator({ faults: { blocked: 1 } }, async (_, send) => {
      expect((await send('GET', 'users/me')).body.additional_data).toMatchObject({
        rate_limit_reason: 'public_api_request_blocked',
      });
    }));

  it('repeat with their seed', async () => {
    const run = (seed: number) =>
      withSimulator({ seed, faults: { serverError: 0.3, overloaded: 0.2 } }, (_, send) => statuses(send, 30));
    const once = await run(7);
    expect(new Set(once).size).toBeGreaterThan(2);
    expect(await run(7)).toEqual(once);
    expect(await run(8)).not.toEqual(once);
  });

  it('say 529 with Retry-After, and 500, 502 or 504 without', () =>
    withSimulator({ faults: { overloaded: 1 } }, async ({ faults }, send) => {
      const overloaded = await send('GET', 'users/me');
      expect(overloaded).toMatchObject({ status: 529, body: { code: 'service_overload' } });
      expect(overloaded.headers.get('retry-after')).toMatch(/^\d+$/);
      Object.assign(faults.rates, { overloaded: 0, serverError: 1 });
      expect(new Set(await statuses(send, 40))).toEqual(new Set([500, 502, 504]));
    }));

  it('answer in HTML, or break the connection', () =>
    withSimulator({ faults: { html: 1 } }, async ({ faults, log }, send) => {
      const page = await send('GET', 'users/me');
      expect(page.headers.get('content-type')).toContain('text/html');
      expect([403, 502]).toContain(page.status);
      Object.assign(faults.rates, { html: 0, reset: 1 });
      await expect(send('GET', 'users/me')).rejects.toThrow();
      expect(log.at(-1)?.status).toBe(0);
      expect(faults.counts.get('reset')).toBe(1);
    }));
});

describe('faults of listings', () => {
  it('cut pages short without losing anything', () => {
    const { state, source } = smallWorkspace();
    return withSimulator({ state, faults: { shortPage: 1 } }, async (_, send) => {
      const path = `data_sources/${source.id}/query`;
      const first = await send('POST', path, { page_size: 4 });
      expect(Array.isArray(first.body.results) ? first.body.results.length : 0).toBeLessThan(4);
      expect(await everything(send, 'POST', path, { page_size: 4 })).toHaveLength(5);
    });
  });

  it('kill a cursor in the middle of a query', () => {
    const { state, source } = smallWorkspace();
    return withSimulator({ state, faults: { cursorInvalidated: 1 } }, async (_, send) => {
      const path = `data_sources/${source.id}/query`;
      const first = await send('POST', path, { page_size: 2 });
      const next = await send('POST', path, { page_size: 2, start_cursor: first.body.next_cursor ?? '' });
      expect(next).toMatchObject({ status: 400, body: { code: 'validation_error' } });
      expect(next.body.message).toContain('start_cursor');
    });
  });

  it('delete what was just listed', () => {
    const { state, home } = smallWorkspace();
    return withSimulator({ state, faults: { deletedAfterListing: 1 } }, async ({ faults }, send) => {
      const before = await everything(send, 'GET', `blocks/${home.id}/children`);
      faults.rates.deletedAfterListing = 0;
      expect(await everything(send, 'GET', `blocks/${home.id}/children`)).toHaveLength(before.length - 1);
      expect((await send('GET', `pages/${home.id}`)).body.last_edited_time).toBe('2026-06-01T09:00:00.000Z');
    });
  });

  it('hide a share of pages from search, the same at every search, never those shared directly', () => {
    const { state, home } = smallWorkspace();
    for (let number = 0; number < 200; number += 1) {
      addPage(state, { parent: { type: 'page_id', id: home.id }, values: { title: richText(`${number}`) } });
    }
    return withSimulator({ state, faults: { searchHides: 0.3 } }, async ({ faults }, send) => {
      const ids = async () => (await everything(send, 'POST', 'search')).map(({ id }) => id).sort();
      const seen = await ids();
      expect(seen.length).toBeGreaterThan(120);
      expect(seen.length).toBeLessThan(165);
      expect(await ids()).toEqual(seen);
      faults.rates.searchHides = 1;
      expect(await ids()).toEqual([home.id]);
    });
  });

  it('let search lag behind new pages and edits', () => {
    const { state, home, rows } = smallWorkspace();
    const minute = 60_000;
    return withSimulator({ state, faults: { searchLagMs: 5 * minute } }, async ({ clock }, send) => {
      const fresh = addPage(state, { parent: { type: 'page_id', id: home.id }, createdTime: clock.now() });
      const edited = rows[0];
      if (edited === undefined) throw new Error('no row');
      edited.editedTime = clock.now();
      const ids = async () => (await everything(send, 'POST', 'search')).map(({ id }) => id);
      expect(await ids()).not.toContain(fresh.id);
      expect((await ids())[0]).not.toBe(edited.id);
      clock.advance(6 * minute);
      expect((await ids()).slice(0, 2).sort()).toEqual([fresh.id, edited.id].sort());
    });
  });
});

describe('faults of objects', () => {
  it('show types nobody knows, the same at every read', () => {
    const { state, home, source, rows } = smallWorkspace();
    home.icon = { type: 'emoji', emoji: '🏠' };
    const block = addBlock(state, { parent: { type: 'page_id', id: home.id }, type: 'paragraph' });
    const view = addView(state, {
      databaseId: source.databaseId,
      dataSourceId: source.id,
      type: 'table',
      name: 'All',
    });
    const faults: Partial<FaultRates> = {
      unknownBlockType: 1,
      unknownPropertyType: 1,
      unknownViewType: 1,
      unknownParentType: 1,
      unknownIconType: 1,
    };
    return withSimulator({ state, faults }, async (_, send) => {
      const types: { [name: string]: unknown } = {
        block: (await send('GET', `blocks/${block.id}`)).body.type,
        view: (await send('GET', `views/${view.id}`)).body.type,
        icon: member((await send('GET', `pages/${home.id}`)).body, 'icon').type,
        parent: member((await send('GET', `pages/${home.id}`)).body, 'parent').type,
        schema: member(member((await send('GET', `data_sources/${source.id}`)).body, 'properties'), 'Points')
          .type,
        value: member(member((await send('GET', `pages/${rows[0]?.id}`)).body, 'properties'), 'Points').type,
      };
      expect(types).toEqual({
        block: 'hologram',
        view: 'orrery',
        icon: 'glyph',
        parent: 'constellation_id',
        schema: 'telepathy',
        value: 'telepathy',
      });
    });
  });

  it('lose trashed blocks', () => {
    const { state, home } = smallWorkspace();
    const parent = { type: 'page_id', id: home.id } as const;
    const block = addBlock(state, { parent, type: 'divider', inTrash: true });
    return withSimulator({ state }, async ({ faults }, send) => {
      expect((await send('GET', `blocks/${block.id}`)).body.in_trash).toBe(true);
      faults.rates.trashedBlock404 = 1;
      expect((await send('GET', `blocks/${block.id}`)).status).toBe(404);
    });
  });

  it('fail to list the blocks of some pages', () => {
    const { state, home } = smallWorkspace();
    return withSimulator({ state, faults: { childPageWalkFails: 1 } }, async (_, send) => {
      expect((await send('GET', `blocks/${home.id}/children`)).status).toBe(500);
      expect((await send('GET', `pages/${home.id}`)).status).toBe(200);
    });
  });

  it('are off unless switched on', () => {
    const { state, home } = smallWorkspace();
    return withSimulator({ state }, async ({ faults }, send) => {
      for (let turn = 0; turn < 20; turn += 1) await everything(send, 'GET', `blocks/${home.id}/children`);
      expect(faults.counts.size).toBe(0);
      expect((await send('GET', `pages/${home.id}`)).body.created_time).toBe(
        new Date(Math.floor(someTime / 60_000) * 60_000).toISOString(),
      );
    });
  });
});

function member(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isJsonObject(value) ? value : {};
}
