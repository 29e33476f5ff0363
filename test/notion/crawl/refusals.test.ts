import { describe, expect, it } from 'vitest';
import { arrayAt, objectAt, stringAt } from '../../../src/document/json.ts';
import { KlosetError } from '../../../src/errors.ts';
import type { ApiRequest, NotionApi } from '../../../src/notion/api/api.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import { allCapabilities } from '../../../src/simulator/server.ts';
import { createState } from '../../../src/simulator/workspace/state.ts';
import { untoldLosses } from './expected-workspace.ts';
import { withSimulatedCrawl } from './simulated-crawl.ts';

/** Changes requests on their way to the API. */
function changing(change: (request: ApiRequest) => ApiRequest): (api: NotionApi) => NotionApi {
  return (api) => ({
    request: (request) => api.request(change(request)),
    sendFilePart: (id, part) => api.sendFilePart(id, part),
    get requestsSpent() {
      return api.requestsSpent;
    },
    clock: api.clock,
  });
}

const small = () => sampleWorkspace({ small: true });

describe('a crawl that is refused something', () => {
  it('takes no workspace without a single page for an answer', async () => {
    await withSimulatedCrawl({ state: createState() }, async (crawls) => {
      await expect(crawls.run()).rejects.toMatchObject({ code: 'not-found', message: /No page is shared/ });
    });
  });

  it('does not take a workspace whose pages were all unshared for a small one', async () => {
    const state = small();
    await withSimulatedCrawl({ state }, async (crawls) => {
      await crawls.run();
      state.shared.clear();
      const before = crawls.simulator.log.length;
      await expect(crawls.run()).rejects.toMatchObject({ code: 'not-found' });
      expect(crawls.simulator.log.length - before).toBeLessThan(10);
    });
  });

  it('ends with the refusal of its token', async () => {
    await withSimulatedCrawl({ state: small() }, async (crawls) => {
      await crawls.run();
      const wrong = { ...crawls.simulator, token: 'ntn_wrong000000000000000000000000000000000000000' };
      await expect(crawls.run({ full: true, wrap: () => crawls.connect(wrong.token) })).rejects.toMatchObject(
        {
          code: 'credentials',
        },
      );
    });
  });

  it('never passes a failed listing as an empty or unchanged workspace', async () => {
    await withSimulatedCrawl({ state: small() }, async (crawls) => {
      const broken = changing((request) =>
        request.path === 'search' ? { ...request, path: 'nowhere' } : request,
      );
      await expect(crawls.run({ wrap: broken })).rejects.toMatchObject({ code: 'usage' });
      await crawls.run();
      await expect(crawls.run({ wrap: broken })).rejects.toMatchObject({ code: 'usage' });
    });
  });

  it('goes on without comments, users and trash it may not read, and says so', async () => {
    const capabilities = allCapabilities.filter((each) => each !== 'read_comments' && each !== 'read_users');
    const state = small();
    await withSimulatedCrawl({ state, capabilities }, async (crawls) => {
      const { crawled, snapshot, requests } = await crawls.run();
      expect(crawled.complete).toBe(true);
      expect(untoldLosses(state, snapshot)).toEqual([]);
      const refused = Object.keys(objectAt(objectAt(crawled.manifest, 'blind_spots'), 'refused') ?? {});
      expect(refused).toEqual(expect.arrayContaining(['comments', 'users']));
      const allowed = await crawls.run({ full: true, comments: 'none' });
      // The capability is not tried again and again: at most what was under way when the first refusal came.
      expect(requests - allowed.requests).toBeLessThan(30);
    });
  });

  it('asks without sort, archived rows, views, templates and trash on a server that knows none of them', async () => {
    const state = small();
    const strip = ({ body, ...request }: ApiRequest): ApiRequest => {
      if (/^(views|data_sources\/[^/]+\/templates|custom_emojis)/.test(request.path))
        return { ...request, path: 'nowhere' };
      const knows = !('sort' in (body ?? {}) || 'sorts' in (body ?? {}) || 'is_archived' in (body ?? {}));
      const bad = knows || body === undefined ? body : { ...body, sort: 'no', sorts: 'no' };
      return bad === undefined ? request : { ...request, body: bad };
    };
    await withSimulatedCrawl({ state }, async (crawls) => {
      const { crawled, snapshot } = await crawls.run({ wrap: changing(strip) });
      expect(untoldLosses(state, snapshot)).toEqual([]);
      expect(crawled.complete).toBe(true);
      const refused = Object.keys(objectAt(objectAt(crawled.manifest, 'blind_spots'), 'refused') ?? {});
      expect(refused).toEqual(
        expect.arrayContaining(['views', 'templates', 'archived rows', 'custom_emojis']),
      );
    });
  });

  it('names a guest who could not be asked for in every run, until the answer comes', async () => {
    const state = sampleWorkspace();
    const guests = new Set([...state.users.values()].filter(({ isGuest }) => isGuest).map(({ id }) => id));
    const unanswered = (api: NotionApi): NotionApi => ({
      ...changing((request) => request)(api),
      request: (request) => {
        const id = /^users\/(.+)$/.exec(request.path)?.[1] ?? '';
        if (!guests.has(id)) return api.request(request);
        const cause = { type: 'api-failure', status: 503, code: 'service_unavailable', message: 'busy' };
        return Promise.reject(new KlosetError('unavailable', 'Notion could not answer: 503', { cause }));
      },
    });
    await withSimulatedCrawl({ state }, async (crawls) => {
      for (const run of ['first', 'second', 'third']) {
        const { crawled } = await crawls.run({ wrap: unanswered, comments: 'none' });
        expect(crawled.complete, run).toBe(false);
        expect(arrayAt(objectAt(crawled.manifest, 'errors'), 'list'), run).toContainEqual(
          expect.objectContaining({ kind: 'workspace', what: 'user' }),
        );
      }
      expect((await crawls.run({ comments: 'none' })).crawled.complete).toBe(true);
    });
  });

  it('lists a page that cannot be read as an error with its title, and keeps all others', async () => {
    const state = small();
    await withSimulatedCrawl({ state }, async (crawls) => {
      let broken = '';
      const wrap = changing((request) => {
        const id = /^blocks\/([^/]+)\/children$/.exec(request.path)?.[1];
        if (broken === '' && id !== undefined && state.pages.get(id)?.parent.type === 'page_id') broken = id;
        return id !== undefined && id === broken ? { ...request, path: `blocks/${id}/offspring` } : request;
      });
      const { crawled, snapshot } = await crawls.run({ wrap });
      expect(untoldLosses(state, snapshot)).toEqual([]);
      const [error] = arrayAt(objectAt(crawled.manifest, 'errors'), 'list');
      expect(error).toMatchObject({ kind: 'blocks', owner: broken.replaceAll('-', '') });
      expect(snapshot.document(broken).gaps).toHaveLength(1);
      expect(crawled.complete).toBe(false);
      const next = await crawls.run();
      expect(next.crawled.complete).toBe(true);
      expect(next.snapshot.document(broken)).not.toHaveProperty('gaps');
    });
  });

  it('names a page that its parent shows and nobody may read in every run, though nothing changes', async () => {
    const state = small();
    const secret = [...state.pages.values()].find(({ parent }) => parent.type === 'page_id');
    if (secret === undefined) throw new Error('no page lies in another');
    const missing = '0123456789ab4cdef0123456789abcde';
    const refused = changing((request) =>
      request.path === `pages/${secret.id}` ? { ...request, path: `pages/${missing}` } : request,
    );
    const wrap = (api: NotionApi): NotionApi => ({
      ...refused(api),
      request: async (request) => {
        const answer = await refused(api).request(request);
        if (request.path !== 'search') return answer;
        const results = arrayAt(answer, 'results').filter((each) => stringAt(each, 'id') !== secret.id);
        return { ...answer, results };
      },
    });
    await withSimulatedCrawl({ state }, async (crawls) => {
      crawls.simulator.clock.advance(3_600_000);
      for (const run of ['first', 'second', 'third']) {
        const { crawled } = await crawls.run({ wrap });
        const errors = arrayAt(objectAt(crawled.manifest, 'errors'), 'list');
        expect(errors, run).toEqual([
          expect.objectContaining({ kind: 'page', what: 'page', id: secret.id.replaceAll('-', '') }),
        ]);
        expect(crawled.complete, run).toBe(false);
        crawls.simulator.clock.advance(3_600_000);
      }
      const { crawled, snapshot } = await crawls.run();
      expect(crawled.complete).toBe(true);
      expect(untoldLosses(state, snapshot)).toEqual([]);
    });
  });

  it('ends when the store fails, and when it is told to', async () => {
    await withSimulatedCrawl({ state: small() }, async (crawls) => {
      const full = new Error('no space left');
      crawls.sink.writeDocument = () => Promise.reject(full);
      await expect(crawls.run()).rejects.toBe(full);
      const abort = new AbortController();
      abort.abort(new Error('enough'));
      await expect(crawls.run({ signal: abort.signal })).rejects.toThrow('enough');
    });
  });
});
