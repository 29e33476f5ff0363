import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../src/simulator/workspace/json.ts';
import { arrayOf, everything, smallWorkspace, withSimulator } from './workspace.ts';

const paragraph = (content: string): JsonObject => ({
  type: 'paragraph',
  paragraph: { rich_text: [{ type: 'text', text: { content } }] },
});

describe('writes that fail after they were carried out', () => {
  it('say 503, and sometimes what they made', () => {
    const { state, home } = smallWorkspace();
    const faults = { unavailableAfterCommit: 1, namesCommitted: 1 };
    return withSimulator({ state, faults }, async (_, send) => {
      const path = `blocks/${home.id}/children`;
      const before = await everything(send, 'GET', path);
      const body = { children: [paragraph('one'), paragraph('two')] };
      const appended = await send('PATCH', path, body);
      expect(appended).toMatchObject({ status: 503, body: { code: 'service_unavailable' } });
      const after = await everything(send, 'GET', path);
      const made = after.slice(before.length).map(({ id }) => id);
      expect(made).toHaveLength(2);
      expect(appended.body.additional_data).toMatchObject({
        committed_resource_id: home.id,
        committed_child_ids: made,
      });
    });
  });

  it('name the page that was created', () => {
    const { state, home } = smallWorkspace();
    const faults = { unavailableAfterCommit: 1, namesCommitted: 1 };
    return withSimulator({ state, faults }, async (_, send) => {
      const created = await send('POST', 'pages', {
        parent: { type: 'page_id', page_id: home.id },
        properties: { title: { title: [{ type: 'text', text: { content: 'Ambiguous' } }] } },
      });
      const data = isJsonObject(created.body.additional_data) ? created.body.additional_data : {};
      expect(created.status).toBe(503);
      const page = await send('GET', `pages/${data.committed_resource_id}`);
      expect(page.body.url).toContain('Ambiguous');
    });
  });

  it('say nothing at all, or 500, 502 or 504', () => {
    const { state, home } = smallWorkspace();
    return withSimulator({ state, faults: { resetAfterCommit: 1 } }, async ({ faults }, send) => {
      const path = `blocks/${home.id}/children`;
      const count = async () => (await everything(send, 'GET', path)).length;
      const before = await count();
      await expect(send('PATCH', path, { children: [paragraph('lost')] })).rejects.toThrow();
      expect(await count()).toBe(before + 1);
      Object.assign(faults.rates, { resetAfterCommit: 0, serverErrorAfterCommit: 1 });
      expect(
        (await send('PATCH', path, { children: [paragraph('lost too')] })).status,
      ).toBeGreaterThanOrEqual(500);
      expect(await count()).toBe(before + 2);
    });
  });

  it('are left undone by faults that strike before', () => {
    const { state, home } = smallWorkspace();
    return withSimulator({ state, faults: { unavailable: 1 } }, async ({ faults }, send) => {
      const path = `blocks/${home.id}/children`;
      const failed = await send('PATCH', path, { children: [paragraph('never')] });
      expect([failed.status, failed.body.additional_data]).toEqual([503, undefined]);
      faults.rates.unavailable = 0;
      const texts = (await everything(send, 'GET', path)).map((block) => JSON.stringify(block));
      expect(texts.join()).not.toContain('never');
    });
  });
});

describe('writes at once under one parent', () => {
  it('end in a conflict for the second, under another parent they do not', () => {
    const { state, home } = smallWorkspace();
    const child = home.children.map((id) => state.pages.get(id)).find((page) => page !== undefined);
    return withSimulator({ state, latencyMs: 100 }, async ({ faults }, send) => {
      const append = (id: string | undefined, text: string) =>
        send('PATCH', `blocks/${id}/children`, { children: [paragraph(text)] });
      const same = await Promise.all([append(home.id, 'a'), append(home.id, 'b')]);
      expect(same.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect(same.find(({ status }) => status === 409)?.body.code).toBe('conflict_error');
      const apart = await Promise.all([append(home.id, 'c'), append(child?.id, 'd')]);
      expect(apart.map(({ status }) => status)).toEqual([200, 200]);
      faults.rates.conflictOnParallelWrites = 0;
      const allowed = await Promise.all([append(home.id, 'e'), append(home.id, 'f')]);
      expect(allowed.map(({ status }) => status)).toEqual([200, 200]);
    });
  });

  it('are fine one after the other', () => {
    const { state, home } = smallWorkspace();
    return withSimulator({ state, latencyMs: 100 }, async (_, send) => {
      for (const text of ['a', 'b', 'c']) {
        const reply = await send('PATCH', `blocks/${home.id}/children`, { children: [paragraph(text)] });
        expect(arrayOf(reply.body.results)).toHaveLength(1);
      }
    });
  });
});

describe('following real time', () => {
  it('serves as well', () => {
    const { state, home } = smallWorkspace();
    return withSimulator({ state, clock: 'real', latencyMs: 1 }, async ({ clock, log }, send) => {
      expect((await send('GET', `pages/${home.id}`)).status).toBe(200);
      expect(Math.abs(clock.now() - Date.now())).toBeLessThan(60_000);
      expect(log).toHaveLength(1);
    });
  });
});
