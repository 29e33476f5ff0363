import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/document/json.ts';
import type { ReadApi } from '../../../../src/notion/crawl/context/read-api.ts';
import { createReadApi, isRefusal, reasonOf } from '../../../../src/notion/crawl/context/read-api.ts';
import { EndOfRun } from '../../../../src/notion/crawl/state/database/end-of-run.ts';
import { fakeContext, numberId, refusal } from '../fake-context.ts';

/** The EndOfRun a request ends with. */
async function failureOf(api: ReadApi): Promise<EndOfRun> {
  const error: unknown = await api.get('users/me').catch((each: unknown) => each);
  if (error instanceof EndOfRun) return error;
  throw new Error('the request did not end the run');
}

describe('asking the API', () => {
  it('counts requests by endpoint, whichever object they are about', async () => {
    const { api } = fakeContext(({ path }) => (path === 'users/me' ? { object: 'user', type: 'bot' } : {}));
    await api.get('blocks/a/children');
    await api.get('blocks/b/children');
    await api.get('pages/a/properties/%3Fx');
    await api.get('users/me');
    await api.post('search', {});
    expect([...api.takeCounts()]).toEqual([
      ['GET blocks/{id}/children', 2],
      ['GET pages/{id}/properties/{id}', 1],
      ['GET users/me', 1],
      ['POST search', 1],
    ]);
    expect(api.takeCounts().size).toBe(0);
  });

  it('takes one object after the other that fails for theirs, but silence without end for the end', async () => {
    let status = 500;
    const { api } = fakeContext(() => {
      throw refusal(status, 'internal_server_error');
    });
    const failAt = async (n: number): Promise<boolean> => {
      let error: unknown;
      for (let count = 0; count < n; count += 1)
        error = await api.get(`pages/${count}`).catch((each: unknown) => each);
      return error instanceof EndOfRun;
    };
    expect(await failAt(39)).toBe(false);
    status = 404;
    expect(await failAt(1)).toBe(false);
    status = 0;
    expect(await failAt(39)).toBe(false);
    expect(await failAt(1)).toBe(true);
  });

  it('ends at once when the token is refused or when it was told to stop', async () => {
    const unauthorized = refusal(401, 'unauthorized');
    const refused = fakeContext(() => {
      throw unauthorized;
    }).api;
    expect(await failureOf(refused)).toEqual(new EndOfRun(unauthorized));
    const { api, requests } = fakeContext(() => ({}));
    const why = new Error('the disk is full');
    api.stop(why);
    expect((await failureOf(api)).cause).toBe(why);
    api.stop(new EndOfRun('another reason'));
    expect((await failureOf(api)).cause).toBe(why);
    expect(requests).toEqual([]);
    const abort = new AbortController();
    abort.abort();
    const aborted = createReadApi(fakeContext(() => ({})).options.api, abort.signal);
    expect((await failureOf(aborted)).cause).toBe(abort.signal.reason);
  });

  it('ends with the first reason, however often it is passed on', () => {
    const why = new Error('the disk is full');
    expect(new EndOfRun(new EndOfRun(why)).cause).toBe(why);
  });

  it('asks again for an answer that says nothing, once, and fails when it stays so', async () => {
    const whole = { object: 'view', id: numberId(1), type: 'table' };
    const odd: { [why: string]: JsonObject } = {
      'only the id of the view came': { object: 'view', id: numberId(1) },
      'it is not a view (object: "apparition")': { ...whole, object: 'apparition' },
      'the view came without its type': { object: 'view', id: numberId(1), name: 'Table' },
      'another view came than was asked for': { ...whole, id: numberId(2) },
    };
    for (const [why, answer] of Object.entries(odd)) {
      const answers = [answer, whole, answer, answer];
      const { api, requests } = fakeContext(() => answers.shift() ?? {});
      expect(await api.get(`views/${numberId(1)}`)).toEqual(whole);
      const error: unknown = await api.get(`views/${numberId(1)}`).catch((each: unknown) => each);
      expect(reasonOf(error)).toBe(`200 odd-answer: ${why}`);
      expect(isRefusal(error)).toBe(false);
      expect(requests).toHaveLength(4);
    }
  });

  it("does not take a proxy's refusal for Notion's", () => {
    expect(isRefusal(refusal(403, 'restricted_resource'))).toBe(true);
    expect(isRefusal(refusal(403, 'html'))).toBe(false);
    expect(reasonOf(refusal(404, 'object_not_found', 'gone\nfor good'))).toBe(
      '404 object_not_found: gone for good',
    );
  });
});
