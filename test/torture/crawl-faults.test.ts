import { describe, it } from 'vitest';
import { crawlThrough, drawFaults, hurtfulRates } from '../notion/crawl/crawl-through-faults.ts';

const seeds = Array.from({ length: 40 }, (_, index) => index + 100);

describe('a crawl of the whole sample workspace against faults', () => {
  for (const seed of seeds) {
    it(
      `ends truthfully with the faults of seed ${seed}`,
      () => crawlThrough(drawFaults(seed), { seed, small: false }),
      600_000,
    );
  }

  it(
    'ends truthfully with all of them on',
    () => crawlThrough({ ...hurtfulRates, burstLength: 3 }, { seed: 4, small: false }),
    600_000,
  );

  for (const [name, rate] of Object.entries(hurtfulRates)) {
    it(
      `ends truthfully when ${name} is on`,
      () => crawlThrough({ [name]: rate, burstLength: 3 }, { seed: 1, small: false }),
      600_000,
    );
  }
});
