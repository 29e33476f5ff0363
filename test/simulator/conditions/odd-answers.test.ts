import { describe, expect, it } from 'vitest';
import { oddWorkspace } from '../../../src/simulator/sample/odd/odd-workspace.ts';
import { arrayOf, everything, smallWorkspace, withSimulator } from '../workspace.ts';

describe('odd answers', () => {
  it('show blocks that are only an id, in listings and by themselves', () => {
    const { state, home } = smallWorkspace();
    return withSimulator({ state, faults: { partialBlock: 1 } }, async ({ faults }, send) => {
      const path = `blocks/${home.id}/children`;
      const [first] = await everything(send, 'GET', path);
      expect(first).toEqual({ object: 'block', id: first?.id });
      const { request_id: _, ...alone } = (await send('GET', `blocks/${first?.id}`)).body;
      expect(alone).toEqual(first);
      faults.rates.partialBlock = 0;
      expect((await everything(send, 'GET', path))[0]).toHaveProperty('type');
    });
  });

  it('are given once for each id when told so', () => {
    const { state, home } = smallWorkspace();
    return withSimulator({ state, faults: { partialBlock: 1, oddOnce: 1 } }, async ({ faults }, send) => {
      const path = `blocks/${home.id}/children`;
      const first = await everything(send, 'GET', path);
      const second = await everything(send, 'GET', path);
      expect(first.every((block) => block.type === undefined)).toBe(true);
      expect(second.every((block) => block.type !== undefined)).toBe(true);
      expect(faults.counts.get('partialBlock')).toBe(first.length);
    });
  });

  it('befall a share of the ids, always the same ones', () => {
    const { state, contents } = oddWorkspace();
    return withSimulator({ state, faults: { partialBlock: 0.5 } }, async (_, send) => {
      const partial = async () =>
        (await everything(send, 'GET', `blocks/${contents.id}/children`))
          .filter(({ type }) => type === undefined)
          .map(({ id }) => id);
      const once = await partial();
      expect(once.length).toBeLessThan(4);
      expect(await partial()).toEqual(once);
    });
  });

  it('show objects of a kind nobody knows', () => {
    const { state, home } = smallWorkspace();
    return withSimulator({ state, faults: { unknownObject: 1 } }, async (_, send) => {
      expect((await send('GET', `pages/${home.id}`)).body.object).toBe('apparition');
      const found = await everything(send, 'POST', 'search');
      expect(new Set(found.map(({ object }) => object))).toEqual(new Set(['apparition']));
      expect((await send('GET', 'users/me')).body.object).toBe('user');
    });
  });

  it('show hosted files without their URL', () => {
    const { state, contents } = oddWorkspace();
    return withSimulator({ state, faults: { fileWithoutUrl: 1 } }, async ({ faults }, send) => {
      const picture = async () =>
        (await everything(send, 'GET', `blocks/${contents.id}/children`)).find(
          ({ type }) => type === 'image',
        );
      expect(await picture()).toMatchObject({ image: { file: { expiry_time: expect.any(String) } } });
      expect(JSON.stringify(await picture())).not.toContain('"url"');
      faults.rates.fileWithoutUrl = 0;
      expect(JSON.stringify(await picture())).toContain('"url"');
    });
  });

  it.each(['GET blocks/{home}/children', 'POST data_sources/{source}/query', 'POST search'])(
    'end %s early: more is promised, and nothing comes',
    async (request) => {
      const { state, home, source } = smallWorkspace();
      const [method = '', pattern = ''] = request.split(' ');
      const path = pattern.replace('{home}', home.id).replace('{source}', source.id);
      await withSimulator({ state, faults: { listEndsEarly: 1, oddOnce: 1 } }, async (_, send) => {
        const first = await send(method, path, method === 'GET' ? undefined : {});
        expect(first.body.has_more).toBe(true);
        const cursor = String(first.body.next_cursor);
        const next =
          method === 'GET'
            ? await send(method, `${path}?start_cursor=${cursor}`)
            : await send(method, path, { start_cursor: cursor });
        expect(next.body).toMatchObject({ results: [], has_more: false, next_cursor: null });
        const all = await everything(send, method, path);
        expect(all.length).toBeGreaterThan(arrayOf(first.body.results).length);
      });
    },
  );

  it('promise more without saying where it is', () => {
    const { state, home } = smallWorkspace();
    return withSimulator({ state, faults: { cursorMissing: 1 } }, async (_, send) => {
      const { body } = await send('GET', `blocks/${home.id}/children`);
      expect(body).toMatchObject({ has_more: true, next_cursor: null });
      expect(arrayOf(body.results)).toHaveLength(1);
    });
  });

  it('refuse a share of the listings with 403, 404 or 400, and no other request', async () => {
    const { state, home, source } = smallWorkspace();
    await withSimulator({ state, faults: { listingRefused: 1 } }, async (_, send) => {
      const reply = await send('GET', `blocks/${home.id}/children`);
      expect([400, 403, 404]).toContain(reply.status);
      expect((await send('GET', `blocks/${home.id}/children`)).status).toBe(reply.status);
      expect([400, 403, 404]).toContain((await send('POST', `data_sources/${source.id}/query`, {})).status);
      expect((await send('GET', `pages/${home.id}`)).status).toBe(200);
    });
  });

  it('break off in the middle', () => {
    const { state, home } = smallWorkspace();
    return withSimulator({ state, faults: { answerCut: 1, oddOnce: 1 } }, async (_, send) => {
      await expect(send('GET', `pages/${home.id}`)).rejects.toThrow();
      expect((await send('GET', `pages/${home.id}`)).status).toBe(200);
    });
  });

  it('refuse blocks and views as not supported', () => {
    const { state, contents, dashboard } = oddWorkspace();
    const [, toggle = ''] = contents.children;
    return withSimulator({ state, faults: { blockRefused: 1, viewRefused: 1 } }, async (_, send) => {
      for (const path of [`blocks/${toggle}`, `blocks/${toggle}/children`]) {
        expect(await send('GET', path)).toMatchObject({
          status: 400,
          body: { message: 'Block type toggle is not supported via the API.' },
        });
      }
      expect((await send('GET', `views/${dashboard.dashboard.id}`)).body).toMatchObject({
        status: 400,
        message: 'View type dashboard is not supported via the API.',
      });
      expect((await everything(send, 'GET', `blocks/${contents.id}/children`)).length).toBe(4);
    });
  });

  it('leave the widgets of a dashboard out of the list of views', () => {
    const {
      state,
      dashboard: { dashboard, widgets },
    } = oddWorkspace();
    return withSimulator({ state, faults: { widgetsUnlisted: 1 } }, async (_, send) => {
      const listed = await everything(send, 'GET', `views?database_id=${dashboard.databaseId}`);
      const ids = listed.map(({ id }) => id);
      expect(ids).toContain(dashboard.id);
      for (const { id } of widgets) {
        expect(ids).not.toContain(id);
        expect((await send('GET', `views/${id}`)).body).toMatchObject({ dashboard_view_id: dashboard.id });
        expect(JSON.stringify(dashboard.configuration)).toContain(id);
      }
    });
  });

  it('show formulas and rollups that cannot be read', () => {
    const { state, source, rows } = smallWorkspace();
    const computed = (id: string, type: string) => ({ id, name: id, description: null, type, config: {} });
    source.schema = [...source.schema, computed('form', 'formula'), computed('roll', 'rollup')];
    return withSimulator({ state, faults: { computedUnsupported: 1 } }, async (_, send) => {
      expect((await send('GET', `pages/${rows[0]?.id}`)).body.properties).toMatchObject({
        form: { formula: { type: 'unsupported' } },
        roll: { rollup: { type: 'unsupported', function: 'show_original' } },
      });
    });
  });
});
