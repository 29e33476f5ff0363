/** The counted bounds of `npm run bench:crawl`, on the sources and on a workspace small enough for every run of the tests. */
import { describe, expect, it } from 'vitest';
import { measureLimiter } from './economy.js';
import { blocksPerPage, expectAtFloor, product } from './floor-bounds.ts';
import { withFolder } from './workplace.js';

/** Thousands of requests: on a machine with much else to do they may take longer than a test commonly may. */
const timeout = 180_000;

describe('requests of backups', { timeout }, () => {
  // Of 1,000 pages: test/torture/economy.test.ts.
  it('stay at the floor but for who the token is, the edits made meanwhile, and what vanished', async () => {
    await expectAtFloor(400);
  });
});

describe('a budget of 180 requests a minute', { timeout }, () => {
  for (const isDocumented of [true, false]) {
    it(`is used to 97 % at least, never against Retry-After, ${isDocumented ? 'known' : 'unknown'} beforehand`, async () => {
      const options = { pages: 200, blocksPerPage, perMinute: 180, latencyMs: 300, isDocumented };
      const { windows, share, impatient } = await withFolder((folder) =>
        measureLimiter(product, folder, options),
      );
      expect(windows.length).toBeGreaterThanOrEqual(5);
      expect(share).toBeGreaterThanOrEqual(0.97);
      expect(impatient).toBe(0);
    });
  }
});
