/** A first backup takes as long as its requests or its bytes do, whichever takes longer, in virtual time. */
import { describe, expect, it } from 'vitest';
import { measureOverlap } from './economy.js';
import { product } from './floor-bounds.ts';
import { withFolder } from './workplace.js';

const timeout = 180_000;
const latencyMs = 300;
const workspace = { pages: 300, media: 300, mediaBytes: 200_000, perMinute: 45, latencyMs };
/** Fifteen files on each of the pages that are read first. */
const mediaPages = 20;

/**
 * What cannot overlap: the requests before the first page is known (the token's owner, the first search), the media of
 * the last page read, the search that shows what was edited meanwhile.
 */
const tailMs = 5_000;

describe('the time of a first backup', { timeout }, () => {
  const cases = [
    ['requests dominate', { bytesPerSecond: 100_000, mediaPages }],
    ['bytes dominate', { bytesPerSecond: 25_000, mediaPages }],
    ['both take about as long', { bytesPerSecond: 37_500, mediaPages }],
    ['both do, and files lie on every page', { bytesPerSecond: 37_500 }],
  ] as const;
  for (const [name, media] of cases) {
    it(`is within 5 % of the longer of requests / budget and bytes / bandwidth when ${name}`, async () => {
      const { tookMs, paperMs, ...counted } = await withFolder((folder) =>
        measureOverlap(product, folder, { ...workspace, ...media }),
      );
      expect(counted.downloads).toBe(workspace.media);
      expect(tookMs).toBeLessThanOrEqual(1.05 * paperMs + tailMs);
      expect(tookMs).toBeGreaterThanOrEqual(0.95 * paperMs);
    });
  }
});
