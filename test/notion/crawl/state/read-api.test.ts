import { describe, expect, it } from 'vitest';
import { isFatal } from '../../../../src/notion/crawl/state/end-of-run.ts';
import { createAsk, isRefusal, reasonOf } from '../../../../src/notion/crawl/state/read-api.ts';
import { fakeRun, refusal } from '../fake-run.ts';

describe('asking the API', () => {
  it('counts requests by endpoint, whichever object they are about', async () => {
    const { ask } = fakeRun(() => ({}));
    await ask.get('blocks/a/children');
    await ask.get('blocks/b/children');
    await ask.get('pages/a/properties/%3Fx');
    await ask.get('users/me');
    await ask.post('search', {});
    expect([...ask.takeCounts()]).toEqual([
      ['GET blocks/{id}/children', 2],
      ['GET pages/{id}/properties/{id}', 1],
      ['GET users/me', 1],
      ['POST search', 1],
    ]);
    expect(ask.takeCounts().size).toBe(0);
  });

  it('takes one object after the other that fails for theirs, but silence without end for the end', async () => {
    let status = 500;
    const { ask } = fakeRun(() => {
      throw refusal(status, 'internal_server_error');
    });
    const failAt = async (n: number): Promise<boolean> => {
      let error: unknown;
      for (let count = 0; count < n; count += 1)
        error = await ask.get(`pages/${count}`).catch((each: unknown) => each);
      return isFatal(error);
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
    expect(isFatal(unauthorized)).toBe(true);
    const { ask, requests } = fakeRun(() => ({}));
    const why = new Error('the disk is full');
    ask.stop(why);
    await expect(ask.get('users/me')).rejects.toBe(why);
    expect(isFatal(why)).toBe(true);
    expect(requests).toEqual([]);
    const abort = new AbortController();
    abort.abort();
    const aborted = createAsk(fakeRun(() => ({})).options.api, abort.signal);
    expect(isFatal(await aborted.get('users/me').catch((error: unknown) => error))).toBe(true);
  });

  it("does not take a proxy's refusal for Notion's", () => {
    expect(isRefusal(refusal(403, 'restricted_resource'))).toBe(true);
    expect(isRefusal(refusal(403, 'html'))).toBe(false);
    expect(reasonOf(refusal(404, 'object_not_found', 'gone\nfor good'))).toBe(
      '404 object_not_found: gone for good',
    );
  });
});
